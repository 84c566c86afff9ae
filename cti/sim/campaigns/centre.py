"""The centre whose campaigns the server dials: agents on lines that stay up, one to three campaigns, strict rules."""

from typing import Any

from cti.core.base import changed
from cti.core.calling import CallingConfig, CallingRule, CampaignConfig, CapDemand, ConductDemand, HoursDemand
from cti.core.campaign_config import Answering, CampaignDialling, Pacing, Retry
from cti.core.config import (
    AgentConfig,
    EnqueueStep,
    Flow,
    HangUpStep,
    Membership,
    MenuStep,
    Prompt,
    QueueConfig,
    SiteConfig,
)
from cti.core.leads import ClaimSpec
from cti.core.numbering import Area, Numbering
from cti.core.plan import Say
from cti.core.times import OpeningSpan
from cti.sim.centre import DISPOSITIONS, centre
from cti.sim.nature import Nature

AREA = "+1212"
OUT, EXTRA = "out", "extra"
"""Queues of those who were called."""

LATER = "later"
"""What agents say who promise to call again."""

NAMES = ("spring", "summer", "winter")
SORRY, NOTE, NEWS = "sorry", "note", "news"
"""What is heard when nobody is there, by machines, and by whom a broadcast calls."""

ABANDONED, HOURS, CAP = "US-ABN", "US-HOURS", "US-CAP"
CALLS_MAX, CALLS_WITHIN_H = 4, 24
RING_S = 20
MODES = (*("predictive",) * 8, *("progressive",) * 2, "broadcast", "broadcast", *("preview",) * 3)
PROGRAMMES = ("service", "service", "sales")
CONNECT_MS = 2_000
DAY_MIN = 24 * 60


def campaign_centre(nature: Nature, *, steady: bool) -> SiteConfig:
    """The configuration of a seed."""
    base = centre(nature)
    names = NAMES[: nature.pick((1, 1, 2, 3))]
    apart = len(names) > 1 and nature.chance(0.4)
    linked = apart and nature.chance(0.5)
    queues = {queue_id: _queue(nature, queue_id, steady=steady) for queue_id in (OUT, EXTRA)}
    return changed(
        base,
        queues=base.queues | queues,
        agents=_agents(nature, base, apart=apart, linked=linked, steady=steady),
        flows=base.flows | {flow.flow_id: flow for flow in FLOWS},
        dial_prefixes=(*base.dial_prefixes, AREA),
        calls_per_second=nature.pick((0, 5, 5, 1)),
        calling=CallingConfig(
            rules=_rules(nature),
            campaigns={name: _campaign(nature, name, EXTRA if apart and name != NAMES[0] else OUT) for name in names},
            numbering=NUMBERING,
        ),
    )


def changed_campaigns(nature: Nature, before: SiteConfig, *, steady: bool) -> SiteConfig:
    """What a supervisor may make of it while lines ring: other shares and retries, more agents kept for callers, a
    campaign or an agent less."""
    campaigns = {
        name: changed(campaign, dialling=_tuned(nature, campaign.dialling)) if campaign.dialling else campaign
        for name, campaign in before.calling.campaigns.items()
    }
    if len(campaigns) > 1 and nature.chance(0.3):
        del campaigns[max(campaigns)]
    agents = dict(before.agents)
    if not steady and len(agents) > 2 and nature.chance(0.3):
        del agents[nature.pick(sorted(agents))]
    return changed(before, agents=agents, calling=changed(before.calling, campaigns=campaigns))


def _tuned(nature: Nature, how: CampaignDialling) -> CampaignDialling:
    pacing = changed(how.pacing, lines_max=nature.between(2, 30))
    return changed(how, share=nature.between(1, 4), agents_kept=nature.between(0, 2), pacing=pacing)


def _queue(nature: Nature, queue_id: str, *, steady: bool) -> QueueConfig:
    return QueueConfig(
        queue_id=queue_id,
        name=queue_id.title(),
        takes_itself=steady or nature.chance(0.8),
        ring_s=4,
        wrap_up_s=nature.between(0, 8),
        recording=nature.pick(("never", "never", "always")),
        dispositions=(*DISPOSITIONS, LATER),
        disposition_kinds={DISPOSITIONS[0]: "success", LATER: "callback"},
    )


def _agents(nature: Nature, base: SiteConfig, *, apart: bool, linked: bool, steady: bool) -> dict[str, AgentConfig]:
    """Most are on lines that stay up. Some serve callers as well, some those who were called alone. Where nobody is
    ever lost there are few, so that each is missed. Campaigns are `apart` by their queues; the first agent serves both,
    and so links them."""
    found = {}
    for place, (name, config) in enumerate(sorted(base.agents.items())[: nature.between(1, 5) if steady else None]):
        dials = place == 0 or nature.chance(0.8)
        if not dials:
            found[name] = config
            continue
        links = place == 0 and (linked or not apart)
        queue_ids = (OUT, EXTRA) if links else ((OUT, EXTRA)[place % 2] if apart else OUT,)
        own = tuple(Membership(queue_id=queue_id, rank=nature.between(1, 3)) for queue_id in queue_ids)
        found[name] = changed(
            config,
            endpoint=f"client:{name}",
            nailed_up=steady or nature.chance(0.9),
            desk=not steady and config.desk,
            memberships=(*own, *(config.memberships if nature.chance(0.7 if steady else 0.5) else ())),
        )
    return found


