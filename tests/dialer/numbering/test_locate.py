"""Where a number may be: by its area code, by those that lie over it, by an address, by what was verified."""

import pytest

from cti.core.base import changed
from cti.core.numbering import Address, Area, Numbering
from cti.dialer.numbering.locate import NUMBER, ZONE_UNKNOWN, locate
from tests.dialer.numbering.tables import jurisdictions, place, shipped, subscriber, zones

MIAMI, PENSACOLA, TORONTO, LONDON = "+13055550123", "+18505550123", "+14165550123", "+442079460123"
TOLL_FREE = "+18005550199"


def reason(number, **address):
    return place(number, **address).reason.partition(":")[0]


# Area codes


SPANNING = [
    ("208", "Boise Los_Angeles"),
    ("219", "Chicago New_York"),
    ("250", "Dawson_Creek Edmonton Vancouver"),
    ("270", "Chicago New_York"),
    ("306", "Edmonton Regina Winnipeg"),
    ("308", "Chicago Denver"),
    ("334", "Chicago New_York"),
    ("402", "Chicago Denver"),
    ("418", "Blanc-Sablon Halifax Toronto"),
    ("423", "Chicago New_York"),
    ("541", "Boise Los_Angeles"),
    ("574", "Chicago New_York"),
    ("605", "Chicago Denver"),
    ("606", "Chicago New_York"),
    ("620", "Chicago Denver"),
    ("701", "Chicago Denver"),
    ("709", "Goose_Bay St_Johns"),
    ("775", "Denver Los_Angeles"),
    ("778", "Dawson_Creek Edmonton Vancouver"),
    ("785", "Chicago Denver"),
    ("807", "Atikokan Chicago Toronto Winnipeg"),
    ("812", "Chicago New_York"),
    ("850", "Chicago New_York"),
    ("867", "Atikokan Cambridge_Bay Edmonton Iqaluit Rankin_Inlet Whitehorse"),
    ("906", "Chicago New_York"),
    ("907", "Adak Anchorage"),
    ("928", "Denver Phoenix"),
]


@pytest.mark.parametrize(("code", "expected"), SPANNING)
def test_an_area_code_that_spans_zones_has_them_all(code, expected):
    assert zones(subscriber(code)) == expected


def test_every_other_area_code_that_spans_zones_lies_over_one_of_these():
    named = {f"1{code}" for code, _ in SPANNING}
    over = {code for row in shipped().overlays if named.intersection(row) for code in row}
    spanning = {code for code, area in shipped().areas.items() if code[0] == "1" and len(area.zones) > 1}
    assert spanning - named - over == set()


@pytest.mark.parametrize(
    ("overlay", "older"),
    [
        ("364", "270"),
        ("448", "850"),
        ("458", "541"),
        ("531", "402"),
        ("639", "306"),
        ("474", "306"),
        ("729", "423"),
        ("778", "250"),
        ("879", "709"),
        ("930", "812"),
        ("986", "208"),
        ("581", "418"),
        ("483", "334"),
    ],
)
def test_a_code_that_lies_over_another_has_its_zones(overlay, older):
    assert zones(subscriber(overlay)) == zones(subscriber(older))


def test_codes_that_phonenumbers_does_not_know_yet_are_placed():
    for code in ("357", "436", "457", "465", "471", "483", "621", "624", "679", "729", "837", "861", "924"):
        assert place(subscriber(code)).reason == ""


def test_orlando_is_not_in_the_central_zone():
    assert zones(subscriber("689")) == zones(subscriber("407")) == "New_York"


