"""From an accepted offer to a conversation.

The agent's leg is in the room before the caller is moved, and the caller counts as connected only once the carrier
says that both are in it.
"""

from cti.acd.offers import Running, decline, distrust, miss, offers_of, take_back, withdraw
from cti.core.agent import assignment_for
from cti.core.call import Leg, is_answer
from cti.core.commands import CheckLeg
from cti.core.contact import Contact, leg_ids_of, party_named
from cti.core.events import (
    AgentAbsent,
    AgentLegGone,
    AgentNotReady,
    BridgeOverdue,
    BridgeRequested,
    CallEnded,
    CallJoined,
    CallLeft,
    CommandFailed,
    ContactConnected,
    ContactEnded,
    ContactQuarantined,
    ContactRequeued,
    HangUpRequested,
    LegChecked,
    LegEnded,
    LegPlanned,
    LegRefused,
    LegsBridged,
    OfferAccepted,
    PlanRequested,
    RecordingNoticeGiven,
    ReleaseRequested,
)
from cti.core.lines import room_is_over
from cti.core.plan import OUTSIDE, Door, Join, Plan
from cti.core.prompts import back_in_line, longest_ms, notice_due
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, EndCause, LeaveResult, OfferState, PartyRole, WithdrawReason
from cti.core.turn import Turn

REPORT_MS = 5_000
"""How long nobody may report a caller in the room before the carrier is asked: the report may have got lost, and the
caller sits there unseen."""

BRIDGE_MS = 10_000
"""How long a caller may take into the room before being sent again: longer than it takes to do it or to fail. Who
hears on the way that conversations are recorded has the time for that, too."""

BRIDGE_TRIES_MAX = 3


def decide_call_joined(turn: Turn, event: CallJoined) -> None:
    """The agent comes first and the caller is sent after; when the caller is there too, they are connected."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None:
        return
    if leg.role is PartyRole.CUSTOMER:
        _customer_joined(turn, leg, event.call_id, event.room_ref)
    elif leg.role is PartyRole.AGENT:
        _agent_joined(turn, leg, event.call_id)


def decide_accepted(turn: Turn, event: OfferAccepted) -> None:
    """Who is nailed up is in the room already: the caller is sent at once, and heard to come."""
    contact = turn.state.contacts[event.contact_id]
    leg = turn.state.legs.get(event.leg_id)
    if contact.state is ContactState.QUEUED and leg and leg.call_id == contact.call_id:
        _send_customer(turn, contact, tries=1)


def _agent_joined(turn: Turn, leg: Leg, call_id: str) -> None:
    contact = turn.state.contacts.get(leg.contact_id)
    if contact is None or contact.state is ContactState.ENDED or leg.leg_id not in leg_ids_of(contact):
        turn.release(leg.leg_id)
        return
    if contact.state is ContactState.QUEUED and contact.call_id == call_id:
        _send_customer(turn, contact, tries=1)


def _send_customer(turn: Turn, contact: Contact, tries: int) -> None:
    assert contact.offer is not None
    notice = notice_due(turn.state, contact)  # if it went by too fast in the line
    turn.emit(
        BridgeRequested(
            contact_id=contact.contact_id,
            call_id=contact.call_id,
            agent_id=contact.offer.agent_id,
            bridge_by=turn.now.at + REPORT_MS,
            tries=tries,
            arrives_by=turn.now.at + BRIDGE_MS + longest_ms(notice),
        )
    )
    own = turn.state.calls[contact.call_id].agent_id != ""  # the agent's, which goes on without the caller
    plan = Plan((*notice, Join(call_id=contact.call_id, ends_call=not own, beep=own)))
    if _comes_back(turn, contact):
        turn.emit(LegPlanned(leg_id=contact.leg_id, plan=plan, replied=False))
    else:
        turn.plan(contact.leg_id, plan)


def _comes_back(turn: Turn, contact: Contact) -> bool:
    """Whether the agent who had the customer is leaving just now, and ends their room: then the customer's leg asks by
    itself where to go. A request besides would take it out again from where the answer leads."""
    leg = turn.state.legs[contact.leg_id]
    talked = any(isinstance(event, ContactRequeued) and event.agent_id for event in turn.events)
    if talked and (not leg.call_id or room_is_over(turn.state, leg)):
        return not leg.awaiting
    leaving = [turn.state.legs.get(event.leg_id) for event in turn.events if isinstance(event, ReleaseRequested)]
    own = [leg for leg in leaving if leg and leg.contact_id == contact.contact_id and leg.role is PartyRole.AGENT]
    return own != [] and not leg.awaiting


def _customer_joined(turn: Turn, leg: Leg, call_id: str, room_ref: str) -> None:
    state = turn.state
    contact = state.contacts.get(leg.contact_id)
    if contact is None or contact.state is not ContactState.CONNECTING or contact.call_id != call_id:
        return
    offer, call = contact.offer, state.calls[call_id]
    if offer is None or offer.leg_id not in call.leg_ids:
        return  # the agent's leaving is handled where it is reported
    if room_ref != call.room_ref:  # the agent has left, and the room with it: that report is still on its way
        _send_back(turn, contact, "agent_left", WithdrawReason.LEG_FAILED)
        return
    if notice_due(state, contact):
        turn.emit(RecordingNoticeGiven(contact_id=contact.contact_id))
    turn.emit(
        LegsBridged(
            call_id=call_id,
            contact_id=contact.contact_id,
            agent_id=offer.agent_id,
            leg_ids=(leg.leg_id, offer.leg_id),
        )
    )
    turn.emit(
        ContactConnected(
            contact_id=contact.contact_id,
            agent_id=offer.agent_id,
            queue_id=contact.queue_id,
            waited_ms=turn.now.at - contact.queued_at,
        )
    )


def decide_call_left(turn: Turn, event: CallLeft) -> None:
    """The agent's leg is gone before the caller was there."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.role is PartyRole.AGENT and not (leg.nailed_up and event.call_id != leg.bound_for):
        _agent_left(turn, leg, event.cause)


