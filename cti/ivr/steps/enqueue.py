"""Ask the distributor for a place in a queue. Its answer, in the same turn, completes the plan."""

from cti.core.config import EnqueueStep
from cti.core.contact import Contact
from cti.core.events import QueueRequested
from cti.core.plan import AnyVerb
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: EnqueueStep, verbs: list[AnyVerb]) -> str:
    """Ask for the place. What was to be said waits in `turn.said` for the answer."""
    turn.said[contact.contact_id] = verbs
    turn.emit(
        QueueRequested(
            contact_id=contact.contact_id, queue_id=step.queue_id, priority=step.priority, skills=step.skills
        )
    )
    return ""
