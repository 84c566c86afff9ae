"""The shipped numbering tables, and what a test asks of them."""

from functools import lru_cache

from cti.configuration.numbering import resolve
from cti.core.numbering import Address, Numbering, Place
from cti.dialer.numbering.locate import locate
from tools.make_zones import tables


@lru_cache(maxsize=1)
def shipped() -> Numbering:
    return resolve(*tables())


def place(number: str, **address) -> Place:
    return locate(number, Address(**address), shipped())


def zones(number: str, **address) -> str:
    """The zones in short, `America/` left out."""
    return " ".join(zone.removeprefix("America/") for zone in place(number, **address).zones)


def jurisdictions(number: str, **address) -> str:
    return " ".join(place(number, **address).jurisdictions)


def subscriber(area_code: str) -> str:
    """A number of the area code that nobody has."""
    return f"+1{area_code}5550123"
