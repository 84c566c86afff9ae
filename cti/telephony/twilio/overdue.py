"""Waiting for an answer, but not for ever. Every webhook waits, so one timer serves all who wait equally long."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import cast

from cti.core.errors import JournalUnavailable


class _Wait:
    __slots__ = ("answer", "due_at", "is_over")

    def __init__(self, answer: "asyncio.Future[str]", due_at: float) -> None:
        self.answer = answer
        self.due_at = due_at
        self.is_over = False


class Overdue:
    """Ends waits that have lasted `within_s` seconds, the oldest first. A timer for each would cost a tenth of what a
    webhook costs."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._waits: deque[_Wait] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def answer(self, posted: Awaitable[str]) -> str | None:
        """The answer, or None when it takes too long: then it is cancelled, which takes nothing back that was posted.
        Raises what it raises, and `JournalUnavailable` when somebody else cancels it."""
        loop = asyncio.get_running_loop()
        wait = _Wait(cast("asyncio.Future[str]", asyncio.ensure_future(posted)), loop.time() + self._within_s)
        self._waits.append(wait)
        if self._timer is None:
            self._timer = loop.call_at(wait.due_at, self._end_overdue)
        try:
            return await wait.answer
        except asyncio.CancelledError:
            if wait.is_over:
                return None
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise JournalUnavailable("the server is stopping") from None
        finally:
            self._drop_answered()

    def _drop_answered(self) -> None:
        while self._waits and self._waits[0].answer.done():
            self._waits.popleft()

    def _end_overdue(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._waits and (self._waits[0].answer.done() or self._waits[0].due_at <= now):
            wait = self._waits.popleft()
            wait.is_over = wait.answer.cancel()
        self._timer = (
            asyncio.get_running_loop().call_at(self._waits[0].due_at, self._end_overdue) if self._waits else None
        )
