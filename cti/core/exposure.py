"""How many calls could be abandoned now, at worst: every line that may still be answered by a person, and everybody who
waits, less the agents who are free for them. Those agents are kept for them."""

from cti.core.agent import Agent, is_available, why_not_free
from cti.core.campaign import Line
from cti.core.config import AgentConfig
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.states import Outcome

NOBODY = (Outcome.MACHINE, Outcome.FAX)


def is_exposed(line: Line) -> bool:
    """An agent will be needed for it, perhaps; one whom an agent calls has that agent."""
    is_over = line.connected_at or line.abandoned_at or line.ended_at
    return not is_over and not line.agent_id and line.outcome not in NOBODY


def exposed_lines(state: State, pool_id: str) -> list[Line]:
    """In the order of their legs."""
    return [line for line in state.lines.in_order() if line.pool_id == pool_id and is_exposed(line)]


def free_agents(state: State, pool: PoolConfig, queue_id: str = "") -> int:
    """Who could take somebody now; with a queue, only who serves it."""
    count = 0
    for agent_id in pool.agent_ids:
        agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
        if agent is None or config is None or not is_free(agent, config):
            continue
        if not queue_id or any(membership.queue_id == queue_id for membership in config.memberships):
            count += 1
    return count


def is_free(agent: Agent, config: AgentConfig) -> bool:
    """On a line that stays up, with nobody on it."""
    return is_there(agent, config) and not agent.leaving


def is_there(agent: Agent, config: AgentConfig) -> bool:
    """The same, whether or not the agent wants to go."""
    return agent.nailed and is_available(agent, config)


def is_kept(state: State, agent_id: str) -> bool:
    """Whether lines in the air count on this agent, so that nobody else may have them now. Of lines beyond the free
    agents so many may be abandoned as the pool's `slack` says."""
    pool = pools_of(state).by_agent.get(agent_id) if len(state.lines) else None
    row = state.pools.get(pool.pool_id) if pool else None
    agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
    if pool is None or row is None or agent is None or config is None or not is_there(agent, config):
        return False
    needed = sum(1 for line in state.lines.rows.values() if line.pool_id == pool.pool_id and is_exposed(line))
    others = free_agents(state, pool) - (not agent.leaving)
    return others < needed - row.slack


def why_not_had(state: State, agent_id: str, asking_id: str) -> str:
    """Why another agent cannot ask this one in, or give a contact away to them; empty when they can."""
    reason = why_not_free(state.agents.get(agent_id), asking_id, state.config.agents.get(agent_id))
    if not reason and is_kept(state, agent_id):
        return "This agent is needed for somebody who is being called: choose another, or try again in a moment."
    return reason