def test_the_lower_mainland_does_not_have_the_kootenays_clock_though_778_does():
    assert (zones("+16045550123"), zones("+17785550123")) == ("Vancouver", "Dawson_Creek Edmonton Vancouver")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (MIAMI, "US US-FL"),
        (TORONTO, "CA CA-ON"),
        ("+19025550123", "CA CA-NS CA-PE"),
        ("+18675550123", "CA CA-YT CA-NT CA-NU"),
        ("+17875550123", "US US-PR"),
        ("+16715550123", "US US-GU"),
        ("+13405550123", "US US-VI"),
        ("+16845550123", "US US-AS"),
        ("+16705550123", "US US-MP"),
        ("+12025550123", "US US-DC"),
        ("+18765550123", "JM"),
        ("+18095550123", "DO"),
        (LONDON, "GB"),
        ("+441481712345", "GG GB"),
        ("+447781123456", "GG GB"),
        ("+441534712345", "JE GB"),
        ("+447797123456", "JE GB"),
        ("+441624712345", "IM GB"),
        ("+447624123456", "IM GB"),
        ("+358181234567", "AX FI"),
        ("+4779123456", "SJ NO"),
        ("+590590201234", "GP FR"),
    ],
)
def test_the_jurisdictions_of_a_number(number, expected):
    assert jurisdictions(number) == expected
    assert place(number).country == expected.split()[0]


def test_overlays_hold_for_any_tables():
    """Whatever the tables say of each code, a number has what is known of all that lie over the same places."""
    tables = Numbering(
        version="",
        areas={
            "1201": Area(states=("US-NJ",), zones=("America/New_York",)),
            "1551": Area(states=("US-NJ", "US-NY"), zones=("America/Chicago",)),
        },
        states={},
        countries={},
        postcodes={},
        overlays=(("1201", "1551"),),
        zones={"America/Chicago": "America/Chicago", "America/New_York": "America/New_York"},
    )
    found = locate(subscriber("201"), Address(), tables)
    assert found.zones == ("America/Chicago", "America/New_York")
    assert found.jurisdictions == ("US", "US-NJ", "US-NY")


def test_two_tables_are_not_confused():
    moved = changed(shipped(), areas={**shipped().areas, "1302": Area(states=("US-GA",), zones=("America/Denver",))})
    for _ in range(2):
        assert locate("+13025550123", Address(), moved).jurisdictions == ("US", "US-GA")
        assert jurisdictions("+13025550123") == "US US-DE"


# Elsewhere


@pytest.mark.parametrize(
    ("number", "line", "expected"),
    [
        ("+493023125012", "fixed", "Europe/Berlin"),
        ("+4915112345678", "mobile", "Europe/Berlin"),
        ("+919876543210", "mobile", "Asia/Kolkata"),
        (LONDON, "fixed", "Europe/London"),
        ("+33199001234", "fixed", "Europe/Paris"),
        ("+33912345678", "voip", "Europe/Paris"),
        ("+34928123456", "fixed", "Atlantic/Canary"),
        ("+34612345678", "mobile", "Atlantic/Canary Europe/Madrid"),
        ("+351292123456", "fixed", "Atlantic/Azores"),
        ("+74951234567", "fixed", "Europe/Moscow"),
        ("+74012345678", "fixed", "Europe/Kaliningrad"),
        ("+78452123456", "fixed", "Europe/Saratov"),
        ("+77011234567", "mobile", "Asia/Almaty"),
        ("+61255501234", "fixed", "Australia/Lord_Howe Australia/Sydney"),
        ("+61889123456", "fixed", "Australia/Adelaide Australia/Darwin Australia/Eucla Australia/Perth"),
        ("+61891641234", "fixed", "Indian/Christmas"),
        ("+6433051234", "fixed", "Pacific/Auckland Pacific/Chatham"),
        ("+551123456789", "fixed", "Sao_Paulo"),
        ("+5592981234567", "mobile", "Manaus Sao_Paulo"),
        ("+5597981234567", "mobile", "Manaus Rio_Branco"),
        ("+526141234567", "fixed_or_mobile", "Chihuahua"),
        ("+903921234567", "fixed", "Asia/Famagusta"),
        ("+213551234567", "mobile", "Africa/Algiers"),
        ("+50586123456", "mobile", "Managua"),
        ("+212612345678", "mobile", "Africa/Casablanca"),
        ("+970599123456", "mobile", "Asia/Gaza Asia/Hebron"),
    ],
)
def test_numbers_elsewhere(number, line, expected):
    found = place(number)
    assert (found.reason, found.line, zones(number)) == ("", line, expected)


