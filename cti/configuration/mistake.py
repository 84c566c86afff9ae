"""What is wrong in a file, where, and what to do about it. All mistakes of a tree are reported at once."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

import msgspec

from cti.core.errors import ConfigError

SHOWN_CHARACTERS_MAX = 60
WORD_CHARACTERS_MAX = 80
COMPARED_MAX = 1_000


class Mistake(msgspec.Struct, frozen=True, order=True):
    """One thing to put right. `line` and `column` count from 1; `file` begins with the directory's own name."""

    file: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}, {self.remedy}"


class Caution(Mistake, frozen=True, order=True):
    """What keeps nothing from being used, and is hardly meant all the same."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: warning: {self.what}, {self.remedy}"


class ConfigRefused(ConfigError):
    """The tree holds these mistakes, sorted by place; as a text, one a line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))


def printable(text: str) -> str:
    """What a file holds, fit for one line of a report: cut, and without control characters."""
    shown = text if len(text) <= SHOWN_CHARACTERS_MAX else text[: SHOWN_CHARACTERS_MAX - 3] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def suggest(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a word that is not known: the nearest one that is, or else `otherwise`."""
    nearest = _nearest(word, tuple(known)) if len(word) <= WORD_CHARACTERS_MAX else ""
    return f'did you mean "{printable(nearest)}"?' if nearest else otherwise


@lru_cache(maxsize=1_000)  # a misspelt name is often written many times, and comparing is slow
def _nearest(word: str, known: tuple[str, ...]) -> str:
    if len(known) > COMPARED_MAX:
        known = tuple(name for name in known if name[:1] == word[:1])[:COMPARED_MAX]
    names = {name.lower(): name for name in known}
    return next((names[match] for match in get_close_matches(word.lower(), names, n=1, cutoff=0.7)), "")
