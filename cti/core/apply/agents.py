"""How agents move: presence, work mode, assignments."""

from collections.abc import Callable
from typing import Any

from cti.core.agent import ASSIGNMENT_TRANSITIONS, PRESENCE_TRANSITIONS, Agent, Assignment, assignment_for
from cti.core.base import Moment, changed
from cti.core.contact import Contact
from cti.core.events import (
    AbsencePutOff,
    AgentAbsent,
    AgentLegLost,
    AgentLegNailedUp,
    AgentLineWatched,
    AgentNotReady,
    AgentReady,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AssignmentReleased,
    DesktopConnected,
    DesktopDisconnected,
    DeviceProven,
    DeviceSuspected,
    DispositionLapsed,
    LeavePutOff,
    OfferMade,
    WrapUpEnded,
    WrapUpStarted,
)
from cti.core.line_time import line_over
from cti.core.lines import CLIENT, forget_room
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, LegState, Presence
from cti.core.zone import site_zone

ABSENCE_GRACE_MS = 15_000
"""How long a signed-in agent's desktop may be gone before the agent counts as absent."""

TALK_GRACE_MS = 12_000
"""The same for who talks by softphone. It went with the browser, so the customer hears nothing meanwhile: nobody shall
for over 15 s, and to bring the customer back into line takes a moment, too."""

SOCKETS_MAX = 8

LINE_MAX_MS = 13_500_000
"""How long a nailed-up leg stays: the carrier ends every call after four hours, this is a quarter less."""


def reserved(state: State, event: OfferMade, now: Moment) -> None:
    """The agent holds the contact for the time of the offer."""
    held = Assignment(
        contact_id=event.contact_id,
        queue_id=event.queue_id,
        state=AssignmentState.RESERVED,
        since=now.at,
        offer_id=event.offer_id,
        queued_at=now.at - event.waited_ms,
        asked_by=event.asked_by,
        before=event.before,
        campaign_id=event.campaign_id,
    )
    _hold(state, event.agent_id, held)


def engaged(state: State, agent_id: str, contact: Contact, now: Moment) -> None:
    """The agent talks."""
    held = assignment_for(state.agents[agent_id], contact.contact_id)
    assert held is not None
    _hold(state, agent_id, changed(held, state=AssignmentState.BUSY, since=now.at, queue_id=contact.queue_id))


def disposed(state: State, agent_id: str, contact_id: str, disposition: str) -> None:
    """What the agent says became of it stays where it is."""
    agent = state.agents[agent_id]
    assignments = tuple(
        changed(held, disposition=disposition) if held.contact_id == contact_id else held for held in agent.assignments
    )
    state.agents.put(agent_id, changed(agent, assignments=assignments))


def _hold(state: State, agent_id: str, held: Assignment) -> None:
    """What moved last stands last."""
    agent = state.agents[agent_id]
    kept = tuple(other for other in agent.assignments if other.contact_id != held.contact_id)
    state.agents.put(agent_id, changed(agent, assignments=(*kept, held)))


def unassigned(state: State, agent_id: str, contact_id: str, event: Any) -> None:
    """Take the assignment away, if the event may do that in its state (None: always)."""
    agent = state.agents[agent_id]
    held = assignment_for(agent, contact_id)
    if held is None:
        return
    if event is not None:
        assert ASSIGNMENT_TRANSITIONS[held.state][type(event)] is None
    kept = tuple(other for other in agent.assignments if other.contact_id != contact_id)
    state.agents.put(agent_id, changed(agent, assignments=kept))