def decide_call_ended(turn: Turn, event: CallEnded) -> None:
    """The room is over before there was a conversation in it."""
    call = turn.state.calls.get(event.call_id)
    contact = turn.state.contacts.get(call.contact_id) if call else None
    if contact is None or contact.call_id != event.call_id:
        return
    if contact.state is ContactState.CONNECTING:
        _send_back(turn, contact, "room_ended", WithdrawReason.BRIDGE_FAILED)
    elif contact.state is ContactState.DIALLING:
        withdraw(turn, contact, WithdrawReason.LEG_FAILED)


def decide_leg_ended(turn: Turn, event: LegEnded) -> None:
    """A leg that ended has also left its room, whether or not the carrier said so."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.role is PartyRole.AGENT:
        _agent_left(turn, leg, event.cause)
        _let_go(turn, leg)


def decide_leg_refused(turn: Turn, event: LegRefused) -> None:
    """An agent's leg that was never placed counts as one that failed: the caller goes on to the next agent."""
    leg = turn.state.legs.get(event.leg_id)
    if leg and leg.role is PartyRole.AGENT:
        _agent_left(turn, leg, EndCause.FAILED)
        _let_go(turn, leg)


def _let_go(turn: Turn, leg: Leg) -> None:
    if leg.released and leg.agent_id in turn.state.agents:
        turn.emit(AgentLegGone(agent_id=leg.agent_id, leg_id=leg.leg_id))


_AGENT_DID_NOT_ANSWER = (EndCause.NO_ANSWER, EndCause.BUSY, EndCause.REJECTED)


def _agent_left(turn: Turn, leg: Leg, cause: EndCause) -> None:
    """Before the talk the caller keeps its place; who was asked into another's talk does not come. What happens during
    a talk is the conversation's business."""
    contact = turn.state.contacts.get(leg.contact_id)
    running = next((each for each in offers_of(contact) if each.offer.leg_id == leg.leg_id), None) if contact else None
    if contact is None or running is None or contact.state is ContactState.ENDED or _takes_part(contact, running):
        return
    agent_id = running.offer.agent_id
    if running.offer.state is OfferState.PENDING:
        _phone_gone(turn, running, cause)
        return
    if leg.nailed_up:
        pass  # what becomes of the agent is decided with the leg
    elif cause in _AGENT_DID_NOT_ANSWER:
        turn.emit(AgentNotReady(agent_id=agent_id, reason="no_answer"))
    else:
        distrust(turn, agent_id)
    if running.party_id:
        take_back(turn, running, WithdrawReason.LEG_FAILED)
    else:
        _back_in_line(turn, contact, "agent_left", WithdrawReason.LEG_FAILED)


_TURNED_DOWN = (EndCause.NORMAL, EndCause.REJECTED, EndCause.CANCELLED)


