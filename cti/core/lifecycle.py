"""The rules that belong to no room: which reports fit, what ends a contact, when it is forgotten.

Reports come late, twice, or for things long gone. `unfit` says so before anything is applied; the engine then notes a
`ReportIgnored`, and `answer_stale` gives a leg that waits for a reply the plan it has.
"""

from cti.core.agent import assignment_for
from cti.core.apply.legs import CHECK_AFTER_MS, RELEASE_CHECK_MS
from cti.core.call import LEG_TRANSITIONS, Leg
from cti.core.commands import CheckLeg, HangUpLeg
from cti.core.contact import Contact
from cti.core.events import (
    AnyEvent,
    AssignmentReleased,
    CallArrived,
    CallEnded,
    CallJoined,
    CallLeft,
    CommandFailed,
    ContactAbandoned,
    ContactClosed,
    ContactEnded,
    ContactQuarantined,
    CustomersFound,
    InputRejected,
    LegAlerting,
    LegAnswered,
    LegChecked,
    LegEnded,
    LegPlaced,
    LegRefused,
    LegWatched,
    OfferWithdrawn,
    PlanRequested,
    ReplyOverdue,
    WrapUpEnded,
)
from cti.core.plan import Door, GoOn, HangUp, Plan, Say
from cti.core.state import State
from cti.core.states import ContactState, EndCause, LegState, OfferState, PartyRole
from cti.core.turn import Turn

LEG_REPORTS = (LegPlaced, LegAlerting, LegAnswered, LegEnded, LegRefused, LegChecked, PlanRequested, ReplyOverdue)


def unfit(state: State, event: AnyEvent) -> str:
    """Why a report cannot be taken as it stands; empty when it can."""
    if isinstance(event, CallArrived):
        return "call already known" if event.provider_ref in state.leg_by_ref else ""
    if isinstance(event, CustomersFound):
        return "" if event.contact_id in state.contacts else "contact is gone"
    if isinstance(event, CallEnded):
        return "" if event.call_id in state.calls else "call is gone"
    if isinstance(event, (*LEG_REPORTS, CallJoined, CallLeft)):
        return _unfit_leg(state, event)
    return ""


def _unfit_leg(state: State, event: AnyEvent) -> str:
    leg = state.find_leg(event.leg_id, getattr(event, "provider_ref", ""))  # type: ignore[union-attr]
    if leg is None:
        return "leg is gone"
    if type(event) not in LEG_TRANSITIONS[leg.state]:
        return f"leg is {leg.state}"
    if isinstance(event, CallJoined):
        if event.call_id not in state.calls:
            return "call is gone"
        return "leg is in the call" if leg.call_id == event.call_id else ""
    if isinstance(event, CallLeft):
        return "" if leg.call_id == event.call_id else "leg is not in the call"
    if isinstance(event, PlanRequested):
        if event.door is Door.PARKED:  # its address is as old as the wait is long
            return ""
        return "" if event.nonce == leg.nonce and not leg.awaiting else "plan is not the last"
    if isinstance(event, ReplyOverdue):
        return "" if event.nonce == leg.nonce and leg.awaiting else "leg has its reply"
    return ""


def answer_stale(turn: Turn, event: AnyEvent) -> None:
    """A leg that asks with an old nonce still waits for an answer: the plan it has, or music until it is moved."""
    state = turn.state
    if isinstance(event, PlanRequested):
        leg = state.legs.get(event.leg_id)
        if leg is None or leg.state is LegState.ENDED or leg.plan is None:
            turn.answer(event.leg_id, Plan((HangUp(),)), turn.now.seq)
        elif event.door is Door.WAIT or leg.awaiting:
            turn.answer(leg.leg_id, filler(state, event.door), leg.nonce)
        else:
            turn.answer(leg.leg_id, leg.plan, leg.nonce)
    elif isinstance(event, CallArrived):
        leg = state.find_leg("", event.provider_ref)
        if leg and leg.plan:
            turn.answer(leg.leg_id, leg.plan, leg.nonce)
    elif isinstance(event, CallJoined):
        leg = state.find_leg(event.leg_id, event.provider_ref)
        if leg and leg.role is not PartyRole.CUSTOMER and event.call_id not in state.calls:
            turn.release(leg.leg_id)
        elif leg is None and event.provider_ref and event.call_id not in state.calls:
            turn.ask(HangUpLeg(leg_id=event.leg_id, provider_ref=event.provider_ref))


