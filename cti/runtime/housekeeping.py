"""What is kept for a set time only: personal values in the journal, stored answers, finished commands.

Run by the owner, who alone writes the journal, in small steps between calls.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from cti.core.errors import JournalError

HOUR_MS = 60 * 60 * 1_000
DAY_MS = 24 * HOUR_MS
EVERY_S = 60 * 60
ANSWERS_KEPT_MS = 2 * DAY_MS
"""Twice as long as any repeat of a request may come."""

log = structlog.get_logger()


class Forgetful(Protocol):
    """A journal that can forget. Each method returns how many rows it changed."""

    async def erase_personal(self, before_at: int) -> int:
        """Empty the personal values of records from before `before_at` (ms)."""

    async def forget_replies(self, before_at: int) -> int:
        """Delete answers from before `before_at` (ms): repeats of their requests cannot come any more."""

    async def forget_commands(self, before_at: int) -> int:
        """Delete finished commands from before `before_at` (ms)."""


async def keep_house(
    journal: Forgetful,
    now: Callable[[], int],
    retention_days: int,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Every hour, until cancelled. A journal that refuses is asked again in an hour: the driver has its own worries."""
    while True:
        await pause(EVERY_S)
        try:
            erased = await journal.erase_personal(now() - retention_days * DAY_MS)
            replies = await journal.forget_replies(now() - ANSWERS_KEPT_MS)
            commands = await journal.forget_commands(now() - retention_days * DAY_MS)
        except JournalError as error:
            log.warning("housekeeping_failed", why=str(error))
        else:
            log.info("housekeeping", personal_erased=erased, replies=replies, commands=commands)
