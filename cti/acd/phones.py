"""Agents on telephones: the ringing leg is the offer. Who answers hears whose call it is, and takes it by pressing 1,
so that no voicemail ever gets a caller. Nothing else takes it: another key declines, silence misses.
"""

from cti.acd.offers import (
    Running,
    accept,
    accept_nailed_up,
    decline,
    miss,
    offers_of,
    overhears,
    rings,
    take,
    take_back,
)
from cti.acd.screening import ACCEPTS, listen
from cti.core.agent import takes_unasked
from cti.core.apply.dialling import CONNECT_MS
from cti.core.call import Leg
from cti.core.events import (
    CallStarted,
    LegAlerting,
    LegAnswered,
    LegHeld,
    OfferAccepted,
    OfferMade,
    PlanRequested,
    ReleaseRequested,
)
from cti.core.ids import CALL
from cti.core.placing import request_leg, start_leg
from cti.core.plan import Door, GoOn, HangUp, Join, Pause, Plan, Say
from cti.core.state import State
from cti.core.states import LeaveResult, OfferState, PartyRole, WithdrawReason
from cti.core.turn import Turn

MOMENT_MS = 4_000
"""Longer than it takes from one question of who waits for the customer's hold to the next."""

NOT_HELD = "Sorry, the caller could not be put on hold. Please call back."


def decide_offer_made(turn: Turn, event: OfferMade) -> None:
    """The phone rings. Who is nailed up and has no desktop, or serves a queue that asks nobody, takes every call, and
    hears it come; but is not asked into a conversation before the customer is on hold, who would overhear it.
    Whom the agent is to call is nobody who comes."""
    state = turn.state
    config, contact = state.config.agents.get(event.agent_id), state.contacts.get(event.contact_id)
    offers = offers_of(contact) if contact else []
    running = next((each for each in offers if each.offer.offer_id == event.offer_id), None)
    if config is None or running is None or running.offer.state is not OfferState.PENDING or event.campaign_id:
        return
    agent = state.agents[event.agent_id]
    queue = None if event.party_id else state.config.queues.get(event.queue_id)
    if event.leg_id:
        start_leg(
            turn,
            event.leg_id,
            endpoint=config.endpoint,
            call_id="",
            role=PartyRole.AGENT,
            contact_id=event.contact_id,
            agent_id=event.agent_id,
        )
        request_leg(turn, event.leg_id, "consult_agent" if event.party_id else "agent_leg", agent_id=event.agent_id)
    elif takes_unasked(agent, config, queue) and not _is_overheard(state, event, running):
        accept_nailed_up(turn, running, agent, "")


def _is_overheard(state: State, event: OfferMade, running: Running) -> bool:
    return event.party_id != "" and overhears(state, running.contact)


def decide_held(turn: Turn, event: LegHeld) -> None:
    """The customer hears music: now whoever is asked in may come."""
    state = turn.state
    leg = state.find_leg(event.leg_id, event.provider_ref)
    contact = state.contacts.get(leg.contact_id) if leg else None
    if leg is None or contact is None or leg.leg_id != contact.leg_id:
        return
    for running in offers_of(contact):
        agent = state.agents.get(running.offer.agent_id)
        if agent is None or not running.party_id or running.offer.state is not OfferState.PENDING:
            continue
        if takes_unasked(agent, state.config.agents.get(agent.agent_id), None):
            accept_nailed_up(turn, running, agent, "")
        elif running.offer.hold_by and not running.offer.leg_id:  # a telephone asks again by itself
            accept(turn, running)


def _offered_on(state: State, leg: Leg | None) -> Running | None:
    """The offer that this leg is, while it has not been answered."""
    contact = state.contacts.get(leg.contact_id) if leg and leg.role is PartyRole.AGENT else None
    for running in offers_of(contact) if contact else ():
        if leg and running.offer.leg_id == leg.leg_id and running.offer.state is OfferState.PENDING:
            return running
    return None


