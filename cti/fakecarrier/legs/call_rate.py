"""Calls per second: calls placed by REST leave one by one, in order; more wait, none is refused."""

import asyncio
import math
from collections import deque

from cti.fakecarrier.clock import Clock


class CallRate:
    """A bucket with one token that refills `per_second` times a second; 0 means unlimited."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._gap_ms = 1000 / per_second if per_second > 0 else 0.0
        self._free_at_ms: float = 0.0
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()
        self._pumping = False

    def expected_wait_ms(self) -> int:
        """How long a call placed now would wait."""
        if not self._gap_ms:
            return 0
        until_free_ms = max(0.0, self._free_at_ms - self._clock.now_ms())
        return math.ceil(until_free_ms + len(self._waiting) * self._gap_ms)

    @property
    def waiting(self) -> list[str]:
        """The legs that wait, the next one first."""
        return [sid for sid, _ in self._waiting]

    async def turn(self, sid: str) -> None:
        """Return when this leg may leave. A call cancelled while it waits gives its turn to the next."""
        if not self._gap_ms:
            return
        now_ms = self._clock.now_ms()
        if not self._waiting and now_ms >= self._free_at_ms:
            self._free_at_ms = now_ms + self._gap_ms
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((sid, mine))
        self._arm()
        try:
            await mine
        except asyncio.CancelledError:
            if (sid, mine) in self._waiting:
                self._waiting.remove((sid, mine))
            raise

    def _arm(self) -> None:
        if self._waiting and not self._pumping:
            self._pumping = True
            wait_s = max(0.0, self._free_at_ms - self._clock.now_ms()) / 1000
            asyncio.get_running_loop().call_later(self._clock.wall_s(wait_s), self._pump)

    def _pump(self) -> None:
        self._pumping = False
        now_ms = self._clock.now_ms()
        if now_ms >= self._free_at_ms:
            while self._waiting:
                _, waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(None)
                    self._free_at_ms = now_ms + self._gap_ms
                    break
        self._arm()
