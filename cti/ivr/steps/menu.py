"""One key, one way. A prompt may be interrupted by pressing."""

from cti.core.config import MenuStep
from cti.core.contact import Contact
from cti.core.plan import AnyVerb, Collect, Door, GoOn, Plan
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: MenuStep, verbs: list[AnyVerb]) -> str:
    """Ask, and listen for one key; silence goes on to the next document."""
    listen = Collect(prompts=step.prompt, timeout_s=step.timeout_s, digits_max=1)
    turn.plan(contact.leg_id, Plan((*verbs, listen, GoOn(door=Door.NEXT))))
    return ""


def answer(step: MenuStep, digits: str) -> str:
    """Where a key leads; empty for one that leads nowhere."""
    return step.choices.get(digits, "")
