"""What is not to be called, as people write it: a number, the beginning of numbers, a pattern, a name."""

import re
from typing import NamedTuple

from cti.core.errors import CtiError
from cti.core.suppression import (
    AREA_CODE,
    CAMPAIGN,
    COMPANY,
    HOUSEHOLD,
    SCOPES,
    WILDCARD,
    WIRELESS,
    SuppressionKey,
    mistake,
)
from cti.dialer.numbering.normalise import Unusable, normalise

BETWEEN = re.compile(r"[\s().\-/]")
PREFIX = re.compile(r"\+[1-9][0-9]*")
PREFIX_DIGITS = range(4, 8)
"""A country and an area code, or an exchange. What is longer, and no whole number, is rather a slip of the pen."""


class Meant(NamedTuple):
    """An entry, and what was guessed of its scope; empty where nothing was."""

    key: SuppressionKey
    guess: str = ""


def meant(
    written: str, scope: str = "", *, campaign_id: str = "", seller: str = "", region: str = "", guess: bool = True
) -> Meant:
    """Raises `CtiError` with what is wrong and what to do. `region`: the country of numbers without a country code.
    Without `guess` the beginning of numbers has to end with *: in a file it may be a number that was cut off."""
    if scope and scope not in SCOPES:
        raise CtiError(f"--scope: there is no scope {scope!r}; there are {', '.join(SCOPES)}.")
    text = written.strip()
    guessed = scope or _scope_of(text, campaign_id)
    value = _value(text, guessed, region)
    if isinstance(value, Unusable):
        if guess and not scope and _is_prefix(BETWEEN.sub("", text)):
            guessed, value = AREA_CODE, BETWEEN.sub("", text)
        else:
            raise CtiError(f"{written!r} cannot be taken: {value.what}; {value.remedy}.{_hint(text, scope)}")
    key = SuppressionKey(scope=guessed, value=value, campaign_id=campaign_id, seller=seller)
    wrong = mistake(key)
    if wrong:
        raise CtiError(f"{written!r} cannot be taken: {wrong}")
    return Meant(key, "" if scope else WORDS[guessed])


WORDS = {
    COMPANY: "the number, for everything that we call for",
    CAMPAIGN: "the number, for this campaign",
    AREA_CODE: "all numbers that begin so",
    WILDCARD: "all numbers of this pattern",
}


def _scope_of(text: str, campaign_id: str) -> str:
    if "?" in text:
        return WILDCARD
    if text.endswith("*"):
        return AREA_CODE
    return CAMPAIGN if campaign_id else COMPANY


def _value(text: str, scope: str, region: str) -> str | Unusable:
    if scope == HOUSEHOLD:
        return text
    if scope == WILDCARD:
        return BETWEEN.sub("", text)
    bare = BETWEEN.sub("", text).removesuffix("*")
    if scope == AREA_CODE:
        return bare
    if scope == WIRELESS and (text.endswith("*") or _is_prefix(bare)):
        return bare
    found = normalise(text, region)
    return found if isinstance(found, Unusable) else found.number


def _is_prefix(text: str) -> bool:
    return PREFIX.fullmatch(text) is not None and len(text) - 1 in PREFIX_DIGITS


def _hint(text: str, scope: str) -> str:
    if scope:
        return ""
    if PREFIX.fullmatch(BETWEEN.sub("", text)):
        return " If the beginning of numbers is meant, end it with *."
    if any(char.isalpha() for char in text):
        return " If it names a household or a person, say --scope household."
    return ""
