"""The carrier's ledger: what really happened to lines and rooms, whatever the server believes. Checks judge from it."""

from enum import StrEnum

import msgspec

from cti.sim.nature import Nature


class Ended(StrEnum):
    """By whom or what a line ended."""

    FAR_END = "the far end"  # the caller, or the agent's telephone
    DOCUMENT = "a document's hang-up"
    SERVER = "the server's request"
    ROOM = "the end of its room"
    RINGING = "nobody answering"
    BROKEN = "a network that broke"
    ERROR = "an error"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a line. `other` is the other line of a talk, or the endpoint of a dial; `label` the
    leg, of a talk the other's, and of its end who left.

    * Of any line: arrived, dialled, answered, voicemail, ended, silent, held (told to ask the same again), given, told.
    * In rooms: enters, leaves, bridged, parted, moved, returns (to the room it leaves), hold, back, recording, tones.
    * Of a caller who is sent on to an outside number: forwarded, outside, returned, torn.
    """

    at: int
    kind: str
    ref: str
    text: str
    other: str = ""
    ended: Ended | None = None
    label: str = ""


class Ledger:
    """Facts in the order in which they happened."""

    def __init__(self, nature: Nature) -> None:
        self.facts: list[Fact] = []
        self._nature = nature

    def note(
        self, kind: str, ref: str, text: str, *, other: str = "", ended: Ended | None = None, label: str = ""
    ) -> None:
        """It happened, now."""
        now = self._nature.now
        self.facts.append(Fact(at=now, kind=kind, ref=ref, text=text, other=other, ended=ended, label=label))
