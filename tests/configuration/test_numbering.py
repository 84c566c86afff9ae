"""The numbering tables: every mistake in them is named with its place, and what they become."""

import pytest
from pydantic import TypeAdapter, ValidationError

from cti.configuration import document, translate
from cti.configuration.numbering import resolve, zone_names, zones_of
from cti.configuration.written.numbering import NanpWritten, PlacesWritten, PostcodesWritten
from cti.configuration.zones import names

SHAPES = {"nanp": NanpWritten, "us_postcodes": PostcodesWritten, "zones": PlacesWritten}
BEGINNING = "source: the administrator\nread_on: 2026-11-22\n"
GOOD = {
    "nanp": """overlays:
  - 270 364
areas:
  "270": {states: [US-KY], zones: [America/Chicago, America/New_York]}
  "364": {states: [US-KY], zones: [America/Chicago, America/New_York], source: overlay of 270}
  "502": {states: [US-KY], zones: [America/New_York]}
""",
    "us_postcodes": """postcodes:
  "400": {states: [US-KY], zones: [America/New_York]}
  "402-404": {states: [US-KY], zones: [America/New_York]}
  "090-099": {states: [US-AE], zones: []}
""",
    "zones": """states:
  US-KY: {zones: [America/New_York, America/Chicago], source: 49 CFR 71.5}
  US-AE: {zones: []}
  CA-ON: {zones: [America/Toronto]}
countries:
  DE: {zones: [Europe/Berlin]}
prefixes:
  "7845": {zones: [Europe/Saratov], source: an hour ahead of Moscow}
canadian_postcodes:
  K: {states: [CA-ON], zones: [America/Toronto]}
left_out:
  Asia/Urumqi: Beijing time is the law
""",
}


def read(kind, text):
    """The file's model, or what is wrong with it, as lines."""
    root, mistakes = document.parse(BEGINNING + text, f"{kind}.yaml")
    if mistakes:
        return [str(mistake) for mistake in mistakes]
    try:
        return TypeAdapter(SHAPES[kind]).validate_python(root.plain())
    except ValidationError as error:
        found = translate.translate(error.errors(include_url=False), f"{kind}.yaml", root, SHAPES[kind])
        return [str(mistake) for mistake in found]


def good():
    return resolve(*(read(kind, GOOD[kind]) for kind in ("nanp", "us_postcodes", "zones")))


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        (
            "nanp",
            "America/New_York]}\n",
            "America/Newyork]}\n",
            'there is no time zone "America/Newyork", did you mean',
        ),
        ("nanp", '502": {states: [US-KY]', '502": {states: [KY]', 'there is no state "KY", write US-KY'),
        ("nanp", '502": {states: [US-KY]', '502": {states: [US-KZ]', 'there is no state "US-KZ", did you mean'),
        ("nanp", '502": {states: [US-KY]', '502": {states: []', "there is nothing in it, write at least one"),
        ("nanp", '502": {states: [US-KY]', '502": {states: [US-KY, US-KY]', "US-KY is in the list twice"),
        ("nanp", '"502"', '"364"', "the key 364 is here a second time (first in line 7)"),
        ("nanp", '"502"', '"50"', '"50" is not an area code of North America, write its three digits'),
        ("nanp", '"502"', '"102"', '"102" is not an area code of North America, write its three digits'),
        ("nanp", '"502"', "502", "the key 502 is read as a number, put quotes around it"),
        ("nanp", "- 270 364", "- 270 365", "365 is not among the areas, add it, or take it out of the complex"),
        ("nanp", "- 270 364", "- 270 270", "270 is in the complex twice, keep one of them"),
        ("nanp", "- 270 364", "- 270,364", "is not a list of area codes, write two or more with spaces between"),
        ("nanp", "- 270 364", "- 270 364\n  - 270 364", "270 364 is in the list twice, keep one of them"),
        ("nanp", "zones: [America/New_York]}", "zones: []}", "no zone is named, write those of the states"),
        ("nanp", "source: overlay", "sources: overlay", 'unknown key, did you mean "source"?'),
        ("us_postcodes", '"400"', '"403"', "402-404 overlaps 403, give each ZIP code once"),
        ("us_postcodes", '"402-404"', '"404-402"', '"404-402" ends before it begins, write "402-404"'),
        ("us_postcodes", '"402-404"', '"40200"', '"40200" is not the beginning of ZIP codes, write three digits'),
        ("zones", "US-KY:", "KY:", 'there is no state "KY", write US-KY'),
        ("zones", "DE:", "DD:", '"DD" is not a country'),
        ("zones", "zones: [Europe/Berlin]", "zones: []", "there is nothing in it, write at least one"),
        ("zones", '"7845"', '"+7845"', '"+7845" does not begin telephone numbers, write the country code'),
        ("zones", "  K:", "  K1:", '"K1" does not begin a Canadian postcode, write one capital letter'),
        ("zones", "Asia/Urumqi:", "Asia/Urumchi:", 'there is no time zone "Asia/Urumchi", did you mean'),
    ],
)
def test_a_mistake_is_named(kind, old, new, said):
    assert GOOD[kind].count(old) >= 1
    before, _, after = GOOD[kind].rpartition(old)
    found = read(kind, f"{before}{new}{after}")
    assert isinstance(found, list)
    assert len(found) == 1
    assert found[0].startswith(f"{kind}.yaml:")
    assert said in found[0]


