"""The rules that belong to no room: what ends a contact, when it is forgotten, who is watched, who is sorry."""

from cti.core.agent import assignment_for
from cti.core.apply.legs import RELEASE_CHECK_MS, is_led_out, is_on_its_way, is_sent_on, patience_ms
from cti.core.call import LEG_TRANSITIONS, Leg
from cti.core.commands import CheckLeg
from cti.core.contact import Contact
from cti.core.events import (
    AssignmentReleased,
    CallJoined,
    CommandFailed,
    ContactAbandoned,
    ContactClosed,
    ContactEnded,
    ContactQuarantined,
    DispositionLapsed,
    InputRejected,
    LegAlerting,
    LegAnswered,
    LegChecked,
    LegEnded,
    LegPlaced,
    LegRefused,
    LegWatched,
    OfferWithdrawn,
    ReplyOverdue,
    RequestRefused,
    WrapUpEnded,
)
from cti.core.lines import is_line
from cti.core.plan import Door
from cti.core.prompts import apology, filler
from cti.core.state import State
from cti.core.states import ContactState, EndCause, LegState, OfferState, PartyRole
from cti.core.turn import Turn

NOT_SENT = "NOT_SENT"
"""Why a leg ended that the carrier was never asked for."""

NAMELESS_MS = 600_000
"""How long a leg that nobody wants may be without a name at the carrier, until it counts as never placed."""

YOUNG_MS = 30_000
"""How old a leg must be (ms) until the carrier is believed that it knows none such: what it shows lags behind."""


def decide_leg_ended(turn: Turn, event: LegEnded) -> None:
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None:
        return
    contact = turn.state.contacts.get(leg.contact_id)
    if contact is None or contact.leg_id != leg.leg_id:
        return
    if contact.state is ContactState.ENDED:
        close_if_done(turn, contact.contact_id)
    elif not contact.message_by:  # else it is not known yet what the caller came to
        end_contact(turn, contact, cause_of(contact, event.cause))


def cause_of(contact: Contact, reported: EndCause) -> EndCause:
    """Who ended it: we know what we asked for; otherwise a normal end is the caller's."""
    if contact.quarantined and not contact.connected_at:
        return EndCause.QUARANTINED
    if contact.hung_up_by:
        return EndCause.AGENT_HUNG_UP
    if contact.outcome == "flow_ended":
        return EndCause.FLOW_ENDED
    return EndCause.CALLER_HUNG_UP if reported is EndCause.NORMAL else reported


def end_contact(turn: Turn, contact: Contact, cause: EndCause) -> None:
    """The customer's side is over. Who never talked to anybody, left no message and did not reach a flow's end
    abandoned; so did who waits for the next agent after the first."""
    now = turn.now.at
    talked_ms = contact.talked_ms + (now - contact.connected_at if contact.connected_at else 0)
    waited_ms = now - contact.queued_at if contact.queued_at else 0
    waiting = contact.state in (ContactState.QUEUED, ContactState.CONNECTING)
    never_talked = not contact.answered_at and contact.state is ContactState.IN_FLOW
    never_talked = never_talked and not contact.voicemail
    if (waiting or never_talked) and not contact.quarantined and cause is not EndCause.FLOW_ENDED:
        place = "flow" if contact.state is ContactState.IN_FLOW else "queue"
        turn.emit(
            ContactAbandoned(
                contact_id=contact.contact_id,
                place=place,
                waited_ms=waited_ms,
                queue_id=contact.queue_id if place == "queue" else "",
            )
        )
    turn.emit(ContactEnded(contact_id=contact.contact_id, cause=cause, agent_ids=contact.agent_ids, talk_ms=talked_ms))


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    close_if_done(turn, event.contact_id)


def decide_agent_freed(
    turn: Turn, event: WrapUpEnded | AssignmentReleased | OfferWithdrawn | DispositionLapsed
) -> None:
    close_if_done(turn, event.contact_id)


