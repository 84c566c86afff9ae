"""How legs and calls move. Reports that do not fit never come here: the engine notes them as ignored."""

from collections.abc import Callable
from typing import Any

from cti.core.apply.recordings import recorded_leg_over, recording_asked, recording_named
from cti.core.base import Moment, changed
from cti.core.call import LEG_TRANSITIONS, Call, Leg
from cti.core.contact import leg_ids_of
from cti.core.events import (
    AgentLegGone,
    CallEnded,
    CallJoined,
    CallLeft,
    CallStarted,
    InputRejected,
    LegAlerting,
    LegAnswered,
    LegCameAgain,
    LegChecked,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegPlanned,
    LegRefused,
    LegRetrieved,
    LegStarted,
    LegWatched,
    PlanRequested,
    ReleaseRequested,
    ReplyOverdue,
)
from cti.core.lines import is_line, left_room
from cti.core.plan import Door, Forward, Join, Park, Record
from cti.core.state import State
from cti.core.states import LeaveResult, LegState, PartyRole

CHECK_AFTER_MS = 90_000
"""How long a leg may be silent before the carrier is asked whether it still lives."""

RELEASE_CHECK_MS = 6_000
"""The same once we asked for its end."""

RING_CHECK_MS = 18_000
"""The same while an agent's leg is placed or rings: a little longer than it can ring."""

JOIN_CHECK_MS = 5_000
"""The same once it was answered, for the room is the next thing it comes into."""


def patience_ms(leg: Leg) -> int:
    """How long a leg that is wanted may be silent. Whoever waits for an agent waits for the reports of that leg: so it
    is asked about soon while it is on its way into its room."""
    if not is_on_its_way(leg):
        return CHECK_AFTER_MS
    return JOIN_CHECK_MS if leg.state is LegState.CONNECTED else RING_CHECK_MS


def is_on_its_way(leg: Leg) -> bool:
    """An agent's leg that is not yet in the room it was asked into."""
    return leg.role is PartyRole.AGENT and bool(leg.bound_for) and not leg.call_id


def is_sent_on(leg: Leg) -> bool:
    """A caller on the way to an outside number, or there; or still in the room that was to be left for it."""
    return leg.plan is not None and any(isinstance(verb, Forward) for verb in leg.plan.verbs)


def is_led_out(leg: Leg) -> bool:
    """A caller who is to wait, after having been in a room; perhaps in there still."""
    return leg.plan is not None and leg.bound_for != "" and any(isinstance(verb, Park) for verb in leg.plan.verbs)


def _watched(state: State, leg: Leg, now: Moment) -> Leg:
    """An agent's leg that took a step: from now on the next one is waited for."""
    if leg.role is not PartyRole.AGENT or leg.released:
        return leg
    check_at = now.at + patience_ms(leg)
    state.deadlines.add(check_at, "leg_check", leg.leg_id)
    return changed(leg, check_at=check_at)


def apply_leg_started(state: State, event: LegStarted, now: Moment) -> None:
    """One that the carrier names already came to us. An agent's leg that is for no contact is a nailed-up one."""
    inbound = event.provider_ref != ""
    nailed_up = event.role is PartyRole.AGENT and not event.contact_id
    leg = Leg(
        leg_id=event.leg_id,
        role=event.role,
        state=LegState.CONNECTED if inbound else LegState.INITIATED,
        endpoint_kind=event.endpoint_kind,
        endpoint=event.endpoint,
        started_at=now.at,
        contact_id=event.contact_id,
        agent_id=event.agent_id,
        provider_ref=event.provider_ref,
        bound_for=event.call_id,
        awaiting=inbound,
        nailed_up=nailed_up,
        seen_at=now.at,
        check_at=now.at + CHECK_AFTER_MS,
    )
    state.legs.put(leg.leg_id, leg)
    state.deadlines.add(leg.check_at, "leg_check", leg.leg_id)
    if event.provider_ref:
        state.leg_by_ref.put(event.provider_ref, leg.leg_id)
    agent = state.agents.get(event.agent_id)
    if nailed_up and agent:
        state.agents.put(event.agent_id, changed(agent, leg_id=leg.leg_id, nailed=False, line_up_at=0, line_at=0))


def _moved(state: State, leg: Leg, event: object, now: Moment) -> Leg:
    """The leg after a report, with the carrier's reference learnt from it. Raises `KeyError` for a stale one."""
    target = LEG_TRANSITIONS[leg.state][type(event)]  # type: ignore[index]
    provider_ref = getattr(event, "provider_ref", "")
    if provider_ref and provider_ref != leg.provider_ref:
        state.leg_by_ref.put(provider_ref, leg.leg_id)
        return changed(leg, state=target, provider_ref=provider_ref, seen_at=now.at)
    return changed(leg, state=target, seen_at=now.at)


