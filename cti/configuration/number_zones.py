"""In which time zones the people may be whom the calling rules let us call."""

import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from cti.configuration.zones import names
from cti.core.calling import CallingConfig

ANYWHERE = "*"


def zones_for(calling: CallingConfig) -> set[str]:
    """Every zone that a number may have of a country for which there are rules."""
    countries = {rule.jurisdiction.partition("-")[0] for rule in calling.rules} - {ANYWHERE}
    codes = {str(phonenumbers.country_code_for_region(country)) for country in sorted(countries)}
    found = {zone for prefix, zones in TIMEZONE_DATA.items() if _is_of(prefix, codes) for zone in zones}
    return found & set(names())


def _is_of(prefix: str, codes: set[str]) -> bool:
    """No country's code begins another's, and none has more than three digits."""
    return any(prefix[:length] in codes for length in (1, 2, 3))
