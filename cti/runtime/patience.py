"""Work that goes on again by itself when what was in its way has passed: a disk that was full or read-only, say."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cti.runtime.logs import Reminder

WAIT_S = 0.5
WAIT_S_MAX = 8.0

Answer = TypeVar("Answer")


async def patiently(
    work: Callable[[], Awaitable[Answer]], passing: tuple[type[Exception], ...], say: Reminder, event: str, remedy: str
) -> Answer:
    """Do the work, as often as it takes while only `passing` errors come, at growing intervals. Each cause is said."""
    wait_s = WAIT_S
    while True:
        try:
            return await work()
        except passing as error:
            say(event, why=str(error) or type(error).__name__, remedy=remedy)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, WAIT_S_MAX)