def test_a_mobile_may_be_in_all_of_its_country():
    assert len(place("+61412345678").zones) == 9  # seven, and those of Christmas Island and Cocos
    assert len(place("+79161234567").zones) == 11


# Addresses


def test_an_address_elsewhere_adds_its_zones_and_its_jurisdictions():
    found = place(MIAMI, country="US", state="CA")
    assert found.jurisdictions == ("US", "US-FL", "US-CA")
    assert found.zones == ("America/Los_Angeles", "America/New_York")


def test_an_address_in_another_country_adds_that_country():
    found = place(LONDON, country="US", state="NY")
    assert (found.country, found.jurisdictions) == ("GB", ("GB", "US", "US-NY"))
    assert found.zones == ("America/New_York", "Europe/London")


def test_a_country_alone_says_nothing_new_of_its_own_number_and_everything_of_another():
    assert zones(MIAMI, country="US") == "New_York"
    assert zones(LONDON, country="CA") == (
        "Atikokan Blanc-Sablon Cambridge_Bay Chicago Dawson_Creek Edmonton Goose_Bay Halifax Iqaluit Moncton "
        "Rankin_Inlet Regina St_Johns Toronto Vancouver Whitehorse Winnipeg Europe/London"
    )


def test_a_state_has_all_its_zones_and_a_postcode_the_nearer_ones():
    assert zones(MIAMI, country="US", state="FL") == "Chicago New_York"
    assert zones(MIAMI, country="US", state="FL", postcode="33101") == "New_York"
    assert zones(MIAMI, country="US", postcode="32501") == "Chicago New_York"
    assert zones(PENSACOLA, country="US", state="FL", postcode="32501") == "Chicago New_York"


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("32456", "Chicago New_York"),  # Port Saint Joe
        ("36867", "Chicago New_York"),  # Phenix City
        ("37347", "Chicago New_York"),  # Jasper, Tennessee
        ("42701", "Chicago New_York"),
        ("46534", "Chicago New_York"),  # Knox, Indiana
        ("49801", "Chicago New_York"),
        ("57532", "Chicago Denver"),
        ("58838", "Chicago Denver"),
        ("67735", "Chicago Denver"),
        ("69211", "Chicago Denver"),  # Cody, Nebraska
        ("79851", "Chicago Denver"),
        ("83549", "Boise Los_Angeles"),  # Riggins
        ("86001", "Denver Phoenix"),
        ("89883", "Denver Los_Angeles"),  # West Wendover
        ("97914", "Boise Los_Angeles"),
        ("99546", "Adak Anchorage"),
    ],
)
def test_a_postcode_that_a_line_runs_through_has_both_zones(postcode, expected):
    assert zones(TOLL_FREE, country="US", postcode=postcode, verified=True) == expected


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("06390", "US US-CT US-NY"), ("96799", "US US-HI US-AS"), ("96910", "US US-GU US-MP"), ("00801", "US US-VI")],
)
def test_a_postcode_names_the_states_that_the_address_does_not(postcode, expected):
    assert set(jurisdictions(TOLL_FREE, country="US", postcode=postcode).split()) == set(expected.split())


def test_a_state_that_contradicts_the_postcode_counts_as_well():
    found = place(MIAMI, country="US", state="NY", postcode="90001", verified=True)
    assert found.zones == ("America/Los_Angeles", "America/New_York")
    assert set(found.jurisdictions) == {"US", "US-FL", "US-NY", "US-CA"}


@pytest.mark.parametrize("postcode", ["07030", "7030", "07030-1234", "070301234", "70301234", " 07030 "])
def test_postcodes_as_spreadsheets_leave_them(postcode):
    assert jurisdictions(MIAMI, country="US", postcode=postcode) == "US US-FL US-NJ"


