"""What a leg is in at this moment, as its party can tell, so that scripted callers can wait for it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Moment = Literal["menu", "queue", "bridged", "speech", "music", "record", "held", "end"]
MOMENTS: tuple[Moment, ...] = ("menu", "queue", "bridged", "speech", "music", "record", "held", "end")


class Situation:
    """Which moments a leg is in. A moment may be entered twice (two bridges); it lasts until it was left as often."""

    def __init__(self) -> None:
        self._depth: Counter[Moment] = Counter()
        self._waiting: dict[Moment, list[asyncio.Future[None]]] = defaultdict(list)

    def enter(self, moment: Moment) -> None:
        """The leg is in this moment from now on; who waits for it goes on."""
        self._depth[moment] += 1
        for waiter in self._waiting.pop(moment, []):
            if not waiter.done():
                waiter.set_result(None)

    def leave(self, moment: Moment) -> None:
        """Undo one `enter`."""
        self._depth[moment] -= 1

    @contextmanager
    def during(self, moment: Moment) -> Iterator[None]:
        """Be in the moment for as long as the block runs."""
        self.enter(moment)
        try:
            yield
        finally:
            self.leave(moment)

    def is_in(self, moment: Moment) -> bool:
        """True while the moment lasts."""
        return self._depth[moment] > 0

    async def until(self, *moments: Moment) -> Moment:
        """Wait until the leg is in one of the moments; the first given wins a tie."""
        while not any(self.is_in(moment) for moment in moments):
            waiter = asyncio.get_running_loop().create_future()
            for moment in moments:
                self._waiting[moment].append(waiter)
            try:
                await waiter
            finally:
                self._forget(waiter, moments)
        return next(moment for moment in moments if self.is_in(moment))

    def _forget(self, waiter: "asyncio.Future[None]", moments: tuple[Moment, ...]) -> None:
        for moment in moments:
            if waiter in self._waiting.get(moment, ()):
                self._waiting[moment].remove(waiter)