def apply_leg_report(
    state: State, event: LegPlaced | LegAlerting | LegAnswered | LegHeld | LegRetrieved, now: Moment
) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    assert leg is not None
    state.legs.put(leg.leg_id, _watched(state, _moved(state, leg, event, now), now))


def apply_leg_muted(state: State, event: LegMuted, now: Moment) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    assert leg is not None
    state.legs.put(leg.leg_id, changed(_moved(state, leg, event, now), muted=event.muted))


def apply_leg_refused(state: State, event: LegRefused, now: Moment) -> None:
    _over(state, _moved(state, state.legs[event.leg_id], event, now), now)


def apply_leg_ended(state: State, event: LegEnded, now: Moment) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    assert leg is not None
    _leave_room(state, leg)
    _over(state, changed(_moved(state, leg, event, now), cause=event.cause), now)


def _over(state: State, leg: Leg, now: Moment) -> None:
    """Nothing is expected of the leg any more. It is kept as long as its contact has use for it, and one that was
    released until its agent is told."""
    told = leg.released and leg.agent_id in state.agents
    if _is_orphan(state, leg) and not told and not is_line(state, leg):
        state.leg_by_ref.drop(leg.provider_ref)
        state.legs.drop(leg.leg_id)
    else:
        state.legs.put(leg.leg_id, changed(leg, awaiting=False, call_id="", check_at=0, plan=None))
    recorded_leg_over(state, leg.leg_id, now)


def _is_orphan(state: State, leg: Leg) -> bool:
    """A leg that no contact waits for any more: nobody would ever drop it later."""
    contact = state.contacts.get(leg.contact_id)
    return contact is None or leg.leg_id not in leg_ids_of(contact)


def apply_leg_checked(state: State, event: LegChecked, now: Moment) -> None:
    leg = state.legs[event.leg_id]
    state.legs.put(leg.leg_id, changed(leg, seen_at=now.at if event.alive else 0))


def apply_leg_watched(state: State, event: LegWatched, now: Moment) -> None:
    leg = state.legs[event.leg_id]
    state.legs.put(leg.leg_id, changed(leg, check_at=event.check_at))
    state.deadlines.add(event.check_at, "leg_check", leg.leg_id)


def apply_plan_requested(state: State, event: PlanRequested, now: Moment) -> None:
    """Who only tells that it left, perhaps late, asks for nothing. Who asks is no longer on hold."""
    before = state.legs[event.leg_id]
    leg = _moved(state, before, event, now)
    redirected = event.door is Door.PARKED and event.result == LeaveResult.REDIRECTED
    asks = not redirected and event.result != LeaveResult.HUNG_UP
    if before.state is LegState.HELD and not asks:
        leg = changed(leg, state=LegState.HELD)
    state.legs.put(leg.leg_id, changed(leg, awaiting=leg.awaiting or asks))
    recording_named(state, leg.leg_id, event.recording_id, now)


def apply_input_rejected(state: State, event: InputRejected, now: Moment) -> None:
    """What made the rules fail was a request: it still waits for its reply."""
    leg = state.legs.get(event.leg_id)
    asked = event.input_type == PlanRequested.__name__
    if asked and leg and leg.role is PartyRole.CUSTOMER and leg.state is not LegState.ENDED:
        state.legs.put(leg.leg_id, changed(leg, awaiting=True))


def apply_reply_overdue(state: State, event: ReplyOverdue, now: Moment) -> None:
    leg = state.legs[event.leg_id]
    state.legs.put(leg.leg_id, changed(leg, awaiting=True))


def apply_leg_planned(state: State, event: LegPlanned, now: Moment) -> None:
    leg = state.legs[event.leg_id]
    bound_for = leg.bound_for
    for verb in event.plan.verbs:
        if type(verb) is Join:
            bound_for = verb.call_id
        elif type(verb) is Record:
            recording_asked(state, leg.leg_id, now)
    fields = {"plan": event.plan, "nonce": now.seq, "awaiting": False, "bound_for": bound_for}
    if event.endpoint:
        fields["endpoint"] = event.endpoint
    state.legs.put(leg.leg_id, changed(leg, **fields))
    if leg.nailed_up and bound_for != leg.bound_for:
        left_room(state, leg.leg_id)


def apply_release_requested(state: State, event: ReleaseRequested, now: Moment) -> None:
    leg = state.legs[event.leg_id]
    check_at = now.at + RELEASE_CHECK_MS
    state.legs.put(leg.leg_id, changed(leg, released=True, check_at=check_at))
    state.deadlines.add(check_at, "leg_check", leg.leg_id)
    agent = state.agents.get(leg.agent_id)
    if agent:
        state.agents.put(leg.agent_id, changed(agent, releasing=(*agent.releasing, leg.leg_id)))