def filler(state: State, door: Door) -> Plan:
    """Something to hear, then come back."""
    music = state.config.hold_music or (Say(text="One moment, please.", language=state.config.language),)
    back = door if door in (Door.WAIT, Door.NEXT) else Door.NEXT
    return Plan((*music, GoOn(door=back)))


def decide_leg_ended(turn: Turn, event: LegEnded) -> None:
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None:
        return
    contact = turn.state.contacts.get(leg.contact_id)
    if contact is None or contact.leg_id != leg.leg_id:
        return
    if contact.state is ContactState.ENDED:
        close_if_done(turn, contact.contact_id)
    else:
        end_contact(turn, contact, _cause_of(contact, event.cause))


def _cause_of(contact: Contact, reported: EndCause) -> EndCause:
    """Who ended it: we know what we asked for; otherwise a normal end is the caller's."""
    if contact.quarantined:
        return EndCause.QUARANTINED
    if contact.hung_up_by:
        return EndCause.AGENT_HUNG_UP
    if contact.outcome == "flow_ended":
        return EndCause.FLOW_ENDED
    return EndCause.CALLER_HUNG_UP if reported is EndCause.NORMAL else reported


def end_contact(turn: Turn, contact: Contact, cause: EndCause) -> None:
    """The customer's side is over. Who never talked to anybody, and did not reach a flow's end, abandoned."""
    now = turn.now.at
    talked_ms = now - contact.connected_at if contact.connected_at else 0
    waited_ms = now - contact.queued_at if contact.queued_at else 0
    if not contact.connected_at and not contact.quarantined and cause is not EndCause.FLOW_ENDED:
        place = "flow" if contact.state is ContactState.IN_FLOW else "queue"
        turn.emit(
            ContactAbandoned(
                contact_id=contact.contact_id,
                place=place,
                waited_ms=waited_ms,
                queue_id=contact.queue_id if place == "queue" else "",
            )
        )
    turn.emit(
        ContactEnded(
            contact_id=contact.contact_id, cause=cause, agent_ids=contact.agent_ids, talk_ms=talked_ms
        )
    )


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    close_if_done(turn, event.contact_id)


def decide_agent_freed(turn: Turn, event: WrapUpEnded | AssignmentReleased | OfferWithdrawn) -> None:
    close_if_done(turn, event.contact_id)


def close_if_done(turn: Turn, contact_id: str) -> None:
    """Forget a contact once its legs have ended and no agent holds it."""
    state = turn.state
    contact = state.contacts.get(contact_id)
    if contact is None or contact.state is not ContactState.ENDED:
        return
    if contact.offer and contact.offer.state is OfferState.PENDING:
        return
    if any(leg.state is not LegState.ENDED for leg in state.legs_of(contact)):
        return
    for agent_id in contact.agent_ids:
        agent = state.agents.get(agent_id)
        if agent and assignment_for(agent, contact_id):
            return
    turn.emit(
        ContactClosed(
            contact_id=contact_id,
            direction=contact.direction,
            cause=contact.cause,
            outcome=contact.outcome,
            arrived_at=contact.arrived_at,
            ended_at=contact.ended_at,
            flow_id=contact.flow_id,
            last_step=contact.step_id,
            queue_id=contact.queue_id,
            queued_at=contact.queued_at,
            connected_at=contact.connected_at,
            agent_ids=contact.agent_ids,
            offers=contact.offers,
            offers_missed=contact.offers_missed,
            offers_declined=contact.offers_declined,
            disposition=contact.disposition,
            queue_refused=contact.queue_refused,
        )
    )


def decide_leg_placed(turn: Turn, event: LegPlaced) -> None:
    """A leg that was given up while the carrier placed it is hung up now that it has a name."""
    leg = turn.state.legs[event.leg_id]
    if leg.released:
        turn.release(leg.leg_id)


def decide_leg_refused(turn: Turn, event: LegRefused) -> None:
    leg = turn.state.legs.get(event.leg_id)
    if leg:
        close_if_done(turn, leg.contact_id)


