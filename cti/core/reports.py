"""Reports come late, twice, or about things long gone. `unfit` says so before anything is applied.

The engine then notes a `ReportIgnored`, and `answer_stale` gives whoever waits for an answer one that fits.
"""

from collections.abc import Callable
from typing import Any

from cti.core.call import LEG_TRANSITIONS, Leg, first_door
from cti.core.commands import CheckLeg, HangUpLeg
from cti.core.events import (
    AcceptRequested,
    AnyEvent,
    AttemptClassified,
    CallArrived,
    CallEnded,
    CallFactsGathered,
    CallJoined,
    CallLeft,
    CauseCorrected,
    ConferenceRequested,
    ConsultEndRequested,
    ConsultRequested,
    CustomersFound,
    DeclineRequested,
    DesktopConnected,
    DesktopDisconnected,
    DigitsRequested,
    DispositionGiven,
    GreetingEnded,
    HangUpRequested,
    HoldRequested,
    LeadDialRequested,
    LeadsClaimed,
    LeadSkipRequested,
    LegAlerting,
    LegAnswered,
    LegCameAgain,
    LegChecked,
    LegDiverted,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegPlanned,
    LegRefused,
    LegRetrieved,
    MuteRequested,
    NextLeadRequested,
    NotReadyRequested,
    NumberDialRequested,
    OfferAcknowledged,
    PlanRequested,
    ProbeAnswered,
    ReadyRequested,
    RecordingRequested,
    ReplyOverdue,
    RequestRefused,
    RetrieveRequested,
    SignInRequested,
    SignOutRequested,
    TransferRequested,
    VoicemailLeft,
    WrapUpEndRequested,
)
from cti.core.plan import OUTSIDE, Door, Forward, HangUp, Park, Plan
from cti.core.prompts import filler
from cti.core.state import State
from cti.core.states import ContactState, EndCause, LeaveResult, LegState, PartyRole
from cti.core.turn import Turn


def unfit(state: State, event: AnyEvent) -> str:
    """Why an input cannot be taken as it stands; empty when it can."""
    check = _CHECKS.get(type(event))
    return check(state, event) if check else ""


def _arrived(state: State, event: CallArrived) -> str:
    return "call already known" if event.provider_ref in state.leg_by_ref else ""


def _customers(state: State, event: CustomersFound) -> str:
    return "" if event.contact_id in state.contacts else "contact is gone"


def _facts(state: State, event: CallFactsGathered) -> str:
    return "" if event.dial_id in state.gathering else "dial waits for nothing"


def _claimed(state: State, event: LeadsClaimed) -> str:
    """An answer that comes after the question was given up may be out of date: newer ones were taken since."""
    run = state.runs.get(event.campaign_id)
    return "" if run and run.claim_id and run.claim_id == event.claim_id else "nobody waits for these leads"


def _classified(state: State, event: AttemptClassified) -> str:
    """The first word stands: a second one comes of a request that was sent twice."""
    line = state.lines.get(event.attempt_id)
    if line is None:
        return "" if event.attempt_id in state.overlay.attempts else "attempt is unknown"
    if line.ended_at:
        return "call is over"
    return "what answered is known" if line.classified_at else ""


def _greeted(state: State, event: GreetingEnded) -> str:
    line = state.lines.get(event.leg_id)
    if line is None or line.ended_at:
        return "call is over"
    return "the greeting's end is known" if line.greeting_at else ""


def _ended(state: State, event: CallEnded) -> str:
    return "" if state.open_call(event.call_id) else "call is gone"


def _agent(state: State, event: Any) -> str:
    return "" if event.agent_id in state.agents else "agent is unknown"


def _leg(state: State, event: Any) -> str:
    provider_ref = getattr(event, "provider_ref", "")
    leg = state.find_leg(event.leg_id, provider_ref)
    if leg is None:
        return "leg is gone"
    if provider_ref and leg.provider_ref and provider_ref != leg.provider_ref:
        return "report is about another leg of the carrier's"
    return "" if type(event) in LEG_TRANSITIONS[leg.state] else f"leg is {leg.state}"


def _joined(state: State, event: CallJoined) -> str:
    reason = _leg(state, event)
    if reason:
        return reason
    if not state.open_call(event.call_id):
        return "call is gone"
    leg = state.find_leg(event.leg_id, event.provider_ref)
    return "leg is in the call" if leg and leg.call_id == event.call_id else ""


