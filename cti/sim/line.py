"""A leg as the carrier has it: a line to a caller or to an agent's telephone."""

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from cti.core.plan import Collect
from cti.sim.documents import Document

if TYPE_CHECKING:
    from cti.sim.recording import Message, Recording
    from cti.sim.rooms import Room
    from cti.sim.telephones import Made


class Part(StrEnum):
    """Who is at the far end, whoever called whom. The carrier does not care; the ledger does."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    OUTSIDE = "outside"


class Hears(StrEnum):
    """What comes out of the line. A menu that listens is not silence, even when it says nothing."""

    RINGING = "ringing"
    SOUND = "sound"
    MENU = "a listening menu"
    TALK = "talk"
    HOLD = "music on hold"
    SILENCE = "silence"


class Person(Protocol):
    """Whoever holds the other end. Told what happens on the line; acts in its own time."""

    def heard_menu(self, line: "Line") -> None:
        """Somebody listens for keys."""

    def bridged(self, line: "Line") -> None:
        """Somebody of the other side is in the room."""

    def parted(self, line: "Line") -> None:
        """Nobody of the other side is there any more."""

    def moved(self, line: "Line") -> None:
        """It was taken out of a talk, and is given something else."""

    def ended(self, line: "Line") -> None:
        """The line is over."""


class Listening:
    """A `Collect` that is being performed. Each key starts the wait for the next one anew, and stops the prompts."""

    __slots__ = ("digits", "document", "place", "until", "verb")

    def __init__(self, verb: Collect, document: Document, place: int, until: int) -> None:
        self.verb = verb
        self.document = document
        self.place = place
        self.digits = ""
        self.until = until


class Terms(msgspec.Struct, frozen=True):
    """On what terms a line is in its room. `coaches`: whom alone it speaks to, by the carrier's reference."""

    ends_room: bool = False
    muted: bool = False
    held: bool = False
    coaches: str = ""


ORDINARY = Terms()


class Line:
    """`label` is our leg id, once the carrier has seen it. `run` counts what the line was made to do: whatever comes
    for an older run comes too late. `parked` is the document that sent it into the waiting room. `message` is what is
    being said after a beep. `outside`: it talks to an outside number that it was forwarded to."""

    __slots__ = (
        "alerted_at", "answered_at", "detect", "document", "from_number", "hears", "inbound", "joined", "keys", "label",
        "listening", "made", "message", "outside", "over", "parked", "part", "person", "placed_at", "recordings", "ref",
        "reports", "room", "run", "screened", "sent", "silent_since", "sound_began_at", "terms", "to_number",
    )  # fmt: skip

    def __init__(
        self,
        ref: str,
        *,
        inbound: bool,
        from_number: str,
        to_number: str,
        person: Person,
        now: int,
        part: Part,
        label: str = "",
    ) -> None:
        self.ref = ref
        self.inbound = inbound
        self.from_number = from_number
        self.to_number = to_number
        self.person = person
        self.part = part
        self.label = label
        self.placed_at = now
        self.alerted_at = 0
        self.answered_at = 0
        self.sent = False
        """The carrier has begun to ring it, rather than keep it in line for the calls per second."""
        self.screened = False
        """Whoever answers is asked who is there, rather than put into a room."""
        self.detect = ""
        """A campaign calls; and whether it is to be told apart what answers: off, beside, first."""
        self.made: Made | None = None
        """What answered."""
        self.over = False
        self.run = 0
        self.document: Document | None = None
        self.parked: Document | None = None
        self.room: Room | None = None
        self.joined: Document | None = None
        """The document that sent it into its room; None for a line that was dialled into it."""
        self.terms = ORDINARY
        self.message: Message | None = None
        self.outside = ""
        self.recordings: list[Recording] = []
        self.keys: deque[str] = deque()
        self.listening: Listening | None = None
        self.hears = Hears.RINGING
        self.silent_since = 0
        self.sound_began_at = now
        self.reports = 0

    @property
    def endpoint(self) -> str:
        """Whose telephone it is: who was rung, or who called."""
        return self.from_number if self.inbound else self.to_number
