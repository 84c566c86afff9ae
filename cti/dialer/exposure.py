"""How many calls could be abandoned now, at worst: every line that may still be answered by a person, and everybody who
waits, less the agents who are free for them."""

from cti.core.agent import is_available
from cti.core.campaign import Line
from cti.core.state import State
from cti.core.states import Outcome
from cti.dialer.pools import PoolConfig

NOBODY = (Outcome.MACHINE, Outcome.FAX)


def is_exposed(line: Line) -> bool:
    """An agent will be needed for it, perhaps."""
    is_over = line.connected_at or line.abandoned_at or line.ended_at
    return not is_over and line.outcome not in NOBODY


def exposed_lines(state: State, pool: PoolConfig) -> list[Line]:
    """In the order of their legs."""
    return [line for line in state.lines.in_order() if line.pool_id == pool.pool_id and is_exposed(line)]


def free_agents(state: State, pool: PoolConfig, queue_id: str = "") -> int:
    """Who could take somebody now; with a queue, only who serves it."""
    count = 0
    for agent_id in pool.agent_ids:
        agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
        if agent is None or config is None or not agent.nailed or not is_available(agent, config):
            continue
        if not queue_id or any(membership.queue_id == queue_id for membership in config.memberships):
            count += 1
    return count
