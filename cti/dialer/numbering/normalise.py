"""What lists hold instead of telephone numbers, made into the one form in which numbers are kept and compared.

People write `+1 (202) 555-0123`, `011 44 20 ...`, `0044 20 ...`, `1-800-FLOWERS` and `x12` behind it; spreadsheets put
`="..."` around it or compute with it; old lists have the 1 that Mexico dropped and the 15 that Argentina dials. A text
has at most one reading here: what could be two numbers is refused, not guessed. Letters are digits only where they
go on with a number that was begun in digits. Words are no numbers, nor is what has words beside it: they may say not to
call.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from cti.dialer.numbering.fiction import is_fiction

CHARACTERS_MAX = 250
SHORT_DIGITS_MAX = 6

FICTION = "fiction"
LETTERS = "letters"
TOLL_FREE = "toll_free"
UNASSIGNED = "unassigned"
"""What is worth knowing of a number that was read: nobody has it; it was written with letters; it is in no place; its
country's plan, as far as phonenumbers knows it, does not give it to anybody."""

# What spreadsheets make of a number in a cell that is not marked as text.
COMPUTED = re.compile(r"[0-9.,]+E[+-]?[0-9]+|[0-9]{6,}[.,]0+", re.IGNORECASE)
QUOTED = re.compile(r"=?(['\"“„«])(.*?)(['\"”“»])")
LABEL = re.compile(
    r"^(?:(?:tel|telephone|phone|ph|mobile|mob|cell|home|work|office|main|direct|primary|number|no)\b[.:\s]*)+(?=[+(0-9])",
    re.IGNORECASE,
)
LABEL_BEHIND = re.compile(r"[\s,]*\(?\b(?:mobile|mob|cell|home|work|office)\b\.?\)?$", re.IGNORECASE)
SEVERAL = re.compile(r"[/|\\\n&]|[,;](?!\s*(?:e?x|phone-context|isub))|\bor\b|\band\b", re.IGNORECASE)
MEXICAN_PREFIX = re.compile(r"0(?:1|44|45)(?=[0-9]{10}$)")
LETTERS_MIN = 3
SPELT = re.compile(r"\+?(?:[ ().\-]*[0-9]){3,}(?:\) ?|[-.])?[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*")
"""An area code or prefix in digits, and letters joined to it. What stands behind a space is a word."""
EXTENSION = re.compile(r"[\s,;]*(?:;ext=|;phone-context=|;isub=|extension|ext\b|x(?=[\s.]*[0-9]))", re.IGNORECASE)


LENGTHS = {
    ValidationResult.TOO_LONG: "it has too many digits",
    ValidationResult.TOO_SHORT: "it has too few digits",
}
WORDS = "it is no telephone number: there are words in it"
REMEDY_LENGTH = "write it whole, with its area code"


class Normalised(NamedTuple):
    """The number in E.164, what follows it inside a company, and notes such as `FICTION`."""

    number: str
    extension: str = ""
    notes: tuple[str, ...] = ()


class Unusable(NamedTuple):
    """Why a text is no number that can be rung, and what to do about it."""

    what: str
    remedy: str


def normalise(written: str, region: str = "") -> Normalised | Unusable:
    """`region` is the country (ISO 3166-1) of numbers without a country code. Never raises."""
    if len(written) > CHARACTERS_MAX:
        return Unusable(f"it has more than {CHARACTERS_MAX} characters", "write one number")
    text = _bare(written)
    known = region.upper() if region.upper() in phonenumbers.SUPPORTED_REGIONS else ""
    return _refused(text, known) or _read(text, known)


