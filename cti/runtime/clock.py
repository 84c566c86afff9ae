"""The one place where wall time comes from. `CTI_CLOCK_RATE` (tests only) makes hours pass in minutes."""

import time


class Clock:
    """Milliseconds since 1970, UTC. `rate` times faster than the world's, from the moment it was made."""

    def __init__(self, rate: float = 1.0) -> None:
        self._rate = rate
        self._began = time.time()

    def now(self) -> int:
        """Milliseconds since 1970, UTC. May run backwards when the machine's clock is set: the decider sees to that."""
        wall = time.time()
        return int((self._began + (wall - self._began) * self._rate) * 1_000)

    def seconds_until(self, at: int) -> float:
        """Real seconds until the clock shows `at` (ms); never negative."""
        return max(0.0, (at - self.now()) / 1_000 / self._rate)
