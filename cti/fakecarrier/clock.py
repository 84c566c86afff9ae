"""Time as the carrier tells it: integer milliseconds since 1970, and RFC 2822 text in GMT."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime


class Clock:
    """Wall time in milliseconds that never runs backwards."""

    def __init__(self) -> None:
        self._offset_ns = time.time_ns() - time.monotonic_ns()

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return (self._offset_ns + time.monotonic_ns()) // 1_000_000


def rfc_2822(at_ms: int) -> str:
    """A moment as the carrier writes it, for example `Tue, 31 Aug 2010 20:36:28 +0000`."""
    return format_datetime(datetime.fromtimestamp(at_ms // 1000, UTC))
