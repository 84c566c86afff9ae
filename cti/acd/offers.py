"""Offers: a contact is held out to one agent, who takes it, leaves it, or does not react.

The contact keeps its place and its clock throughout. An offer that the desktop does not acknowledge goes on at once,
and is not the agent's fault; one that rings out is: the agent goes not-ready.
"""

from typing import NamedTuple

from cti.acd.matching import agent_for, contact_for, to_relieve
from cti.core.agent import Agent, is_available, is_phone
from cti.core.apply.dialling import CONNECT_MS
from cti.core.commands import HoldLeg
from cti.core.contact import ACKNOWLEDGE_MS, Contact, Offer
from cti.core.events import (
    AcceptRequested,
    AgentLegGone,
    AgentNotReady,
    AgentReady,
    AgentReturned,
    AssignmentReleased,
    AttemptAbandoned,
    CallStarted,
    ContactQueued,
    DeclineRequested,
    DesktopConnected,
    DeviceProven,
    DeviceSuspected,
    MessageBegun,
    OfferAccepted,
    OfferAcknowledged,
    OfferAlerting,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferTaken,
    OfferWithdrawn,
    QueueRefused,
    RequestAccepted,
    RequestRefused,
    WrapUpEnded,
    WrapUpStarted,
)
from cti.core.ids import CALL, OFFER
from cti.core.placing import LEG_RING_S, new_leg_id, request_leg, start_leg
from cti.core.previewing import preview_s, shown_s
from cti.core.state import State
from cti.core.states import ContactState, LegState, OfferState, PartyRole, WithdrawReason
from cti.core.turn import Turn

HOLD_MS = 12_000
"""How long the carrier may take to put a customer on hold: a request that fails, and one more."""


def offer_contact(turn: Turn, contact_id: str) -> None:
    """Offer a waiting contact to the best free agent, if there is one. A queue that is no more refuses it."""
    state = turn.state
    contact = state.contacts.get(contact_id)
    if contact is None or contact.state is not ContactState.QUEUED or contact.offer is not None:
        return
    if contact.queue_id not in state.config.queues:
        turn.emit(QueueRefused(contact_id=contact_id, queue_id=contact.queue_id, reason="unknown"))
        return
    match = agent_for(state, contact, turn.now.at)
    if match is None:
        return
    agent, phone = state.agents[match.agent_id], is_phone(state.config.agents[match.agent_id])
    turn.emit(
        OfferMade(
            offer_id=turn.new_id(OFFER),
            contact_id=contact_id,
            agent_id=match.agent_id,
            queue_id=contact.queue_id,
            ack_by=0 if phone else turn.now.at + ACKNOWLEDGE_MS,
            leg_id=new_leg_id(turn) if phone else "",
            waited_ms=turn.now.at - contact.queued_at,
            candidates=match.candidates,
            idle_ms=turn.now.at - agent.idle_since,
            exclusions=match.exclusions,
            from_number=contact.from_number,
            before=contact.agent_ids,
            called_for=contact.campaign_id,
        )
    )


def serve_agent(turn: Turn, agent_id: str) -> None:
    """Offer a free agent the caller who is due. That caller's first choice may be somebody else: then the next one."""
    state = turn.state
    config = state.config.agents.get(agent_id)
    while config and is_available(state.agents[agent_id], config):
        contact_id = contact_for(state, state.agents[agent_id], turn.now.at)
        decided = len(turn.events)
        offer_contact(turn, contact_id)
        if len(turn.events) == decided:
            _relieve(turn, agent_id)
            return


def _relieve(turn: Turn, agent_id: str) -> None:
    """Who needs no leg takes over who waits for one: the offer goes on at once."""
    agent = turn.state.agents[agent_id]
    contact = to_relieve(turn.state, agent, turn.now.at) if agent.nailed else None
    if contact:
        withdraw(turn, contact, WithdrawReason.SOONER)


def decide_contact_queued(turn: Turn, event: ContactQueued) -> None:
    """A caller who comes into a queue is offered at once if an agent is free."""
    offer_contact(turn, event.contact_id)


def decide_agent_free(
    turn: Turn,
    event: AgentReady
    | WrapUpStarted
    | WrapUpEnded
    | AssignmentReleased
    | AgentLegGone
    | DeviceProven
    | AgentReturned
    | DesktopConnected,
) -> None:
    """Whatever may have made an agent free: the caller who is due is offered."""
    serve_agent(turn, event.agent_id)


