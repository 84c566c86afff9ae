"""Telephones, as the carrier meets them: ringing, answered, busy, or nobody there."""

from typing import Protocol

import msgspec

from cti.core.states import EndCause, Outcome
from cti.sim.line import Line, Part, Person


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever answers, says hello for `greeting_ms`; where the carrier is to tell people from machines, it has `found`
    so much after `detect_ms`."""

    human: bool
    greeting_ms: int
    found: Outcome
    detect_ms: int


class Ring(msgspec.Struct, frozen=True):
    """What comes of a ring: answered after a while, by the person or by voicemail, or (`end`) not at all. Who is rung
    for a caller that was forwarded talks for so long. `made` is what the carrier makes of whom a campaign called."""

    after_ms: int
    end: EndCause | None = None
    voicemail: Person | None = None
    talks_ms: int = 0
    made: Made | None = None


class Telephones(Protocol):
    """Who answers at which endpoint."""

    def at(self, endpoint: str) -> Person:
        """Who is at the endpoint."""

    def part(self, endpoint: str) -> Part:
        """What they are to the centre."""

    def ring(self, line: Line) -> Ring:
        """It rings."""

    def answered(self, line: Line) -> None:
        """Somebody picked up."""

    def outside(self, endpoint: str) -> Ring:
        """A caller is forwarded there."""
