"""Wait, but not for long, until the caller's number was looked up; then branch."""

from cti.core.config import LookUpStep
from cti.core.contact import Contact
from cti.core.events import LookUpAwaited
from cti.core.plan import AnyVerb, Door, GoOn, Plan
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: LookUpStep, verbs: list[AnyVerb]) -> str:
    """On at once if the answer is there; else wait for it, with what is to be said, or in silence."""
    if contact.look_up != "pending":
        return step.known if contact.customers else step.unknown
    turn.emit(LookUpAwaited(contact_id=contact.contact_id, until=turn.now.at + 1_000 * step.wait_s))
    if verbs:  # something to hear meanwhile
        turn.plan(contact.leg_id, Plan((*verbs, GoOn(door=Door.NEXT))))
    return ""


def answer(contact: Contact, step: LookUpStep, now: int) -> str:
    """Where to go from here; empty while the answer may still come."""
    if contact.look_up == "pending" and now < contact.look_up_by:
        return ""
    return step.known if contact.customers else step.unknown
