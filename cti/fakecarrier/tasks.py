"""Background work: every task is kept, counted, and its failure shown."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Tasks:
    """The tasks that run beside the legs, kept until they are done so that none is collected half-way."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        """Start the work now; a failure goes to the log, since nobody may be waiting for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        self._idle.clear()
        task.add_done_callback(self._finished)
        return task

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start work whose end concerns nobody."""
        _ = self.spawn(work)

    async def idle(self) -> None:
        """Return when nothing runs any more."""
        await self._idle.wait()

    async def cancel_all(self) -> None:
        """Stop everything and wait until it has stopped."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not self._running:
            self._idle.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("background work failed", exc_info=error)
