"""How many calls could be abandoned now, at worst: every line that may still be answered by a person, and everybody who
waits, less the agents who are free for them. Those agents are kept for them."""

from collections import Counter
from collections.abc import Iterable, Mapping

from cti.core.agent import Agent, is_available
from cti.core.campaign import Line
from cti.core.config import AgentConfig, SiteConfig
from cti.core.pools import PACED, PoolConfig, pools_of
from cti.core.state import State
from cti.core.states import Outcome, Presence

NOBODY = (Outcome.MACHINE, Outcome.FAX)

Queues = tuple[str, ...]
"""Those that an agent serves."""


def is_exposed(line: Line) -> bool:
    """An agent will be needed for it, perhaps; one whom an agent calls has that agent."""
    is_over = line.connected_at or line.abandoned_at or line.ended_at
    return not is_over and not line.agent_id and line.outcome not in NOBODY


def is_late(line: Line, greeted_at: int) -> bool:
    """An agent came, but too late, if the greeting was over at `greeted_at` (ms)."""
    return line.after_greeting and line.connected_at > greeted_at + line.connect_ms


def may_be_late(line: Line) -> bool:
    """Somebody talks with an agent, and has not been told from a machine yet. By that it may turn out that they said
    no more than a word, and waited too long: then they count as abandoned all the same."""
    is_open = line.connected_at and not (line.counted or line.abandoned_at or line.ended_at)
    return bool(is_open) and line.outcome not in NOBODY and not line.greeting_at and is_late(line, line.answered_at)


def exposed_lines(state: State, pool: PoolConfig) -> list[Line]:
    """In the order of their legs. A line belongs to the pool in which its campaign is now, whichever it was begun in:
    another configuration may have given that another name, or other campaigns."""
    return [line for line in state.lines.in_order() if line.campaign_id in pool.campaign_ids and is_exposed(line)]


def exposed_by_pool(state: State) -> dict[str, list[Line]]:
    """Those of a campaign that is in no pool any more, as it was removed, are under no name."""
    pools, found = pools_of(state).by_campaign, dict[str, list[Line]]()
    for line in state.lines.in_order():
        if is_exposed(line):
            pool = pools.get(line.campaign_id)
            found.setdefault(pool.pool_id if pool else "", []).append(line)
    return found


def is_at_work(agent: Agent) -> bool:
    """Here, on the line, and wanting to go on afterwards."""
    return agent.presence is Presence.SIGNED_IN and agent.nailed and agent.ready and not agent.suspected


def at_work(state: State, pool: PoolConfig) -> int:
    """How many agents of the pool dial, whatever they do at the moment."""
    agents = state.agents
    return sum(1 for agent_id in pool.agent_ids if (agent := agents.get(agent_id)) and is_at_work(agent))


def free_agents(state: State, pool: PoolConfig) -> int:
    """Who could take somebody now."""
    return sum(free_by_queues(state, pool).values())


def free_by_queues(state: State, pool: PoolConfig, but_for: str = "") -> Counter[Queues]:
    """How many agents of the pool could take somebody now, by the queues of its campaigns that they serve; but for this
    one."""
    found = Counter[Queues]()
    for agent_id in pool.agent_ids:
        agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
        if agent is not None and config is not None and agent_id != but_for and is_free(agent, config):
            found[queues_of(state, agent_id)] += 1
    return found


def queues_of(state: State, agent_id: str) -> Queues:
    """The queues of campaigns that this agent, who is in the configuration, serves."""
    return state.derived("served queues", _served_queues)[agent_id]


def _served_queues(config: SiteConfig) -> dict[str, Queues]:
    """By agent, the queues into which campaigns send people."""
    campaigns = config.calling.campaigns.values()
    queue_ids = {campaign.dialling.queue_id for campaign in campaigns if campaign.mode in PACED and campaign.dialling}
    return {
        agent.agent_id: tuple(each.queue_id for each in agent.memberships if each.queue_id in queue_ids)
        for agent in config.agents.values()
    }


def queue_of(state: State, line: Line) -> str:
    """Whose agents the line needs; empty where its campaign is gone."""
    campaign = state.config.calling.campaigns.get(line.campaign_id)
    return campaign.dialling.queue_id if campaign and campaign.dialling else ""


def by_queue(state: State, lines: Iterable[Line]) -> Counter[str]:
    """How many there are for each queue, in the order of the first."""
    return Counter(queue_of(state, line) for line in lines)


def shortfalls(lines: Mapping[str, int], free: Mapping[Queues, int]) -> dict[str, int]:
    """By queue, how many of its lines find nobody at worst, when all are answered at once, the others first, and no
    agent becomes free; below 0, how many of its agents are to spare. The lines of another queue take at most so many of
    a queue's agents as serve both."""
    found = {}
    for queue_id, own in lines.items():
        agents = sum(count for served, count in free.items() if queue_id in served)
        taken = sum(
            min(theirs, sum(count for served, count in free.items() if queue_id in served and other in served))
            for other, theirs in lines.items()
            if other != queue_id
        )
        found[queue_id] = own - max(0, agents - taken)
    return found


def left_over(found: Mapping[str, int]) -> int:
    """How many lines find nobody at worst, of all queues."""
    return sum(short for short in found.values() if short > 0)


def is_free(agent: Agent, config: AgentConfig) -> bool:
    """On a line that stays up, with nobody on it."""
    return is_there(agent, config) and not agent.leaving


def is_there(agent: Agent, config: AgentConfig) -> bool:
    """The same, whether or not the agent wants to go."""
    return agent.nailed and is_available(agent, config)
