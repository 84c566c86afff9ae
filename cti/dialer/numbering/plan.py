"""What the plan of its country says about a number: whether it can be one, in which country, and what kind of line.

For the United States and Canada our own tables say it, since new area codes are in service years before phonenumbers
knows them. For the rest of the world it is phonenumbers.
"""

from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from cti.dialer.numbering.fiction import is_fiction

NUMBER = "NUMBER"

LINES = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}

# What is at the other end of such a line is nobody to talk to.
NOBODY = {
    "premium": "premium numbers are never rung",
    "pager": "it belongs to a pager",
    "voicemail": "it belongs to a voicemail",
}

# Mobiles there have area codes: Mexico, Argentina, Brazil.
MOBILES_WITH_AREA_CODES = (52, 54, 55)

NORTH_AMERICA = 1
SHORT_DIGITS_MAX = 6


class Line(NamedTuple):
    """What the plan says. `region` is the country or territory (ISO 3166-1), empty when the number belongs to none;
    `main` the country for which the calling code is named. `why_not` is empty, or words why it cannot be rung."""

    line: str = "unknown"
    region: str = ""
    main: str = ""
    country_code: int = 0
    why_not: str = ""


def read(number: str) -> Line:
    """What its country's plan says of a number in E.164."""
    country_code, parsed = _parsed(number)
    if parsed is None:
        return Line(why_not="no country has such numbers")
    main = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[country_code][0]
    kind = phonenumbers.number_type(parsed)
    if kind == PhoneNumberType.UNKNOWN and country_code != NORTH_AMERICA and is_fiction(number):
        return Line("fixed_or_mobile", main, main, country_code)
    if kind == PhoneNumberType.UNKNOWN:
        return Line(country_code=country_code, why_not=f"the plan of +{country_code} has no such number")
    region = phonenumbers.region_code_for_number(parsed) or ""
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        region = ""
    return Line(LINES[kind], region, main, country_code, NOBODY.get(LINES[kind], ""))


def malformed(number: str) -> str:
    """Why a text that is not in E.164 cannot be rung."""
    digits = number.removeprefix("+")
    if digits.isascii() and digits.isdigit() and len(digits) <= SHORT_DIGITS_MAX:
        return "short codes and emergency numbers are never rung"
    return "it is not a number with + and the country code"


def _parsed(number: str) -> tuple[int, phonenumbers.PhoneNumber | None]:
    """As phonenumbers would parse it, without what a number in E.164 does not need, and so in a tenth of the time."""
    for length in (1, 2, 3):
        country_code = int(number[1 : 1 + length])
        if country_code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            national = number[1 + length :]
            zeros = min(len(national) - len(national.lstrip("0")), len(national) - 1)
            return country_code, phonenumbers.PhoneNumber(
                country_code=country_code,
                national_number=int(national),
                italian_leading_zero=True if zeros else None,
                number_of_leading_zeros=zeros if zeros > 1 else None,
            )
    return 0, None


def has_area_code(said: Line) -> bool:
    """Whether the number says where in its country it was given."""
    if said.line in ("fixed", "fixed_or_mobile"):
        return True
    return said.line == "mobile" and said.country_code in MOBILES_WITH_AREA_CODES


def zones_of_area_code(number: str) -> tuple[str, ...]:
    """The zones of all prefixes of its area code that phonenumbers knows, by the names that it uses. Where the plan has
    no area codes, those of the longest prefix."""
    country_code, parsed = _parsed(number)
    length = 0 if parsed is None else phonenumbers.length_of_geographical_area_code(parsed)
    return _zones_under(number[1 : 1 + len(str(country_code)) + length]) if length else _longest(number[1:])


@lru_cache(maxsize=4_096)
def _zones_under(prefix: str) -> tuple[str, ...]:
    inside = {zone for known, zones in TIMEZONE_DATA.items() if known.startswith(prefix) for zone in zones}
    return tuple(sorted(inside.union(_longest(prefix))))


def _longest(digits: str) -> tuple[str, ...]:
    for length in range(min(TIMEZONE_LONGEST_PREFIX, len(digits)), 0, -1):
        if digits[:length] in TIMEZONE_DATA:
            return tuple(TIMEZONE_DATA[digits[:length]])
    return ()
