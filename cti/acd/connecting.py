"""From an accepted offer to a conversation, and out of it.

The agent's leg is in the room before the caller is moved, and the caller counts as connected only once the carrier
says that both are in it.
"""

from cti.acd.offers import withdraw
from cti.core.call import Leg
from cti.core.commands import CheckLeg
from cti.core.contact import Contact
from cti.core.events import (
    AgentLegGone,
    AgentNotReady,
    BridgeOverdue,
    BridgeRequested,
    CallEnded,
    CallJoined,
    CallLeft,
    ContactConnected,
    ContactEnded,
    ContactQuarantined,
    ContactRequeued,
    DeviceSuspected,
    HangUpRequested,
    LegChecked,
    LegEnded,
    LegRefused,
    LegsBridged,
    LegsParted,
    PlanRequested,
    RequestRefused,
)
from cti.core.lifecycle import cause_of, end_contact
from cti.core.plan import Door, HangUp, Join, Park, Plan
from cti.core.state import State
from cti.core.states import ContactState, EndCause, LeaveResult, OfferState, PartyRole, WithdrawReason
from cti.core.turn import Turn

BRIDGE_MS = 10_000
"""How long a caller may take into the room before the carrier is asked: longer than it takes to do it or to fail."""

BRIDGE_TRIES_MAX = 3


def _contact_with_leg(state: State, leg: Leg) -> Contact | None:
    """The contact whose running offer this agent's leg belongs to."""
    contact = state.contacts.get(leg.contact_id)
    return contact if contact and contact.offer and contact.offer.leg_id == leg.leg_id else None


def decide_call_joined(turn: Turn, event: CallJoined) -> None:
    """The agent comes first and the caller is sent after; when the caller is there too, they are connected."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None:
        return
    if leg.role is PartyRole.CUSTOMER:
        _customer_joined(turn, leg, event.call_id, event.room_ref)
    elif leg.role is PartyRole.AGENT:
        _agent_joined(turn, leg, event.call_id)


def _agent_joined(turn: Turn, leg: Leg, call_id: str) -> None:
    contact = _contact_with_leg(turn.state, leg)
    if contact is None or contact.state is ContactState.ENDED:
        turn.release(leg.leg_id)
        return
    if contact.state is ContactState.QUEUED and contact.call_id == call_id:
        _send_customer(turn, contact, tries=1)


def _send_customer(turn: Turn, contact: Contact, tries: int) -> None:
    assert contact.offer is not None
    turn.emit(
        BridgeRequested(
            contact_id=contact.contact_id,
            call_id=contact.call_id,
            agent_id=contact.offer.agent_id,
            bridge_by=turn.now.at + BRIDGE_MS,
            tries=tries,
        )
    )
    turn.plan(contact.leg_id, Plan((Join(call_id=contact.call_id, ends_call=True),)))


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
    """Either of the two leaving ends the conversation; what is put out by the room's end did not hang up itself."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None:
        return
    if leg.role is PartyRole.AGENT:
        _agent_left(turn, leg, event.cause)
    elif leg.role is PartyRole.CUSTOMER:
        put_out = event.cause is EndCause.CANCELLED  # by the end of the room, so the agent left first
        _customer_left(turn, leg, EndCause.AGENT_HUNG_UP if put_out else EndCause.NORMAL)


def decide_call_ended(turn: Turn, event: CallEnded) -> None:
    """A room ends when one of the two leaves it. If nobody says who, it was the customer."""
    contact = turn.state.contacts.get(turn.state.calls[event.call_id].contact_id)
    if contact is None or contact.call_id != event.call_id:
        return
    if contact.state is ContactState.CONNECTED:
        agent_left = contact.offer is not None and event.leg_id == contact.offer.leg_id
        _part(turn, contact, EndCause.AGENT_HUNG_UP if agent_left else cause_of(contact, EndCause.NORMAL))
    elif contact.state is ContactState.CONNECTING:
        _send_back(turn, contact, "room_ended", WithdrawReason.BRIDGE_FAILED)


def decide_leg_ended(turn: Turn, event: LegEnded) -> None:
    """A leg that ended has also left its room, whether or not the carrier said so."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.role is PartyRole.AGENT:
        _agent_left(turn, leg, event.cause)
        _let_go(turn, leg)
    elif leg and leg.role is PartyRole.CUSTOMER:
        _customer_left(turn, leg, event.cause)


def decide_leg_refused(turn: Turn, event: LegRefused) -> None:
    """An agent's leg that was never placed counts as one that failed: the caller goes on to the next agent."""
    leg = turn.state.legs.get(event.leg_id)
    if leg and leg.role is PartyRole.AGENT:
        _agent_left(turn, leg, EndCause.FAILED)
        _let_go(turn, leg)


def _let_go(turn: Turn, leg: Leg) -> None:
    if leg.released and leg.agent_id in turn.state.agents:
        turn.emit(AgentLegGone(agent_id=leg.agent_id, leg_id=leg.leg_id))


def _customer_left(turn: Turn, leg: Leg, cause: EndCause) -> None:
    contact = turn.state.contacts.get(leg.contact_id)
    if contact and contact.state is ContactState.CONNECTED:
        _part(turn, contact, cause_of(contact, cause))


_AGENT_DID_NOT_ANSWER = (EndCause.NO_ANSWER, EndCause.BUSY, EndCause.REJECTED)


