"""How many calls a second the core decides: a lead is taken, what is known of it comes in, it is judged by the shipped
rules in the turn in which it leaves, asked of the carrier, and comes to nothing. Each turn is encoded for the journal.
"""

import time
from pathlib import Path
from statistics import median

from benchmarks.figure import AT_LEAST, Figure
from cti import engine
from cti.configuration.load import load
from cti.core import events as e
from cti.core.base import Moment, changed
from cti.core.campaign_config import CampaignDialling
from cti.core.codec import encode
from cti.core.commands import ClaimLeads, GatherCallFacts, Originate
from cti.core.config import AgentConfig, Membership, SiteConfig
from cti.core.leads import ClaimSpec
from cti.core.record import FIRST_HASH, TurnRecord
from cti.core.states import EndCause

CONFIG = Path(__file__).parent.parent / "config"
NOON = 1_790_006_400_000
"""2026-09-21 16:00 UTC, a Monday: noon in Florida."""

CAMPAIGN, QUEUE = "us-sales", "sales"
AGENTS, AT_ONCE = 200, 20
DIALS, QUICK_DIALS = 6_000, 2_000
BETWEEN_MS = 40


def config() -> SiteConfig:
    """The example, whose sales are dialled for two hundred agents on lines that stay up."""
    shipped = load(CONFIG)
    agents = {
        name: AgentConfig(
            agent_id=name,
            name=name,
            endpoint=f"client:{name}",
            memberships=(Membership(queue_id=QUEUE),),
            nailed_up=True,
        )
        for name in (f"a{number:03d}" for number in range(AGENTS))
    }
    dialling = CampaignDialling(queue_id=QUEUE, claim=ClaimSpec(lists=("bench",)))
    campaign = changed(shipped.calling.campaigns[CAMPAIGN], mode="progressive", dialling=dialling)
    calling = changed(shipped.calling, campaigns={**shipped.calling.campaigns, CAMPAIGN: campaign})
    return changed(shipped, agents=agents, calling=calling, calls_per_second=0, dial_prices={})


class Dialling:
    """A site that dials as fast as it can decide."""

    def __init__(self) -> None:
        self.state = engine.new_state("bench")
        self.dialled = 0
        self._at, self._given, self._hash = NOON, 0, FIRST_HASH
        self._take(e.ServerStarted(epoch=1, logic=engine.LOGIC))
        self._take(e.ConfigApplied(config_hash="bench", config=config()))
        for name in sorted(self.state.config.agents):
            self._take(e.DesktopConnected(agent_id=name, socket_id="desk"))
            self._take(e.SignInRequested(agent_id=name))
            self._take(e.CallArrived(provider="b", provider_ref=name, to_number="a", from_number=f"client:{name}"))
            agent = self.state.agents[name]
            self._take(e.CallJoined(call_id=agent.call_id, leg_id=agent.leg_id))
            self._take(e.ReadyRequested(agent_id=name))
        self._take(e.CampaignControlRequested(campaign_id=CAMPAIGN, action="start"))

    def dial(self, count: int) -> float:
        """So many, each to another number; how many a second."""
        first, began = self.dialled, time.perf_counter()
        while self.dialled - first < count:
            self._at += BETWEEN_MS
            self._take(e.PacingComputed(campaign_id=CAMPAIGN, calls_now=AT_ONCE, method="bench"))
        return (self.dialled - first) / (time.perf_counter() - began)

    def _take(self, event: e.AnyEvent) -> None:
        now = Moment(self.state.last.seq + 1, self._at)
        outcome = engine.advance(self.state, event, now)
        record = TurnRecord(
            site="bench",
            epoch=1,
            seq=now.seq,
            at=now.at,
            actor="bench",
            source_key=str(now.seq),
            logic=engine.LOGIC,
            config_hash="bench",
            input=event,
            events=outcome.events,
            commands=outcome.commands,
        )
        self._hash = encode(record, self._hash, salt="salt").hash
        for command in outcome.commands:
            self._do(command)

    def _do(self, command: object) -> None:
        if isinstance(command, GatherCallFacts):
            facts = e.CallFactsGathered(
                dial_id=command.dial_id, as_of_seq=self.state.last.seq, registries=command.registries
            )
            self._take(facts)
        elif isinstance(command, ClaimLeads):
            leads = tuple(self._lead() for _ in range(command.leads_max))
            claimed = e.LeadsClaimed(
                campaign_id=CAMPAIGN, claim_id=command.claim_id, as_of_seq=self.state.last.seq, leads=leads
            )
            self._take(claimed)
        elif isinstance(command, Originate) and command.called:
            self.dialled += 1
            self._take(e.LegPlaced(leg_id=command.leg_id, provider_ref=f"CA{self.dialled}"))
            self._take(e.LegEnded(leg_id=command.leg_id, cause=EndCause.NO_ANSWER))

    def _lead(self) -> e.ClaimedLead:
        self._given += 1
        number = e.LeadNumber(number=f"+1305{2_000_000 + self._given:07d}")
        return e.ClaimedLead(lead_id=f"l{self._given}", list_id="bench", numbers=(number,), consent="written")


def measure(quick: bool) -> list[Figure]:
    """`dials_decided_per_s`, on one core."""
    count, runs = (QUICK_DIALS, 1) if quick else (DIALS, 3)
    site = Dialling()
    site.dial(count // 10)
    rate = median(site.dial(count) for _ in range(runs))
    detail = f"{AGENTS} agents, {count} calls a run, shipped rules, journal records encoded"
    return [
        Figure(
            name="dials_decided_per_s",
            value=round(rate),
            unit="calls/s",
            goal=500,
            bound=AT_LEAST,
            runs=runs,
            detail=detail,
        )
    ]
