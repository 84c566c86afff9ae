"""Who is calling? Asked when the call arrives, shown with the offer, brought up to date when more is known."""

from cti.core.commands import LookUpCustomer
from cti.core.contact import Contact
from cti.core.events import (
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
    """A withheld number is not looked up: it is nobody's."""
    if is_number(event.from_number):
        turn.emit(CustomerLookUpRequested(contact_id=event.contact_id))
        turn.ask(LookUpCustomer(contact_id=event.contact_id, number=event.from_number))


def decide_offer_made(turn: Turn, event: OfferMade) -> None:
    """In the same turn as the offer, so that it is on the screen before the ring."""
    contact = turn.state.contacts[event.contact_id]
    pop = make_pop(turn.state, contact, event.waited_ms)
    turn.emit(ScreenPopped(contact_id=event.contact_id, agent_id=event.agent_id, offer_id=event.offer_id, pop=pop))


def decide_customers_found(turn: Turn, event: CustomersFound) -> None:
    contact = turn.state.contacts[event.contact_id]
    if contact.offer:
        pop = make_pop(turn.state, contact, turn.now.at - contact.queued_at)
        turn.emit(
            ScreenPopUpdated(
                contact_id=event.contact_id,
                agent_id=contact.offer.agent_id,
                offer_id=contact.offer.offer_id,
                pop=pop,
            )
        )


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
    CustomersFound: (decide_customers_found,),
}

PROMISES: dict[str, object] = {}
DUE: dict[str, object] = {}