def _agent_left(turn: Turn, leg: Leg, cause: EndCause) -> None:
    """Before the talk the caller keeps its place; during it, the talk is over. CANCELLED is an agent whom the room's
    end put out: so the customer left first."""
    contact = _contact_with_leg(turn.state, leg)
    if contact is None or contact.offer is None or contact.state is ContactState.ENDED:
        return
    if contact.state is ContactState.CONNECTED:
        put_out = cause is EndCause.CANCELLED
        _part(turn, contact, cause_of(contact, EndCause.NORMAL) if put_out else EndCause.AGENT_HUNG_UP)
        turn.release(contact.leg_id)
        return
    agent_id = contact.offer.agent_id
    if cause in _AGENT_DID_NOT_ANSWER:
        turn.emit(AgentNotReady(agent_id=agent_id, reason="no_answer"))
    else:
        turn.emit(DeviceSuspected(agent_id=agent_id))
    _back_in_line(turn, contact, "agent_left", WithdrawReason.LEG_FAILED)


def _back_in_line(turn: Turn, contact: Contact, why: str, reason: WithdrawReason) -> None:
    """The offer came to nothing: the caller keeps the place it has, or gets it back."""
    if contact.state is ContactState.CONNECTING:
        _send_back(turn, contact, why, reason)
    else:
        withdraw(turn, contact, reason)


def _send_back(turn: Turn, contact: Contact, why: str, reason: WithdrawReason) -> None:
    """Back in line, at the old place, with music."""
    turn.emit(ContactRequeued(contact_id=contact.contact_id, queue_id=contact.queue_id, reason=why))
    turn.plan(contact.leg_id, Plan((Park(),)))
    withdraw(turn, turn.state.contacts[contact.contact_id], reason)


def _part(turn: Turn, contact: Contact, cause: EndCause) -> None:
    call = turn.state.calls.get(contact.call_id)
    turn.emit(LegsParted(call_id=contact.call_id, contact_id=contact.contact_id, leg_ids=call.leg_ids if call else ()))
    end_contact(turn, contact, cause)


def decide_came_back(turn: Turn, event: PlanRequested) -> None:
    """The customer's leg is out of the room and asks what to do."""
    if event.door is not Door.JOINED or event.result == LeaveResult.HUNG_UP:
        return
    leg = turn.state.legs[event.leg_id]
    contact = turn.state.contacts.get(leg.contact_id)
    if contact and contact.state is ContactState.CONNECTED:
        _part(turn, contact, EndCause.AGENT_HUNG_UP)
    elif contact and contact.state is ContactState.CONNECTING:
        _send_back(turn, contact, "room_ended", WithdrawReason.BRIDGE_FAILED)
        return
    turn.plan(leg.leg_id, Plan((HangUp(),)))


def due_bridge(turn: Turn, contact_id: str) -> None:
    """The caller was sent, but nobody says that it arrived. Perhaps only the report got lost: so the carrier is asked
    first, for a caller who is sent again leaves the room, and so ends it."""
    contact = turn.state.contacts[contact_id]
    leg = turn.state.legs[contact.leg_id]
    turn.emit(BridgeOverdue(contact_id=contact_id, bridge_by=turn.now.at + BRIDGE_MS))
    turn.ask(CheckLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, nonce=leg.nonce))


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
        turn.plan(leg.leg_id, Plan((Park(),)))
    elif contact.state is ContactState.CONNECTING and not is_there and contact.call_id == event.sought:
        if contact.bridge_tries < BRIDGE_TRIES_MAX:
            _send_customer(turn, contact, contact.bridge_tries + 1)
        else:
            _send_back(turn, contact, "bridge_failed", WithdrawReason.BRIDGE_FAILED)


def decide_hang_up(turn: Turn, event: HangUpRequested) -> None:
    """The agent ends the conversation: the customer's leg goes, and takes the room with it. Who hangs up before there
    is a conversation gives the caller back."""
    contact = turn.state.contacts.get(event.contact_id)
    offer = contact.offer if contact else None
    if contact is None or offer is None or offer.agent_id != event.agent_id or offer.state is not OfferState.ACCEPTED:
        detail = "There is no conversation with this contact to end."
        turn.emit(
            RequestRefused(agent_id=event.agent_id, code="not_connected", detail=detail, request_id=event.request_id)
        )
    elif contact.state is ContactState.CONNECTED:
        turn.release(contact.leg_id)
    elif contact.state in (ContactState.QUEUED, ContactState.CONNECTING):
        _back_in_line(turn, contact, "agent_hung_up", WithdrawReason.AGENT_HUNG_UP)


def decide_quarantined(turn: Turn, event: ContactQuarantined) -> None:
    """The caller hears an apology; the agent it was offered to is free."""
    contact = turn.state.contacts[event.contact_id]
    if not contact.connected_at:
        withdraw(turn, contact, WithdrawReason.FORCED)


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    """Whoever was about to talk to it is free again; who talked has wrap-up. The carrier ends the agent's leg with the
    room; should it not, the watch over legs does."""
    contact = turn.state.contacts[event.contact_id]
    if not contact.connected_at:
        withdraw(turn, contact, WithdrawReason.CALLER_LEFT)


def _bridge_by(state: State, contact_id: str) -> int:
    contact = state.contacts.get(contact_id)
    return contact.bridge_by if contact and contact.state is ContactState.CONNECTING else 0


PROMISES = {"bridge": _bridge_by}
DUE = {"bridge": due_bridge}
