"""Telephone numbers as people write them, in the one form in which they are kept and compared."""

import re

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

E164 = re.compile(r"\+[1-9][0-9]{4,14}")
# What spreadsheets make of a number in a cell that is not marked as text.
COMPUTED = re.compile(r"[0-9.,]+E[+-]?[0-9]+|[0-9]{6,}[.,]0+", re.IGNORECASE)


class NotANumber(ValueError):
    """A text is no telephone number: what is wrong, and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy


def check_region(region: str) -> str:
    """The region of numbers without a country code, such as `GB`; empty when there is none. Raises `ValueError`."""
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{region!r} is no region: write two capital letters, such as GB")
    return region


def e164(written: str, region: str) -> str:
    """The number in E.164. Its length must be possible; whether it is given to anybody is not asked, since plans grow
    faster than libraries. Raises `NotANumber`."""
    if COMPUTED.fullmatch(written.strip()):
        raise NotANumber("a spreadsheet computed with it", "mark the column as text and enter the number again")
    try:
        number = phonenumbers.parse(written, region or None)
    except NumberParseException as error:
        raise _unreadable(error, region) from error
    found = phonenumbers.is_possible_number_with_reason(number)
    if found != ValidationResult.IS_POSSIBLE:
        raise _wrong_length(too_long=found == ValidationResult.TOO_LONG)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _wrong_length(*, too_long: bool) -> NotANumber:
    return NotANumber(f"it has too {'many' if too_long else 'few'} digits", "write it whole, with its area code")


def _unreadable(error: NumberParseException, region: str) -> NotANumber:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not region:
        return NotANumber("its country is not known", "write it with + and the country code")
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return NotANumber("there is no such country code", "write + and the country code, such as +44")
    if error.error_type == NumberParseException.TOO_LONG:
        return _wrong_length(too_long=True)
    return NotANumber("it is no telephone number", "write one number, with + and the country code")
