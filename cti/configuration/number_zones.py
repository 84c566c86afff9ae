"""In which time zones the people may be whom the calling rules let us call."""

from collections.abc import Iterator

import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from cti.configuration import zones
from cti.core.calling import CallingConfig

ANYWHERE = "*"
CODE_DIGITS_MAX = 3


def zones_for(calling: CallingConfig) -> set[str]:
    """Every zone of a country for which there are rules: of its numbers, of addresses there, or stated by somebody."""
    countries = {rule.jurisdiction.partition("-")[0] for rule in calling.rules} - {ANYWHERE}
    numbering = calling.numbering
    known = set(zones.names())
    return {numbering.zones.get(zone, zone) for zone in _of(calling, countries)} & known


def _of(calling: CallingConfig, countries: set[str]) -> Iterator[str]:
    numbering = calling.numbering
    codes = {str(phonenumbers.country_code_for_region(country)) for country in sorted(countries)}
    for prefix, area in numbering.areas.items():
        if _has_code(prefix, codes):
            yield from area.zones
    for prefix, found in TIMEZONE_DATA.items():
        if _has_code(prefix, codes):
            yield from found
    for tables in (numbering.states, numbering.countries, zones.by_country()):
        for place, found in tables.items():
            if place.partition("-")[0] in countries:
                yield from found
    for area in numbering.postcodes.values():
        if any(state.partition("-")[0] in countries for state in area.states):
            yield from area.zones


def _has_code(prefix: str, codes: set[str]) -> bool:
    """No country's code begins another's."""
    return any(prefix[:length] in codes for length in range(1, CODE_DIGITS_MAX + 1))
