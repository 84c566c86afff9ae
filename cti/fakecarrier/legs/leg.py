"""A leg: one endpoint's attachment to a call, what its party hears, and where its life stands."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from aiohttp import CookieJar

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.ledger.records import EndedBy, Heard, LegRecord, Segment
from cti.fakecarrier.legs.digits import Digits
from cti.fakecarrier.legs.run import Run
from cti.fakecarrier.legs.situation import Situation
from cti.fakecarrier.legs.voice import Voice

ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})

CALL_S_MAX = 4 * 3600
"""No call lasts longer."""


class Link(NamedTuple):
    """Where to ask: an absolute URL and GET or POST."""

    url: str
    method: str = "POST"


class Subscription(NamedTuple):
    """A status callback: where it goes and for which events."""

    link: Link
    events: frozenset[str]


class Leg:
    """One leg. Its record in the ledger is its state; the rest is what the carrier needs while it lives."""

    def __init__(self, record: LegRecord, clock: Clock) -> None:
        self.record = record
        self.clock = clock
        self.digits = Digits()
        self.voice = Voice(clock)
        self.situation = Situation()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.run: Run | None = None
        self.fallback: Link | None = None
        self.last_chance = False
        """A document failed, and the fallback is being asked."""
        self.progress: Subscription | None = None
        self.callbacks_sent = 0
        self.extra_parameters: dict[str, str] = {}
        self.cookies: CookieJar | None = None
        self.vanished = False
        self.time_limit_s: float = CALL_S_MAX
        self.media_changed: Callable[[], None] = _nothing
        self.history: list[tuple[int, str]] = [(record.created_at, record.status)]
        self._cover: Heard | None = None

    @property
    def sid(self) -> str:
        """The leg's identifier."""
        return self.record.sid

    @property
    def status(self) -> str:
        """queued, initiated, ringing, in-progress, or how it ended."""
        return self.record.status

    @property
    def has_ended(self) -> bool:
        """True once the leg is over, whatever the reason."""
        return self.record.ended_at is not None

    def move_to(self, status: str) -> None:
        """Take the next status of a living leg and note when."""
        now_ms = self.clock.now_ms()
        self.record.status = status
        self.history.append((now_ms, status))
        if status == "initiated":
            self.record.dialled_at = now_ms
        elif status == "ringing":
            self.record.ringing_at = now_ms
        elif status == "in-progress":
            self.record.answered_at = now_ms

    def status_at(self, moment_ms: int) -> str | None:
        """The status at an earlier moment, None if the leg did not exist yet."""
        found = None
        for at, status in self.history:
            if at > moment_ms:
                break
            found = status
        return found

    def hear(self, heard: Heard) -> None:
        """The party hears this from now on. During a menu or a hold all other sounds count as that."""
        if self.has_ended:
            return
        if self._cover is not None and heard in {"speech", "music", "silence"}:
            heard = self._cover
        now_ms = self.clock.now_ms()
        segments = self.record.segments
        if segments and segments[-1].start_ms == now_ms:
            segments.pop()  # nobody hears a sound of no length
        if segments and segments[-1].heard == heard:
            segments[-1].end_ms = None
            return
        if segments:
            segments[-1].end_ms = now_ms
        segments.append(Segment(heard=heard, start_ms=now_ms))

    def play_tones(self, tones: str) -> None:
        """These keys are played to the party."""
        self.record.tones += tones

    def cover(self, cover: Heard | None) -> None:
        """Count speech, music and silence as this until it is lifted with None; then the party hears silence."""
        self._cover = cover
        self.hear("silence")

    def finish(self, status: str, by: EndedBy, reason: str, *, sip_code: int, error_code: int | None) -> None:
        """The leg is over: fill in its record and wake everybody who waits for the end."""
        now_ms = self.clock.now_ms()
        record = self.record
        if record.segments and record.segments[-1].start_ms == now_ms:
            record.segments.pop()
        elif record.segments:
            record.segments[-1].end_ms = now_ms
        record.status, record.ended_at, record.ended_by, record.end_reason = status, now_ms, by, reason
        record.sip_code, record.error_code = sip_code, error_code
        self.history.append((now_ms, status))
        self.situation.enter("end")
        self.over.set_result(None)


def _nothing() -> None:
    """The media of a leg that is bridged with nobody concerns nobody."""