def test_canadian_postcodes_name_the_province():
    assert jurisdictions(MIAMI, country="CA", postcode="V6B 1A1") == "US US-FL CA CA-BC"
    assert zones(TORONTO, country="CA", postcode="k1a0b1") == "Toronto"


def test_an_address_may_be_written_in_small_letters_with_the_whole_code_or_as_a_territory():
    assert jurisdictions(MIAMI, country="us", state="ca") == "US US-FL US-CA"
    assert jurisdictions(MIAMI, state="US-CA") == "US US-FL US-CA"
    assert jurisdictions(MIAMI, state="CA-ON") == "US US-FL CA CA-ON"
    assert jurisdictions(MIAMI, country="PR", state="San Juan") == "US US-FL US-PR"
    assert jurisdictions(MIAMI, country="UK") == "US US-FL GB"
    assert jurisdictions(MIAMI, state="CA") == "US US-FL US-CA"


def test_states_of_other_countries_are_jurisdictions():
    assert jurisdictions("+493023125012", country="DE", state="BY") == "DE DE-BY"
    assert jurisdictions(LONDON, country="GB", state="Kent") == "GB"
    assert zones("+61255501234", country="AU", state="WA") == (
        "Australia/Eucla Australia/Lord_Howe Australia/Perth Australia/Sydney"
    )


def test_a_stated_zone_is_one_more_by_the_name_that_is_used():
    assert zones(MIAMI, zone="US/Pacific") == "Los_Angeles New_York"
    assert zones(LONDON, zone="Asia/Calcutta") == "Asia/Kolkata Europe/London"
    assert zones(MIAMI, country="US", state="FL", postcode="33101", zone="America/Denver") == "Denver New_York"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"country": "US", "state": "ZZ"}, "the state of"),
        ({"country": "XX"}, "the country of"),
        ({"country": "Germany"}, "the country of"),
        ({"country": "US", "postcode": "00000"}, "the postcode of"),
        ({"country": "US", "postcode": "n/a"}, "the postcode of"),
        ({"country": "CA", "postcode": "12345"}, "the postcode of"),
        ({"zone": "Mars/Phobos"}, "the zone of"),
        ({"country": "US", "zone": "../../etc/passwd"}, "the zone of"),
        ({"country": "US", "state": "AE"}, "military"),
        ({"country": "US", "postcode": "09012"}, "military"),
        ({"country": "US", "state": "FL", "postcode": "34002"}, "military"),
    ],
)
@pytest.mark.parametrize("verified", [False, True])
def test_what_is_not_understood_of_an_address_forbids_the_call(address, said, verified):
    found = place(MIAMI, **address, verified=verified)
    assert found.reason.startswith(f"{ZONE_UNKNOWN}: ")
    assert said in found.reason


@pytest.mark.parametrize("part", ["country", "state", "postcode", "zone"])
@pytest.mark.parametrize("number", [MIAMI, TOLL_FREE, "+493023125001"])
def test_nothing_that_was_written_of_an_address_gets_into_the_place(part, number):
    """The place is kept for years, in a proof that is nobody's."""
    found = place(number, **({"country": "US"} | {part: "Jane Doe, 12 Elm St"}))
    assert found.reason.startswith(f"{ZONE_UNKNOWN}: ")
    assert not any(word in str(found).upper() for word in ("JANE", "DOE", "ELM"))


def test_an_address_without_a_country_is_not_placed_by_a_number_that_has_none():
    assert "names no country" in place(TOLL_FREE, state="FL", verified=True).reason


# Verified


def test_a_verified_address_takes_the_place_of_the_zones_but_not_of_the_states():
    found = place(MIAMI, country="US", state="WA", verified=True)
    assert found.zones == ("America/Los_Angeles",)
    assert found.jurisdictions == ("US", "US-FL", "US-WA")


