"""Agents whom lines in the air count on: they take nobody else, and their pause or their going home waits until the
lines are over, some seconds later."""

from cti.acd.offers import serve_agent
from cti.acd.presence import sign_out
from cti.acd.state import AcdState
from cti.core.agent import SIGNING_OUT, Agent, is_available
from cti.core.events import (
    AgentNotReady,
    AnyEvent,
    OfferAccepted,
)
from cti.core.kept import is_kept
from cti.core.pools import pools_of
from cti.core.state import State
from cti.core.states import Presence
from cti.core.turn import Turn

LEAVE = "agent_leave"


def decide_lines_fewer(turn: Turn, event: AnyEvent) -> None:
    """Whoever is needed less may go, or be had by others."""
    state = turn.state
    for agent_id in sorted(state.leaving.rows):
        if not is_kept(state, agent_id):
            leave(turn, state.agents[agent_id])
    if not any(state.room(AcdState).waiting.rows.values()):  # for anybody
        return
    for pool in pools_of(state).every:
        for agent_id in pool.agent_ids:
            agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
            if agent and config and is_available(agent, config):
                serve_agent(turn, agent_id)


def decide_one_more(turn: Turn, event: AnyEvent) -> None:
    """Somebody may have got free: then another is needed less."""
    if len(turn.state.lines):
        decide_lines_fewer(turn, event)


def decide_taken(turn: Turn, event: OfferAccepted) -> None:
    """Who wanted to go has got the one call that was meant, and goes after that."""
    agent = turn.state.agents[event.agent_id]
    if agent.leaving:
        reason = agent.leaving
        turn.emit(AgentNotReady(agent_id=event.agent_id, reason=reason))


def due_leave(turn: Turn, agent_id: str) -> None:
    """No line rings for so long: whatever counted on the agent is not worth waiting for."""
    leave(turn, turn.state.agents[agent_id])


def leave(turn: Turn, agent: Agent) -> None:
    """As it was asked for."""
    if agent.leaving == SIGNING_OUT:
        sign_out(turn, agent, "requested")
    else:
        turn.emit(AgentNotReady(agent_id=agent.agent_id, reason=agent.leaving))


def _leaves_at(state: State, key: str) -> int:
    agent = state.agents.get(key)
    return agent.leaves_at if agent and agent.presence is not Presence.SIGNED_OUT else 0


PROMISES = {LEAVE: _leaves_at}
DUE = {LEAVE: due_leave}
