"""Which campaigns share agents, and who these agents are: such campaigns are paced as one, since an agent who is
counted on twice is there once."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.config import SiteConfig
from cti.core.state import State

PACED = ("progressive", "predictive", "broadcast")
"""Modes in which the server decides when to dial."""

DIALLED = (*PACED, "preview")
"""Modes in which it gives out leads."""


class PoolConfig(NamedTuple):
    """Named after the first of its campaigns. `agent_ids` serve any of their queues."""

    pool_id: str
    campaign_ids: tuple[str, ...]
    agent_ids: tuple[str, ...]


class Pools(NamedTuple):
    """All of a configuration, in order, and by who belongs to them."""

    every: tuple[PoolConfig, ...]
    by_campaign: dict[str, PoolConfig]
    by_agent: dict[str, PoolConfig]


def pools_of(state: State) -> Pools:
    """By the configuration in force, found out once for each."""
    return state.derived("pools", pools_in)


def pools_in(config: SiteConfig) -> Pools:
    """Those of a configuration."""
    groups: list[tuple[list[str], set[str]]] = []
    for campaign_id, campaign in sorted(config.calling.campaigns.items()):
        if campaign.mode not in PACED or campaign.dialling is None:
            continue
        members, agents = [campaign_id], _served_by(config, campaign)
        apart = []
        for group in groups:
            if group[1] & agents:
                members, agents = group[0] + members, group[1] | agents
            else:
                apart.append(group)
        groups = [*apart, (members, agents)]
    every = sorted(PoolConfig(min(names), tuple(sorted(names)), tuple(sorted(agents))) for names, agents in groups)
    return Pools(
        every=tuple(every),
        by_campaign={campaign_id: pool for pool in every for campaign_id in pool.campaign_ids},
        by_agent={agent_id: pool for pool in every for agent_id in pool.agent_ids},
    )


def _served_by(config: SiteConfig, campaign: CampaignConfig) -> set[str]:
    """A broadcast needs no agent: who asks for one waits as any caller does."""
    queue_id = campaign.dialling.queue_id if campaign.dialling and campaign.mode != "broadcast" else ""
    return {
        agent.agent_id
        for agent in config.agents.values()
        if queue_id and any(membership.queue_id == queue_id for membership in agent.memberships)
    }