def test_a_verified_zone_takes_the_place_of_the_zones():
    assert zones(PENSACOLA, zone="America/Chicago", verified=True) == "Chicago"
    assert zones(PENSACOLA, country="US", state="FL", zone="America/Chicago", verified=True) == "Chicago"


def test_a_verified_zone_that_the_address_does_not_have_is_one_more():
    assert zones(MIAMI, country="US", state="FL", postcode="33101", zone="America/Denver", verified=True) == (
        "Denver New_York"
    )


def test_a_verified_address_that_says_too_little_changes_nothing():
    assert zones(MIAMI, verified=True) == "New_York"
    assert zones(MIAMI, country="US", verified=True) == "New_York"


def test_a_verified_country_counts_as_a_whole_where_the_number_is_another_countrys():
    assert zones(MIAMI, country="DE", verified=True) == "Europe/Berlin"
    assert len(place(LONDON, country="US", verified=True).zones) == len(shipped().countries["US"])


# What cannot be called


@pytest.mark.parametrize(
    "number",
    (
        f"{TOLL_FREE} +18885550199 +15005550123 +448081570123 +447012345678 +443001234567 +80012345678 +882161234567 "
        "+870773111632"
    ).split(),
)
def test_a_number_in_no_place_needs_a_verified_address(number):
    assert reason(number) == ZONE_UNKNOWN
    assert reason(number, country="US", state="WA") == ZONE_UNKNOWN
    assert reason(number, country="US", state="WA", verified=True) == ""
    assert zones(number, country="US", state="WA", verified=True) == "Los_Angeles"


@pytest.mark.parametrize(
    "number",
    [
        *"911 112 12345 +1911 +44999 + +1 13055550123 0013055550123 +1305555012 +130555501234 anonymous".split(),
        "",
        "+1 305 555 0123",
        "+１３０５５５５０１２３",
        "+13055550123;ext=12",
        "sip:a@example.com",
    ],
)
def test_what_is_no_number_is_never_called(number):
    assert reason(number) == NUMBER
    assert reason(number, country="US", state="WA", verified=True) == NUMBER


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+19005551234", "premium"),
        ("+13059761234", "premium"),
        ("+449098790123", "premium"),
        ("+447640123456", "pager"),
        ("+13052111234", "211 is a service code"),
        ("+13059111234", "911 is a service code"),
        ("+13050551234", "exchange 055"),
        ("+13051551234", "exchange 155"),
        ("+13059581234", "tests"),
        ("+13055551212", "directory"),
        ("+12225550123", "plan of +1"),
        ("+17105550123", "plan of +1"),
        ("+4420123", "plan of +44"),
        ("+4402079460123", "plan of +44"),
        ("+999123456789", "no country"),
    ],
)
def test_what_nobody_answers_is_never_called(number, said):
    found = place(number, country="US", state="WA", verified=True)
    assert found.reason.startswith(f"{NUMBER}: ")
    assert said in found.reason


def test_an_area_code_that_only_phonenumbers_knows_is_not_called():
    without = changed(shipped(), areas={key: area for key, area in shipped().areas.items() if key != "1305"})
    found = locate(MIAMI, Address(), without)
    assert found.reason == f"{ZONE_UNKNOWN}: the area code 305 is not in nanp.yaml"
    assert found.jurisdictions == ("US",)


def test_numbers_for_films_are_placed_like_their_neighbours():
    assert place("+447700900123").reason == ""
    assert zones("+447700900123") == "Europe/London"
    assert zones("+33639981234") == "Europe/Paris"
    assert place("+447700900123").line == "fixed_or_mobile"


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (MIAMI, "fixed_or_mobile"),
        (LONDON, "fixed"),
        ("+447911723456", "mobile"),
        (TOLL_FREE, "toll_free"),
        ("+15005550123", "personal"),
        ("+19005551234", "premium"),
        ("+443001234567", "uan"),
        ("+445612345678", "voip"),
        ("+447640123456", "pager"),
        ("911", "unknown"),
    ],
)
def test_lines(number, line):
    assert place(number).line == line
