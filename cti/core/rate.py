"""The queue for the carrier's calls a second, for people to see."""

from cti.core.base import Record
from cti.core.dial import gap_us, next_token_at
from cti.core.state import State


class DialLine(Record):
    """How many legs wait to be placed, and how long (ms) one that is asked for now would wait."""

    dials: int
    wait_ms: int


def dial_line(state: State, at: int, importance: int | None = None) -> DialLine:
    """As of `at` (ms), for a leg of this importance; by default for the least important one. What is more important
    and asked for later comes before it, so this is a forecast."""
    ahead = [dial for dial in state.dials.rows.values() if importance is None or dial.importance <= importance]
    gap = gap_us(state.config.calls_per_second)
    if not gap:
        return DialLine(dials=len(state.dials), wait_ms=0)
    until_next_ms = max(0, next_token_at(state.next_token_us) - at)
    return DialLine(dials=len(state.dials), wait_ms=until_next_ms + len(ahead) * gap // 1_000)
