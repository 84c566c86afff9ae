"""calling_rules/numbering/: the states and time zones of area codes, postcodes, states and countries."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from cti.configuration.mistake import printable, suggest
from cti.configuration.written.base import Location, Omissible, Written, wrong, wrong_inside
from cti.configuration.written.values import Country, Date, Text, Zone, check_unlike

MILITARY = ("US-AA", "US-AE", "US-AP")
SUBDIVISIONS = {
    "US": "AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH NJ NM "
    "NV NY OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY AA AE AP",
    "CA": "AB BC MB NB NL NS NT NU ON PE QC SK YT",
    "AU": "ACT NSW NT QLD SA TAS VIC WA",
}
STATES = tuple(f"{country}-{state}" for country, states in SUBDIVISIONS.items() for state in states.split())

AREA_CODE = re.compile(r"[2-9][0-9]{2}")
RANGE = re.compile(r"([0-9]{3})(?:-([0-9]{3}))?")
DIGITS = re.compile(r"[1-9][0-9]{0,14}")
LETTERS = re.compile(r"[A-Z]")


def _check_state(value: str) -> str:
    if value in STATES:
        return value
    remedy = (
        f"write US-{value}" if f"US-{value}" in STATES else suggest(value, STATES, "write one such as US-FL or CA-ON")
    )
    raise wrong(f'there is no state "{printable(value)}"', remedy)


def _check_area_code(value: str) -> str:
    if AREA_CODE.fullmatch(value):
        return value
    raise wrong(f'"{printable(value)}" is not an area code of North America', 'write its three digits, such as "305"')


def _check_range(value: str) -> str:
    match = RANGE.fullmatch(value)
    if match is None:
        raise wrong(
            f'"{printable(value)}" is not the beginning of ZIP codes', 'write three digits, such as "331" or "330-334"'
        )
    if match[2] and match[2] <= match[1]:
        raise wrong(f'"{value}" ends before it begins', f'write "{match[2]}-{match[1]}"')
    return value


def _check_digits(value: str) -> str:
    if DIGITS.fullmatch(value):
        return value
    remedy = 'write the country code and what follows it, such as "7845"'
    raise wrong(f'"{printable(value)}" does not begin telephone numbers', remedy)


def _check_letter(value: str) -> str:
    if LETTERS.fullmatch(value):
        return value
    raise wrong(f'"{printable(value)}" does not begin a Canadian postcode', "write one capital letter")


def _check_complex(value: str) -> str:
    codes = value.split()
    if len(codes) < 2 or not all(map(AREA_CODE.fullmatch, codes)):
        raise wrong(
            f'"{printable(value)}" is not a list of area codes',
            "write two or more with spaces between, such as 305 786",
        )
    twice = next((code for code in codes if codes.count(code) > 1), "")
    if twice:
        raise wrong(f"{twice} is in the complex twice", "keep one of them")
    return value


State = Annotated[str, AfterValidator(_check_state)]
Zones = Annotated[list[Zone], Field(max_length=50), AfterValidator(check_unlike)]
States = Annotated[list[State], Field(min_length=1, max_length=20), AfterValidator(check_unlike)]


class ZonesWritten(Written):
    """Time zones, and who says so."""

    zones: Annotated[Zones, Field(min_length=1)]
    source: Omissible[Text] = None


class StateWritten(Written):
    """A state's zones: none, where nobody can know them."""

    zones: Zones
    source: Omissible[Text] = None


class AreaWritten(Written):
    """The states and zones of an area code or a postcode."""

    states: States
    zones: Zones
    source: Omissible[Text] = None

    @model_validator(mode="after")
    def _check_zones(self) -> Self:
        if not self.zones and not all(state in MILITARY for state in self.states):
            raise wrong_inside([(("zones",), wrong("no zone is named", "write those of the states"))], self)
        return self


class TableWritten(Written):
    """What every file begins with."""

    source: Text
    read_on: Date


class NanpWritten(TableWritten):
    """The keys of nanp.yaml."""

    overlays: Annotated[
        list[Annotated[str, AfterValidator(_check_complex)]], Field(max_length=800), AfterValidator(check_unlike)
    ]
    areas: Annotated[dict[Annotated[str, AfterValidator(_check_area_code)], AreaWritten], Field(max_length=800)]

    @model_validator(mode="after")
    def _check_overlays(self) -> Self:
        found = [
            ((("overlays", position)), wrong(f"{code} is not among the areas", "add it, or take it out of the complex"))
            for position, written in enumerate(self.overlays)
            for code in written.split()
            if code not in self.areas
        ]
        if found:
            raise wrong_inside(found, self)
        return self


class PostcodesWritten(TableWritten):
    """The keys of us_postcodes.yaml."""

    postcodes: Annotated[dict[Annotated[str, AfterValidator(_check_range)], AreaWritten], Field(max_length=1_000)]

    @model_validator(mode="after")
    def _check_overlaps(self) -> Self:
        """Each beginning belongs to one range."""
        found: list[tuple[Location, PydanticCustomError]] = []
        owners: dict[str, str] = {}
        for key in self.postcodes:
            other = next((owners[code] for code in beginnings(key) if code in owners), "")
            if other:
                found.append((("postcodes", key, "[key]"), wrong(f"{key} overlaps {other}", "give each ZIP code once")))
            owners |= dict.fromkeys(beginnings(key), key)
        if found:
            raise wrong_inside(found, self)
        return self


class PlacesWritten(TableWritten):
    """The keys of zones.yaml."""

    states: Annotated[dict[State, StateWritten], Field(max_length=1_000)]
    countries: Annotated[dict[Country, ZonesWritten], Field(max_length=300)]
    prefixes: Annotated[dict[Annotated[str, AfterValidator(_check_digits)], ZonesWritten], Field(max_length=2_000)]
    canadian_postcodes: Annotated[
        dict[Annotated[str, AfterValidator(_check_letter)], AreaWritten], Field(max_length=26)
    ]
    left_out: Annotated[dict[Zone, Text], Field(max_length=100)] = {}


def beginnings(key: str) -> list[str]:
    """The three digits that a range such as `330-334` stands for."""
    first, _, last = key.partition("-")
    return [f"{code:03d}" for code in range(int(first), int(last or first) + 1)]
