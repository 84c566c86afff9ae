"""One listener's outbox: frames in order, bounded. Who does not read loses them all, and is told so."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

OUTBOX_MAX = 512
"""How many frames may wait for a slow reader."""

Position = tuple[int, int]
"""Where a frame stands in the record: turn, and place among the frames of that turn."""


class Delivery(msgspec.Struct, frozen=True):
    """A frame on its way. Position (0, 0) is nowhere in the record: its listener's own connection says it."""

    topic: str
    position: Position
    frame: bytes


class Listening(Protocol):
    """Whatever listens to topics."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Which ones."""


class Subscription:
    """The frames of some topics, as they are published, and what its holder says in between. `overflowed` is called
    once, when the holder was too slow: from then on nothing is delivered, and it has to start from a snapshot."""

    def __init__(self, topics: tuple[str, ...], outbox_max: int, overflowed: Callable[[], None] | None) -> None:
        self.topics = topics
        self._outbox: deque[Delivery] = deque()
        self._outbox_max = outbox_max
        self._overflowed = overflowed
        self._over = False
        self._work = asyncio.Event()

    def put(self, delivery: Delivery) -> None:
        """Never blocks. One frame too many empties the outbox for good."""
        if self._over:
            return
        if len(self._outbox) < self._outbox_max:
            self._outbox.append(delivery)
        else:
            self._outbox.clear()
            self._over = True
            if self._overflowed:
                self._overflowed()
        self._work.set()

    def say(self, frame: bytes) -> None:
        """The same, for a frame that is not of the record."""
        self.put(Delivery("", (0, 0), frame))

    async def next(self) -> Delivery | None:
        """The next frame, when there is one; None once it overflowed."""
        while not self._outbox:
            if self._over:
                return None
            self._work.clear()
            await self._work.wait()
        return self._outbox.popleft()
