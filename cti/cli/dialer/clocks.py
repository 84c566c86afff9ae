"""By whose clocks an answer is told, where a number may be in several zones: those where it most likely is."""

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

from cti.core.numbering import Address, Numbering
from cti.dialer.numbering.address import home
from cti.dialer.numbering.index import index_of


def likeliest_first(
    number: str, address: Address, country: str, zones: tuple[str, ...], numbering: Numbering
) -> list[str]:
    """The zones, first the one that the address names, or else the first that phonenumbers has for the number."""
    named = [address.zone, *home(address, country, index_of(numbering)).zones]
    guessed = time_zones_for_number(phonenumbers.parse(number))
    known = (numbering.zones.get(zone, zone) for zone in (*named, *guessed))
    first = next((zone for zone in known if zone in zones), "")
    return sorted(zones, key=lambda zone: zone != first)
