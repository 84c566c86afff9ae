"""Hold and back, mute, tones."""

from cti.conversation.taking_part import asking, hold, other_leg, refuse, retrieve
from cti.core.commands import MuteLeg, SendDigits
from cti.core.events import DigitsRequested, HoldRequested, MuteRequested, RetrieveRequested
from cti.core.turn import Turn

DIGITS_MAX = 32
TONES = frozenset("0123456789*#wW")
"""Keys, and `w` for a pause of half a second."""

NOT_THERE = "Nobody of that name is in the conversation."


def decide_hold(turn: Turn, event: HoldRequested) -> None:
    """Whoever takes part may put the customer, or a party, on hold."""
    asked = asking(turn, event)
    if asked is None:
        return
    leg = other_leg(turn.state, asked.contact, event.party_id)
    if leg is None:
        refuse(turn, event, "not_there", NOT_THERE)
    else:
        hold(turn, asked.contact, leg)


def decide_retrieve(turn: Turn, event: RetrieveRequested) -> None:
    """Asked of the carrier even where we know of no hold: its report may have been lost."""
    asked = asking(turn, event)
    if asked is None:
        return
    leg = other_leg(turn.state, asked.contact, event.party_id)
    if leg is None:
        refuse(turn, event, "not_there", NOT_THERE)
    else:
        retrieve(turn, asked.contact, leg)


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
    asked = asking(turn, event)
    if asked is None:
        return
    leg = other_leg(turn.state, asked.contact, event.party_id)
    if leg is None:
        refuse(turn, event, "not_there", NOT_THERE)
    elif not event.digits or len(event.digits) > DIGITS_MAX or not TONES.issuperset(event.digits):
        refuse(turn, event, "bad_digits", f"Use up to {DIGITS_MAX} of the keys 0-9, * and #, and w for a pause.")
    else:
        turn.ask(
            SendDigits(
                leg_id=leg.leg_id,
                provider_ref=leg.provider_ref,
                call_id=asked.contact.call_id,
                digits=event.digits,
            )
        )
