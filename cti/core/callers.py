"""Callers who wait for agents whom campaigns use as well."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.config import SiteConfig
from cti.core.pools import pools_in, pools_of
from cti.core.state import State
from cti.core.states import ContactState, Direction


class LongestWait(NamedTuple):
    """Of the caller who has waited longest: since when (ms), and in which queue."""

    since: int
    queue_id: str


def callers_first(state: State, campaign: CampaignConfig, at: int) -> LongestWait | None:
    """The caller for whom the campaign begins no line at `at` (ms), by a rule of its own; None where there is none.
    Whom an agent is asked to take needs no other; a broadcast needs no agent."""
    how, pool = campaign.dialling, pools_of(state).by_campaign.get(campaign.campaign_id)
    if how is None or pool is None or how.callers_wait_ms < 0 or campaign.mode == "broadcast":
        return None
    served = state.derived("queues of pools", _served)[pool.pool_id]
    queued = (contact for contact in state.contacts.rows.values() if contact.state is ContactState.QUEUED)
    callers = (contact for contact in queued if contact.direction is Direction.INBOUND and contact.offer is None)
    waiting = (LongestWait(each.queued_at, each.queue_id) for each in callers if each.queue_id in served)
    longest = min(waiting, default=None)
    return longest if longest and at - longest.since > how.callers_wait_ms else None


def _served(config: SiteConfig) -> dict[str, frozenset[str]]:
    """By pool, the queues of its agents."""
    queue_ids = {
        agent.agent_id: [membership.queue_id for membership in agent.memberships] for agent in config.agents.values()
    }
    return {
        pool.pool_id: frozenset(queue_id for agent_id in pool.agent_ids for queue_id in queue_ids[agent_id])
        for pool in pools_in(config).every
    }
