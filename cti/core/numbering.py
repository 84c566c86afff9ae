"""Where numbers and addresses may be: the tables of area codes, states and postcodes, and what they say of a number.

States are those of ISO 3166-2 (`US-FL`, `CA-ON`), countries of ISO 3166-1, zones the names of the zone data.
"""

from cti.core.base import Record


class Area(Record):
    """The states in which something lies, and its time zones. Without zones nobody can say what time it is there."""

    states: tuple[str, ...]
    zones: tuple[str, ...]
    source: str = ""


class Numbering(Record):
    """The tables. `areas` by the first digits of numbers (`1305`, `7845`), `states` and `countries` by their codes,
    `postcodes` by the first three digits of a US ZIP code or the first letters of a Canadian one. `overlays` are area
    codes whose numbers are given in the same places. `zones` has every name that a zone may be called by, with the one
    that is used; a zone that is not in it is not known."""

    version: str = ""
    areas: dict[str, Area] = {}
    states: dict[str, tuple[str, ...]] = {}
    countries: dict[str, tuple[str, ...]] = {}
    postcodes: dict[str, Area] = {}
    overlays: tuple[tuple[str, ...], ...] = ()
    zones: dict[str, str] = {}


class Address(Record):
    """What was said about where the person is; any of it may be empty. `verified`: the person said it, lately."""

    country: str = ""
    state: str = ""
    postcode: str = ""
    zone: str = ""
    verified: bool = False


class Place(Record):
    """Where the person may be who is rung at a number. All jurisdictions and all zones bind. `reason` is empty, or a
    code (`NUMBER`, `ZONE-UNKNOWN`), a colon and words why the number cannot be called."""

    country: str
    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    line: str
    reason: str = ""
