"""Logging what strangers can cause, without letting them fill the disk."""

import time
from collections.abc import Callable
from typing import Any


class Sparingly:
    """Passes on one line a second; the next one says how many were left out."""

    def __init__(self, write: Callable[..., Any], every_s: float = 1.0) -> None:
        self._write = write
        self._every_s = every_s
        self._next_at = 0.0
        self._left_out = 0

    def __call__(self, line: str, **values: object) -> None:
        """Write the line, or count it."""
        now = time.monotonic()
        if now < self._next_at:
            self._left_out += 1
            return
        left_out, self._left_out = self._left_out, 0
        self._next_at = now + self._every_s
        self._write(line, **values, **({"left_out": left_out} if left_out else {}))