CEILINGS = ((30_000, 30), (30_000, 30), (10_000, 30), (200_000, 1), (300_000, 30), (0, 30), (30_000, 1))
"""In millionths, and within how many days."""


def _rules(nature: Nature) -> tuple[CallingRule, ...]:
    ceiling_ppm, days = nature.pick(CEILINGS)
    conduct = ConductDemand(
        abandoned_ppm_max=ceiling_ppm,
        abandoned_days=days,
        connect_ms=CONNECT_MS,
        connect_from=nature.pick(("greeting_end", "greeting_end", "answer")),
    )
    most = CapDemand(most=CALLS_MAX, hours=CALLS_WITHIN_H)
    return (
        CallingRule(rule_id=HOURS, jurisdiction="US", title="By day", demand=HoursDemand(spans=_hours(nature))),
        CallingRule(rule_id=CAP, jurisdiction="US", title="Not too often", demand=most),
        CallingRule(rule_id=ABANDONED, jurisdiction="US", title="The ceiling", demand=conduct),
    )


def _hours(nature: Nature) -> tuple[OpeningSpan, ...]:
    """Mostly always; some days end while everybody is at work."""
    return _span(_soon(nature) if nature.chance(0.15) else DAY_MIN)


def _soon(nature: Nature) -> int:
    """The minute of the day, amid the world."""
    return (nature.began_at + nature.between(90_000, 200_000)) // 60_000 % DAY_MIN or DAY_MIN


def _span(closes: int) -> tuple[OpeningSpan, ...]:
    return tuple(OpeningSpan(weekday=day, opens=0, closes=closes) for day in range(7))


def _campaign(nature: Nature, name: str, queue_id: str) -> CampaignConfig:
    mode = nature.pick(MODES)
    how: dict[str, Any] = {"flow_id": NEWS} if mode == "broadcast" else {}
    return CampaignConfig(
        campaign_id=name,
        name=name.title(),
        seller=nature.pick(("harbour", "harbour", "castle")),
        purpose=nature.pick(PROGRAMMES),
        countries=("US",),
        mode=mode,
        ring_s=RING_S,
        caller_id="+12025550100",
        dialling=CampaignDialling(
            queue_id=queue_id,
            abandoned_flow=SORRY if nature.chance(0.95) else "",
            claim=ClaimSpec(lists=(name, "shared") if nature.chance(0.4) else (name,), attempts_max=6),
            share=nature.between(1, 4),
            agents_kept=nature.pick((0, 0, 0, 0, 0, 1)),
            retries=RETRIES,
            spans=_span(_soon(nature)) if nature.chance(0.1) else (),
            pacing=Pacing(certain=nature.chance(0.7), lines_max=nature.pick((1_000, 1_000, 3))),
            answering=_answering(nature),
            preview_s=nature.pick((0, 6)),
            skip_ms=10_000,
            keep_ms=nature.pick((5_000, 60_000)),
            **how,
        ),
    )


def _answering(nature: Nature) -> Answering:
    return Answering(
        detect=nature.pick(("off", "beside", "first")),
        machine=nature.pick(("hang_up", "hang_up", "flow", "queue")),
        machine_flow=NOTE,
        unknown=nature.pick(("queue", "queue", "hang_up")),
        greeting_ms=nature.pick((2_000, 1_000, 3_000)),
    )


RETRIES = (
    Retry(outcome="BUSY", wait_ms=8_000, most=3),
    Retry(outcome="NO_ANSWER", wait_ms=15_000, most=3, next_number=True),
    Retry(outcome="MACHINE", wait_ms=20_000, most=2, next_number=True),
    Retry(outcome="ABANDONED", wait_ms=10_000, most=2),
    Retry(outcome="FAILED", wait_ms=5_000, most=3, next_number=True),
    Retry(outcome="INVALID", wait_ms=0, most=0, next_number=True),
)
"""So soon that people are called again while the world lasts."""


def _say(text: str) -> Prompt:
    return (Say(text=text, language="en-US"),)


FLOWS = (
    Flow(
        flow_id=SORRY,
        start="sorry",
        steps={
            "sorry": MenuStep(
                prompt=_say("This is Harbour. To be left alone, press 9."),
                choices={"9": "alone"},
                otherwise="bye",
                invalid=(),
                tries=1,
                timeout_s=2,
            ),
            "alone": HangUpStep(prompt=_say("You will not be called again.")),
            "bye": HangUpStep(prompt=_say("Good bye.")),
        },
    ),
    Flow(flow_id=NOTE, start="note", steps={"note": HangUpStep(prompt=_say("Please call Harbour back."))}),
    Flow(
        flow_id=NEWS,
        start="news",
        steps={
            "news": MenuStep(
                prompt=_say("News from Harbour. To talk to us, press 1."),
                choices={"1": "talk", "9": "bye"},
                otherwise="bye",
                invalid=(),
                tries=2,
                timeout_s=2,
            ),
            "talk": EnqueueStep(queue_id=OUT, full="bye"),
            "bye": HangUpStep(prompt=_say("Good bye.")),
        },
    ),
)

NUMBERING = Numbering(
    version="simulated",
    areas={AREA[1:]: Area(states=("US-NY",), zones=("UTC",))},
    states={"US-NY": ("UTC",)},
    countries={"US": ("UTC",)},
    zones={"UTC": "UTC"},
)
"""All of them are where the site is."""
