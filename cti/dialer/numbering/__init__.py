"""Where a number may be, from the numbering plan and what is known of the person's address."""

import phonenumbers
from phonenumbers import timezone

from cti.core.numbering import Address, Place

UNKNOWN_ZONE = "Etc/Unknown"


def locate(number: str, address: Address | None, numbering: object = None) -> Place:
    """Every jurisdiction and zone in which who has this number may be."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return Place(country="", jurisdictions=(), zones=(), line="unknown", reason="no country has such numbers")
    country = phonenumbers.region_code_for_number(parsed) or ""
    zones = tuple(zone for zone in timezone.time_zones_for_number(parsed) if zone != UNKNOWN_ZONE)
    parts = (f"{country}-{address.state}",) if address and address.state else ()
    if address and address.zone:
        zones = (address.zone,) if address.verified else tuple(dict.fromkeys((*zones, address.zone)))
    reason = "" if country and zones else "where such a number is cannot be told"
    return Place(country=country, jurisdictions=(country, *parts), zones=zones, line="unknown", reason=reason)
