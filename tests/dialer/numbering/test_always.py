"""What holds for every area code, every postcode and every text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.configuration.numbering import zones_of
from cti.configuration.zones import names
from cti.core.numbering import Address, Place
from cti.dialer.numbering.locate import NUMBER, ZONE_UNKNOWN, locate
from tests.dialer.numbering.tables import shipped, subscriber

pytestmark = pytest.mark.thorough

NAMES = frozenset(names())
CODES = [code[1:] for code, area in shipped().areas.items() if code[0] == "1" and area.states]

digits = st.text("0123456789", max_size=16)
numbers = st.one_of(
    st.text(max_size=40),
    digits.map(lambda text: f"+{text}"),
    st.tuples(st.sampled_from(CODES), st.text("0123456789", min_size=7, max_size=7)).map(
        lambda pair: f"+1{pair[0]}{pair[1]}"
    ),
)
addresses = st.builds(
    Address,
    country=st.one_of(st.sampled_from(["", *shipped().countries, "PR"]), st.text(max_size=4)),
    state=st.one_of(st.sampled_from(["", *(code[3:] for code in shipped().states)]), st.text(max_size=6)),
    postcode=st.one_of(st.just(""), st.text("0123456789", max_size=9), st.text(max_size=9)),
    zone=st.one_of(st.just(""), st.sampled_from(sorted(NAMES)), st.text(max_size=9)),
    verified=st.booleans(),
)


def test_every_area_code_has_zones_that_exist_and_that_its_states_have():
    assert len(CODES) > 420
    for code in CODES:
        found = locate(subscriber(code), Address(), shipped())
        assert found.reason == ""
        assert found.zones
        assert NAMES.issuperset(found.zones)
        states = [name for name in found.jurisdictions if "-" in name]
        assert states
        for state in states:
            assert set(found.zones) & set(shipped().states[state]), (code, state)
        assert set(found.zones) <= {zone for state in states for zone in shipped().states[state]}, code


def test_codes_that_lie_over_the_same_places_say_the_same():
    for complex_ in shipped().overlays:
        assert len({(shipped().areas[code].states, shipped().areas[code].zones) for code in complex_}) == 1, complex_


def test_every_postcode_has_zones_of_its_states():
    for key, area in shipped().postcodes.items():
        allowed = {zone for state in area.states for zone in shipped().states[state]}
        guam = {"Pacific/Chuuk", "Pacific/Majuro", "Pacific/Palau", "Pacific/Pohnpei"} if key == "969" else set()
        assert set(area.zones) <= allowed | guam, key
        assert area.zones or not allowed, key


def test_every_state_and_country_has_postcodes_or_zones_that_exist():
    for code, zones in {**shipped().states, **shipped().countries}.items():
        assert NAMES.issuperset(zones), code
        assert zones or code in ("US-AA", "US-AE", "US-AP")
    for state in shipped().states:
        if state[:2] in ("US", "CA"):
            assert any(state in area.states for area in shipped().postcodes.values()), state


def test_every_zone_that_is_used_is_one_of_the_data_and_goes_by_its_own_name():
    used = zones_of(shipped(), shipped().countries)
    assert NAMES.issuperset(used)
    assert [zone for zone in used if shipped().zones[zone] != zone] == []
    assert "Factory" not in shipped().zones


@settings(max_examples=1_500, deadline=None)
@given(number=numbers, address=addresses)
def test_any_text_has_a_place_or_a_reason(number, address):
    found = locate(number, address, shipped())
    assert isinstance(found, Place)
    assert found.reason or (found.zones and found.jurisdictions and found.country)
    assert found.reason.partition(":")[0] in ("", NUMBER, ZONE_UNKNOWN)
    assert NAMES.issuperset(found.zones)
    assert list(found.zones) == sorted(set(found.zones))
    assert len(found.jurisdictions) == len(set(found.jurisdictions))
    assert found.country == "" or found.reason.startswith(NUMBER) or found.country in found.jurisdictions


@settings(max_examples=500, deadline=None)
@given(number=numbers, country=st.sampled_from(["", *shipped().countries]), verified=st.booleans())
def test_the_zones_of_a_place_are_among_those_of_its_countries(number, country, verified):
    """So whoever loads the tables of these zones has all that a number may need."""
    found = locate(number, Address(country=country, verified=verified), shipped())
    countries = [name for name in found.jurisdictions if "-" not in name]
    assert set(found.zones) <= set(zones_of(shipped(), countries))


@settings(max_examples=500, deadline=None)
@given(number=numbers, address=addresses)
def test_what_is_not_verified_never_takes_a_zone_or_a_jurisdiction_away(number, address):
    """Whatever a list says about an address can make calling stricter, and nothing else."""
    alone = locate(number, Address(), shipped())
    found = locate(number, Address(**{**_fields(address), "verified": False}), shipped())
    assert set(alone.zones) <= set(found.zones)
    assert set(alone.jurisdictions) <= set(found.jurisdictions)
    assert found.reason or not alone.reason


@settings(max_examples=500, deadline=None)
@given(number=numbers, address=addresses)
def test_what_is_verified_never_takes_a_jurisdiction_away(number, address):
    alone = locate(number, Address(), shipped())
    found = locate(number, Address(**{**_fields(address), "verified": True}), shipped())
    assert set(alone.jurisdictions) <= set(found.jurisdictions)
    assert not alone.reason.startswith(NUMBER) or found == alone


def _fields(address):
    return {name: getattr(address, name) for name in address.__struct_fields__}
