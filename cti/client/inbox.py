"""Events between the connection, which never waits, and the program that takes them in its own time."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

import msgspec

E = TypeVar("E")

EVENTS_MAX = 10_000


class Lost(msgspec.Struct, frozen=True):
    """The program was too slow: `count` events were dropped. The desk, or the wallboard, shows how things stand."""

    count: int


class Inbox(Generic[E]):
    """Bounded: the oldest are dropped, and that is told."""

    def __init__(self, events_max: int = EVENTS_MAX) -> None:
        self._events: deque[E] = deque()
        self._events_max = events_max
        self._lost = 0
        self._news = asyncio.Event()
        self._end: BaseException | None = None

    def put(self, event: E) -> None:
        """Something happened."""
        if len(self._events) >= self._events_max:
            self._events.popleft()
            self._lost += 1
        self._events.append(event)
        self._news.set()

    def finish(self, error: BaseException) -> None:
        """Nothing will come any more."""
        self._end = error
        self._news.set()

    async def next(self) -> E | Lost:
        """The next event. Raises what `finish` was given, once all are taken."""
        while not self._events:
            if self._end:
                raise self._end
            self._news.clear()
            await self._news.wait()
        if self._lost:
            count, self._lost = self._lost, 0
            return Lost(count)
        return self._events.popleft()
