"""How contacts move, with the agents' assignments that hang on them."""

from collections.abc import Callable
from typing import Any

from cti.core.apply.agents import disposed, engaged, reserved, unassigned
from cti.core.apply.legs import RELEASE_CHECK_MS
from cti.core.base import Moment, changed
from cti.core.contact import CONTACT_TRANSITIONS, Contact, Offer, party_named
from cti.core.events import (
    AttributeSet,
    BridgeOverdue,
    BridgeRequested,
    CauseCorrected,
    ContactAbandoned,
    ContactClosed,
    ContactConnected,
    ContactEnded,
    ContactQuarantined,
    ContactQueued,
    ContactRequeued,
    ContactStarted,
    CustomerLookUpRequested,
    CustomersFound,
    DispositionRecorded,
    FlowEnded,
    HangUpRequested,
    LookUpAwaited,
    OfferAccepted,
    OfferAlerting,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferTaken,
    OfferWithdrawn,
    QueueRefused,
    StepEntered,
    Talk,
)
from cti.core.lines import bind, give_up_room, let_go
from cti.core.state import State
from cti.core.states import ContactState, LegState, OfferState, RecordingState, WithdrawReason

FIRST_PRIORITY = 1_000_000
"""Of who was in a conversation already and lost it through no fault of theirs: above any priority of a queue."""

SPARED_MS = 20_000
"""How long an agent who declined a contact is not offered it again."""


def _moved(contact: Contact, event: object) -> ContactState:
    """Where an event takes the contact. Raises `KeyError` if it cannot happen now: a rule's mistake."""
    return CONTACT_TRANSITIONS[contact.state][type(event)]  # type: ignore[index]


def apply_contact_started(state: State, event: ContactStarted, now: Moment) -> None:
    called_by_agent = event.agent_id != ""
    contact = Contact(
        contact_id=event.contact_id,
        direction=event.direction,
        state=ContactState.DIALLING if called_by_agent else ContactState.IN_FLOW,
        leg_id=event.leg_id,
        from_number=event.from_number,
        to_number=event.to_number,
        flow_id=event.flow_id,
        arrived_at=now.at,
        config_hash=state.config_hash,
        campaign_id=event.campaign_id,
        attempt_id=event.attempt_id,
        queue_id=event.queue_id,
    )
    state.contacts.put(contact.contact_id, contact)
    agent = state.agents.get(event.agent_id)
    if agent:
        called = changed(agent, called=event.from_number, called_for=event.campaign_id)
        state.agents.put(agent.agent_id, called)
    leg = state.legs.get(event.leg_id)
    if leg and not leg.contact_id:  # it rang before anybody knew whether there would be a contact
        state.legs.put(leg.leg_id, changed(leg, contact_id=event.contact_id))


def apply_step_entered(state: State, event: StepEntered, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(
        event.contact_id, changed(contact, state=_moved(contact, event), step_id=event.step_id, tries=event.tries)
    )


def apply_flow_ended(state: State, event: FlowEnded, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, state=_moved(contact, event), outcome="flow_ended"))


def apply_attribute_set(state: State, event: AttributeSet, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    kept = tuple(pair for pair in contact.attributes if pair[0] != event.name)
    state.contacts.put(event.contact_id, changed(contact, attributes=(*kept, (event.name, event.value))))


def apply_look_up_requested(state: State, event: CustomerLookUpRequested, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, look_up="pending"))


def apply_look_up_awaited(state: State, event: LookUpAwaited, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, look_up_by=event.until))
    state.deadlines.add(event.until, "look_up", event.contact_id)


