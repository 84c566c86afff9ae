"""Moments in which this process did nothing: a pause of the machine, of its memory, of a turn that took too long.

What is read right after such a moment may have come at its beginning. So it is told for how long it may have waited,
at worst: who answered the telephone meanwhile has waited for as long. And no new call begins until all is well again.
"""

import asyncio

import msgspec
import structlog

from cti.core.events import AnyEvent, LegAnswered, PlanRequested

log = structlog.get_logger()

EVERY_S = 0.1
"""How often it is looked whether the loop runs."""

STALL_S = 1.0
"""A process that was silent for longer has stalled."""

AFTER_S = 0.5
"""What is read so soon after a stall may have come in it: all that waited is read by then."""

PAUSE_S = 5.0
"""For how long after a stall no new calls begin."""


class LoopWatch:
    """Begins to look with `start`, inside the loop; it is a callback of the loop itself, so that after a stall it knows
    before any request is handled."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looked_at = 0.0
        self._since = 0.0
        self._until = 0.0
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look from now on, until `stop`."""
        self._loop = asyncio.get_running_loop()
        self._looked_at = self._loop.time()
        self._next = self._loop.call_later(EVERY_S, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._next:
            self._next.cancel()

    def _look(self) -> None:
        assert self._loop
        now = self._loop.time()
        if now - self._looked_at - EVERY_S > STALL_S:
            self._since, self._until = self._looked_at, now
            log.warning("stalled", for_s=round(now - self._looked_at, 1), remedy="is the machine too busy?")
        self._looked_at = now
        self._next = self._loop.call_later(EVERY_S, self._look)

    @property
    def has_stalled(self) -> bool:
        """A moment ago: it is not the time to begin calls."""
        return self._loop is not None and self._until > 0 and self._loop.time() - self._until < PAUSE_S

    @property
    def waited_ms(self) -> int:
        """For how long what is read now may have waited, at worst; 0 when all is well."""
        if self._loop is None or not self._until or self._loop.time() - self._until > AFTER_S:
            return 0
        return int((self._loop.time() - self._since) * 1_000)

    def stamped(self, event: AnyEvent) -> AnyEvent:
        """The event with what it may have waited, where that matters: when somebody answers a telephone."""
        waited_ms = self.waited_ms if isinstance(event, PlanRequested | LegAnswered) else 0
        return msgspec.structs.replace(event, waited_ms=waited_ms) if waited_ms else event