def decide_alerting(turn: Turn, event: LegAlerting | LegAnswered) -> None:
    """The time to ring begins."""
    running = _offered_on(turn.state, turn.state.find_leg(event.leg_id, event.provider_ref))
    if running and not running.offer.expires_at:
        rings(turn, running)


def decide_plan_requested(turn: Turn, event: PlanRequested) -> None:
    """Somebody has answered; or has pressed something, or nothing. A leg that comes out of a room has no more to do."""
    leg = turn.state.legs.get(event.leg_id)
    if leg is None or leg.role is not PartyRole.AGENT or leg.nailed_up or not leg.awaiting:
        return
    if event.result == LeaveResult.HUNG_UP:
        return
    running = _offered_on(turn.state, leg)
    if running and event.door is Door.SCREEN:
        if not running.offer.expires_at:
            rings(turn, running)
        turn.plan(leg.leg_id, _whisper(turn.state, running))
    elif running and running.offer.hold_by:
        _wait_or_accept(turn, running, leg)
    elif running and event.door is Door.DIGITS and event.digits == ACCEPTS:
        if running.party_id and overhears(turn.state, running.contact):
            take(turn, running)
            turn.plan(leg.leg_id, _one_moment(turn.state, running))
        else:
            _accept(turn, running, leg)
    elif running and event.door is Door.DIGITS and event.digits:
        decline(turn, running, "pressed")
    elif running:
        miss(turn, running)
    leg = turn.state.legs.get(event.leg_id)
    if leg and leg.awaiting:
        turn.plan(leg.leg_id, Plan((HangUp(),)))


def _whisper(state: State, running: Running) -> Plan:
    """The queue's own; by default its name."""
    queue = state.config.queues.get(running.contact.queue_id)
    language = queue.language if queue else state.config.language
    name = queue.name if queue else state.config.name
    prompts = (queue.whisper if queue else ()) or (
        Say(text=f"A call from {name}. Press {ACCEPTS} to take it.", language=language),
    )
    return listen(prompts)


def _wait_or_accept(turn: Turn, running: Running, leg: Leg) -> None:
    """It asks once a moment whether the customer is on hold. The last time before it is too late, it hears so."""
    if not overhears(turn.state, running.contact):
        _accept(turn, running, leg)
    elif turn.now.at + MOMENT_MS < running.offer.hold_by:
        turn.plan(leg.leg_id, _one_moment(turn.state, running))
    else:
        turn.plan(leg.leg_id, Plan((_say(turn.state, running, NOT_HELD), HangUp())))
        turn.emit(ReleaseRequested(leg_id=leg.leg_id))  # it hangs up itself
        take_back(turn, running, WithdrawReason.NOT_HELD, is_leaving=True)


def _one_moment(state: State, running: Running) -> Plan:
    return Plan((_say(state, running, "One moment, please."), Pause(seconds=1), GoOn(door=Door.NEXT)))


def _say(state: State, running: Running, text: str) -> Say:
    queue = state.config.queues.get(running.contact.queue_id)
    return Say(text=text, language=queue.language if queue else state.config.language)


def _accept(turn: Turn, running: Running, leg: Leg) -> None:
    """Into the room; the caller follows, as with every other agent."""
    contact, call_id = running.contact, running.contact.call_id
    if not running.party_id:
        call_id = turn.new_id(CALL)
        turn.emit(CallStarted(call_id=call_id, contact_id=contact.contact_id))
    turn.emit(
        OfferAccepted(
            offer_id=running.offer.offer_id,
            contact_id=contact.contact_id,
            agent_id=running.offer.agent_id,
            connect_by=turn.now.at + CONNECT_MS,
            leg_id=leg.leg_id,
            call_id=call_id,
            party_id=running.party_id,
        )
    )
    turn.plan(leg.leg_id, Plan((Join(call_id=call_id, ends_call=not running.party_id),)))
