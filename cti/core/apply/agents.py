"""How agents move: presence, work mode, assignments."""

from collections.abc import Callable
from typing import Any

from cti.core.agent import ASSIGNMENT_TRANSITIONS, PRESENCE_TRANSITIONS, Agent, Assignment, assignment_for
from cti.core.base import Moment, changed
from cti.core.contact import Contact
from cti.core.events import (
    AgentAbsent,
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
    WrapUpEnded,
    WrapUpStarted,
)
from cti.core.state import State
from cti.core.states import AssignmentState, Presence

ABSENCE_GRACE_MS = 15_000
"""How long a signed-in agent's desktop may be gone before the agent counts as absent."""

SOCKETS_MAX = 8


def assigned(state: State, agent_id: str, contact: Contact, to: AssignmentState, now: Moment) -> None:
    """Give the agent the contact, or move its assignment on."""
    agent = state.agents[agent_id]
    kept = tuple(held for held in agent.assignments if held.contact_id != contact.contact_id)
    held = Assignment(contact_id=contact.contact_id, queue_id=contact.queue_id, state=to, since=now.at)
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
    state.agents.put(event.agent_id, changed(agent, sockets=sockets, absent_at=0))


def apply_desktop_disconnected(state: State, event: DesktopDisconnected, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    sockets = tuple(other for other in agent.sockets if other != event.socket_id)
    agent = changed(agent, sockets=sockets)
    state.agents.put(event.agent_id, agent)
    if not sockets:
        start_grace(state, agent, now)


def start_grace(state: State, agent: Agent, now: Moment) -> None:
    """The desktop is gone: until the grace ends nothing changes but that no contact is offered."""
    if agent.presence is Presence.SIGNED_IN:
        absent_at = now.at + ABSENCE_GRACE_MS
        state.agents.put(agent.agent_id, changed(agent, sockets=(), absent_at=absent_at))
        state.deadlines.add(absent_at, "absence", agent.agent_id)
    elif agent.sockets:
        state.agents.put(agent.agent_id, changed(agent, sockets=()))


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
    _present(state, event, ready=False, reason="", absent_at=0)


def apply_absent(state: State, event: AgentAbsent, now: Moment) -> None:
    _present(state, event, ready=False, reason="absent", absent_at=0)


def apply_returned(state: State, event: AgentReturned, now: Moment) -> None:
    _present(state, event, absent_at=0)
    _watched(state, event.agent_id, now)


def apply_ready(state: State, event: AgentReady, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, ready=True, reason="", idle_since=now.at))


def apply_not_ready(state: State, event: AgentNotReady, now: Moment) -> None:
    agent = state.agents[event.agent_id]
    state.agents.put(event.agent_id, changed(agent, ready=False, reason=event.reason))


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
    kept = tuple(other for other in agent.assignments if other.contact_id != event.contact_id)
    wrapping = changed(held, state=target, since=now.at, wrap_up_ends_at=event.ends_at)
    state.agents.put(event.agent_id, changed(agent, assignments=(*kept, wrapping)))
    state.deadlines.add(event.ends_at, "wrap_up", f"{event.agent_id}/{event.contact_id}")


def apply_wrap_up_ended(state: State, event: WrapUpEnded, now: Moment) -> None:
    unassigned(state, event.agent_id, event.contact_id, event)
    state.agents.put(event.agent_id, changed(state.agents[event.agent_id], idle_since=now.at))


def apply_released(state: State, event: AssignmentReleased, now: Moment) -> None:
    unassigned(state, event.agent_id, event.contact_id, event)
    state.agents.put(event.agent_id, changed(state.agents[event.agent_id], idle_since=now.at))


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    DesktopConnected: apply_desktop_connected,
    DesktopDisconnected: apply_desktop_disconnected,
    AgentSignedIn: apply_signed_in,
    AgentSignedOut: apply_signed_out,
    AgentAbsent: apply_absent,
    AgentReturned: apply_returned,
    AgentReady: apply_ready,
    AgentNotReady: apply_not_ready,
    DeviceSuspected: apply_suspected,
    DeviceProven: apply_proven,
    WrapUpStarted: apply_wrap_up_started,
    WrapUpEnded: apply_wrap_up_ended,
    AssignmentReleased: apply_released,
}
