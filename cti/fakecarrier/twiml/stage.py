"""The stage: a leg and the document it performs, as the verbs see them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element

import msgspec

from cti.fakecarrier.ledger.records import Heard
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.legs.run import Ending, Run
from cti.fakecarrier.twiml.attributes import Attributes
from cti.fakecarrier.twiml.document import Document
from cti.fakecarrier.twiml.grammar import VERBS

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier


class GoTo(NamedTuple):
    """Leave this document for the one at the link; `parameters` go with the request, `event` names it in the ledger."""

    link: Link
    event: str
    parameters: Mapping[str, str] = {}


class Inline(NamedTuple):
    """A document given as text, not by a URL."""

    twiml: str


class Left(NamedTuple):
    """A `<Leave>`: out of the queue."""


Outcome = GoTo | Ending | Left | None
"""What a verb leads to; None: the next verb."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document is performed: which verbs may stand there, and what its requests carry besides. An announcement
    is heard over what goes on, and the call's fallback does not stand in for it.
    """

    name: str
    verbs: frozenset[str]
    refusal_code: int = 12200
    is_announcement: bool = False
    parameters: Callable[[], dict[str, str]] = dict


CALL = Scope(name="call", verbs=frozenset(VERBS) - {"Leave"})
SCREENING = Scope(name="screening", verbs=frozenset(VERBS) - {"Leave", "Dial", "Enqueue", "Reject"}, refusal_code=13201)
WAITING_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
QUEUE_VERBS = WAITING_VERBS | {"Hangup", "Leave", "Gather"}


class Stage:
    """One performance on a leg. A queue's waiting document has a stage of its own on the same leg and run."""

    def __init__(self, carrier: "Carrier", leg: Leg, run: Run, scope: Scope = CALL) -> None:
        self.carrier = carrier
        self.leg = leg
        self.run = run
        self.scope = scope
        self.document = Document(verbs=(), source=None)
        self.hush: asyncio.Future[None] | None = None

    def within(self, scope: Scope) -> "Stage":
        """A stage for another scope on the same leg, starting in the same document."""
        stage = Stage(self.carrier, self.leg, self.run, scope)
        stage.document = self.document
        return stage

    def attributes(self, element: Element) -> Attributes:
        """The attributes of a verb or noun."""
        return Attributes(element, self.warn)

    def warn(self, code: int, message: str) -> None:
        """Tell the debugger of something doubtful in this document."""
        source = self.document.source
        self.carrier.ledger.warn(code, message, sid=self.leg.sid, url=source.url if source else None)

    async def sound(self, heard: Heard, seconds: float) -> None:
        """Let the party hear something for a while, or until it is hushed (a key was pressed at a prompt)."""
        self.leg.hear(heard)
        if self.hush is None:
            await self.carrier.clock.sleep(seconds)
        elif not self.hush.done():
            await asyncio.wait({self.hush}, timeout=self.carrier.clock.wall_s(seconds))

    def answer(self) -> None:
        """Answer an incoming call, if it is still ringing."""
        if self.leg.status == "ringing":
            self.carrier.pick_up(self.leg)


Performer = Callable[[Stage, Element], Awaitable[Outcome]]
"""Carries out one verb."""
