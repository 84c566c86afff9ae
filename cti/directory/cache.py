"""Answers remembered for a short time, so that a redial or a crowd of calls asks once."""

from collections import OrderedDict
from collections.abc import Callable

from cti.core.events import Customer

ENTRIES_MAX = 10_000
KEPT_S = 30.0

Answer = tuple[Customer, ...]


class Cache:
    """The answers of the last 30 s, `nobody` among them; beyond 10,000 the least recently used go."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, Answer]] = OrderedDict()

    def get(self, number: str) -> Answer | None:
        """The answer; None when there is none, or it is too old."""
        entry = self._entries.get(number)
        if entry is None:
            return None
        kept_until, answer = entry
        if self._clock() >= kept_until:
            del self._entries[number]
            return None
        self._entries.move_to_end(number)
        return answer

    def put(self, number: str, answer: Answer) -> None:
        """Remember an answer from now on."""
        self._entries[number] = (self._clock() + KEPT_S, answer)
        self._entries.move_to_end(number)
        if len(self._entries) > ENTRIES_MAX:
            self._entries.popitem(last=False)