def _left(state: State, event: CallLeft) -> str:
    reason = _leg(state, event)
    if reason:
        return reason
    leg = state.find_leg(event.leg_id, event.provider_ref)
    if leg is None or leg.call_id != event.call_id:
        return "leg is not in the call"
    room_ref, sequence = leg.joined
    return "leg has come again" if event.room_ref and event.room_ref == room_ref and event.sequence < sequence else ""


def _plan_requested(state: State, event: PlanRequested) -> str:
    reason = _leg(state, event)
    if reason:
        return reason
    leg = state.legs[event.leg_id]
    if leg.role not in (PartyRole.CUSTOMER, PartyRole.AGENT):
        return "leg has no flow"
    if event.result == LeaveResult.HUNG_UP:
        return ""
    if event.door is Door.PARKED:  # its address is as old as the wait is long
        return "leg is in a call" if leg.call_id and event.result != LeaveResult.REDIRECTED else ""
    if event.door in (Door.SCREEN, Door.ANSWERED):  # asked when the leg was placed, before it had any plan
        return "" if leg.plan is None and not leg.awaiting else "plan is not the last"
    return "" if event.nonce == leg.nonce and not leg.awaiting else "plan is not the last"


def _in_room(state: State, event: Any) -> str:
    """Holding and muting are done to a leg in a room: whoever left it meanwhile, as for another one, is neither."""
    reason = _leg(state, event)
    if reason:
        return reason
    leg = state.find_leg(event.leg_id, event.provider_ref)
    if leg is None or not leg.call_id:
        return "leg is in no call"
    return "" if event.call_id in ("", leg.call_id) else "leg is not in the call"


def _overdue(state: State, event: ReplyOverdue) -> str:
    reason = _leg(state, event)
    if reason:
        return reason
    leg = state.legs[event.leg_id]
    return "" if event.nonce == leg.nonce and leg.awaiting else "leg has its reply"


_OF_LEGS = (
    LegPlaced,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegRefused,
    LegChecked,
    LegDiverted,
)

_OF_AGENTS = (
    DesktopConnected,
    DesktopDisconnected,
    SignInRequested,
    SignOutRequested,
    ReadyRequested,
    NotReadyRequested,
    OfferAcknowledged,
    AcceptRequested,
    DeclineRequested,
    HangUpRequested,
    DispositionGiven,
    WrapUpEndRequested,
    ProbeAnswered,
    HoldRequested,
    RetrieveRequested,
    MuteRequested,
    DigitsRequested,
    TransferRequested,
    ConsultRequested,
    ConsultEndRequested,
    ConferenceRequested,
    RecordingRequested,
    NextLeadRequested,
    LeadDialRequested,
    LeadSkipRequested,
    NumberDialRequested,
)

_CHECKS: dict[type, Callable[[State, Any], str]] = {
    CallArrived: _arrived,
    AttemptClassified: _classified,
    GreetingEnded: _greeted,
    LeadsClaimed: _claimed,
    CustomersFound: _customers,
    CallEnded: _ended,
    CallFactsGathered: _facts,
    CallJoined: _joined,
    CallLeft: _left,
    PlanRequested: _plan_requested,
    ReplyOverdue: _overdue,
    **dict.fromkeys(_OF_LEGS, _leg),
    **dict.fromkeys((LegHeld, LegRetrieved, LegMuted), _in_room),
    **dict.fromkeys(_OF_AGENTS, _agent),
}


def answer_stale(turn: Turn, event: AnyEvent) -> None:
    """Whoever asks with something old still waits for an answer; and what comes late may correct the record."""
    answer = _ANSWERS.get(type(event))
    if answer:
        answer(turn, event)


