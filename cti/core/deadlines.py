"""Promises, in one lazy heap.

A promise is an `*_at` field of a row. The heap only remembers to look: an entry counts if the row still promises that
very time. So nothing is ever cancelled, a rolled-back turn needs no undo here, and a restart fills the heap anew.
"""

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import Any

from cti.core.events import Due

DUE_MAX = 50
"""How many due promises enter in one turn, so that no webhook waits behind a crowd of timers."""

AGAIN_MS = 60_000
"""When to try again (ms) to keep a promise whose rule failed; later and later, for as long as the row promises it."""

Promised = Callable[[Any, str], int]
"""The time (ms) that the row behind a key now promises; 0 for none."""


class Deadlines:
    """Entries are (at, kind, key): a total order, the same in every run."""

    __slots__ = ("heap", "put_by")

    def __init__(self) -> None:
        self.heap: list[tuple[int, str, str]] = []
        self.put_by: list[tuple[int, tuple[int, str, str]]] = []
        """Entries that could not be kept, and when each comes back into the heap. A restart tries them all at once."""

    def add(self, at: int, kind: str, key: str) -> None:
        heappush(self.heap, (at, kind, key))

    def next_at(self) -> int | None:
        """When to look again, or None."""
        if self.put_by:
            return min([self.put_by[0][0], *(entry[0] for entry in self.heap[:1])])
        return self.heap[0][0] if self.heap else None

    def put_off(self, due: Due, now: int) -> None:
        """Nothing came of it, and it must not be tried again at once: it comes back after as long as it is overdue."""
        heappush(self.put_by, (now + max(AGAIN_MS, now - due.at), (due.at, due.kind, due.key)))

    def take_due(
        self, state: Any, now: int, promised: Mapping[str, Promised], count_max: int = DUE_MAX
    ) -> tuple[Due, ...]:
        """Remove and return what is due by `now`, at most `count_max`; entries that no longer count vanish."""
        due: list[Due] = []
        heap = self.heap
        while self.put_by and self.put_by[0][0] <= now:
            heappush(heap, heappop(self.put_by)[1])
        while heap and heap[0][0] <= now and len(due) < count_max:
            at, kind, key = heappop(heap)
            if promised[kind](state, key) == at and not (due and due[-1] == Due(kind=kind, key=key, at=at)):
                due.append(Due(kind=kind, key=key, at=at))
        return tuple(due)
