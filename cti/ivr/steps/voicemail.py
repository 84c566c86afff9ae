"""Take a message. Who says nothing, and who has said enough, goes on; who hangs up has left it too."""

from cti.core.config import VoicemailStep
from cti.core.contact import Contact
from cti.core.events import PlanRequested, VoicemailLeft
from cti.core.plan import AnyVerb, Door, GoOn, Plan, Record
from cti.core.turn import Turn

TOLD_MS = 20_000
"""How long after a caller's hang-up the carrier may take to tell of the message."""


def enter(turn: Turn, contact: Contact, step: VoicemailStep, verbs: list[AnyVerb]) -> str:
    """Ask, and listen until silence, a key or the longest time."""
    record = Record(seconds_max=step.seconds_max, silence_s=step.silence_s, finish_on_key=step.finish_on_key)
    turn.plan(contact.leg_id, Plan((*verbs, *step.prompt, record, GoOn(door=Door.NEXT))))
    return ""


def take(turn: Turn, contact: Contact, event: PlanRequested) -> None:
    """The carrier has a message, if it names one; it may say so twice."""
    if event.door is Door.RECORDED:
        leave(turn, contact, event.recording_id, event.duration_s)


def leave(turn: Turn, contact: Contact, recording_id: str, duration_s: int) -> None:
    """A message is left, once."""
    if recording_id and recording_id != contact.voicemail:
        turn.emit(VoicemailLeft(contact_id=contact.contact_id, recording_id=recording_id, duration_s=duration_s))
