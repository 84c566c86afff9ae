"""Does not ask a service that is down: callers should not wait for it, nor it be kept down by them."""

from collections.abc import Callable

from cti.directory.errors import DirectoryUnavailable

FAILURES_MAX = 5
OPEN_S = 10.0


class Breaker:
    """Opens after 5 failures in a row. While open, one question every 10 s is let through; its success closes it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._next_try_at = 0.0

    def admit(self) -> None:
        """Raises `DirectoryUnavailable` when this question must not be asked now."""
        if self._failures < FAILURES_MAX:
            return
        if self._clock() < self._next_try_at:
            raise DirectoryUnavailable(f"the service failed {self._failures} times in a row and is left alone for now")
        self._next_try_at = self._clock() + OPEN_S  # this one tries, nobody else

    def succeeded(self) -> None:
        """The service gave an answer."""
        self._failures = 0

    def failed(self) -> None:
        """The service gave none."""
        self._failures += 1
        self._next_try_at = self._clock() + OPEN_S
