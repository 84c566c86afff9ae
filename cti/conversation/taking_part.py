"""Who takes part in a conversation, and may therefore ask for something in it."""

from typing import Any, NamedTuple

from cti.core.call import Leg
from cti.core.commands import HoldLeg, KeepCall
from cti.core.contact import Contact, Offer, Party, party_named
from cti.core.events import RequestAccepted, RequestRefused
from cti.core.state import State
from cti.core.states import ContactState, LegState, OfferState
from cti.core.turn import Turn


class Talker(NamedTuple):
    """An agent in a conversation. `party` is None for the one who has the customer."""

    contact: Contact
    leg: Leg
    party: Party | None


def talker(state: State, contact_id: str, agent_id: str) -> Talker | None:
    """The agent in the conversation, if in it."""
    contact = state.contacts.get(contact_id)
    if contact is None or contact.state is not ContactState.CONNECTED or not agent_id:
        return None
    if contact.offer and contact.offer.agent_id == agent_id:
        leg = state.legs.get(contact.offer.leg_id)
        return Talker(contact, leg, None) if leg else None
    for party in contact.parties:
        leg = state.legs.get(party.leg_id)
        if party.agent_id == agent_id and party.present and leg:
            return Talker(contact, leg, party)
    return None


def asking(turn: Turn, event: Any) -> Talker | None:
    """Who asks, if in the conversation asked about; else the request is refused. So it is where the customer is being
    hung up: nothing else becomes of that conversation."""
    found = talker(turn.state, event.contact_id, event.agent_id)
    customer = turn.state.legs.get(found.contact.leg_id) if found else None
    if found is None or (customer and customer.released):
        refuse(turn, event, "not_connected", "There is no conversation with this contact.")
        return None
    return found


def having(turn: Turn, event: Any) -> Talker | None:
    """The same for what only the agent who has the customer may ask."""
    found = asking(turn, event)
    if found and found.party:
        refuse(turn, event, "not_yours", "Only the agent who has the customer can do this.")
        return None
    return found


def refuse(turn: Turn, event: Any, code: str, detail: str) -> None:
    """What was asked for cannot be done."""
    turn.emit(
        RequestRefused(
            agent_id=getattr(event, "agent_id", ""),
            code=code,
            detail=detail,
            request_id=event.request_id,
            supervisor_id=getattr(event, "supervisor_id", ""),
        )
    )


def accept(turn: Turn, event: Any) -> None:
    """It is so already."""
    turn.emit(
        RequestAccepted(
            agent_id=getattr(event, "agent_id", ""),
            request_id=event.request_id,
            supervisor_id=getattr(event, "supervisor_id", ""),
        )
    )


def other_leg(state: State, contact: Contact, party_id: str) -> Leg | None:
    """The leg of a party in the room; of the customer, for an empty id."""
    party = party_named(contact, party_id)
    if party_id and not (party and party.present):
        return None
    leg = state.legs.get(party.leg_id if party else contact.leg_id)
    return leg if leg and leg.call_id == contact.call_id else None


def own_leg_id(contact: Contact) -> str:
    """The leg of the agent who has the customer; empty when nobody of ours does."""
    return contact.offer.leg_id if contact.offer else ""


def present_parties(contact: Contact) -> list[Party]:
    """Those in the room, in the order they were asked."""
    return [party for party in contact.parties if party.present]


def is_coming(contact: Contact) -> bool:
    """Somebody may come to agent and customer at any moment: an outside number that is rung, an agent who has said
    yes."""
    on_the_way = [party for party in contact.parties if not party.offer or _said_yes(party.offer)]
    return on_the_way != [] and not present_parties(contact)


def _said_yes(offer: Offer) -> bool:
    return offer.state is OfferState.ACCEPTED or offer.hold_by != 0


def hold(turn: Turn, contact: Contact, leg: Leg) -> None:
    """Music for this leg. Asked for even where it is on hold by what we know: the report that it is back may be on its
    way, and it would hear what it must not."""
    turn.ask(HoldLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, held=True))


def retrieve(turn: Turn, contact: Contact, leg: Leg) -> None:
    """Back into the conversation; said even if no report told of the hold, for silence would be worse."""
    turn.ask(HoldLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, held=False))


def everybody_hears(turn: Turn, contact: Contact, heir_id: str = "") -> None:
    """Off hold with all who are in the room; the customer, and the party who takes over, in any case: that they are on
    hold may only not be known yet."""
    for party_id in ("", *(party.party_id for party in present_parties(contact))):
        leg = other_leg(turn.state, contact, party_id)
        if leg and (party_id in ("", heir_id) or leg.state is LegState.HELD):
            retrieve(turn, contact, leg)


def keep_room(turn: Turn, contact: Contact) -> None:
    """The room must not end when the agent who has the customer leaves it: others are there, or are coming."""
    _room_ends_with(turn, contact, own_leg_id(contact), ends_call=False)


def settle_room(turn: Turn, contact: Contact) -> None:
    """Somebody is gone. With whoever is left alone with the customer the room ends again, so that the customer comes
    back and asks, whatever becomes of reports."""
    if contact.state is not ContactState.CONNECTED:
        return
    own = own_leg_id(contact)
    if not contact.parties:
        _room_ends_with(turn, contact, own, ends_call=True)
    elif not own and len(contact.parties) == 1:
        _room_ends_with(turn, contact, contact.parties[0].leg_id, ends_call=True)


def _room_ends_with(turn: Turn, contact: Contact, leg_id: str, *, ends_call: bool) -> None:
    leg = turn.state.legs.get(leg_id)
    if leg and leg.provider_ref:
        turn.ask(KeepCall(leg_id=leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, ends_call=ends_call))
