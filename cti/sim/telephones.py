"""The agents' telephones, as the carrier meets them: ringing, answered, busy, or nobody there."""

from typing import Protocol

import msgspec

from cti.core.states import EndCause
from cti.sim.line import Line, Person


class Ring(msgspec.Struct, frozen=True):
    """What comes of a ring: answered after a while, by the person or by voicemail, or (`end`) not at all."""

    after_ms: int
    end: EndCause | None = None
    voicemail: Person | None = None


class Telephones(Protocol):
    """Who answers at which endpoint."""

    def at(self, endpoint: str) -> Person:
        """Who is at the endpoint."""

    def ring(self, line: Line) -> Ring:
        """It rings."""

    def answered(self, line: Line) -> None:
        """Somebody picked up."""
