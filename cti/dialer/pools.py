"""Which campaigns share agents, and who these agents are: such campaigns are paced as one, since an agent who is
counted on twice is there once."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.config import SiteConfig

PACED = ("progressive", "predictive", "broadcast")
"""Modes in which the server decides when to dial."""


class PoolConfig(NamedTuple):
    """Named after the first of its campaigns. `agent_ids` serve any of their queues."""

    pool_id: str
    campaign_ids: tuple[str, ...]
    agent_ids: tuple[str, ...]


def pools_of(config: SiteConfig) -> dict[str, PoolConfig]:
    """Each campaign that the server dials, to its pool."""
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
    found = {}
    for members, agents in groups:
        names = tuple(sorted(members))
        pool = PoolConfig(names[0], names, tuple(sorted(agents)))
        found.update(dict.fromkeys(names, pool))
    return found


def _served_by(config: SiteConfig, campaign: CampaignConfig) -> set[str]:
    """A broadcast needs no agent: who asks for one waits as any caller does."""
    queue_id = campaign.dialling.queue_id if campaign.dialling and campaign.mode != "broadcast" else ""
    return {
        agent.agent_id
        for agent in config.agents.values()
        if queue_id and any(membership.queue_id == queue_id for membership in agent.memberships)
    }