def decide_offer_over(turn: Turn, event: OfferDeclined | OfferExpired | OfferWithdrawn) -> None:
    """The caller goes on to the next agent, the agent to the next caller."""
    offer_contact(turn, event.contact_id)
    serve_agent(turn, event.agent_id)


def decide_abandoned(turn: Turn, event: AttemptAbandoned | MessageBegun) -> None:
    """Whoever was called hears a message instead: nobody need come any more."""
    contact = turn.state.contacts.get(event.contact_id)
    if contact and contact.state is ContactState.IN_FLOW and contact.offer:
        withdraw(turn, contact, WithdrawReason.CALLER_LEFT)


class Running(NamedTuple):
    """An offer as it stands. `party_id`: it asks into a conversation that another agent has."""

    contact: Contact
    offer: Offer
    party_id: str = ""


def running_offer(state: State, agent_id: str, offer_id: str) -> Running | None:
    """The offer, if it is still this agent's."""
    for held in state.agents[agent_id].assignments:
        contact = state.contacts.get(held.contact_id)
        for running in offers_of(contact) if contact else ():
            if running.offer.offer_id == offer_id and running.offer.agent_id == agent_id:
                return running
    return None


def offers_of(contact: Contact) -> list[Running]:
    """The contact's own, and those to parties."""
    own = [Running(contact, contact.offer)] if contact.offer else []
    return own + [Running(contact, party.offer, party.party_id) for party in contact.parties if party.offer]


def offer_under(state: State, key: str) -> Running | None:
    """The offer behind the key of a promise: a contact, or a contact and a party."""
    contact_id, _, party_id = key.partition("/")
    contact = state.contacts.get(contact_id)
    running = offers_of(contact) if contact else []
    return next((each for each in running if each.party_id == party_id), None)


def _refuse_gone(turn: Turn, agent_id: str, request_id: str) -> None:
    detail = "This offer is over: it was answered, withdrawn, or rang too long."
    turn.emit(RequestRefused(agent_id=agent_id, code="offer_gone", detail=detail, request_id=request_id))


def decide_acknowledged(turn: Turn, event: OfferAcknowledged) -> None:
    """Now it rings, and the time to ring begins."""
    found = running_offer(turn.state, event.agent_id, event.offer_id)
    if found is None:
        _refuse_gone(turn, event.agent_id, event.request_id)
        return
    if found.offer.leg_id:  # a telephone rings, or rang: the desktop only shows it
        turn.emit(RequestAccepted(agent_id=event.agent_id, request_id=event.request_id))
    elif not found.offer.expires_at and not found.offer.hold_by:
        rings(turn, found)


def rings(turn: Turn, running: Running) -> None:
    """For as long as the queue allows; a lead is shown for as long as its campaign says."""
    queue = turn.state.config.queues.get(running.contact.queue_id)
    ring_s = shown_s(turn.state, running.contact) or (queue.ring_s if queue else LEG_RING_S)
    turn.emit(
        OfferAlerting(
            offer_id=running.offer.offer_id,
            contact_id=running.contact.contact_id,
            agent_id=running.offer.agent_id,
            expires_at=turn.now.at + 1_000 * ring_s,
            party_id=running.party_id,
        )
    )


def decide_accept(turn: Turn, event: AcceptRequested) -> None:
    """The agent's leg is asked for. Until it is in the room the caller has not moved, so nothing needs repair. Who is
    asked into a conversation waits for the customer to be on hold."""
    found = running_offer(turn.state, event.agent_id, event.offer_id)
    if found is None:
        _refuse_gone(turn, event.agent_id, event.request_id)
        return
    contact, offer, party_id = found
    if offer.state is not OfferState.PENDING or offer.hold_by:  # pressed twice
        turn.emit(RequestAccepted(agent_id=event.agent_id, request_id=event.request_id))
        return
    config = turn.state.config.agents.get(event.agent_id)
    if config is None:
        _refuse_gone(turn, event.agent_id, event.request_id)
        return
    if offer.leg_id:
        detail = "Your telephone rings: answer it and press 1."
        turn.emit(RequestRefused(agent_id=event.agent_id, code="press_1", detail=detail, request_id=event.request_id))
        return
    if party_id and overhears(turn.state, contact):
        take(turn, found)
        turn.emit(RequestAccepted(agent_id=event.agent_id, request_id=event.request_id))
    else:
        accept(turn, found, event.request_id)


