"""Callers who wait for agents whom campaigns use as well."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.config import SiteConfig, qualifies
from cti.core.contact import Contact
from cti.core.pools import pools_in, pools_of
from cti.core.state import State
from cti.core.states import ContactState, Direction, Presence


class LongestWait(NamedTuple):
    """Of the caller who has waited longest: since when (ms), and in which queue."""

    since: int
    queue_id: str


def callers_first(state: State, campaign: CampaignConfig, at: int) -> LongestWait | None:
    """The caller for whom the campaign begins no line at `at` (ms), by a rule of its own; None where there is none.
    Whom an agent is asked to take needs no other; whom none of the agents who are here may serve is not helped by
    them; a broadcast needs no agent."""
    how, pool = campaign.dialling, pools_of(state).by_campaign.get(campaign.campaign_id)
    if how is None or pool is None or how.callers_wait_ms < 0 or campaign.mode == "broadcast":
        return None
    servers = state.derived("servers of pools", _servers)[pool.pool_id]
    queued = (contact for contact in state.contacts.rows.values() if contact.state is ContactState.QUEUED)
    callers = (contact for contact in queued if contact.direction is Direction.INBOUND and contact.offer is None)
    late = (each for each in callers if at - each.queued_at > how.callers_wait_ms)
    waiting = (
        LongestWait(each.queued_at, each.queue_id)
        for each in late
        if any(_may_serve(state, agent_id, each) for agent_id in servers.get(each.queue_id, ()))
    )
    return min(waiting, default=None)


def _may_serve(state: State, agent_id: str, contact: Contact) -> bool:
    """Once nothing else is in the way: for whom nobody is there the campaign need not wait."""
    agent = state.agents.get(agent_id)
    is_here = agent is not None and agent.presence is Presence.SIGNED_IN and agent.ready
    return is_here and qualifies(state.config.agents[agent_id], contact.skills)


def _servers(config: SiteConfig) -> dict[str, dict[str, tuple[str, ...]]]:
    """By pool and queue, which of the pool's agents serve it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for pool in pools_in(config).every:
        queues = found.setdefault(pool.pool_id, {})
        for agent_id in pool.agent_ids:
            for membership in config.agents[agent_id].memberships:
                queues[membership.queue_id] = (*queues.get(membership.queue_id, ()), agent_id)
    return found
