"""A customer whom one agent calls: from the agent's word to the answer, or to whatever else came of it."""

from cti.core.base import changed
from cti.core.call import is_answer
from cti.core.calling import SETUP_MS
from cti.core.campaign import Line
from cti.core.contact import Contact
from cti.core.events import (
    AnswerAwaited,
    AttemptAbandoned,
    ContactQuarantined,
    DialCleared,
    DialProgressed,
    DialRefused,
    DialRequested,
    HangUpRequested,
    LegAlerting,
    LegEnded,
    LegRefused,
    LineSurplus,
    OfferAccepted,
    OfferWithdrawn,
    PlanRequested,
    RequestRefused,
)
from cti.core.lifecycle import NOT_SENT
from cti.core.plan import HangUp, Plan
from cti.core.state import State
from cti.core.states import ContactState, LegState, OfferState, Outcome, WithdrawReason
from cti.core.turn import Turn
from cti.dialer.abandoning import count_left_alone
from cti.dialer.answering import connect_by, how_of
from cti.dialer.attempts import OUTCOMES
from cti.dialer.recycling import put_off
from cti.dialer.words import why_not

RING_S_MIN = 15
"""A telephone that began to ring is left ringing for so long (s): who hurries there shall find more than silence. Some
countries' rules say so."""

ASKED, DIALLED, RINGING, REFUSED, CANCELLED = "asked", "dialled", "ringing", "refused", "cancelled"


def rings_until(line: Line) -> int:
    """Until when a line that left must ring (ms)."""
    return (line.alerting_at or line.dialled_at + SETUP_MS) + 1_000 * RING_S_MIN


def dialling(state: State, leg_id: str) -> Contact | None:
    """The contact of whom this leg calls, while its agent waits for that."""
    leg = state.legs.get(leg_id)
    contact = state.contacts.get(leg.contact_id) if leg else None
    is_it = contact is not None and contact.leg_id == leg_id and contact.state is ContactState.DIALLING
    return contact if is_it else None


def progress(turn: Turn, contact: Contact, stage: str) -> None:
    """The agent, who waits for it, is told."""
    if contact.offer and contact.stage != stage:
        turn.emit(DialProgressed(contact_id=contact.contact_id, agent_id=contact.offer.agent_id, stage=stage))


def decide_accepted(turn: Turn, event: OfferAccepted) -> None:
    """The lead that is shown is called, if the rules allow it when the request leaves."""
    contact = turn.state.contacts[event.contact_id]
    line = turn.state.lines.get(contact.leg_id)
    if contact.state is not ContactState.DIALLING or line is None:
        return
    lead = turn.state.leads[line.lead_key].lead
    turn.emit(
        DialRequested(
            dial_id=line.leg_id,
            purpose="campaign",
            leg_id=line.leg_id,
            contact_id=contact.contact_id,
            number=lead.numbers[line.number_index].number,
            campaign_id=line.campaign_id,
            subject=lead.subject,
            consent=lead.consent,
            customer_at=lead.customer_at,
            guaranteed=True,
            address=lead.address,
        )
    )


def decide_requested(turn: Turn, event: DialRequested) -> None:
    """It is being found out whether that may be."""
    contact = dialling(turn.state, event.leg_id)
    if contact and not contact.stage:
        progress(turn, contact, ASKED)


def decide_cleared(turn: Turn, event: DialCleared) -> None:
    """The carrier is asked to ring it."""
    contact = dialling(turn.state, event.leg_id)
    if contact:
        progress(turn, contact, DIALLED)


def decide_alerting(turn: Turn, event: LegAlerting) -> None:
    """It rings there."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = dialling(turn.state, leg.leg_id) if leg else None
    if contact:
        progress(turn, contact, RINGING)


def decide_refused(turn: Turn, event: DialRefused) -> None:
    """The agent hears which rule says so, and when it may be."""
    contact = dialling(turn.state, event.leg_id)
    if contact is None or contact.offer is None:
        return
    turn.emit(
        RequestRefused(
            agent_id=contact.offer.agent_id,
            code="not_allowed",
            detail=why_not(turn.state, event),
            request_id=event.request_id,
            rule=event.rule,
            next_allowed_at=event.next_allowed_at,
        )
    )
    progress(turn, contact, REFUSED)


def decide_leg_refused(turn: Turn, event: LegRefused) -> None:
    """Nothing was sent, or the carrier would not."""
    contact = dialling(turn.state, event.leg_id)
    if contact and contact.stage != REFUSED:
        progress(turn, contact, CANCELLED if event.code == NOT_SENT else Outcome.FAILED.lower())


def decide_leg_ended(turn: Turn, event: LegEnded) -> None:
    """Nobody answered, which ends it: the agent is free at once."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = dialling(turn.state, leg.leg_id) if leg else None
    if contact:
        progress(turn, contact, OUTCOMES.get(event.cause, Outcome.UNKNOWN).lower())


