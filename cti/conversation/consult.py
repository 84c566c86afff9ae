"""Asking somebody into a conversation: the customer waits with music, agent and party talk, then everybody or nobody.

The party comes into the same room. So a conference is the customer off hold, and a transfer the agent leaving.
"""

from cti.conversation.taking_part import (
    everybody_hears,
    having,
    hold,
    keep_room,
    other_leg,
    present_parties,
    refuse,
    settle_room,
)
from cti.core.agent import is_phone
from cti.core.contact import Contact, Party, party_named, party_of_leg
from cti.core.events import (
    CallJoined,
    CallLeft,
    ConferenceRequested,
    ConferenceStarted,
    ConsultAnswered,
    ConsultEnded,
    ConsultEndRequested,
    ConsultRequested,
    ConsultStarted,
    ContactEnded,
    DialCleared,
    LegEnded,
    LegRefused,
    LegRetrieved,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
)
from cti.core.ids import OFFER, PARTY
from cti.core.kept import why_not_had
from cti.core.placing import new_leg_id, request_leg, start_leg
from cti.core.states import ContactState, OfferState, PartyRole, WithdrawReason
from cti.core.turn import Turn

PURPOSE = "consult"
PARTIES_MAX = 4
ACKNOWLEDGE_MS = 2_000
"""How long the desktop of an agent who is asked may take to say that it shows the offer."""


def decide_consult(turn: Turn, event: ConsultRequested) -> None:
    """An agent is asked by an offer, an outside number by a leg; the customer goes on hold."""
    asked = having(turn, event)
    if asked is None:
        return
    kind, _, name = event.destination.partition(":")
    if kind not in ("agent", "number") or not name:
        refuse(turn, event, "bad_destination", "Say agent:NAME or number:+49301234567.")
    elif len(asked.contact.parties) >= PARTIES_MAX:
        refuse(turn, event, "too_many", "No more fit into this conversation.")
    elif kind == "agent":
        _ask_agent(turn, event, asked.contact, name)
    else:
        _ask_number(turn, event, asked.contact, name)


def _ask_agent(turn: Turn, event: ConsultRequested, contact: Contact, agent_id: str) -> None:
    config = turn.state.config.agents.get(agent_id)
    reason = why_not_had(turn.state, agent_id, event.agent_id)
    if reason:
        refuse(turn, event, "agent_not_free", reason)
        return
    party_id, phone = turn.new_id(PARTY), config is not None and is_phone(config)
    turn.emit(
        ConsultStarted(
            contact_id=contact.contact_id, party_id=party_id, agent_id=event.agent_id, with_agent_id=agent_id
        )
    )
    turn.emit(
        OfferMade(
            offer_id=turn.new_id(OFFER),
            contact_id=contact.contact_id,
            agent_id=agent_id,
            queue_id=contact.queue_id,
            ack_by=0 if phone else turn.now.at + ACKNOWLEDGE_MS,
            leg_id=new_leg_id(turn) if phone else "",
            waited_ms=0,
            candidates=1,
            idle_ms=turn.now.at - turn.state.agents[agent_id].idle_since,
            from_number=contact.from_number,
            party_id=party_id,
            asked_by=event.agent_id,
            before=contact.agent_ids,
            called_for=contact.campaign_id,
        )
    )
    _customer_waits(turn, contact)


def _ask_number(turn: Turn, event: ConsultRequested, contact: Contact, number: str) -> None:
    party_id, leg_id = turn.new_id(PARTY), new_leg_id(turn)
    start_leg(
        turn,
        leg_id,
        endpoint=f"tel:{number}",
        call_id=contact.call_id,
        role=PartyRole.EXTERNAL,
        contact_id=contact.contact_id,
    )
    turn.emit(ConsultStarted(contact_id=contact.contact_id, party_id=party_id, agent_id=event.agent_id, leg_id=leg_id))
    request_leg(turn, leg_id, PURPOSE, agent_id=event.agent_id, request_id=event.request_id)


def decide_dial_cleared(turn: Turn, event: DialCleared) -> None:
    """The number may be rung: only now the customer waits. A number that may not changes nothing."""
    contact = turn.state.contacts.get(event.contact_id)
    if event.purpose == PURPOSE and contact and party_of_leg(contact, event.leg_id):
        _customer_waits(turn, contact)


def _customer_waits(turn: Turn, contact: Contact) -> None:
    """On hold, unless somebody else is there already: then it is up to them."""
    keep_room(turn, contact)
    leg = other_leg(turn.state, contact, "")
    if leg and not present_parties(contact):
        hold(turn, contact, leg)