def apply_customers_found(state: State, event: CustomersFound, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    look_up = "failed" if event.error else "found"
    state.contacts.put(event.contact_id, changed(contact, look_up=look_up, customers=event.matches))


def apply_contact_queued(state: State, event: ContactQueued, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    queued = changed(
        contact,
        state=_moved(contact, event),
        queue_id=event.queue_id,
        priority=event.priority,
        skills=event.skills,
        queued_at=now.at,
        queued_seq=now.seq,
        waited_from=contact.waited_from if contact.answered_at else now.at,
        wanted_agent_id=event.wanted_agent_id,
    )
    state.contacts.put(event.contact_id, queued)


def apply_queue_refused(state: State, event: QueueRefused, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    if event.agent_id:  # it stays with the agent who wanted to give it away
        return
    state.contacts.put(
        event.contact_id,
        changed(contact, state=_moved(contact, event), queue_refused=event.reason, queue_id=event.queue_id),
    )


def apply_offer_made(state: State, event: OfferMade, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    offer = Offer(
        offer_id=event.offer_id,
        agent_id=event.agent_id,
        state=OfferState.PENDING,
        made_at=now.at,
        ack_by=event.ack_by,
        leg_id=event.leg_id,
    )
    moved = changed(contact, state=_moved(contact, event))
    if event.party_id:
        state.contacts.put(event.contact_id, with_party(moved, event.party_id, offer=offer, leg_id=event.leg_id))
    else:
        state.contacts.put(event.contact_id, changed(moved, offer=offer, offers=contact.offers + 1))
    if event.ack_by:
        state.deadlines.add(event.ack_by, "offer_ack", offer_key(event))
    reserved(state, event, now)


def offer_key(event: Any) -> str:
    """Under what an offer's promises are kept: its contact, and the party if it is to one."""
    return f"{event.contact_id}/{event.party_id}" if event.party_id else str(event.contact_id)


def with_party(contact: Contact, party_id: str, **fields: Any) -> Contact:
    """The contact with one party changed."""
    parties = tuple(changed(party, **fields) if party.party_id == party_id else party for party in contact.parties)
    return changed(contact, parties=parties)


def _offer_put(rows: State, event: Any, **fields: Any) -> None:
    contact = rows.contacts[event.contact_id]
    party = party_named(contact, event.party_id)
    offer = party.offer if party else contact.offer
    assert offer is not None
    assert offer.offer_id == event.offer_id
    offer = changed(offer, **fields)
    moved = changed(contact, state=_moved(contact, event))
    if party:
        moved = with_party(moved, party.party_id, offer=offer, leg_id=offer.leg_id)
    else:
        moved = changed(moved, offer=offer)
    rows.contacts.put(event.contact_id, moved)


def apply_offer_alerting(state: State, event: OfferAlerting, now: Moment) -> None:
    _offer_put(state, event, ack_by=0, ring_by=0, expires_at=event.expires_at)
    state.deadlines.add(event.expires_at, "offer_expiry", offer_key(event))


def apply_offer_taken(state: State, event: OfferTaken, now: Moment) -> None:
    """It rings no longer."""
    contact = state.contacts[event.contact_id]
    party = party_named(contact, event.party_id)
    assert party is not None
    assert party.offer is not None
    offer = changed(party.offer, ack_by=0, ring_by=0, expires_at=0, hold_by=event.hold_by)
    moved = changed(contact, state=_moved(contact, event))
    state.contacts.put(event.contact_id, with_party(moved, event.party_id, offer=offer))
    state.deadlines.add(event.hold_by, "offer_hold", offer_key(event))


def apply_offer_accepted(state: State, event: OfferAccepted, now: Moment) -> None:
    _offer_put(
        state,
        event,
        state=OfferState.ACCEPTED,
        ack_by=0,
        ring_by=0,
        expires_at=0,
        connect_by=event.connect_by,
        leg_id=event.leg_id,
    )
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, call_id=event.call_id))
    bind(state, event.leg_id, event.contact_id)
    if event.connect_by:
        state.deadlines.add(event.connect_by, "offer_connect", offer_key(event))


def apply_offer_over(state: State, event: OfferDeclined | OfferExpired | OfferWithdrawn, now: Moment) -> None:
    """The contact keeps its place; who did not take it is spared it for a while."""
    contact = state.contacts[event.contact_id]
    if event.party_id:
        _party_offer_over(state, contact, event)
        return
    assert contact.offer is not None
    fields: dict[str, Any] = {"offer": None, "wanted_agent_id": ""}
    if contact.state is not ContactState.ENDED:
        fields["state"] = _moved(contact, event)
    if type(event) is OfferExpired:
        fields["offers_missed"] = contact.offers_missed + 1
    if type(event) is OfferDeclined:
        fields["offers_declined"] = contact.offers_declined + 1
    if contact.state is ContactState.QUEUED and not _blameless(event):
        until = now.at + SPARED_MS
        kept = tuple(pair for pair in contact.passed_over if pair[1] > now.at and pair[0] != event.agent_id)
        fields["passed_over"] = (*kept, (event.agent_id, until))
        state.deadlines.add(until, "relook", f"{event.contact_id}/{event.agent_id}")
    let_go(state, contact.offer.leg_id, contact.contact_id)
    if contact.call_id and not contact.connected_at:
        forget_call(state, contact.call_id)
        fields["call_id"] = ""
    state.contacts.put(event.contact_id, changed(contact, **fields))
    unassigned(state, event.agent_id, contact.contact_id, event)


def _party_offer_over(state: State, contact: Contact, event: Any) -> None:
    """The party is out of it; `ConsultEnded` says why and forgets it."""
    party = party_named(contact, event.party_id)
    assert party is not None
    assert party.offer is not None
    let_go(state, party.offer.leg_id, contact.contact_id)
    moved = contact
    if contact.state is not ContactState.ENDED:
        moved = changed(contact, state=_moved(contact, event))
    state.contacts.put(event.contact_id, with_party(moved, event.party_id, offer=None, leg_id=""))
    unassigned(state, event.agent_id, contact.contact_id, event)


def forget_call(state: State, call_id: str) -> None:
    """The room is nothing to us any more; unless it is an agent's own, which outlives contacts."""
    call = state.calls.get(call_id)
    if call is None or call.agent_id:
        return
    for leg_id in call.leg_ids:
        leg = state.legs.get(leg_id)
        if leg and leg.call_id == call_id:
            state.legs.put(leg_id, changed(leg, call_id=""))
    state.calls.drop(call_id)


def out_of_conversation(state: State, contact_id: str, agent_id: str, now: Moment) -> None:
    """It talks to nobody now, and `agent_id`, who had it, is spared it for a while. What failed during the talk is
    over: who waits anew is served like others."""
    contact = state.contacts[contact_id]
    if contact.offer:
        give_up_room(state, contact.offer.leg_id, contact_id)
        let_go(state, contact.offer.leg_id, contact_id)
    forget_call(state, contact.call_id)
    until = now.at + SPARED_MS
    kept = tuple(pair for pair in contact.passed_over if pair[1] > now.at and pair[0] != agent_id)
    passed_over = (*kept, (agent_id, until)) if agent_id else kept
    if agent_id:
        state.deadlines.add(until, "relook", f"{contact_id}/{agent_id}")
    talked_ms = contact.talked_ms + (now.at - contact.connected_at if contact.connected_at else 0)
    state.contacts.put(
        contact_id,
        changed(
            contact,
            offer=None,
            agent_id="",
            call_id="",
            talk=None,
            recording=RecordingState.OFF,
            quarantined=False,
            connected_at=0,
            talked_ms=talked_ms,
            hung_up_by="",
            bridge_tries=0,
            passed_over=passed_over,
        ),
    )


def _blameless(event: OfferDeclined | OfferExpired | OfferWithdrawn) -> bool:
    blameless = (WithdrawReason.CALLER_LEFT, WithdrawReason.AGENT_LEFT, WithdrawReason.SOONER)
    return type(event) is OfferWithdrawn and event.reason in blameless


def apply_bridge_requested(state: State, event: BridgeRequested, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    offer = changed(contact.offer, connect_by=0) if contact.offer else None
    if contact.state is ContactState.DIALLING:  # it waits since it answered
        contact = changed(contact, queued_at=now.at, queued_seq=now.seq)
    state.contacts.put(
        event.contact_id,
        changed(
            contact,
            state=_moved(contact, event),
            offer=offer,
            agent_id=event.agent_id,
            bridge_by=event.bridge_by,
            bridge_tries=event.tries,
            arrives_by=event.arrives_by,
        ),
    )
    state.deadlines.add(event.bridge_by, "bridge", event.contact_id)


def apply_bridge_overdue(state: State, event: BridgeOverdue, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    fields = {"bridge_by": event.bridge_by, "arrives_by": event.arrives_by or contact.arrives_by}
    state.contacts.put(event.contact_id, changed(contact, state=_moved(contact, event), **fields))
    state.deadlines.add(event.bridge_by, "bridge", event.contact_id)


def apply_contact_requeued(state: State, event: ContactRequeued, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    fields: dict[str, Any] = {"agent_id": "", "bridge_by": 0, "bridge_tries": 0, "state": _moved(contact, event)}
    if event.first:
        fields["priority"] = FIRST_PRIORITY
    if contact.state is not ContactState.CONNECTING:  # it has talked, and begins to wait anew
        fields |= {"queued_at": now.at, "queued_seq": now.seq}
    state.contacts.put(event.contact_id, changed(contact, **fields))
    if contact.state is ContactState.CONNECTING and contact.offer:  # it may be in the room, or on the way there
        give_up_room(state, contact.offer.leg_id, contact.contact_id)
    if contact.state in (ContactState.CONNECTED, ContactState.FORWARDED):
        out_of_conversation(state, event.contact_id, event.agent_id, now)


def apply_contact_connected(state: State, event: ContactConnected, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    agent_ids = contact.agent_ids if event.agent_id in contact.agent_ids else (*contact.agent_ids, event.agent_id)
    state.contacts.put(
        event.contact_id,
        changed(
            contact,
            state=_moved(contact, event),
            connected_at=now.at,
            answered_at=contact.answered_at or now.at,
            bridge_by=0,
            agent_ids=agent_ids,
            talk=Talk(agent_id=event.agent_id),
            wanted_agent_id="",
        ),
    )
    engaged(state, event.agent_id, contact, now)


def apply_hang_up_requested(state: State, event: HangUpRequested, now: Moment) -> None:
    contact = state.contacts.get(event.contact_id)
    alone = contact and not contact.parties
    if contact and alone and contact.state is ContactState.CONNECTED and contact.agent_id == event.agent_id:
        state.contacts.put(event.contact_id, changed(contact, hung_up_by=event.agent_id))


def apply_contact_abandoned(state: State, event: ContactAbandoned, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, outcome=f"abandoned_in_{event.place}"))


def apply_contact_ended(state: State, event: ContactEnded, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    unreached = "not_reached" if contact.state is ContactState.DIALLING else "flow_ended"
    outcome = contact.outcome or ("connected" if contact.answered_at else unreached)
    if contact.voicemail and not contact.answered_at and outcome == "flow_ended":
        outcome = "voicemail"
    ended = changed(
        contact,
        state=_moved(contact, event),
        ended_at=now.at,
        cause=event.cause,
        outcome=outcome,
        talked_ms=event.talk_ms,
    )
    state.contacts.put(event.contact_id, changed(ended, talk=None, bridge_by=0, look_up_by=0, message_by=0))
    if contact.offer and (contact.parties or contact.supervisions):  # who may still be there when the next caller comes
        give_up_room(state, contact.offer.leg_id, contact.contact_id)
    for leg in state.legs_of(contact):
        if leg.nailed_up:
            let_go(state, leg.leg_id, contact.contact_id)
        elif leg.state is not LegState.ENDED:
            check_at = now.at + RELEASE_CHECK_MS
            state.legs.put(leg.leg_id, changed(leg, check_at=check_at))
            state.deadlines.add(check_at, "leg_check", leg.leg_id)


def apply_cause_corrected(state: State, event: CauseCorrected, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, cause_corrected=event.cause))


def apply_disposition_recorded(state: State, event: DispositionRecorded, now: Moment) -> None:
    contact = state.contacts.get(event.contact_id)
    if contact:
        state.contacts.put(event.contact_id, changed(contact, disposition=event.disposition))
    disposed(state, event.agent_id, event.contact_id, event.disposition)


def apply_quarantined(state: State, event: ContactQuarantined, now: Moment) -> None:
    """It leaves the line. Who talks goes on talking; an offer is taken back by an event of its own."""
    contact = state.contacts[event.contact_id]
    target = CONTACT_TRANSITIONS[contact.state].get(ContactQuarantined, contact.state)
    fields: dict[str, Any] = {"state": target, "quarantined": True}
    if target is ContactState.IN_FLOW and contact.state is ContactState.CONNECTING and contact.offer:
        give_up_room(state, contact.offer.leg_id, contact.contact_id)
    if target is ContactState.IN_FLOW:
        outcome = contact.outcome or "quarantined"
        fields |= {"outcome": outcome, "agent_id": "", "bridge_by": 0, "look_up_by": 0}
    state.contacts.put(event.contact_id, changed(contact, **fields))


def apply_contact_closed(state: State, event: ContactClosed, now: Moment) -> None:
    """Nothing of a finished contact stays in memory; the journal has it all."""
    contact = state.contacts[event.contact_id]
    for leg in state.legs_of(contact):
        if leg.nailed_up:
            continue
        state.leg_by_ref.drop(leg.provider_ref)
        state.legs.drop(leg.leg_id)
    forget_call(state, contact.call_id)
    state.contacts.drop(event.contact_id)


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    ContactStarted: apply_contact_started,
    StepEntered: apply_step_entered,
    FlowEnded: apply_flow_ended,
    AttributeSet: apply_attribute_set,
    CustomerLookUpRequested: apply_look_up_requested,
    LookUpAwaited: apply_look_up_awaited,
    CustomersFound: apply_customers_found,
    ContactQueued: apply_contact_queued,
    QueueRefused: apply_queue_refused,
    OfferMade: apply_offer_made,
    OfferAlerting: apply_offer_alerting,
    OfferTaken: apply_offer_taken,
    OfferAccepted: apply_offer_accepted,
    OfferDeclined: apply_offer_over,
    OfferExpired: apply_offer_over,
    OfferWithdrawn: apply_offer_over,
    BridgeRequested: apply_bridge_requested,
    BridgeOverdue: apply_bridge_overdue,
    ContactRequeued: apply_contact_requeued,
    ContactConnected: apply_contact_connected,
    HangUpRequested: apply_hang_up_requested,
    ContactAbandoned: apply_contact_abandoned,
    ContactEnded: apply_contact_ended,
    CauseCorrected: apply_cause_corrected,
    DispositionRecorded: apply_disposition_recorded,
    ContactQuarantined: apply_quarantined,
    ContactClosed: apply_contact_closed,
}
