"""The one way in: inputs wait here for the driver, a line for each rank.

As long as all that waits fits into one batch, it is taken in the order in which it came. Beyond that each line has its
share of the batch, and what is left over goes to the highest rank that still waits: so live calls overtake, and nobody
starves. A line that is full, or whose first has waited too long, takes no more: who comes then is told so at once,
instead of waiting for an answer that comes too late to be of use. That keeps a burst from outliving its cause.
"""

import asyncio
import math
from collections import deque
from typing import Any

import msgspec

from cti.core.errors import JournalUnavailable, Overloaded
from cti.core.record import OutboxState
from cti.runtime.decider import Input
from cti.runtime.ranks import Rank

INPUTS_MAX = {Rank.LIVE_CALLS: 20_000, Rank.NEW_CALLS: 4_000, Rank.AGENTS: 4_000, Rank.REPORTS: 500}
"""How many may wait in each line. What is not posted but told is never refused: it is bounded by what was taken."""

PATIENCE_S = {Rank.LIVE_CALLS: math.inf, Rank.NEW_CALLS: 1.0, Rank.AGENTS: 1.0, Rank.REPORTS: 0.5}
"""How long the first of a line may have waited when another comes. A caller is held after 2.5 s in any case."""

SHARES = {Rank.LIVE_CALLS: 0.5, Rank.NEW_CALLS: 0.25, Rank.AGENTS: 0.2, Rank.REPORTS: 0.05}
"""Of each batch, when more waits than it holds."""


class Posted(msgspec.Struct):
    """An input, who waits for its answer, and what its record makes of the commands it reports on."""

    item: Input
    answer: "asyncio.Future[str]"
    changes: tuple[OutboxState, ...] = ()
    ticket: int = 0
    came_at: float = 0.0


class Load(msgspec.Struct, frozen=True):
    """By rank: how many wait now, how many were refused since the start."""

    waiting: dict[str, int]
    refused: dict[str, int]


Mark = tuple[OutboxState | None, "asyncio.Future[None]"]
"""A command's new state, or none, and who waits for it to be durable."""


class Inbox:
    """What waits to be decided, and marks that wait to be durable. Bounded: what is too much is refused, not queued."""

    def __init__(self) -> None:
        self._lines: tuple[deque[Posted], ...] = tuple(deque() for _ in Rank)
        self._refused = [0 for _ in Rank]
        self._tickets = 0
        self._count = 0
        self._marks: list[Mark] = []
        self._work = asyncio.Event()
        self._time = asyncio.get_running_loop().time
        self.closed = ""
        self.nobody: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Who waits for the answer to what is told: it has stopped waiting before."""
        self.nobody.cancel()

    def __len__(self) -> int:
        return self._count

    @property
    def load(self) -> Load:
        """For people."""
        names = [rank.name.lower() for rank in Rank]
        lengths = [len(line) for line in self._lines]
        return Load(dict(zip(names, lengths, strict=True)), dict(zip(names, self._refused, strict=True)))

    def post(self, item: Input, rank: Rank, changes: tuple[OutboxState, ...] = ()) -> "asyncio.Future[str]":
        """Put an input in line. Raises `JournalUnavailable` when the server cannot take any, `Overloaded` when it
        cannot take another one of this rank."""
        if self.closed:
            raise JournalUnavailable(self.closed)
        if why := self.refuses(rank):
            self._refused[rank] += 1
            raise Overloaded(why)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.put(Posted(item, answer, changes), rank)
        return answer

    def refuses(self, rank: Rank) -> str:
        """Why nothing more of this rank is taken just now; empty when it is."""
        line = self._lines[rank]
        if line and self._time() - line[0].came_at > PATIENCE_S[rank]:
            return "the server is busy with calls"
        return f"more than {INPUTS_MAX[rank]} wait already" if len(line) >= INPUTS_MAX[rank] else ""

    def put(self, posted: Posted, rank: Rank = Rank.LIVE_CALLS) -> None:
        """Put in line what must not be refused: it is bounded by what was taken before."""
        self._tickets += 1
        self._count += 1
        posted.ticket, posted.came_at = self._tickets, self._time()
        self._lines[rank].append(posted)
        self._work.set()

    def tell(self, item: Input, changes: tuple[OutboxState, ...] = ()) -> None:
        """The same, when nobody waits for the answer. While closed it is dropped: the journal cannot take it."""
        if not self.closed:
            self.put(Posted(item, self.nobody, changes))

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
        if self._count or self._marks:
            return
        self._work.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._work.wait()
        except TimeoutError:
            pass

    def take(self, count_max: int) -> list[Posted]:
        """At most `count_max` inputs, each line's share of the oldest; they are out of the line then."""
        if self._count <= count_max:
            taken = [posted for line in self._lines for posted in line]
            for line in self._lines:
                line.clear()
        else:
            taken = []
            for rank, line in zip(Rank, self._lines, strict=True):
                taken += _first(line, max(1, int(SHARES[rank] * count_max)))
            for line in self._lines:
                taken += _first(line, count_max - len(taken))
        self._count -= len(taken)
        taken.sort(key=_ticket)
        return taken

    def take_marks(self) -> list[Mark]:
        """All marks; they are out of the line then."""
        marks, self._marks = self._marks, []
        return marks

    def close(self, why: str) -> None:
        """Nothing is taken any more; who waits is told so."""
        self.closed = why
        refuse(self.take(self._count), self.take_marks(), why)
        self._work.set()


def _first(line: deque[Posted], count: int) -> list[Posted]:
    return [line.popleft() for _ in range(min(count, len(line)))]


def _ticket(posted: Posted) -> int:
    return posted.ticket


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
