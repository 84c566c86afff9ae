"""Campaigns that the server dials, whose agents could not be there for whoever answers."""

from collections.abc import Iterator

from cti.configuration.campaign_cautions import CampaignCaution
from cti.core.calling import CampaignConfig
from cti.core.config import AgentConfig, SiteConfig
from cti.core.pools import PACED

PLACE = "dialling"


def dialling_cautions(config: SiteConfig) -> Iterator[CampaignCaution]:
    """About each campaign's queue, and who serves it. A broadcast has none."""
    for campaign in config.calling.campaigns.values():
        how = campaign.dialling
        if how is None or not how.queue_id or campaign.mode == "broadcast":
            continue
        served = [
            agent
            for agent in config.agents.values()
            if any(membership.queue_id == how.queue_id for membership in agent.memberships)
        ]
        if not served:
            what = f"nobody serves {how.queue_id}, so this campaign calls nobody"
            yield _about(campaign, what, "add the queue to its agents in agents.yaml")
        elif campaign.mode in PACED:
            yield from _lines(campaign, how.queue_id, served)
        if campaign.mode in PACED and not config.queues[how.queue_id].takes_itself:
            yield _by_hand(campaign, how.queue_id)


def _lines(campaign: CampaignConfig, queue_id: str, served: list[AgentConfig]) -> Iterator[CampaignCaution]:
    """Who is to be there at once has a line that is up."""
    without = sorted(agent.agent_id for agent in served if not agent.nailed_up)
    if len(without) == len(served):
        what = f"nobody who serves {queue_id} has a line that stays up, so this campaign dials nobody"
        yield _about(campaign, what, "write nailed_up: true for its agents in agents.yaml")
    elif without:
        what = (
            f"of those who serve {queue_id} nothing is dialled for {', '.join(without)}, who have no line that stays up"
        )
        yield _about(campaign, what, "write nailed_up: true for them in agents.yaml, or take them out of the queue")


def _by_hand(campaign: CampaignConfig, queue_id: str) -> CampaignCaution:
    """Who counts as free may look away: then somebody is left alone on whom no exposure was counted."""
    what = f"agents must accept each call of {queue_id} by hand, which takes longer than people wait"
    if campaign.mode == "predictive" and campaign.dialling and campaign.dialling.pacing.certain:
        what += ", so its ceilings are not certain, as pacing.certain says"
    return _about(campaign, what, "write takes_itself: true for the queue in queues.yaml")


def _about(campaign: CampaignConfig, what: str, remedy: str) -> CampaignCaution:
    return CampaignCaution(campaign.campaign_id, PLACE, what, remedy)