def _bare(written: str) -> str:
    """Without what cannot be seen, what spreadsheets put around a text, and labels."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Zs", "Cc") else char
        for char in written
        if unicodedata.category(char) != "Cf"
    )
    text = visible.strip()
    quoted = QUOTED.fullmatch(text)
    text = (quoted[2] if quoted else text.removeprefix("'")).strip()
    return LABEL_BEHIND.sub("", LABEL.sub("", text)).strip()


def _refused(text: str, region: str) -> Unusable | None:
    """What is seen without reading it as a number."""
    digits = "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())
    if not text:
        return Unusable("there is no number", "enter one, or leave the row out")
    if COMPUTED.fullmatch(text):
        return Unusable("a spreadsheet computed with it", "mark the column as text and enter the number again")
    if "@" in text:
        return Unusable("it is an address, not a number", "write the number")
    if text[0] in "*#":
        return Unusable("it begins with a feature code", "write the number alone")
    parts = [part for part in SEVERAL.split(text) if sum(char.isdecimal() for char in part) > SHORT_DIGITS_MAX]
    if len(parts) > 1:
        return Unusable("these are several numbers", "give each a row of its own")
    if _has_letters(text):
        return (
            None if SPELT.fullmatch(_without_extension(text)) else Unusable(WORDS, "write the number alone, in digits")
        )
    if "+" not in text and 0 < len(digits) <= SHORT_DIGITS_MAX:
        if phonenumbers.is_emergency_number(digits, region or "US") or digits in ("000", "110", "112", "911", "999"):
            return Unusable("it is an emergency number", "take it out: it is never rung")
        return Unusable("it is a short code", REMEDY_LENGTH)
    return None


def _read(text: str, region: str) -> Normalised | Unusable:
    failed: Unusable | None = None
    doubtful: PhoneNumber | None = None
    notes = (LETTERS,) if _has_letters(text) else ()
    for reading in _readings(text, region):
        number = _parsed(reading, region)
        if isinstance(number, Unusable):
            failed = failed or number
            continue
        if phonenumbers.is_valid_number(number) or is_fiction(_e164(number)):
            return _finished(number, notes)
        doubtful = doubtful or number
    if doubtful is not None:
        return _finished(doubtful, (*notes, UNASSIGNED))
    assert failed is not None, "there is at least one reading"
    return failed


def _has_letters(text: str) -> bool:
    """Whether phonenumbers would dial letters in it: it does so from the third on, and drops fewer."""
    return sum(char.isascii() and char.isalpha() for char in _without_extension(text)) >= LETTERS_MIN


def _without_extension(text: str) -> str:
    return EXTENSION.split(text, maxsplit=1)[0]


def _readings(text: str, region: str) -> Iterator[str]:
    """As it stands, and with what other countries dial before a country code."""
    yield text
    compact = re.sub(r"[\s().\-/]", "", text)
    for prefix in ("00", "011"):
        if compact.startswith(prefix):
            yield f"+{compact.removeprefix(prefix)}"
    if region == "MX" and (match := MEXICAN_PREFIX.match(compact)):
        yield compact[match.end() :]
    if compact.startswith("+549"):
        yield from _without_15(compact.removeprefix("+549"))


def _without_15(digits: str) -> Iterator[str]:
    """What Argentina dials for mobiles at home, behind the area code of two to four digits."""
    for length in (2, 3, 4):
        if len(digits) == 12 and digits[length : length + 2] == "15":
            yield f"+549{digits[:length]}{digits[length + 2 :]}"


def _parsed(text: str, region: str) -> PhoneNumber | Unusable:
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException as error:
        return _unreadable(error, text, region)
    national = str(number.national_number)
    if number.country_code == 52 and len(national) == 11 and national.startswith("1"):  # mobiles until 2019
        number.national_number = int(national[1:])
    found = phonenumbers.is_possible_number_with_reason(number)
    if found == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return Unusable("its area code is missing", REMEDY_LENGTH)
    if found != ValidationResult.IS_POSSIBLE:
        return Unusable(LENGTHS.get(found, "no number of its country has as many digits"), REMEDY_LENGTH)
    return number


def _unreadable(error: NumberParseException, text: str, region: str) -> Unusable:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not region and "+" not in text:
        return Unusable("its country is not known", "write it with + and the country code")
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return Unusable("there is no such country code", "write + and the country code, such as +44")
    if error.error_type == NumberParseException.TOO_LONG:
        return Unusable(LENGTHS[ValidationResult.TOO_LONG], REMEDY_LENGTH)
    return Unusable("it is no telephone number", "write one number, with + and the country code")


def _finished(number: PhoneNumber, notes: tuple[str, ...]) -> Normalised | Unusable:
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.PREMIUM_RATE:
        return Unusable("it is a premium number, and those are never rung", "ask for another")
    e164 = _e164(number)
    if is_fiction(e164):
        notes = (*notes, FICTION)
    if kind == PhoneNumberType.TOLL_FREE:
        notes = (*notes, TOLL_FREE)
    return Normalised(e164, number.extension or "", notes)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
