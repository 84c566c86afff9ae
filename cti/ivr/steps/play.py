"""Play something, go on."""

from cti.core.config import PlayStep
from cti.core.contact import Contact
from cti.core.plan import AnyVerb
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: PlayStep, verbs: list[AnyVerb]) -> str:
    """Add the prompt to what is said."""
    verbs.extend(step.prompt)
    return step.next