def accept(turn: Turn, running: Running, request_id: str = "") -> None:
    """At the desk."""
    contact, offer, party_id = running
    agent, config = turn.state.agents[offer.agent_id], turn.state.config.agents[offer.agent_id]
    if agent.nailed or config.nailed_up:
        accept_nailed_up(turn, running, agent, request_id)
        return
    call_id = contact.call_id
    if not party_id:
        call_id = turn.new_id(CALL)
        turn.emit(CallStarted(call_id=call_id, contact_id=contact.contact_id))
    leg_id = new_leg_id(turn)
    start_leg(
        turn,
        leg_id,
        endpoint=config.endpoint,
        call_id=call_id,
        role=PartyRole.AGENT,
        contact_id=contact.contact_id,
        agent_id=offer.agent_id,
    )
    turn.emit(
        OfferAccepted(
            offer_id=offer.offer_id,
            contact_id=contact.contact_id,
            agent_id=offer.agent_id,
            connect_by=0,
            leg_id=leg_id,
            call_id=call_id,
            party_id=party_id,
        )
    )
    request_leg(turn, leg_id, "consult_agent" if party_id else "agent_leg")


def accept_nailed_up(turn: Turn, running: Running, agent: Agent, request_id: str) -> None:
    """The agent's leg is there already: in the agent's own room, to which the caller comes; or it goes to whoever
    asked."""
    if not agent.nailed:
        detail = "Your telephone line is not up: wait until it is, or call in."
        turn.emit(RequestRefused(agent_id=agent.agent_id, code="no_line", detail=detail, request_id=request_id))
        return
    is_called = running.contact.state is ContactState.DIALLING  # for as long as that takes
    turn.emit(
        OfferAccepted(
            offer_id=running.offer.offer_id,
            contact_id=running.contact.contact_id,
            agent_id=agent.agent_id,
            connect_by=0 if is_called else turn.now.at + CONNECT_MS,
            leg_id=agent.leg_id,
            call_id=running.contact.call_id if running.party_id else agent.call_id,
            party_id=running.party_id,
        )
    )


def overhears(state: State, contact: Contact) -> bool:
    """The customer hears who comes into the room, and nobody else is there yet."""
    leg = state.legs.get(contact.leg_id)
    is_in_room = leg is not None and leg.state is LegState.CONNECTED and leg.call_id == contact.call_id
    return is_in_room and not any(party.present for party in contact.parties)


def take(turn: Turn, running: Running) -> None:
    """Whoever is asked in comes once the customer is on hold. That is asked for again: the agent may have taken the
    customer back meanwhile."""
    contact, offer, party_id = running
    turn.emit(
        OfferTaken(
            offer_id=offer.offer_id,
            contact_id=contact.contact_id,
            agent_id=offer.agent_id,
            hold_by=turn.now.at + HOLD_MS,
            party_id=party_id,
        )
    )
    ref = turn.state.legs[contact.leg_id].provider_ref
    turn.ask(HoldLeg(leg_id=contact.leg_id, provider_ref=ref, call_id=contact.call_id, held=True))


def decide_decline(turn: Turn, event: DeclineRequested) -> None:
    """Only before it was accepted. What becomes of caller and agent follows from `OfferDeclined`."""
    found = running_offer(turn.state, event.agent_id, event.offer_id)
    if found is None or found.offer.state is not OfferState.PENDING:
        _refuse_gone(turn, event.agent_id, event.request_id)
        return
    decline(turn, found, event.reason)


def decline(turn: Turn, running: Running, reason: str) -> None:
    """Not this one. A telephone stops ringing."""
    turn.release(running.offer.leg_id)
    turn.emit(
        OfferDeclined(
            offer_id=running.offer.offer_id,
            contact_id=running.contact.contact_id,
            agent_id=running.offer.agent_id,
            reason=reason,
            party_id=running.party_id,
        )
    )


def miss(turn: Turn, running: Running) -> None:
    """It rang and nobody took it: the agent goes not-ready (`missed`), the caller keeps the place."""
    turn.release(running.offer.leg_id)
    turn.emit(AgentNotReady(agent_id=running.offer.agent_id, reason="missed"))
    turn.emit(
        OfferExpired(
            offer_id=running.offer.offer_id,
            contact_id=running.contact.contact_id,
            agent_id=running.offer.agent_id,
            party_id=running.party_id,
        )
    )


def withdraw(turn: Turn, contact: Contact, reason: WithdrawReason) -> None:
    """Take the contact's own running offer back."""
    if contact.offer:
        take_back(turn, Running(contact, contact.offer), reason)


