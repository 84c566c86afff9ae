"""Giving a contact away: to a queue, to an agent, to an outside number, or to whoever was consulted.

Until the contact is in its new place it stays where it is: a transfer that cannot be done changes nothing.
"""

from cti.conversation import consult
from cti.conversation.consult import dismiss, dismiss_all
from cti.conversation.taking_part import (
    Talker,
    everybody_hears,
    having,
    own_leg_id,
    present_parties,
    refuse,
    settle_room,
)
from cti.core.commands import EndCall
from cti.core.contact import Contact, Party
from cti.core.events import (
    CallLeft,
    ContactForwarded,
    ContactQueued,
    ContactRequeued,
    ContactTransferred,
    DialCleared,
    DialRefused,
    DialRequested,
    LegChecked,
    LegEnded,
    LegPlanned,
    LegWatched,
    QueueRefused,
    QueueRequested,
    TransferRequested,
)
from cti.core.ids import DIAL
from cti.core.kept import why_not_had
from cti.core.lines import room_is_over
from cti.core.plan import Forward, Park, Plan
from cti.core.states import ContactState, PartyRole, TransferKind
from cti.core.turn import Turn

FORWARD_RING_S = 30
OUT_MS = 10_000
"""When to look whether a customer who is sent on has left the room."""

GONE_MS = 2_000
"""The same, once the agent is known to have left it: the room ends with that, unless the carrier was never told so."""

PURPOSE = "transfer"


def decide_transfer(turn: Turn, event: TransferRequested) -> None:
    """Who has the customer may give it away."""
    asked = having(turn, event)
    if asked is None:
        return
    if event.kind is TransferKind.ATTENDED:
        _attended(turn, event, asked)
        return
    kind, _, name = event.destination.partition(":")
    way = {"queue": _to_queue, "agent": _to_agent, "number": _to_number}.get(kind)
    if way is None or not name:
        refuse(turn, event, "bad_destination", "Say agent:NAME, queue:NAME or number:+49301234567.")
    else:
        way(turn, event, asked.contact, name)


def _to_queue(turn: Turn, event: TransferRequested, contact: Contact, queue_id: str) -> None:
    """The queue says whether there is room; see `decide_queued` and `decide_queue_refused`."""
    turn.emit(
        QueueRequested(
            contact_id=contact.contact_id, queue_id=queue_id, agent_id=event.agent_id, request_id=event.request_id
        )
    )


def _to_agent(turn: Turn, event: TransferRequested, contact: Contact, agent_id: str) -> None:
    """To a free agent, in the line of the queue it came from: should that agent not take it, another will."""
    reason = why_not_had(turn.state, agent_id, event.agent_id)
    if reason:
        refuse(turn, event, "agent_not_free", reason)
        return
    turn.emit(
        QueueRequested(
            contact_id=contact.contact_id,
            queue_id=contact.queue_id,
            skills=contact.skills,
            agent_id=event.agent_id,
            wanted_agent_id=agent_id,
            request_id=event.request_id,
        )
    )


def _to_number(turn: Turn, event: TransferRequested, contact: Contact, number: str) -> None:
    """Through the one door for outside numbers; see `decide_dial_cleared`."""
    turn.emit(
        DialRequested(
            dial_id=turn.new_id(DIAL),
            purpose=PURPOSE,
            contact_id=contact.contact_id,
            number=number,
            agent_id=event.agent_id,
            request_id=event.request_id,
        )
    )


def decide_queued(turn: Turn, event: ContactQueued) -> None:
    """It is in the queue that it was given to. The room ends as the customer leaves it."""
    if not event.agent_id:
        return
    own = own_leg_id(turn.state.contacts[event.contact_id])
    dismiss_all(turn, event.contact_id)
    turn.emit(
        ContactTransferred(
            contact_id=event.contact_id,
            from_agent_id=event.agent_id,
            kind=TransferKind.BLIND,
            to_agent_id=event.wanted_agent_id,
            queue_id=event.queue_id,
        )
    )
    turn.release(own)


def decide_queue_refused(turn: Turn, event: QueueRefused) -> None:
    """The customer stays with the agent, who is told why."""
    if event.agent_id:
        detail = {"full": "This queue is full: choose another.", "unknown": "There is no such queue."}[event.reason]
        refuse(turn, event, f"queue_{event.reason}", detail)


