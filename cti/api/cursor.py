"""How far a desktop has come: `SEQ.INDEX` is the last frame it took, `SEQ` alone says: everything of that turn."""

import re

from cti.api.ports import Position
from cti.api.problems import problem

_CURSOR = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,6}))?")


def after_turn(seq: int) -> Position:
    """Behind every frame of turn `seq`, before any of the next."""
    return (seq + 1, -1)


def parse_cursor(text: str) -> Position | None:
    """None for an empty one. Raises a problem (400)."""
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None:
        detail = (
            "A cursor is the `seq` of the last frame taken, a dot and its `index`, such as 1729.0. Or leave it out."
        )
        raise problem(400, "bad_cursor", detail)
    seq, index = found.groups()
    return (int(seq), int(index)) if index is not None else after_turn(int(seq))
