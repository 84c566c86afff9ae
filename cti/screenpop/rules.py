"""Who is calling? Asked when the call arrives, shown with the offer, brought up to date when more is known."""

from cti.core.agent import assignment_for
from cti.core.commands import LookUpCustomer
from cti.core.contact import Contact
from cti.core.events import (
    AttributeSet,
    ContactStarted,
    CustomerLookUpRequested,
    CustomersFound,
    OfferMade,
    ScreenPop,
    ScreenPopped,
    ScreenPopUpdated,
)
from cti.core.state import State
from cti.core.turn import Turn
from cti.screenpop.match import CUSTOMERS_SHOWN_MAX, describe, is_number
from cti.screenpop.template import fill


def decide_contact_started(turn: Turn, event: ContactStarted) -> None:
    """A withheld number is not looked up: it is nobody's. Who was called is known already."""
    if is_number(event.from_number) and turn.state.contacts[event.contact_id].look_up == "none":
        turn.emit(CustomerLookUpRequested(contact_id=event.contact_id))
        turn.ask(LookUpCustomer(contact_id=event.contact_id, number=event.from_number))


def decide_offer_made(turn: Turn, event: OfferMade) -> None:
    """In the same turn as the offer, so that it is on the screen before the ring."""
    contact = turn.state.contacts[event.contact_id]
    pop = make_pop(turn.state, contact, event.waited_ms)
    turn.emit(ScreenPopped(contact_id=event.contact_id, agent_id=event.agent_id, offer_id=event.offer_id, pop=pop))


def decide_more_known(turn: Turn, event: AttributeSet | CustomersFound) -> None:
    """Everybody who has the contact on the desk is told, also who wraps it up while it goes on."""
    contact = turn.state.contacts[event.contact_id]
    offered = (contact.offer, *(party.offer for party in contact.parties))
    for agent_id in dict.fromkeys([*(offer.agent_id for offer in offered if offer), *contact.agent_ids]):
        agent = turn.state.agents.get(agent_id)
        held = assignment_for(agent, contact.contact_id) if agent else None
        if held:
            pop = make_pop(turn.state, contact, turn.now.at - held.queued_at)
            turn.emit(ScreenPopUpdated(contact_id=event.contact_id, agent_id=agent_id, offer_id=held.offer_id, pop=pop))


def make_pop(state: State, contact: Contact, waited_ms: int) -> ScreenPop:
    """Everything known at this moment."""
    return ScreenPop(
        match=describe(contact),
        queue_id=contact.queue_id,
        to_number=contact.to_number,
        from_number=contact.from_number,
        waited_ms=waited_ms,
        customers=contact.customers[:CUSTOMERS_SHOWN_MAX],
        attributes=contact.attributes,
        url=fill(state.config.pop_template, contact),
    )


RULES = {
    ContactStarted: (decide_contact_started,),
    OfferMade: (decide_offer_made,),
    AttributeSet: (decide_more_known,),
    CustomersFound: (decide_more_known,),
}

PROMISES: dict[str, object] = {}
DUE: dict[str, object] = {}
