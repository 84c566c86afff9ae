"""The small values that keys take: names, durations, languages, zones, telephone numbers."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field

from cti.configuration.mistake import printable, suggest
from cti.configuration.written.base import wrong, wrong_inside
from cti.configuration.zones import names as zone_names
from cti.dialer.numbering.countries import COUNTRIES

Word = TypeVar("Word", bound=str)

ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
DURATION = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
PREFIX = re.compile(r"\+[1-9][0-9]{0,14}")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
CURRENCY = re.compile(r"[A-Z]{3}")
AMOUNT_MAX = 999_999
AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PUNCTUATION = re.compile(r"[\s().\-/]")


def _check_id(value: str) -> str:
    if ID.fullmatch(value):
        return value
    remedy = "write small letters, digits and _, a letter first, at most 64 characters"
    meant = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")
    if ID.fullmatch(meant):
        remedy = f"write {meant}"
    raise wrong(f'"{printable(value)}" is not a possible name here', remedy)


def _check_line(value: str) -> str:
    if not value.strip():
        raise wrong("the text is empty", "write one")
    if not value.isprintable():
        raise wrong("the text holds line breaks or invisible characters", "write one plain line")
    return value


def _check_text(value: str) -> str:
    if not value.strip():
        raise wrong("the text is empty", "write one")
    return value


def _check_language(value: str) -> str:
    if LANGUAGE.fullmatch(value):
        return value
    raise wrong(f'"{printable(value)}" is not a language', "write a tag such as en-US or de-DE")


def _check_zone(value: str) -> str:
    zones = zone_names()
    if value in zones:
        return value
    place = value.replace(" ", "_").lower()
    meant = next((zone for zone in zones if zone.rpartition("/")[2].lower() == place), "")
    remedy = f"write {meant}" if meant else suggest(value, zones, "write one such as Europe/London")
    raise wrong(f'there is no time zone "{printable(value)}"', remedy)


def check_number(value: str) -> str:
    """An international telephone number that its country's plan allows. Raises what a validator may raise."""
    if E164.fullmatch(value):
        written = _as_dialled(value)
        if written == value:
            return value
        remedy = f'write "{written}"' if written else "check its country code and its length"
        raise wrong(f"{value} is not a possible telephone number", remedy)
    bare = PUNCTUATION.sub("", value)
    if E164.fullmatch(bare):
        raise wrong(f'"{printable(value)}" has more than digits after the +', f'write "{bare}"')
    meant = with_plus(value)
    remedy = f'write "{meant}"' if meant else 'write it with + and the country code, such as "+12025550100"'
    raise wrong(f'"{printable(value)}" is not an international telephone number', remedy)


def with_plus(text: str) -> str:
    """The international number that lacks only its +, or nothing. One that begins with 0 never does, nor does one that
    lacks its country code, and so would be of another country, where nobody has it."""
    number = f"+{text}"
    is_one = E164.fullmatch(number) and _as_dialled(number) == number and is_assigned(number)
    return number if is_one else ""


def is_assigned(number: str) -> bool:
    """Whether the plan of its country gives such numbers to anybody: more than that its length is right."""
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def _as_dialled(number: str) -> str:
    """The number in E.164, without a zero for calls within its country; empty when no country has such numbers."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _check_country(value: str) -> str:
    if value in phonenumbers.SUPPORTED_REGIONS:
        return value
    remedy = 'write two letters, such as US or GB ("NO" in quotes)'
    raise wrong(f'"{printable(value)}" is not a country', country_meant(value, remedy))


def country_meant(value: str, otherwise: str) -> str:
    """The remedy for a country, or the beginning of a part of one, that there is not."""
    meant = COUNTRIES.get(value.upper(), value.upper())
    if meant in phonenumbers.SUPPORTED_REGIONS:
        return f"write {meant}"
    return suggest(value, sorted(phonenumbers.SUPPORTED_REGIONS), otherwise)


def _check_prefix(value: str) -> str:
    if PREFIX.fullmatch(value):
        return value
    raise wrong(f'"{printable(value)}" does not begin telephone numbers', 'write + and digits, such as "+1202"')


def _check_destination(value: str) -> str:
    if value.startswith("+"):
        return _check_prefix(value)
    return _check_country(value)


def _check_currency(value: str) -> str:
    if CURRENCY.fullmatch(value):
        return value
    raise wrong(f'"{printable(value)}" is not a currency', "write its three letters, such as EUR")


def _check_date(value: str) -> str:
    try:
        if DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise wrong(f'"{printable(value)}" is not a date', "write it as 2026-12-25")


def _micros(value: Any) -> Any:
    """`0.014`, `5` and `"0.014"` are amounts of money; here they are millionths."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong("this is not an amount of money", "write a number, such as 0.05")
    text = value if isinstance(value, str) else f"{Decimal(str(value)):f}"
    if not AMOUNT.fullmatch(text):
        raise wrong(
            f"{printable(text)} is not an amount of money",
            f"write a number from 0 to {AMOUNT_MAX:,}, with at most six digits after the point, such as 0.05",
        )
    return int(Decimal(text) * 1_000_000)


def _seconds(value: Any) -> Any:
    """`90`, `90s`, `1m30s` and `1h` are durations."""
    if not isinstance(value, str):
        return value
    match = DURATION.fullmatch(value) if value else None
    if match is None:
        raise wrong(f'"{printable(value)}" is not a duration', "write seconds, such as 20 or 20s, or 1m30s")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def check_placeholders(value: str, names: tuple[str, ...]) -> str:
    """A template: every brace belongs to one of the names. Returns it with the placeholders taken out."""
    for name in PLACEHOLDER.findall(value):
        if name not in names:
            known = " and ".join(f"{{{known}}}" for known in names)
            raise wrong(f"nothing is known for {{{printable(name)}}}", suggest(name, names, f"use {known}"))
    bare = PLACEHOLDER.sub("", value)
    if "{" in bare or "}" in bare:
        raise wrong("a brace is not closed or not opened", f"write placeholders as {{{names[0]}}}")
    return bare


def check_unlike(values: list[Word]) -> list[Word]:
    """Refuses a list that says something twice."""
    twice = [position for position, value in enumerate(values) if value in values[:position]]
    if twice:
        errors = [wrong(f"{values[position]} is in the list twice", "keep one of them") for position in twice]
        raise wrong_inside((((position,), error) for position, error in zip(twice, errors, strict=True)), values)
    return values


Id = Annotated[str, AfterValidator(_check_id)]
Name = Annotated[str, Field(max_length=100), AfterValidator(_check_line)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_check_line)]
Text = Annotated[str, Field(max_length=2_000), AfterValidator(_check_text)]
Language = Annotated[str, AfterValidator(_check_language)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Number = Annotated[str, AfterValidator(check_number)]
Prefix = Annotated[str, AfterValidator(_check_prefix)]
Date = Annotated[str, AfterValidator(_check_date)]
Country = Annotated[str, AfterValidator(_check_country)]
Destination = Annotated[str, AfterValidator(_check_destination)]
Currency = Annotated[str, AfterValidator(_check_currency)]
Amount = Annotated[int, BeforeValidator(_micros)]
Seconds = Annotated[int, BeforeValidator(_seconds)]
Priority = Annotated[int, Field(ge=-100, le=100)]
Level = Annotated[int, Field(ge=1, le=5)]
Words = Annotated[list[Id], Field(max_length=100), AfterValidator(check_unlike)]