def apply_desktop_connected(state: State, event: DesktopConnected, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    sockets = (*[other for other in agent.sockets if other != event.socket_id], event.socket_id)[-SOCKETS_MAX:]
    state.agents.put(event.agent_id, changed(agent, sockets=sockets, absent_at=0, cut_off=False, spared=False))


def apply_desktop_disconnected(state: State, event: DesktopDisconnected, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    sockets = tuple(other for other in agent.sockets if other != event.socket_id)
    agent = changed(agent, sockets=sockets)
    state.agents.put(event.agent_id, agent)
    if not sockets:
        grace_ms = TALK_GRACE_MS if _talks_by_softphone(state, agent) else ABSENCE_GRACE_MS
        start_grace(state, changed(agent, vanished_at=now.at, spared=False), now, grace_ms)


def start_grace(state: State, agent: Agent, now: Moment, grace_ms: int = ABSENCE_GRACE_MS) -> None:
    """The desktop is gone: until the grace ends nothing changes but that no contact is offered."""
    config = state.config.agents.get(agent.agent_id)
    if agent.presence is Presence.SIGNED_IN and (config is None or config.desk):
        absent_at = now.at + grace_ms
        state.agents.put(agent.agent_id, changed(agent, sockets=(), absent_at=absent_at))
        state.deadlines.add(absent_at, "absence", agent.agent_id)
    elif agent.sockets:
        state.agents.put(agent.agent_id, changed(agent, sockets=()))


def _talks_by_softphone(state: State, agent: Agent) -> bool:
    config = state.config.agents.get(agent.agent_id)
    talks = any(
        held.state is AssignmentState.BUSY or _is_on_the_way(state, held.contact_id) for held in agent.assignments
    )
    return talks and config is not None and config.endpoint.startswith(CLIENT)


def _is_on_the_way(state: State, contact_id: str) -> bool:
    """The caller may be in the room already, and nobody have said so."""
    contact = state.contacts.get(contact_id)
    return contact is not None and contact.state is ContactState.CONNECTING


def apply_absence_put_off(state: State, event: AbsencePutOff, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, absent_at=event.absent_at, spared=event.last))
    state.deadlines.add(event.absent_at, "absence", event.agent_id)


def _present(state: State, event: AgentSignedIn | AgentSignedOut | AgentAbsent | AgentReturned, **fields: Any) -> None:
    agent = state.agents[event.agent_id]
    presence = PRESENCE_TRANSITIONS[agent.presence][type(event)]
    state.agents.put(event.agent_id, changed(agent, presence=presence, **fields))


def _watched(state: State, agent_id: str, now: Moment) -> None:
    """Who is signed in without a desktop has the grace to connect one."""
    agent = state.agents[agent_id]
    if not agent.sockets:
        start_grace(state, agent, now)


def apply_signed_in(state: State, event: AgentSignedIn, now: Moment) -> None:
    _present(state, event, ready=False, reason="signed_in", suspected=False, idle_since=now.at)
    _watched(state, event.agent_id, now)


def apply_signed_out(state: State, event: AgentSignedOut, now: Moment) -> None:
    _present(state, event, ready=False, reason="", suspected=False, absent_at=0)


def apply_absent(state: State, event: AgentAbsent, now: Moment) -> None:
    _present(state, event, ready=False, reason="absent", absent_at=0, spared=False, leaving="", leaves_at=0)
    state.leaving.drop(event.agent_id)


def apply_returned(state: State, event: AgentReturned, now: Moment) -> None:
    _present(state, event, absent_at=0)
    _watched(state, event.agent_id, now)


def apply_ready(state: State, event: AgentReady, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, ready=True, reason="", idle_since=now.at, leaving="", leaves_at=0))
    state.leaving.drop(event.agent_id)


def apply_not_ready(state: State, event: AgentNotReady, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, ready=False, reason=event.reason, leaving="", leaves_at=0))
    state.leaving.drop(event.agent_id)


def apply_leave_put_off(state: State, event: LeavePutOff, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, leaving=event.reason, leaves_at=event.leaves_at))
    state.leaving.put(event.agent_id, event.reason)
    state.deadlines.add(event.leaves_at, "agent_leave", event.agent_id)


def apply_suspected(state: State, event: DeviceSuspected, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, suspected=True))


def apply_proven(state: State, event: DeviceProven, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, suspected=False))


