"""Who leaves a conversation, and what becomes of those who stay.

The customer's leaving ends it. When the agent who has the customer leaves, a party takes over; without one it is over,
unless the agent did not mean to leave: then the customer comes first in line.
"""

from cti.conversation.consult import party_out
from cti.conversation.taking_part import own_leg_id, present_parties, refuse, talker
from cti.conversation.transfer import ROOM_ENDED, hand_over, requeue_first
from cti.core.contact import Contact, Party, offer_to, party_of_leg
from cti.core.events import (
    AgentAbsent,
    CallEnded,
    CallLeft,
    HangUpRequested,
    LegEnded,
    LegsParted,
    PlanRequested,
)
from cti.core.lifecycle import cause_of, end_contact
from cti.core.plan import OUTSIDE, HangUp, Plan
from cti.core.prompts import back_in_line
from cti.core.state import State
from cti.core.states import ContactState, EndCause, LeaveResult, OfferState, PartyRole
from cti.core.turn import Turn

UNMEANT = (EndCause.FAILED, EndCause.LOST_SIGHT, EndCause.UNREACHABLE)
"""Nobody hangs up like that."""


def decide_leg_gone(turn: Turn, event: CallLeft | LegEnded) -> None:
    """A leg is out of the room, or over, which is the same to those who stay."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if leg is None or contact is None or contact.state is not ContactState.CONNECTED:
        return
    put_out = event.cause is EndCause.CANCELLED and isinstance(event, CallLeft)  # by the end of the room
    party = party_of_leg(contact, leg.leg_id)
    if leg.nailed_up and isinstance(event, CallLeft) and event.call_id != leg.bound_for:
        return  # on its way to where it was sent
    if leg.role is PartyRole.CUSTOMER:
        _customer_left(turn, contact, event.cause, put_out=put_out)
    elif leg.leg_id == own_leg_id(contact):
        _owner_left(turn, contact, event.cause, put_out=put_out)
    elif party and party.present:
        _party_left(turn, contact, party)


def _left_waiting(state: State, contact: Contact) -> bool:
    """Who was put on hold, or was to hear others, is not done with when the agent is gone. What the agent was last
    shown counts: a leg that leaves the room is on hold no more. Nor is whoever talked to an agent who is nailed up: no
    end of a conversation takes that leg along, so nobody meant the end. Who is being hung up at the agent's wish is."""
    if contact.hung_up_by:
        return False
    return contact.parties != () or (contact.talk is not None and contact.talk.on_hold) or _is_nailed_up(state, contact)


def _is_nailed_up(state: State, contact: Contact) -> bool:
    leg = state.legs.get(own_leg_id(contact))
    return leg is not None and leg.nailed_up


def _customer_left(turn: Turn, contact: Contact, cause: EndCause, *, put_out: bool) -> None:
    if put_out and _left_waiting(turn.state, contact):
        requeue_first(turn, contact, ROOM_ENDED)
    else:
        _part(turn, contact, EndCause.AGENT_HUNG_UP if put_out and contact.offer else cause_of(contact, cause))


def _owner_left(turn: Turn, contact: Contact, cause: EndCause, *, put_out: bool) -> None:
    if put_out and not _is_nailed_up(turn.state, contact):  # the customer left first: that report is still on its way
        _part(turn, contact, cause_of(contact, EndCause.NORMAL))
        turn.release(contact.leg_id)
    elif present_parties(contact):
        hand_over(turn, contact)
    elif _left_waiting(turn.state, contact) or (cause in UNMEANT and not contact.hung_up_by):
        requeue_first(turn, contact, "agent_lost")
    else:
        _part(turn, contact, EndCause.AGENT_HUNG_UP)
        turn.release(contact.leg_id)


def _party_left(turn: Turn, contact: Contact, party: Party) -> None:
    """With nobody left who has the customer, it is over; unless the customer was on hold until then."""
    turn.release(party.leg_id)
    party_out(turn, contact, party, "left")
    contact = turn.state.contacts[contact.contact_id]
    if contact.offer or present_parties(contact):
        return
    if _left_waiting(turn.state, contact):
        requeue_first(turn, contact, "agent_lost")
    else:
        _part(turn, contact, EndCause.TRANSFERRED)
        turn.release(contact.leg_id)