def _free(turn: Turn, contact: Contact, stage: str, reason: WithdrawReason) -> None:
    """The agent waits no longer, and hears why."""
    progress(turn, contact, stage)
    if contact.offer:
        turn.emit(
            OfferWithdrawn(
                offer_id=contact.offer.offer_id,
                contact_id=contact.contact_id,
                agent_id=contact.offer.agent_id,
                reason=reason,
            )
        )


def decide_hang_up(turn: Turn, event: HangUpRequested) -> None:
    """The agent does not want to wait any longer. A lead's telephone rings on for a while, and whoever answers
    meanwhile finds the agent; a number that the agent chose stops at once, as on any telephone."""
    contact = turn.state.contacts.get(event.contact_id)
    offer = contact.offer if contact and contact.state is ContactState.DIALLING else None
    if contact is None or offer is None or offer.agent_id != event.agent_id or offer.state is not OfferState.ACCEPTED:
        return
    line = turn.state.lines.get(contact.leg_id)
    if line and not line.dialled_at:
        put_off(turn, line)
    if not _rings_on(turn, contact):
        cancel(turn, contact.contact_id)


def decide_agent_gone(turn: Turn, event: OfferWithdrawn) -> None:
    """Nobody waits any more for whom we ring: it rings as long as is decent."""
    contact = turn.state.contacts.get(event.contact_id)
    if contact is None or contact.state is not ContactState.DIALLING or contact.offer or not contact.stage:
        return
    leg = turn.state.legs.get(contact.leg_id)
    if leg and leg.state is not LegState.ENDED and not leg.released and not _rings_on(turn, contact):
        turn.release(leg.leg_id)


def _rings_on(turn: Turn, contact: Contact) -> bool:
    """Whether a line that left has to ring on; then its end is promised."""
    line = turn.state.lines.get(contact.leg_id)
    if line is None or not line.dialled_at or turn.now.at >= rings_until(line):
        return False
    if not line.give_up_at:
        turn.emit(LineSurplus(leg_id=line.leg_id, give_up_at=rings_until(line)))
    return True


def cancel(turn: Turn, contact_id: str) -> None:
    """It rings no longer, and the agent is free at once."""
    contact = turn.state.contacts.get(contact_id)
    if contact and contact.state is ContactState.DIALLING:
        if contact.stage:  # else the carrier was never to be asked
            turn.release(contact.leg_id)
        _free(turn, contact, CANCELLED, WithdrawReason.AGENT_HUNG_UP)


def decide_answered(turn: Turn, event: PlanRequested) -> None:
    """The agent's room was said to be the place, if the agent is there: then it is a matter of seconds. Else nobody
    is."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg and is_answer(leg, event) else None
    if leg is None or contact is None or contact.leg_id != leg.leg_id:
        return
    line = turn.state.lines.get(leg.leg_id)
    how = how_of(turn.state, line) if line else None
    if contact.state is ContactState.CONNECTING and line and how and line.agent_id and not line.connect_by:
        by = connect_by(changed(line, answered_at=line.answered_at or turn.now.at), how.answering)
        turn.emit(AnswerAwaited(attempt_id=leg.leg_id, contact_id=contact.contact_id, connect_by=by))
    elif contact.state is ContactState.DIALLING and leg.awaiting and leg.released:
        if line:
            count_left_alone(turn, line)
        turn.plan(leg.leg_id, Plan((HangUp(),)))
    elif contact.state is ContactState.DIALLING and leg.awaiting:
        _free(turn, contact, Outcome.ABANDONED.lower(), WithdrawReason.LEG_FAILED)
        turn.emit(AttemptAbandoned(attempt_id=leg.leg_id, contact_id=contact.contact_id))


def decide_quarantined(turn: Turn, event: ContactQuarantined) -> None:
    """Something about the call made the rules fail: it is given up."""
    cancel(turn, event.contact_id)