def decide_dial_cleared(turn: Turn, event: DialCleared) -> None:
    """The customer shall be sent on, once: a request that says so might be carried out late, or after an answer that
    says it, too. So the room ends, and the answer to the customer's leg, which then asks what to do, is the only way.
    A plan that is not pushed waits for that question."""
    contact = turn.state.contacts.get(event.contact_id)
    if event.purpose != PURPOSE or contact is None or contact.state is not ContactState.CONNECTED:
        return
    dismiss_all(turn, event.contact_id)
    leg_id, own = contact.leg_id, own_leg_id(contact)
    caller_id = turn.state.config.caller_id or contact.to_number
    turn.emit(ContactForwarded(contact_id=event.contact_id, from_agent_id=event.agent_id, dial_id=event.dial_id))
    forward = Plan((Forward(caller_id=caller_id, timeout_s=FORWARD_RING_S),))
    turn.emit(LegPlanned(leg_id=leg_id, plan=forward, replied=False, endpoint=f"tel:{event.number}"))
    turn.emit(LegWatched(leg_id=leg_id, check_at=turn.now.at + OUT_MS))
    turn.release(own)


def decide_agent_gone(turn: Turn, event: CallLeft | LegEnded) -> None:
    """The agent is out, and the customer will be in a moment; or hears nobody, and must not for long."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if leg is None or contact is None or leg.role is not PartyRole.AGENT or contact.state is not ContactState.FORWARDED:
        return
    customer = turn.state.legs.get(contact.leg_id)
    soon = turn.now.at + GONE_MS
    if customer and customer.check_at > soon:
        turn.emit(LegWatched(leg_id=customer.leg_id, check_at=soon))


def decide_leg_checked(turn: Turn, event: LegChecked) -> None:
    """Still in the room, though the agent was to leave it, and to end it: then it is ended otherwise."""
    leg = turn.state.legs[event.leg_id]
    contact = turn.state.contacts.get(leg.contact_id)
    if contact is None or contact.leg_id != leg.leg_id or contact.state is not ContactState.FORWARDED:
        return
    if event.alive and event.call_id and event.nonce == leg.nonce:
        turn.ask(EndCall(call_id=event.call_id))
        turn.emit(LegWatched(leg_id=leg.leg_id, check_at=turn.now.at + OUT_MS))


def decide_dial_refused(turn: Turn, event: DialRefused) -> None:
    """An agent who wanted a number, to talk to it or to send the caller there, hears which rule says so."""
    if event.purpose in (PURPOSE, consult.PURPOSE):
        refuse(turn, event, "not_allowed", event.detail)


def _attended(turn: Turn, event: TransferRequested, asked: Talker) -> None:
    """To whoever was consulted."""
    if present_parties(asked.contact):
        hand_over(turn, asked.contact)
    else:
        refuse(turn, event, "nobody_consulted", "Consult somebody first and wait for the answer, or transfer without.")


def _heir(contact: Contact) -> Party:
    """The last who came; one of our agents before an outside number, which can ask for nothing."""
    there = present_parties(contact)
    return next((party for party in reversed(there) if party.agent_id), there[-1])


def hand_over(turn: Turn, contact: Contact) -> None:
    """A party has the contact now; who had it is out, and nobody is on hold. If none of our agents is left, whoever is
    still being asked in is not wanted any more: there is nobody to talk with about it."""
    own, party = own_leg_id(contact), _heir(contact)
    everybody_hears(turn, contact, party.party_id)
    turn.emit(
        ContactTransferred(
            contact_id=contact.contact_id,
            from_agent_id=contact.agent_id,
            kind=TransferKind.ATTENDED,
            party_id=party.party_id,
            to_agent_id=party.agent_id,
        )
    )
    contact = turn.state.contacts[contact.contact_id]
    for other in contact.parties if contact.offer is None else ():
        if not other.present:
            dismiss(turn, turn.state.contacts[contact.contact_id], other, "contact_left")
    settle_room(turn, turn.state.contacts[contact.contact_id])
    turn.release(own)


ROOM_ENDED = "room_ended"


def requeue_first(turn: Turn, contact: Contact, reason: str) -> None:
    """Back in line before everybody else: it had somebody, and lost them through no fault of its own. Out of a room
    that is over the customer's leg asks by itself where to go: a request besides might come late, and take it out
    again from where it is by then. That it is out is only told later of an agent's own room: so it is looked for
    there."""
    alone = not contact.parties and room_is_over(turn.state, turn.state.legs[contact.leg_id])
    own = own_leg_id(contact)
    dismiss_all(turn, contact.contact_id)
    turn.emit(
        ContactRequeued(
            contact_id=contact.contact_id,
            queue_id=contact.queue_id,
            reason=reason,
            agent_id=contact.agent_id,
            first=True,
        )
    )
    leg = turn.state.legs[contact.leg_id]
    if (alone or (reason == ROOM_ENDED and not leg.call_id)) and not leg.awaiting:
        turn.emit(LegPlanned(leg_id=leg.leg_id, plan=Plan((Park(),)), replied=False))
        if alone:
            turn.emit(LegWatched(leg_id=leg.leg_id, check_at=turn.now.at + GONE_MS))
    else:
        turn.plan(contact.leg_id, Plan((Park(),)))
    turn.release(own)
