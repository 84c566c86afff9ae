"""Campaigns that the server dials, whose agents could not be there for whoever answers, that nothing lets dial ahead,
or whose messages lack what the campaign says of them."""

from collections.abc import Iterator

from cti.configuration.campaign_cautions import CampaignCaution
from cti.core.base import changed
from cti.core.calling import CampaignConfig
from cti.core.campaign_config import CampaignDialling
from cti.core.ceilings import ceilings_of
from cti.core.config import AgentConfig, OptOutStep, SiteConfig
from cti.core.ledgers import MAIN, own_bounds
from cti.core.pools import PACED
from cti.core.tuning import PPM_OF_PER_CENT

PLACE = "dialling"


def dialling_cautions(config: SiteConfig) -> Iterator[CampaignCaution]:
    """About each campaign's messages; about its queue, and who serves it (a broadcast has none); and what its abandoned
    calls count for."""
    yield from _programmes(config)
    yield from _promises(config)
    for campaign in config.calling.campaigns.values():
        how = campaign.dialling
        if how is not None:
            yield from _without_opt_out(config, campaign, how)
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
        if how.answering.detect != "off" and how.answering.unknown == "hang_up":
            yield _unknown(campaign)
        if campaign.mode in PACED and not config.queues[how.queue_id].takes_itself:
            yield _by_hand(campaign, how.queue_id)
        if campaign.mode == "predictive":
            yield from _without_ceiling(config, campaign)


def _lines(campaign: CampaignConfig, queue_id: str, served: list[AgentConfig]) -> Iterator[CampaignCaution]:
    """Who is to be there at once has a line that is up."""
    without = sorted(agent.agent_id for agent in served if not agent.nailed_up)
    if len(without) == len(served):
        what = f"nobody who serves {queue_id} has a line that stays up, so this campaign dials nobody"
        yield _about(campaign, what, "write nailed_up: true for its agents in agents.yaml")
    elif without:
        have, them = ("has", "this agent") if len(without) == 1 else ("have", "them")
        who = f"{', '.join(without)}, who {have} no line that stays up"
        what = f"of those who serve {queue_id} nothing is dialled for {who}"
        yield _about(
            campaign, what, f"write nailed_up: true for {them} in agents.yaml, or take {them} out of the queue"
        )


def _by_hand(campaign: CampaignConfig, queue_id: str) -> CampaignCaution:
    """Who counts as free may look away: then somebody is left alone on whom no exposure was counted."""
    what = f"agents must accept each call of {queue_id} by hand, which takes longer than people wait"
    if campaign.mode == "predictive" and campaign.dialling and campaign.dialling.pacing.certain:
        what += ", so its ceilings are not certain, as pacing.certain says"
    return _about(campaign, what, "write takes_itself: true for the queue in queues.yaml")


def _programmes(config: SiteConfig) -> Iterator[CampaignCaution]:
    """Where some of a seller's programmes have a name, the one without is held to the ceilings only with all others."""
    ahead = [each for each in config.calling.campaigns.values() if each.dialling and each.mode == "predictive"]
    named = {(each.seller, each.purpose) for each in ahead if each.programme != MAIN}
    for campaign in ahead:
        if campaign.programme == MAIN and (campaign.seller, campaign.purpose) in named:
            what = (
                "its abandoned calls count with those of all programmes of its seller and purpose, which others of them"
                " name, and in none of its own"
            )
            yield CampaignCaution(campaign.campaign_id, "name", what, "write what it calls for as its programme, too")


def _promises(config: SiteConfig) -> Iterator[CampaignCaution]:
    """Campaigns of a programme keep each other's ceilings: who wrote a wider one may wonder."""
    for campaign in config.calling.campaigns.values():
        pacing = campaign.dialling.pacing if campaign.dialling else None
        stricter = [
            bound
            for bound in own_bounds(config.calling, campaign)
            if pacing and bound.days == pacing.days and bound.ceiling_ppm < pacing.ceiling_ppm
        ]
        for bound in stricter:
            share = f"{bound.ceiling_ppm / PPM_OF_PER_CENT:g} %"
            what = f"another campaign of its programme promises at most {share}, which this one keeps as well"
            yield _about(campaign, what, f"write at_most: {share.removesuffix(' %')}, or another programme")


def _unknown(campaign: CampaignConfig) -> CampaignCaution:
    """Some of them are people."""
    what = (
        "unknown: hang_up hangs up on people, too, and each call that it ends counts as abandoned, beyond any ceiling"
    )
    return _about(campaign, what, "write unknown: queue, so that an agent finds out")


def _without_ceiling(config: SiteConfig, campaign: CampaignConfig) -> Iterator[CampaignCaution]:
    """Where nobody says how many may be abandoned, nobody may."""
    there = {country: changed(campaign, countries=(country,)) for country in campaign.countries}
    without = [country for country, part in there.items() if not any(ceilings_of(config.calling, part))]
    if without:
        what = (
            f"no rule for {', '.join(without)} says how many answers may be abandoned, so nobody there is dialled ahead"
            " of a free agent"
        )
        yield _about(campaign, what, "write pacing.at_most under dialling, or mode: progressive")


def _without_opt_out(config: SiteConfig, campaign: CampaignConfig, how: CampaignDialling) -> Iterator[CampaignCaution]:
    """`message` only says what is in it, and rules take its word. A machine presses no key."""
    if "opt_out" not in campaign.message:
        return
    played = {"flow": how.flow_id, "abandoned_flow": how.abandoned_flow}
    for key, flow_id in played.items():
        flow = config.flows.get(flow_id)
        if flow and not any(isinstance(step, OptOutStep) for step in flow.steps.values()):
            what = f"message says that people can opt out, and {flow_id}, its {key}, has no step that takes it"
            yield _about(campaign, what, "write a step with opt_out behind a key, or take opt_out out of message")


def _about(campaign: CampaignConfig, what: str, remedy: str) -> CampaignCaution:
    return CampaignCaution(campaign.campaign_id, PLACE, what, remedy)
