"""The one way in: inputs wait here, in order, for the driver. Bounded: when it is full, posting is refused."""

import asyncio
from collections import deque
from typing import Any

import msgspec

from cti.core.errors import JournalUnavailable
from cti.core.record import OutboxState
from cti.runtime.decider import Input

INPUTS_MAX = 20_000


class Posted(msgspec.Struct):
    """An input, who waits for its answer, and what its record makes of the commands it reports on."""

    item: Input
    answer: "asyncio.Future[str]"
    changes: tuple[OutboxState, ...] = ()


Mark = tuple[OutboxState | None, "asyncio.Future[None]"]
"""A command's new state, or none, and who waits for it to be durable."""


class Inbox:
    """What waits to be decided, and marks that wait to be durable. Bounded: what is too much is refused, not queued."""

    def __init__(self) -> None:
        self._posted: deque[Posted] = deque()
        self._marks: list[Mark] = []
        self._work = asyncio.Event()
        self.closed = ""

    def __len__(self) -> int:
        return len(self._posted)

    def post(self, item: Input, changes: tuple[OutboxState, ...] = ()) -> "asyncio.Future[str]":
        """Put an input in line. Raises `JournalUnavailable` when the server cannot take any."""
        if self.closed:
            raise JournalUnavailable(self.closed)
        if len(self._posted) >= INPUTS_MAX:
            raise JournalUnavailable(f"more than {INPUTS_MAX} inputs wait already")
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.put(Posted(item, answer, changes))
        return answer

    def put(self, posted: Posted) -> None:
        """Put in line what must not be refused: it is bounded by what was taken before."""
        self._posted.append(posted)
        self._work.set()

    def tell(self, item: Input, changes: tuple[OutboxState, ...] = ()) -> None:
        """The same, when nobody waits for the answer. While closed it is dropped: the journal cannot take it."""
        if not self.closed:
            answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(_retrieved)
            self.put(Posted(item, answer, changes))

    def mark(self, change: OutboxState | None) -> "asyncio.Future[None]":
        """Have a command's new state made durable with the next commit; without one, just have a commit."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.closed:
            done.set_exception(JournalUnavailable(self.closed))
            return done
        self._marks.append((change, done))
        self._work.set()
        return done

    def note_change(self, change: OutboxState) -> None:
        """The same, for who need not wait for it."""
        self.mark(change).add_done_callback(_retrieved)

    async def wait(self, timeout_s: float | None) -> None:
        """Until there is work, at most `timeout_s`."""
        if self._posted or self._marks:
            return
        self._work.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._work.wait()
        except TimeoutError:
            pass

    def take(self, count_max: int) -> list[Posted]:
        """The oldest inputs, at most `count_max`; they are out of the line then."""
        return [self._posted.popleft() for _ in range(min(count_max, len(self._posted)))]

    def take_marks(self) -> list[Mark]:
        """All marks; they are out of the line then."""
        marks, self._marks = self._marks, []
        return marks

    def close(self, why: str) -> None:
        """Nothing is taken any more; who waits is told so."""
        self.closed = why
        refuse(self.take(len(self._posted)), self.take_marks(), why)
        self._work.set()


def refuse(posted: list[Posted], marks: list[Mark], why: str) -> None:
    """Tell who waits for these that they will not be taken."""
    futures: list[asyncio.Future[Any]] = [waiting.answer for waiting in posted]
    for future in (*futures, *(done for _, done in marks)):
        if not future.done():
            future.set_exception(JournalUnavailable(why))
            future.add_done_callback(_retrieved)


def _retrieved(future: "asyncio.Future[Any]") -> None:
    """Nobody waits for it: a failure is reported where the journal is driven."""
    if not future.cancelled():
        future.exception()
