"""Play something, go on."""

from cti.core.config import PlayStep
from cti.core.contact import Contact
from cti.core.plan import AnyVerb
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: PlayStep, verbs: list[AnyVerb]) -> str:
    verbs.extend(step.prompt)
    return step.next
