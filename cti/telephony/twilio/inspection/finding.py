"""What was found at the carrier: one sentence each, with what is wrong, where, and what to do about it."""

from collections.abc import Sequence
from typing import Literal

import msgspec

SHOWN_CHARACTERS_MAX = 120
LISTED_MAX = 8

Level = Literal["mistake", "warning", "note"]
"""A `mistake` loses calls or agents, a `warning` may, a `note` is what only a person can look up."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is for programs and stays the same; `where` is the number, the app or the variable it is about."""

    level: Level
    code: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.what}; {self.remedy}."


def mistake(code: str, where: str, what: str, remedy: str) -> Finding:
    """Something that must be put right."""
    return Finding(level="mistake", code=code, where=where, what=what, remedy=remedy)


def warning(code: str, where: str, what: str, remedy: str) -> Finding:
    """Something that may be meant so, or may do harm."""
    return Finding(level="warning", code=code, where=where, what=what, remedy=remedy)


def note(code: str, where: str, what: str, remedy: str) -> Finding:
    """Something that cannot be found out from here."""
    return Finding(level="note", code=code, where=where, what=what, remedy=remedy)


def shown(text: str) -> str:
    """What somebody else wrote, fit for a terminal: cut, and without control characters."""
    cut = text if len(text) <= SHOWN_CHARACTERS_MAX else text[: SHOWN_CHARACTERS_MAX - 3] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def listed(names: Sequence[str]) -> str:
    """Some names, the first of them where there are many."""
    more = len(names) - LISTED_MAX
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:LISTED_MAX])} and {more} more"