def decide_call_ended(turn: Turn, event: CallEnded) -> None:
    """A room ends when customer or agent leaves it. If nobody says who, it was the customer; unless the customer was
    left waiting: then only what the customer's leg does can tell."""
    call = turn.state.calls.get(event.call_id)
    contact = turn.state.contacts.get(call.contact_id) if call else None
    if contact and contact.call_id == event.call_id and contact.state is ContactState.CONNECTED:
        agent_left = event.leg_id != "" and event.leg_id == own_leg_id(contact)
        if event.leg_id != contact.leg_id and _left_waiting(turn.state, contact):
            requeue_first(turn, contact, ROOM_ENDED)
        else:
            _part(turn, contact, EndCause.AGENT_HUNG_UP if agent_left else cause_of(contact, EndCause.NORMAL))


def decide_came_back(turn: Turn, event: PlanRequested) -> None:
    """The customer's leg is out of the room, or back from an outside number, and asks what to do. If it was left
    waiting, or nobody answered outside, it was not the end that anybody meant."""
    if event.door not in OUTSIDE or event.result == LeaveResult.HUNG_UP:
        return
    leg = turn.state.legs[event.leg_id]
    contact = turn.state.contacts.get(leg.contact_id)
    if contact is None or contact.leg_id != leg.leg_id:
        return
    if contact.state in (ContactState.CONNECTING, ContactState.ENDED):
        return  # the distributor's, or over
    if contact.state is ContactState.QUEUED:
        turn.plan(leg.leg_id, back_in_line(contact))
    elif contact.state is ContactState.FORWARDED and event.result == LeaveResult.BRIDGED:
        end_contact(turn, contact, EndCause.TRANSFERRED)
        turn.plan(leg.leg_id, Plan((HangUp(),)))
    elif contact.state is ContactState.FORWARDED:
        requeue_first(turn, contact, "not_reached")
    elif contact.state is ContactState.CONNECTED and _left_waiting(turn.state, contact):
        requeue_first(turn, contact, ROOM_ENDED)
    else:
        if contact.state is ContactState.CONNECTED:
            _part(turn, contact, EndCause.AGENT_HUNG_UP)
        turn.plan(leg.leg_id, Plan((HangUp(),)))


def _part(turn: Turn, contact: Contact, cause: EndCause) -> None:
    call = turn.state.calls.get(contact.call_id)
    turn.emit(LegsParted(call_id=contact.call_id, contact_id=contact.contact_id, leg_ids=call.leg_ids if call else ()))
    end_contact(turn, contact, cause)


def decide_hang_up(turn: Turn, event: HangUpRequested) -> None:
    """Who is alone with the customer ends the conversation: the customer's leg goes, and takes the room with it. Who
    is not alone leaves the others to themselves."""
    asked = talker(turn.state, event.contact_id, event.agent_id)
    if asked is None:
        if not _on_the_way(turn.state, event):
            refuse(turn, event, "not_connected", "There is no conversation with this contact to end.")
        return
    contact, _, party = asked
    if party:
        _party_left(turn, contact, party)
    elif present_parties(contact):
        hand_over(turn, contact)
    elif contact.parties:
        refuse(turn, event, "consulting", "Somebody is being asked in: end that first, or wait for the answer.")
    else:
        turn.release(contact.leg_id)


def _on_the_way(state: State, event: HangUpRequested) -> bool:
    """The agent has accepted it, and is not yet in a conversation: the distributor's."""
    contact = state.contacts.get(event.contact_id)
    offer = offer_to(contact, event.agent_id) if contact and contact.state is not ContactState.ENDED else None
    return offer is not None and (offer.state is OfferState.ACCEPTED or offer.hold_by != 0)


def decide_agent_absent(turn: Turn, event: AgentAbsent) -> None:
    """A browser that is gone takes its softphone with it, long before the carrier notices. A phone goes on."""
    state = turn.state
    for held in state.agents[event.agent_id].assignments:
        asked = talker(state, held.contact_id, event.agent_id)
        if asked is None or asked.leg.endpoint_kind != "client":
            continue
        if asked.party:
            _party_left(turn, asked.contact, asked.party)
        elif present_parties(asked.contact):
            hand_over(turn, asked.contact)
        else:
            requeue_first(turn, asked.contact, "agent_lost")
