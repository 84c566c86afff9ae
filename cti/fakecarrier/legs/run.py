"""A run: one task that performs documents on a leg. A leg has one run at a time; a redirect replaces it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from cti.fakecarrier.ledger.records import EndedBy

Interruption = Literal["redirected", "ended"]


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg ends when its run is over: its last status, who ended it and why."""

    by: EndedBy
    reason: str
    status: str = "completed"
    sip_code: int = 200


class Run:
    """The task that performs a leg's documents, and why it was stopped, if it was."""

    def __init__(self, before: "Run | None" = None) -> None:
        self.interruption: Interruption | None = None
        self.task: asyncio.Task[None] | None = None
        self._before = before

    def stop(self, why: Interruption) -> None:
        """Stop performing; what is under way cleans up after itself, knowing why. Harmless when called from within."""
        if self.interruption is None:
            self.interruption = why
        if self.task is not None and self.task is not asyncio.current_task():
            self.task.cancel()

    async def wait_for_earlier(self) -> None:
        """Wait until the runs before this one have cleaned up: one document at a time on a leg."""
        earlier, run = [], self._before
        while run is not None:
            if run.task is not None and not run.task.done() and run.task is not asyncio.current_task():
                earlier.append(run.task)
            run = run._before  # noqa: SLF001 - the chain of this class's own
        if earlier:
            await asyncio.wait(earlier)
        self._before = None


Opening = Callable[[Run], Awaitable[Ending]]
"""What a run begins with: it performs everything until the leg is to end, and says how it ends."""
