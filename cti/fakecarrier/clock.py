"""Time as the carrier tells it: integer milliseconds since 1970, and RFC 2822 text in GMT.

All waiting goes through the clock as well, so that a test can let the carrier's hour pass in six minutes.
"""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import format_datetime


class Clock:
    """Milliseconds that never run backwards, `rate` times as fast as the wall's.

    The clocks of several processes agree if all are given the same `origin_ms`, the moment (ms since 1970) at which
    theirs and the wall's were equal; by default that is now.
    """

    def __init__(self, rate: float = 1.0, origin_ms: int | None = None) -> None:
        wall_ms = time.time_ns() // 1_000_000
        origin_ms = wall_ms if origin_ms is None else origin_ms
        self.rate = rate
        self._began_ms = origin_ms + round((wall_ms - origin_ms) * rate)
        self._began_ns = time.monotonic_ns()

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return self._began_ms + int((time.monotonic_ns() - self._began_ns) * self.rate) // 1_000_000

    def wall_s(self, seconds: float) -> float:
        """How many of the wall's seconds these are."""
        return seconds / self.rate

    async def sleep(self, seconds: float) -> None:
        """Wait for so long by this clock."""
        await asyncio.sleep(self.wall_s(seconds))

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """`asyncio.timeout` by this clock."""
        return asyncio.timeout(None if seconds is None else self.wall_s(seconds))


def rfc_2822(at_ms: int) -> str:
    """A moment as the carrier writes it, for example `Tue, 31 Aug 2010 20:36:28 +0000`."""
    return format_datetime(datetime.fromtimestamp(at_ms // 1000, UTC))
