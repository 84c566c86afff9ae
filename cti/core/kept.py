"""Agents on whom lines in the air count: nobody else may have them now."""

from cti.core.agent import why_not_free
from cti.core.air import Air
from cti.core.exposure import is_there
from cti.core.pools import pools_of
from cti.core.state import State


def is_kept(state: State, agent_id: str) -> bool:
    """Whether more of the lines that the agent could serve would find nobody without this one than may be abandoned
    now."""
    pool = pools_of(state).by_agent.get(agent_id) if len(state.lines) else None
    agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
    if pool is None or agent is None or config is None or not is_there(agent, config):
        return False
    air = Air(state, pool, state.last.at, but_for=agent_id)
    return air.is_served_by(agent_id) and air.left_over > air.slack


def why_not_had(state: State, agent_id: str, asking_id: str) -> str:
    """Why another agent cannot ask this one in, or give a contact away to them; empty when they can."""
    reason = why_not_free(state.agents.get(agent_id), asking_id, state.config.agents.get(agent_id))
    if not reason and is_kept(state, agent_id):
        return "This agent is needed for somebody who is being called: choose another, or try again in a moment."
    return reason