def _phone_gone(turn: Turn, running: Running, cause: EndCause) -> None:
    """The telephone that was the offer rings no more: nobody came, somebody turned it down, or it cannot be reached."""
    if cause is EndCause.NO_ANSWER:
        miss(turn, running)
    elif cause in _TURNED_DOWN:
        decline(turn, running, "hung_up")
    else:
        reason = "no_answer" if cause is EndCause.BUSY else "unreachable"
        turn.emit(AgentNotReady(agent_id=running.offer.agent_id, reason=reason))
        take_back(turn, running, WithdrawReason.LEG_FAILED)


TALKS_LATER = (ContactState.DIALLING, ContactState.QUEUED, ContactState.CONNECTING)
"""Whom it is offered to is not in a conversation with it yet."""


def _takes_part(contact: Contact, running: Running) -> bool:
    """Who is offered it talks already, or did: with the customer, or as a party."""
    party = party_named(contact, running.party_id)
    return party.present if party else contact.state not in TALKS_LATER


def _back_in_line(turn: Turn, contact: Contact, why: str, reason: WithdrawReason) -> None:
    """The offer came to nothing: the caller keeps the place it has, or gets it back."""
    if contact.state is ContactState.CONNECTING:
        _send_back(turn, contact, why, reason)
    else:
        withdraw(turn, contact, reason)


def _send_back(turn: Turn, contact: Contact, why: str, reason: WithdrawReason) -> None:
    """Back in line, at the old place, with music; or before everybody else, after an agent who is lost. What must be
    said before anything is recorded was not yet heard to the end."""
    first = reason is WithdrawReason.AGENT_LEFT
    turn.emit(ContactRequeued(contact_id=contact.contact_id, queue_id=contact.queue_id, reason=why, first=first))
    turn.plan(contact.leg_id, back_in_line(contact, notice_due(turn.state, contact)))
    withdraw(turn, turn.state.contacts[contact.contact_id], reason)


def decide_customer_answered(turn: Turn, event: PlanRequested) -> None:
    """Who was called by an agent is sent to the agent's room, with the first thing that the carrier asks."""
    leg = turn.state.legs[event.leg_id]
    contact = turn.state.contacts.get(leg.contact_id)
    if contact is None or contact.leg_id != leg.leg_id or contact.state is not ContactState.DIALLING:
        return
    agent = turn.state.agents.get(contact.offer.agent_id) if contact.offer else None
    is_there = agent is not None and agent.nailed and agent.call_id == contact.call_id != ""
    if is_answer(leg, event) and leg.awaiting and not leg.released and is_there:
        _send_customer(turn, contact, tries=1)


def decide_came_back(turn: Turn, event: PlanRequested) -> None:
    """The customer's leg is out of the room before there was a conversation, and asks what to do; or it fell out of the
    carrier's waiting room as it was sent there, and may have been given something else to do."""
    contact = turn.state.contacts.get(turn.state.legs[event.leg_id].contact_id)
    if contact is None or contact.leg_id != event.leg_id or contact.state is not ContactState.CONNECTING:
        return
    if event.door in OUTSIDE and event.result != LeaveResult.HUNG_UP:
        _send_back(turn, contact, "room_ended", WithdrawReason.BRIDGE_FAILED)
    elif event.door is Door.PARKED and event.result != LeaveResult.REDIRECTED:
        _look_soon(turn, contact)


def due_bridge(turn: Turn, contact_id: str) -> None:
    """The caller was sent, but nobody says that it arrived. Perhaps only the report got lost: so the carrier is asked
    first, for a caller who is sent again leaves the room, and so ends it. While it may still be on its way the question
    names no plan: then only the answer that it is there counts."""
    contact = turn.state.contacts[contact_id]
    leg = turn.state.legs[contact.leg_id]
    nonce = leg.nonce if turn.now.at >= contact.arrives_by else 0
    turn.emit(BridgeOverdue(contact_id=contact_id, bridge_by=turn.now.at + REPORT_MS))
    turn.ask(CheckLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, nonce=nonce))


