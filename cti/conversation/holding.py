"""Hold and back, mute, tones."""

from typing import NamedTuple

from cti.conversation.taking_part import asking, hold, is_coming, other_leg, refuse, retrieve
from cti.core.call import Leg
from cti.core.commands import MuteLeg, SendDigits
from cti.core.contact import Contact
from cti.core.events import DigitsRequested, HoldRequested, MuteRequested, RetrieveRequested
from cti.core.turn import Turn

DIGITS_MAX = 32
TONES = frozenset("0123456789*#wW")
"""Keys, and `w` for a pause of half a second."""


class Other(NamedTuple):
    """Whoever a request in a conversation is about."""

    contact: Contact
    leg: Leg


def _asked_about(turn: Turn, event: HoldRequested | RetrieveRequested | DigitsRequested) -> Other | None:
    """The customer, or a party; whoever takes part may ask. None when the request is refused."""
    asked = asking(turn, event)
    leg = other_leg(turn.state, asked.contact, event.party_id) if asked else None
    if asked and leg is None:
        refuse(turn, event, "not_there", "Nobody of that name is in the conversation.")
    return Other(asked.contact, leg) if asked and leg else None


def decide_hold(turn: Turn, event: HoldRequested) -> None:
    """Music for the customer, or a party."""
    other = _asked_about(turn, event)
    if other:
        hold(turn, *other)


def decide_retrieve(turn: Turn, event: RetrieveRequested) -> None:
    """Asked of the carrier even where we know of no hold: its report may have been lost. Not while somebody is about to
    come in, whom the customer would suddenly hear; with a party who is there it is a conference."""
    other = _asked_about(turn, event)
    if other and not event.party_id and is_coming(other.contact):
        detail = "Somebody is about to come in: end that first, or wait for the answer."
        refuse(turn, event, "consulting", detail)
    elif other:
        retrieve(turn, *other)


def decide_mute(turn: Turn, event: MuteRequested) -> None:
    """The agent's own leg. Asked of the carrier even if it is so by what we know: a report may be on its way."""
    asked = asking(turn, event)
    if asked is None:
        return
    leg = asked.leg
    turn.ask(
        MuteLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=asked.contact.call_id, muted=event.muted)
    )


def decide_digits(turn: Turn, event: DigitsRequested) -> None:
    """For the customer's side, or a party's."""
    other = _asked_about(turn, event)
    if other is None:
        return
    contact, leg = other
    if not event.digits or len(event.digits) > DIGITS_MAX or not TONES.issuperset(event.digits):
        refuse(turn, event, "bad_digits", f"Use up to {DIGITS_MAX} of the keys 0-9, * and #, and w for a pause.")
    else:
        turn.ask(
            SendDigits(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, digits=event.digits)
        )