def decide_call_joined(turn: Turn, event: CallJoined) -> None:
    """The party is there. Who has not accepted has no business in the room."""
    state = turn.state
    leg = state.find_leg(event.leg_id, event.provider_ref)
    contact = state.contacts.get(leg.contact_id) if leg else None
    party = party_of_leg(contact, leg.leg_id) if contact and leg else None
    if leg is None or contact is None or party is None or party.present:
        return
    accepted = party.offer is None or party.offer.state is OfferState.ACCEPTED
    if contact.state is not ContactState.CONNECTED or contact.call_id != event.call_id or not accepted:
        turn.release(leg.leg_id)
        return
    turn.emit(
        ConsultAnswered(
            contact_id=contact.contact_id,
            party_id=party.party_id,
            leg_id=leg.leg_id,
            with_agent_id=party.agent_id,
            agent_id=party.by_agent_id,
        )
    )


def decide_conference(turn: Turn, event: ConferenceRequested) -> None:
    """Everybody off hold."""
    asked = having(turn, event)
    if asked is None:
        return
    if present_parties(asked.contact):
        everybody_hears(turn, asked.contact)
    else:
        refuse(turn, event, "nobody_consulted", "Consult somebody first, and wait for the answer.")


def decide_retrieved(turn: Turn, event: LegRetrieved) -> None:
    """The customer was on hold and hears more than one now: a conference."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact is None or leg is None or leg.leg_id != contact.leg_id or contact.state is not ContactState.CONNECTED:
        return
    there = present_parties(contact)
    if contact.offer and there and contact.talk and contact.talk.on_hold:
        agent_ids = (contact.agent_id, *(party.agent_id for party in there if party.agent_id))
        turn.emit(ConferenceStarted(contact_id=contact.contact_id, call_id=contact.call_id, agent_ids=agent_ids))


def decide_consult_end(turn: Turn, event: ConsultEndRequested) -> None:
    """Without that party."""
    asked = having(turn, event)
    if asked is None:
        return
    party = party_named(asked.contact, event.party_id)
    if party is None:
        refuse(turn, event, "not_there", "Nobody of that name is in the conversation.")
    else:
        dismiss(turn, asked.contact, party, "ended")


def dismiss(turn: Turn, contact: Contact, party: Party, reason: str) -> None:
    """Out with a party, whether it is there or still being asked."""
    turn.release(party.leg_id)
    if party.offer and not party.present:
        turn.emit(
            OfferWithdrawn(
                offer_id=party.offer.offer_id,
                contact_id=contact.contact_id,
                agent_id=party.agent_id,
                reason=WithdrawReason.NOT_WANTED,
                party_id=party.party_id,
            )
        )
    party_out(turn, contact, party, reason)


def dismiss_all(turn: Turn, contact_id: str) -> None:
    """The conversation they were asked into is over."""
    for party in turn.state.contacts[contact_id].parties:
        dismiss(turn, turn.state.contacts[contact_id], party, "contact_left")


def party_out(turn: Turn, contact: Contact, party: Party, reason: str) -> None:
    """Whoever is left alone with the customer ends the room again when leaving it."""
    turn.emit(
        ConsultEnded(
            contact_id=contact.contact_id,
            party_id=party.party_id,
            agent_id=party.by_agent_id,
            with_agent_id=party.agent_id,
            reason=reason,
        )
    )
    settle_room(turn, turn.state.contacts[contact.contact_id])


_REASONS = {OfferDeclined: "declined", OfferExpired: "expired", OfferWithdrawn: "not_reached"}


def decide_offer_over(turn: Turn, event: OfferDeclined | OfferExpired | OfferWithdrawn) -> None:
    """The agent who was asked does not come."""
    contact = turn.state.contacts.get(event.contact_id)
    party = party_named(contact, event.party_id) if contact else None
    if contact and party:
        not_held = isinstance(event, OfferWithdrawn) and event.reason is WithdrawReason.NOT_HELD
        party_out(turn, contact, party, "not_held" if not_held else _REASONS[type(event)])


def decide_leg_gone(turn: Turn, event: CallLeft | LegEnded | LegRefused) -> None:
    """An outside number that could not be reached, or was not allowed. A party that leaves is `parting`'s."""
    leg = turn.state.find_leg(event.leg_id, getattr(event, "provider_ref", ""))
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    party = party_of_leg(contact, leg.leg_id) if contact and leg else None
    if contact and party and not party.present and not party.offer:
        party_out(turn, contact, party, "refused" if isinstance(event, LegRefused) else "not_reached")
        if leg:
            turn.release(leg.leg_id)


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    """Whoever was asked in goes."""
    dismiss_all(turn, event.contact_id)
