"""Ask for a number, such as an account's."""

from cti.core.config import CollectStep
from cti.core.contact import Contact
from cti.core.events import AttributeSet
from cti.core.plan import AnyVerb, Collect, Door, GoOn, Plan
from cti.core.turn import Turn

SECRET_PREFIX = "secret:"  # noqa: S105 - how a reference begins, not a secret
"""The shell has swapped secret digits for a reference with this prefix, which ends in how many there were."""


def is_digits(text: str) -> bool:
    """0 to 9 only, at least one: `isdecimal` alone takes other scripts' digits too."""
    return text.isascii() and text.isdecimal()


def enter(turn: Turn, contact: Contact, step: CollectStep, verbs: list[AnyVerb]) -> str:
    """Ask, and listen for up to `digits_max` keys; silence goes on to the next document."""
    listen = Collect(
        prompts=step.prompt,
        timeout_s=step.timeout_s,
        digits_max=step.digits_max,
        finish_on_key=step.finish_on_key,
        secret=step.secret,
    )
    turn.plan(contact.leg_id, Plan((*verbs, listen, GoOn(door=Door.NEXT))))
    return ""


def answer(turn: Turn, contact: Contact, step: CollectStep, digits: str) -> str:
    """Keep what was entered; empty when it has not the right length."""
    if step.secret:
        prefix, _, count = digits.rpartition(":")
        length = int(count) if prefix.startswith(SECRET_PREFIX) and is_digits(count) else -1
    else:
        length = len(digits) if is_digits(digits) else -1
    if not step.digits_min <= length <= step.digits_max:
        return ""
    turn.emit(AttributeSet(contact_id=contact.contact_id, name=step.into, value=digits, secret=step.secret))
    return step.next