def close_if_done(turn: Turn, contact_id: str) -> None:
    """Forget a contact once its legs have ended, no agent holds it, and none may still say what became of it."""
    state = turn.state
    contact = state.contacts.get(contact_id)
    if contact is None or contact.state is not ContactState.ENDED:
        return
    if contact.offer and contact.offer.state is OfferState.PENDING:
        return
    if any(leg.state is not LegState.ENDED and not leg.nailed_up for leg in state.legs_of(contact)):
        return
    for agent_id in contact.agent_ids:
        agent = state.agents.get(agent_id)
        if agent and (assignment_for(agent, contact_id) or agent.unsaid == contact_id):
            return
    turn.emit(
        ContactClosed(
            contact_id=contact_id,
            direction=contact.direction,
            cause=contact.cause_corrected or contact.cause,
            outcome=contact.outcome,
            arrived_at=contact.arrived_at,
            ended_at=contact.ended_at,
            flow_id=contact.flow_id,
            last_step=contact.step_id,
            queue_id=contact.queue_id,
            queued_at=contact.waited_from,
            connected_at=contact.answered_at,
            talk_ms=contact.talked_ms,
            agent_ids=contact.agent_ids,
            offers=contact.offers,
            offers_missed=contact.offers_missed,
            offers_declined=contact.offers_declined,
            disposition=contact.disposition,
            queue_refused=contact.queue_refused,
            attempt_id=contact.attempt_id,
        )
    )


def decide_leg_named(turn: Turn, event: LegPlaced | LegAlerting | LegAnswered) -> None:
    """A leg that was given up while the carrier placed it is hung up now that it has a name."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.released:
        turn.release(leg.leg_id)


def decide_leg_refused(turn: Turn, event: LegRefused) -> None:
    """Nobody will report the end of a customer who was to be called."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact and contact.leg_id == event.leg_id and contact.state is ContactState.DIALLING:
        end_contact(turn, contact, EndCause.CANCELLED if event.code == NOT_SENT else EndCause.FAILED)
    elif leg:
        close_if_done(turn, leg.contact_id)