def test_each_place_says_where_it_is():
    assert read("nanp", GOOD["nanp"].replace("[US-KY], zones: [America/New_York]}", "[US-XY], zones: [Mars]}")) == [
        'nanp.yaml:8:20: areas.502.states[1]: there is no state "US-XY", did you mean "US-WY"?',
        'nanp.yaml:8:36: areas.502.zones[1]: there is no time zone "Mars", write one such as Europe/London',
    ]


def test_the_tables_are_spelled_out():
    numbering = good()
    assert numbering.areas["1502"].states == ("US-KY",)
    assert numbering.areas["7845"].zones == ("Europe/Saratov",)
    assert numbering.areas["1364"].source == "overlay of 270"
    assert numbering.overlays == (("1270", "1364"),)
    assert sorted(numbering.postcodes) == [*(f"09{digit}" for digit in range(10)), "400", "402", "403", "404", "K"]
    assert numbering.states["US-AE"] == ()
    assert numbering.countries == {
        "CA": ("America/Toronto",),
        "DE": ("Europe/Berlin",),
        "US": ("America/Chicago", "America/New_York"),
    }


def test_the_version_says_which_tables_and_which_library():
    numbering = good()
    assert numbering.version == good().version
    assert "+phonenumbers-" in numbering.version
    changed = read("nanp", GOOD["nanp"].replace("overlay of 270", "an overlay of 270"))
    other = resolve(changed, read("us_postcodes", GOOD["us_postcodes"]), read("zones", GOOD["zones"]))
    assert other.version != numbering.version


def test_old_names_of_zones_become_those_that_are_used():
    used = zone_names()
    assert used["Asia/Calcutta"] == "Asia/Kolkata"
    assert used["US/Eastern"] == "America/New_York"
    assert used["America/Buenos_Aires"] == "America/Argentina/Buenos_Aires"
    assert used["Europe/Oslo"] == "Europe/Oslo"
    assert used["Etc/UTC"] == "Etc/UTC"
    assert "Factory" not in used
    assert set(used) | {"Factory"} == set(names())
    assert set(used.values()) <= set(used)
    assert {used[zone] for zone in used.values()} == set(used.values())


@pytest.mark.parametrize(
    ("country", "has", "has_not"),
    [
        ("US", {"America/Chicago", "America/New_York"}, {"America/Toronto", "America/Jamaica", "Europe/Berlin"}),
        ("CA", {"America/Toronto"}, {"America/New_York"}),
        ("RU", {"Europe/Saratov", "Europe/Moscow"}, {"America/New_York"}),
        ("DE", {"Europe/Berlin"}, {"Europe/Moscow"}),
        ("IN", {"Asia/Kolkata"}, {"Asia/Calcutta"}),
    ],
)
def test_the_zones_that_numbers_of_a_country_may_have(country, has, has_not):
    found = set(zones_of(good(), [country]))
    assert has <= found <= set(names())
    assert not has_not & found