def apply_wrap_up_started(state: State, event: WrapUpStarted, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    held = assignment_for(agent, event.contact_id)
    assert held is not None
    target = ASSIGNMENT_TRANSITIONS[held.state][WrapUpStarted]
    assert target is not None
    _hold(state, event.agent_id, changed(held, state=target, since=now.at, wrap_up_ends_at=event.ends_at))
    state.deadlines.add(event.ends_at, "wrap_up", f"{event.agent_id}/{event.contact_id}")


def apply_wrap_up_ended(state: State, event: WrapUpEnded, now: Moment) -> None:
    held = assignment_for(state.agents[event.agent_id], event.contact_id)
    queue_id = held.queue_id if held else ""
    unassigned(state, event.agent_id, event.contact_id, event)
    agent = changed(state.agents[event.agent_id], idle_since=now.at)
    if event.late_until:
        agent = changed(agent, unsaid=event.contact_id, unsaid_until=event.late_until, unsaid_queue=queue_id)
        state.deadlines.add(event.late_until, "late_word", event.agent_id)
    state.agents.put(event.agent_id, agent)


def apply_lapsed(state: State, event: DispositionLapsed, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    if agent.unsaid == event.contact_id:
        state.agents.put(event.agent_id, changed(agent, unsaid="", unsaid_until=0, unsaid_queue=""))


def apply_released(state: State, event: AssignmentReleased, now: Moment) -> None:
    unassigned(state, event.agent_id, event.contact_id, event)
    state.agents.put(event.agent_id, changed(state.agents[event.agent_id], idle_since=now.at))


def apply_leg_nailed_up(state: State, event: AgentLegNailedUp, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    up_at = agent.line_up_at or now.at
    _look_at_line(state, changed(agent, nailed=True, line_up_at=up_at), up_at + LINE_MAX_MS)


def apply_leg_lost(state: State, event: AgentLegLost, now: Moment) -> None:
    """A leg that lives is forgotten when its end is reported."""
    agent = state.agents[event.agent_id]
    forget_room(state, agent.call_id)
    agent = line_over(agent, site_zone(state.config), now.at)
    agent = changed(agent, leg_id="", call_id="", nailed=False, line_up_at=0, line_at=0)
    state.agents.put(event.agent_id, agent)
    leg = state.legs.get(event.leg_id)
    if leg and leg.state is LegState.ENDED and not leg.released:
        state.leg_by_ref.drop(leg.provider_ref)
        state.legs.drop(leg.leg_id)
    elif leg:
        state.legs.put(leg.leg_id, changed(leg, contact_id=""))
    if event.again_at:
        _look_at_line(state, agent, event.again_at)


def apply_line_watched(state: State, event: AgentLineWatched, now: Moment) -> None:
    _look_at_line(state, changed(state.agents[event.agent_id], line_tries=event.tries), event.look_at)


def _look_at_line(state: State, agent: Agent, at: int) -> None:
    state.agents.put(agent.agent_id, changed(agent, line_at=at))
    state.deadlines.add(at, "line", agent.agent_id)


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    AgentLegNailedUp: apply_leg_nailed_up,
    AgentLegLost: apply_leg_lost,
    AgentLineWatched: apply_line_watched,
    DesktopConnected: apply_desktop_connected,
    DesktopDisconnected: apply_desktop_disconnected,
    AgentSignedIn: apply_signed_in,
    AgentSignedOut: apply_signed_out,
    AgentAbsent: apply_absent,
    AbsencePutOff: apply_absence_put_off,
    AgentReturned: apply_returned,
    AgentReady: apply_ready,
    AgentNotReady: apply_not_ready,
    LeavePutOff: apply_leave_put_off,
    DeviceSuspected: apply_suspected,
    DeviceProven: apply_proven,
    WrapUpStarted: apply_wrap_up_started,
    WrapUpEnded: apply_wrap_up_ended,
    DispositionLapsed: apply_lapsed,
    AssignmentReleased: apply_released,
}
