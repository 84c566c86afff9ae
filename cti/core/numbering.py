"""Where a number may be: in which country and parts of it, in which time zones, on which kind of line."""

from cti.core.base import Record


class Address(Record):
    """What is known of where a person is. `verified`: the person said so, not long ago."""

    country: str = ""
    state: str = ""
    postcode: str = ""
    zone: str = ""
    verified: bool = False


class Place(Record):
    """Every jurisdiction and zone in which the person may be. `reason` is why that cannot be told, in words."""

    country: str
    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    line: str
    reason: str = ""
