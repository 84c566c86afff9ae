"""Telephones, as the carrier meets them: ringing, answered, busy, or nobody there."""

from typing import Protocol

import msgspec

from cti.core.states import EndCause
from cti.sim.line import Line, Part, Person


class Ring(msgspec.Struct, frozen=True):
    """What comes of a ring: answered after a while, by the person or by voicemail, or (`end`) not at all. Who is rung
    for a caller that was forwarded talks for so long."""

    after_ms: int
    end: EndCause | None = None
    voicemail: Person | None = None
    talks_ms: int = 0


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
