"""A condition in CEL, as people write it: checked once, asked millions of times.

The library bounds neither what an expression may ask for nor what that costs, so it is bounded here: declared names
and a few functions only, nothing that goes over lists, short, and not nested deeply.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import cel

CHARACTERS_MAX = 1_000
NESTING_MAX = 20

FUNCTIONS = frozenset("size startsWith endsWith contains matches int double string".split())
OPERATOR = re.compile(r"(?!@not_strictly_false$)[@_!\-].*")
MACRO = re.compile(r"\.\s*(all|exists|exists_one|map|filter)\s*\(")
EXAMPLE = "write it like state == 'FL' && priority > 3"
PLACE = re.compile(r"ERROR: <input>:\d+:(?P<place>\d+): [^']*'(?P<where>.*?)'(?: expecting .*)?$", re.MULTILINE)
"""Where the library stopped, and what stood there."""
MEANT = {"and": "&&", "or": "||", "not": "!", "=": "==", "<>": "!="}
"""For what people write who know another language."""
TEXT = re.compile(r"""[rR]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")


class BadCondition(Exception):
    """What is wrong with a condition, and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy


class Condition:
    """Raises `BadCondition` for what is no condition over these names."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        known = sorted(names)
        self.text = text
        _check_size(text)
        try:
            self._program = cel.compile(text)
        except ValueError as error:
            raise _unreadable(error) from None
        unknown = sorted(set(self._program.variables()) - set(known))
        if unknown:
            remedy = f"it may speak of {', '.join(known)}; a text stands in quotes: '{unknown[0]}'"
            raise BadCondition(f"it speaks of {', '.join(unknown)}", remedy)
        others = [each for each in self._program.functions() if each not in FUNCTIONS and not OPERATOR.fullmatch(each)]
        if others:
            raise BadCondition(f"it uses {', '.join(sorted(others))}", f"it may use {', '.join(sorted(FUNCTIONS))}")

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it does. Where it speaks of an attribute that is not there, or makes no sense of a value, it does
        not."""
        try:
            return self._program.execute(dict(values)) is True
        except Exception:  # noqa: BLE001 - whatever a lead's values are, the others must be judged
            return False


def _check_size(text: str) -> None:
    if not text.strip():
        raise BadCondition("it is empty", "write true for everybody")
    if len(text) > CHARACTERS_MAX:
        raise BadCondition(f"it has more than {CHARACTERS_MAX} characters", "shorten it")
    bare = TEXT.sub("''", text)
    if MACRO.search(bare):
        raise BadCondition("it goes over a list", "write out what it asks, with `in` and ||")
    depth = deepest = 0
    for character in bare:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > NESTING_MAX:
        raise BadCondition(f"it is nested deeper than {NESTING_MAX} brackets", "make it simpler")


def _unreadable(error: ValueError) -> BadCondition:
    """In our words: the library's are its grammar's."""
    found = PLACE.search(str(error))
    if found is None:
        return BadCondition("it cannot be read", EXAMPLE)
    place, where = f"character {found['place']}", found["where"].rpartition("' at '")[2].strip()
    if where == "<EOF>":
        return BadCondition("something is missing at its end", EXAMPLE)
    if where[:1] in ("'", '"'):
        return BadCondition(f"its quote at {place} is not closed", "close it with the same sign")
    meant = MEANT.get(where.lower(), "")
    return BadCondition(f"{where[:40]!r} at {place} cannot be read", f"write {meant}" if meant else EXAMPLE)
