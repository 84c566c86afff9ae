"""The page of differences is true, and no difference between the tables and phonenumbers is without its reason."""

from importlib.resources import files

import pytest

from cti.dialer.numbering.index import TERRITORIES
from tests.dialer.numbering.tables import shipped
from tools.make_zones import PAGE, area_code_states, area_codes, countries, differ, page, prefixes, tables

pytestmark = pytest.mark.thorough

NANP, POSTCODES, PLACES = tables()


def test_the_page_is_made_from_the_tables():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python tools/make_zones.py"


@pytest.mark.parametrize(
    "rows",
    [area_codes(NANP), area_code_states(NANP), prefixes(PLACES), countries(PLACES)],
    ids=lambda rows: rows.__name__,
)
def test_every_difference_says_why(rows):
    rows = list(rows)
    assert rows != []
    assert [row.key for row in rows if not row.why] == []


def test_every_row_of_other_numbers_changes_something():
    changed = {row.key for row in prefixes(PLACES)}
    assert [prefix for prefix in PLACES.prefixes if f"+{prefix}" not in changed] == []


def test_every_row_that_is_split_says_why():
    for key, row in POSTCODES.postcodes.items():
        if len(row.zones) != 1 or len(row.states) != 1:
            assert row.source, key


def test_zones_of_a_country_show_its_clocks_as_tzdata_lists_them():
    """Whoever adds a country, or installs new zone data, sees which clock is missing, or is there too much."""
    listed: dict[str, list[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            listed.setdefault("US" if country in TERRITORIES else country, []).append(zone)
    wrong = [
        country
        for country, zones in shipped().countries.items()
        if country in listed and differ(zones, [zone for zone in listed[country] if zone not in PLACES.left_out])
    ]
    assert wrong == []