def take_back(turn: Turn, running: Running, reason: WithdrawReason, *, is_leaving: bool = False) -> None:
    """The agent's leg, if one was asked for, is let go first; unless it is leaving by itself."""
    offer = running.offer
    if offer.leg_id and not is_leaving:
        turn.release(offer.leg_id)
    turn.emit(
        OfferWithdrawn(
            offer_id=offer.offer_id,
            contact_id=running.contact.contact_id,
            agent_id=offer.agent_id,
            reason=reason,
            party_id=running.party_id,
        )
    )


def due_acknowledgement(turn: Turn, key: str) -> None:
    """No desktop said that it shows the offer: the device is suspected, unless there is no desktop at all."""
    running = offer_under(turn.state, key)
    assert running is not None
    agent_id = running.offer.agent_id
    if not turn.state.agents[agent_id].sockets:  # it did not come back after a restart of ours, or there is none
        take_back(turn, running, WithdrawReason.AGENT_LEFT)
        return
    turn.emit(DeviceSuspected(agent_id=agent_id))
    take_back(turn, running, WithdrawReason.NOT_ACKNOWLEDGED)


def due_expiry(turn: Turn, key: str) -> None:
    """It rang long enough, or a lead was shown long enough."""
    running = offer_under(turn.state, key)
    assert running is not None
    is_lead = shown_s(turn.state, running.contact) > 0
    if _nobody_sees(turn.state, running.offer.agent_id):
        take_back(turn, running, WithdrawReason.AGENT_LEFT)
    elif is_lead and preview_s(turn.state, running.contact):
        accept(turn, running)
    else:
        miss(turn, running)


def _nobody_sees(state: State, agent_id: str) -> bool:
    config = state.config.agents.get(agent_id)
    return not state.agents[agent_id].sockets and (config is None or config.desk)


def due_ring(turn: Turn, key: str) -> None:
    """The carrier was asked to ring the telephone, and nobody says that it does."""
    running = offer_under(turn.state, key)
    assert running is not None
    turn.emit(AgentNotReady(agent_id=running.offer.agent_id, reason="unreachable"))
    take_back(turn, running, WithdrawReason.LEG_FAILED)


def due_connect(turn: Turn, key: str) -> None:
    """The agent's leg did not come in time."""
    running = offer_under(turn.state, key)
    assert running is not None
    distrust(turn, running.offer.agent_id)
    take_back(turn, running, WithdrawReason.LEG_FAILED)


def distrust(turn: Turn, agent_id: str) -> None:
    """The agent's leg did not come. A desktop can prove that a softphone works again; of a telephone only people
    know."""
    config = turn.state.config.agents.get(agent_id)
    if config and not config.endpoint.startswith("client:"):
        turn.emit(AgentNotReady(agent_id=agent_id, reason="unreachable"))
    else:
        turn.emit(DeviceSuspected(agent_id=agent_id))


def due_hold(turn: Turn, key: str) -> None:
    """The customer is not on hold yet: better no consultation than one that is overheard."""
    running = offer_under(turn.state, key)
    assert running is not None
    if running.offer.leg_id or overhears(turn.state, running.contact):
        take_back(turn, running, WithdrawReason.NOT_HELD)
    else:
        accept(turn, running)


def due_relook(turn: Turn, key: str) -> None:
    """Who passed may be asked again."""
    offer_contact(turn, key.partition("/")[0])


def _offer_time(state: State, key: str, name: str) -> int:
    running = offer_under(state, key)
    return int(getattr(running.offer, name)) if running else 0


def _hold_by(state: State, key: str) -> int:
    running = offer_under(state, key)
    return running.offer.hold_by if running and running.offer.state is OfferState.PENDING else 0


def _relook_at(state: State, key: str) -> int:
    """A key is `<contact>/<agent>`: until when that agent is spared, while the contact waits."""
    contact_id, _, agent_id = key.partition("/")
    contact = state.contacts.get(contact_id)
    if contact is None or contact.state is not ContactState.QUEUED or contact.offer:
        return 0
    return dict(contact.passed_over).get(agent_id, 0)


PROMISES = {
    "offer_ack": lambda state, key: _offer_time(state, key, "ack_by"),
    "offer_ring": lambda state, key: _offer_time(state, key, "ring_by"),
    "offer_expiry": lambda state, key: _offer_time(state, key, "expires_at"),
    "offer_connect": lambda state, key: _offer_time(state, key, "connect_by"),
    "offer_hold": _hold_by,
    "relook": _relook_at,
}

DUE = {
    "offer_ack": due_acknowledgement,
    "offer_ring": due_ring,
    "offer_expiry": due_expiry,
    "offer_connect": due_connect,
    "offer_hold": due_hold,
    "relook": due_relook,
}
