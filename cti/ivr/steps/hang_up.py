"""The flow's end."""

from cti.core.config import HangUpStep
from cti.core.contact import Contact
from cti.core.events import FlowEnded
from cti.core.plan import AnyVerb, HangUp, Plan
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: HangUpStep, verbs: list[AnyVerb]) -> str:
    """Say goodbye, hang up."""
    turn.emit(FlowEnded(contact_id=contact.contact_id, step_id=contact.step_id))
    turn.plan(contact.leg_id, Plan((*verbs, *step.prompt, HangUp())))
    return ""
