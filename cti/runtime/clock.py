"""The one place where wall time comes from. `CTI_CLOCK_RATE` (tests only) makes hours pass in minutes."""

import time


class Clock:
    """Milliseconds since 1970, UTC. `rate` times faster than the world's since `origin_ms`, the moment at which both
    were equal: processes given the same one agree, and one that is started again goes on. By default that is now.
    """

    def __init__(self, rate: float = 1.0, origin_ms: int | None = None) -> None:
        self._rate = rate
        self._origin_s = time.time() if origin_ms is None else origin_ms / 1_000

    def now(self) -> int:
        """Milliseconds since 1970, UTC. May run backwards when the machine's clock is set: the decider sees to that."""
        return int((self._origin_s + (time.time() - self._origin_s) * self._rate) * 1_000)

    def seconds_until(self, at: int) -> float:
        """Real seconds until the clock shows `at` (ms); never negative."""
        return max(0.0, self.real_s((at - self.now()) / 1_000))

    def real_s(self, seconds: float) -> float:
        """How many of the world's seconds these are."""
        return seconds / self._rate