def apply_agent_leg_gone(state: State, event: AgentLegGone, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    kept = tuple(leg_id for leg_id in agent.releasing if leg_id != event.leg_id)
    state.agents.put(event.agent_id, changed(agent, releasing=kept))
    leg = state.legs.get(event.leg_id)
    if leg and _is_orphan(state, leg):
        state.leg_by_ref.drop(leg.provider_ref)
        state.legs.drop(leg.leg_id)


def apply_call_started(state: State, event: CallStarted, now: Moment) -> None:
    call = Call(call_id=event.call_id, started_at=now.at, contact_id=event.contact_id, agent_id=event.agent_id)
    state.calls.put(call.call_id, call)
    agent = state.agents.get(event.agent_id)
    if agent:
        state.agents.put(event.agent_id, changed(agent, call_id=call.call_id))
        _forget_if_done(state, agent.call_id)


def apply_call_joined(state: State, event: CallJoined, now: Moment) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    call = state.calls[event.call_id]
    assert leg is not None
    _leave_room(state, leg)
    leg = changed(_moved(state, leg, event, now), call_id=call.call_id, muted=False)
    if event.room_ref and event.sequence > 0:
        leg = changed(leg, joined=(event.room_ref, event.sequence))
    state.legs.put(leg.leg_id, _watched(state, leg, now))
    if leg.nailed_up and leg.call_id != leg.bound_for:
        left_room(state, leg.leg_id)
    call = state.calls[event.call_id]
    room_ref = call.room_ref or event.room_ref
    state.calls.put(call.call_id, changed(call, leg_ids=(*call.leg_ids, leg.leg_id), room_ref=room_ref))


def apply_call_left(state: State, event: CallLeft, now: Moment) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    assert leg is not None
    _leave_room(state, leg)
    leg = _moved(state, leg, event, now)
    if leg.call_id == event.call_id:
        leg = changed(leg, call_id="")
    state.legs.put(leg.leg_id, leg)


def apply_came_again(state: State, event: LegCameAgain, now: Moment) -> None:
    leg = state.legs[event.leg_id]
    state.legs.put(leg.leg_id, changed(leg, joined=(event.room_ref, event.sequence)))


def _leave_room(state: State, leg: Leg) -> None:
    call = state.calls.get(leg.call_id)
    if call and leg.leg_id in call.leg_ids:
        rest = tuple(leg_id for leg_id in call.leg_ids if leg_id != leg.leg_id)
        state.calls.put(call.call_id, changed(call, leg_ids=rest))
        _forget_if_done(state, call.call_id)


def _forget_if_done(state: State, call_id: str) -> None:
    """An agent's own room is forgotten once it is empty and the agent has another, or none."""
    call = state.calls.get(call_id)
    owner = state.agents.get(call.agent_id) if call else None
    if call and call.agent_id and not call.leg_ids and (owner is None or owner.call_id != call_id):
        state.calls.drop(call_id)


def apply_call_ended(state: State, event: CallEnded, now: Moment) -> None:
    """The room is empty for good. It is forgotten with the offer or the contact it was set apart for."""
    call = state.calls[event.call_id]
    for leg_id in call.leg_ids:
        leg = state.legs.get(leg_id)
        if leg and leg.call_id == event.call_id:
            state.legs.put(leg_id, changed(leg, call_id=""))
    state.calls.put(event.call_id, changed(call, leg_ids=(), ended_at=now.at))
    _forget_if_done(state, event.call_id)


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    LegStarted: apply_leg_started,
    LegPlaced: apply_leg_report,
    LegAlerting: apply_leg_report,
    LegAnswered: apply_leg_report,
    LegHeld: apply_leg_report,
    LegCameAgain: apply_came_again,
    LegRetrieved: apply_leg_report,
    LegMuted: apply_leg_muted,
    LegRefused: apply_leg_refused,
    LegEnded: apply_leg_ended,
    LegChecked: apply_leg_checked,
    LegWatched: apply_leg_watched,
    PlanRequested: apply_plan_requested,
    InputRejected: apply_input_rejected,
    ReplyOverdue: apply_reply_overdue,
    LegPlanned: apply_leg_planned,
    ReleaseRequested: apply_release_requested,
    AgentLegGone: apply_agent_leg_gone,
    CallStarted: apply_call_started,
    CallJoined: apply_call_joined,
    CallLeft: apply_call_left,
    CallEnded: apply_call_ended,
}