def decide_any_leg_ended(turn: Turn, event: LegEnded) -> None:
    """An agent's leg may be the last thing that kept a contact open."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.role is not PartyRole.CUSTOMER:
        close_if_done(turn, leg.contact_id)


def decide_command_failed(turn: Turn, event: CommandFailed) -> None:
    """The carrier says the leg is gone: that is as good as its report."""
    leg = turn.state.legs.get(event.leg_id)
    if leg and event.code == "GONE" and leg.state is not LegState.ENDED:
        turn.emit(LegEnded(leg_id=leg.leg_id, cause=EndCause.NORMAL, provider_status="gone"))


def decide_leg_checked(turn: Turn, event: LegChecked) -> None:
    leg = turn.state.legs[event.leg_id]
    if not event.alive:
        turn.emit(LegEnded(leg_id=leg.leg_id, cause=event.cause, provider_status="checked"))
        return
    if event.call_id and event.call_id != leg.call_id and event.call_id in turn.state.calls:
        turn.emit(CallJoined(call_id=event.call_id, leg_id=leg.leg_id))
    if _is_unwanted(turn.state, turn.state.legs[event.leg_id]):
        turn.release(leg.leg_id)


def decide_leg_silent(turn: Turn, leg_id: str) -> None:
    """Nothing was heard of a leg for long: ask the carrier, and look again later whatever it says."""
    leg = turn.state.legs[leg_id]
    unwanted = _is_unwanted(turn.state, leg)
    patience_ms = RELEASE_CHECK_MS if unwanted else CHECK_AFTER_MS
    silent = unwanted or turn.now.at - leg.seen_at >= patience_ms
    since = turn.now.at if silent else leg.seen_at
    turn.emit(LegWatched(leg_id=leg_id, check_at=since + patience_ms))
    if silent and leg.provider_ref:
        turn.ask(CheckLeg(leg_id=leg_id, provider_ref=leg.provider_ref))


def _is_unwanted(state: State, leg: Leg) -> bool:
    """It should be gone by now: we asked for its end, or what it was there for is over."""
    contact = state.contacts.get(leg.contact_id)
    return leg.released or contact is None or contact.state is ContactState.ENDED


def decide_input_rejected(turn: Turn, event: InputRejected) -> None:
    """Only the contact whose input made the rules fail is affected: it hears an apology."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None:
        turn.answer(event.leg_id, apology(turn.state), turn.now.seq)
        return
    turn.emit(ContactQuarantined(contact_id=leg.contact_id, leg_id=leg.leg_id, reason=event.reason))


def decide_quarantined(turn: Turn, event: ContactQuarantined) -> None:
    contact = turn.state.contacts.get(event.contact_id)
    leg = turn.state.legs.get(event.leg_id)
    if contact and contact.connected_at and contact.state is not ContactState.ENDED:
        return  # two people talk: nothing we could say is better than that
    if leg and leg.state is not LegState.ENDED:
        turn.plan(leg.leg_id, apology(turn.state))


def apology(state: State) -> Plan:
    prompt = state.config.apology or (Say(text="We are sorry, please call again later.", language="en-US"),)
    return Plan((*prompt, HangUp()))


def decide_reply_overdue(turn: Turn, event: ReplyOverdue) -> None:
    """The rules need longer than the carrier waits: music, then come back for the real plan."""
    turn.plan(event.leg_id, filler(turn.state, Door.NEXT))


def promised_leg_check(state: State, leg_id: str) -> int:
    leg = state.legs.get(leg_id)
    return leg.check_at if leg and leg.state is not LegState.ENDED else 0


PROMISES = {"leg_check": promised_leg_check}

DUE = {"leg_check": decide_leg_silent}


RULES = {
    LegPlaced: (decide_leg_placed,),
    LegRefused: (decide_leg_refused,),
    LegEnded: (decide_leg_ended, decide_any_leg_ended),
    LegChecked: (decide_leg_checked,),
    CommandFailed: (decide_command_failed,),
    ContactEnded: (decide_contact_ended,),
    WrapUpEnded: (decide_agent_freed,),
    AssignmentReleased: (decide_agent_freed,),
    OfferWithdrawn: (decide_agent_freed,),
    InputRejected: (decide_input_rejected,),
    ContactQuarantined: (decide_quarantined,),
    ReplyOverdue: (decide_reply_overdue,),
}
