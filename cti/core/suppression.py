"""Our own lists of whom not to call: what an entry may be about, and which entries cover a call.

Scopes: `company` and `campaign` name a number, `area_code` and `wireless` the beginning of numbers, `wildcard` a
pattern in which `?` stands for any digit, `household` a household or a person, as the caller's systems call them.
"""

import re
from collections.abc import Container

from cti.core.base import Record, changed
from cti.core.calling import Subject

COMPANY, CAMPAIGN, HOUSEHOLD = "company", "campaign", "household"
AREA_CODE, WIRELESS, WILDCARD = "area_code", "wireless", "wildcard"
NUMBERS = (COMPANY, CAMPAIGN)
"""Of somebody who does not want to be called at this number, and so not at their others either."""
SCOPES = (COMPANY, CAMPAIGN, AREA_CODE, WILDCARD, HOUSEHOLD, WIRELESS)
ORIGINS = ("api", "agent", "key_press", "import", "cli")

NUMBER_DIGITS_MIN = 4
ID_CHARACTERS_MAX = 255

_SHAPES = {
    COMPANY: (re.compile(r"\+[1-9][0-9]{3,14}"), "a whole number, such as +12025550123"),
    CAMPAIGN: (re.compile(r"\+[1-9][0-9]{3,14}"), "a whole number, such as +12025550123"),
    AREA_CODE: (re.compile(r"\+[1-9][0-9]{0,13}"), "the beginning of numbers, such as +1305"),
    WIRELESS: (re.compile(r"\+[1-9][0-9]{0,14}"), "a number or the beginning of numbers, such as +1305555"),
    WILDCARD: (re.compile(r"\+[1-9](?=[0-9]*\?)[0-9?]{2,14}"), "a pattern with ? for any digit, such as +1305555????"),
    HOUSEHOLD: (re.compile(rf"[^\x00-\x1f]{{1,{ID_CHARACTERS_MAX}}}"), "the name of a household or of a person"),
}


class SuppressionKey(Record):
    """What an entry says: one that says the same is the same. One about a person stands `beside` an entry for a number
    when it was added because that number's person is known; it goes with that entry."""

    scope: str
    value: str
    campaign_id: str = ""
    seller: str = ""
    beside: str = ""

    @property
    def text(self) -> str:
        """As one text. No part may hold the sign between them."""
        said = f"{self.scope}\t{self.campaign_id}\t{self.seller}\t{self.value}"
        return f"{said}\t{self.beside}" if self.beside else said

    def with_person(self, name: str) -> "SuppressionKey":
        """The entry for the person, beside this one for a number."""
        return changed(self, scope=HOUSEHOLD, value=name, beside=self.value)


def mistake(key: SuppressionKey) -> str:
    """Why there can be no such entry, in words that repeat no number; empty when there can."""
    if key.scope not in SCOPES:
        return f"Say one of these scopes: {', '.join(SCOPES)}."
    pattern, words = _SHAPES[key.scope]
    if not pattern.fullmatch(key.value):
        return f"For scope {key.scope} give {words}."
    if key.scope == CAMPAIGN and not key.campaign_id:
        return "For scope campaign say which campaign."
    if "\t" in key.campaign_id or "\t" in key.seller:
        return "Names have no tabulators."
    return ""


def prefixes_of(number: str) -> list[str]:
    """The number, and all that it begins with: `+1`, `+12`, ..."""
    return [number[:length] for length in range(2, len(number) + 1)]


def values_about(number: str, subject: Subject | None) -> list[str]:
    """The values with which an entry, unless it is a pattern, can cover this call."""
    values = prefixes_of(number)
    if subject:
        values += [*subject.other_numbers, *_names_of(subject)]
    return values


def _names_of(subject: Subject) -> tuple[str, ...]:
    """By which names an entry may mean them."""
    return tuple(name for name in (subject.household_id, subject.person_id, *subject.known_as) if name)


def covers(key: SuppressionKey, number: str, subject: Subject | None, campaign_id: str, seller: str) -> bool:
    """Whether such an entry says that this call is not to be made. Whoever wants no call at one of their numbers wants
    none at the others."""
    if key.campaign_id not in ("", campaign_id) or key.seller not in ("", seller):
        return False
    match key.scope:
        case "household":
            return subject is not None and key.value in _names_of(subject)
        case "area_code" | "wireless":
            return number.startswith(key.value)
        case "wildcard":
            return matches(key.value, number)
        case _:
            return key.value == number or (subject is not None and key.value in subject.other_numbers)


def patterns_about(number: str, beginnings: Container[str]) -> list[str]:
    """The patterns that match the number, and no others as long. `beginnings` has whatever any pattern begins with (see
    `prefixes_of`): digit by digit only those are gone on with that fit so far, so that it matters little how many
    there are."""
    found = [number[:1]]
    for digit in number[1:]:
        found = [longer for beginning in found for sign in (digit, "?") if (longer := beginning + sign) in beginnings]
    return found


def matches(pattern: str, number: str) -> bool:
    """Digit by digit; `?` is any."""
    return len(pattern) == len(number) and all(
        wanted in ("?", found) for wanted, found in zip(pattern, number, strict=True)
    )