def decide_command_failed(turn: Turn, event: CommandFailed) -> None:
    """The caller could not be moved: it is over, or its first answer is on the way yet."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact is None or contact.leg_id != event.leg_id or contact.state is not ContactState.CONNECTING:
        return
    _look_soon(turn, contact)


def _look_soon(turn: Turn, contact: Contact) -> None:
    """It is not where it was sent, as far as we know: there is no time to be allowed for what it was to hear before."""
    arrives_by = turn.now.at + BRIDGE_MS
    if arrives_by < contact.arrives_by:
        bridge_by = turn.now.at + REPORT_MS
        turn.emit(BridgeOverdue(contact_id=contact.contact_id, bridge_by=bridge_by, arrives_by=arrives_by))


def decide_leg_checked(turn: Turn, event: LegChecked) -> None:
    """A caller was looked for in a room. Who is not there yet is sent again, a few times, before the agent is given
    back; who sits in one that is no more is taken out."""
    leg = turn.state.legs[event.leg_id]
    contact = turn.state.contacts.get(leg.contact_id)
    if not (event.alive and event.sought) or contact is None or contact.leg_id != leg.leg_id:
        return
    if event.nonce != leg.nonce:  # it was sent somewhere since
        return
    is_there = event.call_id == event.sought
    if contact.state is ContactState.QUEUED and is_there and not turn.state.open_call(event.sought):
        turn.plan(leg.leg_id, back_in_line(contact))
    elif contact.state is ContactState.CONNECTING and not is_there and contact.call_id == event.sought:
        if contact.bridge_tries < BRIDGE_TRIES_MAX:
            _send_customer(turn, contact, contact.bridge_tries + 1)
        else:
            _send_back(turn, contact, "bridge_failed", WithdrawReason.BRIDGE_FAILED)


def decide_hang_up(turn: Turn, event: HangUpRequested) -> None:
    """Who hangs up before there is a conversation gives the caller back; who was asked in does not come. A call
    that the agent makes is the dialer's to end."""
    for held in turn.state.agents[event.agent_id].assignments:
        contact = turn.state.contacts.get(held.contact_id) if held.contact_id == event.contact_id else None
        for running in offers_of(contact) if contact else ():
            said_yes = running.offer.state is OfferState.ACCEPTED or running.offer.hold_by
            is_theirs = running.offer.agent_id == event.agent_id and said_yes
            is_made = contact is not None and contact.state is ContactState.DIALLING
            if contact is None or not is_theirs or is_made or _takes_part(contact, running):
                continue
            if running.party_id:
                take_back(turn, running, WithdrawReason.AGENT_HUNG_UP)
            else:
                _back_in_line(turn, contact, "agent_hung_up", WithdrawReason.AGENT_HUNG_UP)
            return


def decide_agent_absent(turn: Turn, event: AgentAbsent) -> None:
    """A browser that is gone takes its softphone with it. The caller may be in the room already, unreported, and hear
    nothing. A telephone is still there."""
    for held in turn.state.agents[event.agent_id].assignments:
        contact = turn.state.contacts.get(held.contact_id)
        on_the_way = (ContactState.CONNECTING, ContactState.DIALLING)
        offer = contact.offer if contact and contact.state in on_the_way else None
        leg = turn.state.legs.get(offer.leg_id) if offer and offer.agent_id == event.agent_id else None
        if contact is None or leg is None or leg.endpoint_kind != "client":
            continue
        if contact.state is ContactState.DIALLING:
            withdraw(turn, contact, WithdrawReason.AGENT_LEFT)
        else:
            _send_back(turn, contact, "agent_lost", WithdrawReason.AGENT_LEFT)


def decide_quarantined(turn: Turn, event: ContactQuarantined) -> None:
    """The caller hears an apology; the agent it was offered to is free."""
    contact = turn.state.contacts[event.contact_id]
    if contact.state is ContactState.IN_FLOW:
        withdraw(turn, contact, WithdrawReason.FORCED)


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    """Whoever was about to talk to it is free again; who talked has wrap-up. The carrier ends the agent's leg with the
    room; should it not, the watch over legs does. A leg that a plan sent there comes out alive, to ask what next: its
    agent is not free before it is gone."""
    for running in offers_of(turn.state.contacts[event.contact_id]):
        contact = turn.state.contacts[event.contact_id]
        leg = turn.state.legs.get(running.offer.leg_id)
        if not _talked(turn.state, contact, running.offer.agent_id):
            called = contact.outcome == "not_reached"
            take_back(turn, running, WithdrawReason.NOT_REACHED if called else WithdrawReason.CALLER_LEFT)
        elif leg and leg.plan:
            turn.release(leg.leg_id)


def _talked(state: State, contact: Contact, agent_id: str) -> bool:
    agent = state.agents.get(agent_id)
    held = assignment_for(agent, contact.contact_id) if agent else None
    return held is None or held.state is not AssignmentState.RESERVED


def _bridge_by(state: State, contact_id: str) -> int:
    contact = state.contacts.get(contact_id)
    return contact.bridge_by if contact and contact.state is ContactState.CONNECTING else 0


PROMISES = {"bridge": _bridge_by}
DUE = {"bridge": due_bridge}
