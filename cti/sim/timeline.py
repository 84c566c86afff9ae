"""Virtual time: what is to happen, in order. Nothing sleeps, and nothing runs side by side."""

from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[], None]

ACTIONS_MAX = 500_000
"""More than any seed needs: a world that does more runs in a circle."""


class EndlessRun(Exception):
    """The world did more than it could ever have to do."""


class Timeline:
    """Actions at their time (ms); those of one time in the order they were asked for."""

    def __init__(self, begin_at: int) -> None:
        self.now = begin_at
        self._heap: list[tuple[int, int, Action]] = []
        self._asked = 0
        self._done = 0

    def at(self, at: int, action: Action) -> None:
        """Do it then; at once, after all else that is due, when the time is past."""
        self._asked += 1
        heappush(self._heap, (max(at, self.now), self._asked, action))

    def after(self, delay_ms: int, action: Action) -> None:
        """Do it in so many ms."""
        self.at(self.now + delay_ms, action)

    def run_until(self, end_at: int) -> None:
        """Raises `EndlessRun`."""
        heap = self._heap
        while heap and heap[0][0] <= end_at:
            self.now, _, action = heappop(heap)
            action()
            self._done += 1
            if self._done > ACTIONS_MAX:
                raise EndlessRun(f"more than {ACTIONS_MAX} actions in one world")
        self.now = max(self.now, end_at)