def _answer_plan_requested(turn: Turn, event: PlanRequested) -> None:
    """The plan the leg has, or music until it is moved or its reply is ready. A leg that is over may still tell which
    message it left."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact and contact.message_by and event.door is Door.RECORDED and event.recording_id:
        turn.emit(
            VoicemailLeft(contact_id=contact.contact_id, recording_id=event.recording_id, duration_s=event.duration_s)
        )
    if leg is None or leg.state is LegState.ENDED or (leg.role is not PartyRole.CUSTOMER and leg.plan is None):
        turn.answer(event.leg_id, Plan((HangUp(),)), turn.now.seq)
    elif leg.plan is None or leg.awaiting or event.door is Door.WAIT:
        turn.answer(leg.leg_id, filler(turn.state, event.door), leg.nonce)
    elif _is_pushed_too(leg.plan, event.door):
        # A new number makes the same plan, should it still be on its way to be pushed, one that is not wanted any more;
        # and tells what the carrier asks after the one from what it asks after the other.
        turn.emit(LegPlanned(leg_id=leg.leg_id, plan=leg.plan, replied=True, endpoint=leg.endpoint))
        turn.answer(leg.leg_id, leg.plan, turn.now.seq)
    else:
        turn.answer(leg.leg_id, leg.plan, leg.nonce)


def _is_pushed_too(plan: Plan, door: Door) -> bool:
    """Whoever comes out of a room asks while the plan that leads on may be on its way, too."""
    last = plan.verbs[-1:] and plan.verbs[-1]
    return isinstance(last, Forward) or (isinstance(last, Park) and door in OUTSIDE)


def _answer_arrived(turn: Turn, event: CallArrived) -> None:
    """A call that comes again, since nobody could say what it had asked. A leg that we placed and that has no plan was
    just answered, and its first question was lost: with music whoever is there would wait for nothing."""
    leg = turn.state.find_leg("", event.provider_ref)
    if leg is None:
        return
    door = first_door(leg)
    asked = PlanRequested(leg_id=leg.leg_id, door=door, nonce=leg.nonce) if door else None
    if asked and not unfit(turn.state, asked):
        turn.emit(asked)
    else:
        turn.answer(leg.leg_id, leg.plan or filler(turn.state, Door.NEXT), leg.nonce)


def _is_later(leg: Leg, event: CallJoined) -> bool:
    room_ref, sequence = leg.joined
    return event.room_ref != "" and (event.room_ref != room_ref or event.sequence > sequence)


def _answer_joined(turn: Turn, event: CallJoined) -> None:
    """Who has nothing to do in the room is hung up: a leg of ours once it is over, a second one of the same name. A
    customer is looked for there: the report may be late, or the customer may sit there alone. Who is there has been
    out, and is back."""
    state = turn.state
    leg = state.find_leg(event.leg_id, event.provider_ref)
    if leg and event.provider_ref and leg.provider_ref not in ("", event.provider_ref):
        turn.ask(HangUpLeg(leg_id="", provider_ref=event.provider_ref))
    elif leg and leg.call_id == event.call_id and _is_later(leg, event):
        turn.emit(LegCameAgain(leg_id=leg.leg_id, room_ref=event.room_ref, sequence=event.sequence))
    if state.open_call(event.call_id):
        return
    if leg and leg.role is not PartyRole.CUSTOMER:
        turn.release(leg.leg_id)
    elif leg and leg.state is not LegState.ENDED:
        turn.ask(CheckLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=event.call_id, nonce=leg.nonce))
    elif leg is None and event.provider_ref:
        turn.ask(HangUpLeg(leg_id=event.leg_id, provider_ref=event.provider_ref))


def _correct_cause(turn: Turn, event: CallLeft) -> None:
    """The agent's leg was over before the room said why it left, and the agent seemed to have hung up. A leg that the
    end of the room put out was not the first to leave: that was the caller."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if leg is None or contact is None or contact.state is not ContactState.ENDED or contact.cause_corrected:
        return
    seemed = contact.cause is EndCause.AGENT_HUNG_UP and not contact.hung_up_by
    had_the_caller = contact.offer is not None and contact.offer.leg_id == leg.leg_id and not leg.nailed_up
    if seemed and had_the_caller and event.cause is EndCause.CANCELLED and event.call_id == contact.call_id:
        turn.emit(CauseCorrected(contact_id=contact.contact_id, cause=EndCause.CALLER_HUNG_UP))


def _answer_agent(turn: Turn, event: Any) -> None:
    request_id = getattr(event, "request_id", "")
    if request_id:
        detail = "There is no such agent: ask a supervisor."
        turn.emit(RequestRefused(agent_id=event.agent_id, code="unknown_agent", detail=detail, request_id=request_id))


_ANSWERS: dict[type, Callable[[Turn, Any], None]] = {
    PlanRequested: _answer_plan_requested,
    CallArrived: _answer_arrived,
    CallJoined: _answer_joined,
    CallLeft: _correct_cause,
    **dict.fromkeys(_OF_AGENTS, _answer_agent),
}