def decide_any_leg_ended(turn: Turn, event: LegEnded) -> None:
    """An agent's leg may be the last thing that kept a contact open."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.role is not PartyRole.CUSTOMER:
        close_if_done(turn, leg.contact_id)


def decide_command_failed(turn: Turn, event: CommandFailed) -> None:
    """The carrier cannot do it to this leg: it has ended, or it has not begun. So ask which."""
    leg = turn.state.legs.get(event.leg_id)
    if leg and event.code == "GONE" and leg.state is not LegState.ENDED and leg.provider_ref:
        turn.ask(CheckLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref))


def decide_leg_checked(turn: Turn, event: LegChecked) -> None:
    leg = turn.state.legs[event.leg_id]
    if not event.alive and event.cause is EndCause.LOST_SIGHT and turn.now.at - leg.started_at < YOUNG_MS:
        turn.emit(LegWatched(leg_id=leg.leg_id, check_at=turn.now.at + RELEASE_CHECK_MS))
        return
    if not event.alive:
        turn.emit(LegEnded(leg_id=leg.leg_id, cause=event.cause, provider_status="checked"))
        return
    elsewhere = turn.state.open_call(event.call_id) and event.call_id != leg.call_id
    if elsewhere and CallJoined in LEG_TRANSITIONS[leg.state]:
        turn.emit(CallJoined(call_id=event.call_id, leg_id=leg.leg_id, room_ref=event.room_ref))
    if _is_unwanted(turn.state, turn.state.legs[event.leg_id]):
        turn.release(leg.leg_id)


def decide_leg_silent(turn: Turn, leg_id: str) -> None:
    """Nothing was heard of a leg for long: ask the carrier, and look again later whatever it says."""
    leg = turn.state.legs[leg_id]
    unwanted = _is_unwanted(turn.state, leg)
    if unwanted and not leg.provider_ref and turn.now.at - leg.started_at >= NAMELESS_MS:
        turn.emit(LegEnded(leg_id=leg_id, cause=EndCause.LOST_SIGHT))
        return
    may_be_silent_ms = RELEASE_CHECK_MS if unwanted else patience_ms(leg)
    sent_on = is_sent_on(leg) or is_led_out(leg)
    silent = unwanted or sent_on or turn.now.at - leg.seen_at >= may_be_silent_ms
    since = turn.now.at if silent else leg.seen_at
    turn.emit(LegWatched(leg_id=leg_id, check_at=since + may_be_silent_ms))
    if silent and leg.provider_ref:
        sought = leg.bound_for if (sent_on or is_on_its_way(leg)) and not unwanted else ""
        turn.ask(CheckLeg(leg_id=leg_id, provider_ref=leg.provider_ref, call_id=sought, nonce=leg.nonce))


def _is_unwanted(state: State, leg: Leg) -> bool:
    """It should be gone by now: we asked for its end, or what it was there for is over."""
    if leg.nailed_up:
        return leg.released or not is_line(state, leg)
    if leg.leg_id in state.lines and not leg.contact_id:  # there is a contact once somebody answers
        return leg.released
    contact = state.contacts.get(leg.contact_id)
    return leg.released or contact is None or contact.state is ContactState.ENDED


ASKS = ("CallArrived", "PlanRequested")
"""Inputs whose sender waits for a plan."""


def decide_input_rejected(turn: Turn, event: InputRejected) -> None:
    """Only the contact whose input made the rules fail is affected: it hears an apology."""
    state = turn.state
    leg = state.find_leg(event.leg_id, event.provider_ref)
    contact = state.contacts.get(event.contact_id or (leg.contact_id if leg else ""))
    if contact:
        turn.emit(ContactQuarantined(contact_id=contact.contact_id, leg_id=contact.leg_id, reason=event.reason))
    elif event.input_type in ASKS:
        turn.answer(leg.leg_id if leg else event.leg_id, apology(state), turn.now.seq)
    if event.request_id:
        detail = "The server could not do this, and changed nothing. Tell whoever looks after it."
        turn.emit(
            RequestRefused(
                agent_id=event.agent_id,
                code="failed",
                detail=detail,
                request_id=event.request_id,
                supervisor_id=event.supervisor_id,
            )
        )


def decide_quarantined(turn: Turn, event: ContactQuarantined) -> None:
    """Who talks goes on talking; nothing we could say is better than that."""
    contact = turn.state.contacts.get(event.contact_id)
    leg = turn.state.legs.get(event.leg_id)
    if contact and leg and (leg.awaiting or contact.state is ContactState.IN_FLOW):
        turn.plan(leg.leg_id, apology(turn.state))


def decide_reply_overdue(turn: Turn, event: ReplyOverdue) -> None:
    """The rules need longer than the carrier waits: music, then come back for the real plan."""
    turn.plan(event.leg_id, filler(turn.state, Door.NEXT))


def promised_leg_check(state: State, leg_id: str) -> int:
    leg = state.legs.get(leg_id)
    return leg.check_at if leg and leg.state is not LegState.ENDED else 0


PROMISES = {"leg_check": promised_leg_check}

DUE = {"leg_check": decide_leg_silent}


RULES = {
    LegPlaced: (decide_leg_named,),
    LegAlerting: (decide_leg_named,),
    LegAnswered: (decide_leg_named,),
    LegRefused: (decide_leg_refused,),
    LegEnded: (decide_leg_ended, decide_any_leg_ended),
    LegChecked: (decide_leg_checked,),
    CommandFailed: (decide_command_failed,),
    ContactEnded: (decide_contact_ended,),
    WrapUpEnded: (decide_agent_freed,),
    DispositionLapsed: (decide_agent_freed,),
    AssignmentReleased: (decide_agent_freed,),
    OfferWithdrawn: (decide_agent_freed,),
    InputRejected: (decide_input_rejected,),
    ContactQuarantined: (decide_quarantined,),
    ReplyOverdue: (decide_reply_overdue,),
}
