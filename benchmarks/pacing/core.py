"""Our policy where it lives: the real core, turn by turn in virtual time; the shift is its carrier and its agents."""

from typing import Any

from benchmarks.pacing.places import SHIFT_S
from benchmarks.pacing.shift import Shift
from cti import engine
from cti.configuration.zones import table
from cti.core import events as e
from cti.core.base import Moment
from cti.core.calling import CallingConfig, CallingRule, CampaignConfig, ConductDemand, HoursDemand
from cti.core.campaign_config import Answering, CampaignDialling, Pacing
from cti.core.ceilings import ceilings_of
from cti.core.commands import ClaimLeads, GatherCallFacts, Originate, RedirectLeg
from cti.core.config import AgentConfig, Flow, HangUpStep, Membership, QueueConfig, SiteConfig
from cti.core.leads import ClaimSpec
from cti.core.ledger import Ledger, window
from cti.core.numbering import Area, Numbering
from cti.core.plan import Door, Join, Plan
from cti.core.pools import pools_of
from cti.core.states import EndCause, LegState
from cti.core.times import OpeningSpan
from cti.core.zone import local_day
from cti.dialer.observing import observe
from cti.dialer.pacing.pacer import Pacer, is_news

SPACING_S = 0.25
ZONE = "America/New_York"
STARTS_AT = 1_750_428_000_000
"""2025-06-20 14:00 UTC, a Friday: ten in the morning where the calls go."""

WINDOW_DAYS = 30
NAME = "b1"
RULE = "US-ABN"
AT_ONCE_MS = 1
"""The shift itself says when somebody gives up: from then on it is too late at once."""

OPENS = 10 * 60
"""When a shift begins, in minutes of the day."""

EVERY_DAY = tuple(OpeningSpan(weekday=day, opens=0, closes=24 * 60) for day in range(7))


def config_of(agents: int, ceiling_ppm: int, *, certain: bool, rate: int, seconds: float) -> SiteConfig:
    """One campaign in the hours of a shift, Monday to Friday, whose agents are on lines that stay up."""
    closes = OPENS + round(seconds / 60)
    dialling = CampaignDialling(
        queue_id="out",
        abandoned_flow="sorry",
        claim=ClaimSpec(lists=("leads",)),
        pacing=Pacing(certain=certain),
        answering=Answering(greeting_ms=60_000),
        spans=tuple(OpeningSpan(weekday=day, opens=OPENS, closes=closes) for day in range(5)),
    )
    campaign = CampaignConfig(
        campaign_id=NAME,
        name=NAME,
        seller="bench",
        purpose="service",
        countries=("US",),
        mode="predictive",
        caller_id="+12125550100",
        dialling=dialling,
    )
    rules = (
        CallingRule(rule_id="US-HOURS", jurisdiction="US", title="Always", demand=HoursDemand(spans=EVERY_DAY)),
        CallingRule(
            rule_id=RULE,
            jurisdiction="US",
            title="The ceiling",
            demand=ConductDemand(
                abandoned_ppm_max=ceiling_ppm,
                abandoned_days=WINDOW_DAYS,
                connect_ms=AT_ONCE_MS,
                connect_from="greeting_end",
            ),
        ),
    )
    numbering = Numbering(
        version="bench",
        areas={"1212": Area(states=("US-NY",), zones=(ZONE,))},
        states={"US-NY": (ZONE,)},
        countries={"US": (ZONE,)},
        zones={ZONE: ZONE},
    )
    return SiteConfig(
        name="Bench",
        zone=ZONE,
        zones={ZONE: table(ZONE)},
        queues={"out": QueueConfig(queue_id="out", name="Out", takes_itself=True, wrap_up_s=3_600)},
        agents={
            name: AgentConfig(
                agent_id=name,
                name=name,
                endpoint=f"client:{name}",
                memberships=(Membership(queue_id="out"),),
                nailed_up=True,
            )
            for name in (f"a{number:03d}" for number in range(agents))
        },
        flows={"sorry": Flow(flow_id="sorry", start="bye", steps={"bye": HangUpStep()})},
        calls_per_second=rate,
        calling=CallingConfig(
            rules=rules, campaigns={NAME: campaign}, numbering=numbering, zones_from=0, zones_until=0
        ),
    )


class Core:
    """A centre for the shift: what it hears becomes events, and what the core asks for is done at once."""

    def __init__(
        self, agents: int, *, ceiling_ppm: int, certain: bool, ledger: Ledger | None = None, seconds: float = SHIFT_S
    ) -> None:
        rate = max(5, agents // 4)
        self._config = config_of(agents, ceiling_ppm, certain=certain, rate=rate, seconds=seconds)
        self.state = engine.new_state("bench")
        self._at = STARTS_AT
        self._pacer = Pacer()
        self._decided_s = -1e9
        self._given = 0
        self._leg_of: dict[int, str] = {}
        self._line_of: dict[str, int] = {}
        self._agents = sorted(self._config.agents)
        self._turns = 0
        self._calls = 0
        self._traits: dict[str, tuple[str, ...]] = {}
        self._ceiling_ppm = ceiling_ppm
        self.worst, self.was_over = 0.0, False
        self._first_ledger = ledger
        calling = self._config.calling
        self._ledger_id = next(ceilings_of(calling, calling.campaigns[NAME])).bound.ledger_id

    # What the shift says

    def begun(self, shift: Shift) -> None:
        """Everybody signs in, and the campaign starts."""
        self._shift = shift
        self._take(e.ServerStarted(epoch=1, logic=engine.LOGIC))
        self._take(e.ConfigApplied(config_hash="bench", config=self._config))
        for name in self._agents:
            self._take(e.DesktopConnected(agent_id=name, socket_id="desk"))
            self._take(e.SignInRequested(agent_id=name))
            self._dial_in(name)
        if self._first_ledger:
            self._carry_over(self._first_ledger)
        self._take(e.CampaignControlRequested(campaign_id=NAME, action="start"))

    def _dial_in(self, name: str) -> None:
        """The agent's softphone calls, to stay; again when the server had enough of a line that is hours old."""
        self._calls += 1
        ref = f"AG{self._calls}"
        self._take(e.CallArrived(provider="bench", provider_ref=ref, to_number="app", from_number=f"client:{name}"))
        agent = self.state.agents[name]
        self._take(e.CallJoined(call_id=agent.call_id, leg_id=agent.leg_id))
        self._take(e.ReadyRequested(agent_id=name))

    def _carry_over(self, ledger: Ledger) -> None:
        """What the days before came to, ending yesterday."""
        today = local_day(self._config.zones[ZONE], STARTS_AT)
        moved = today - 1 - ledger.newest
        days = tuple((day + moved, answers, abandoned) for day, answers, abandoned in ledger.days)
        self.state.ledgers.put(self._ledger_id, Ledger(ledger_id=self._ledger_id, days=days))
        self.state.undo.forget()

    def answered(self, at_s: float, line: int) -> None:
        """The carrier asks what they shall hear."""
        self._until(at_s)
        self._take(e.PlanRequested(leg_id=self._leg_of[line], door=Door.ANSWERED, nonce=0))
        self._pace(at_s)

    def came_to_nothing(self, at_s: float, line: int) -> None:
        """The line is over."""
        self._until(at_s)
        leg_id = self._leg_of.pop(line)
        self._take(e.LegEnded(leg_id=leg_id, cause=EndCause.NO_ANSWER))
        self._pace(at_s)

    def gave_up(self, at_s: float, line: int) -> None:
        """As the shift has it, the time is up now: the core finds so itself, and counts it."""
        self._until(at_s)
        leg_id = self._leg_of.pop(line)
        self._take(e.GreetingEnded(leg_id=leg_id))
        self._until(at_s + AT_ONCE_MS / 1_000)
        self._take(e.LegEnded(leg_id=leg_id, cause=EndCause.NORMAL))
        self._judge()
        self._pace(at_s)

    def talk_ended(self, at_s: float, agent: int) -> None:
        """The customer hangs up."""
        self._until(at_s)
        contact = self.state.contacts[self.state.agents[self._agents[agent]].assignments[0].contact_id]
        self._leg_of.pop(self._line_of.pop(contact.leg_id), None)
        self._take(e.LegEnded(leg_id=contact.leg_id, cause=EndCause.NORMAL))
        self._pace(at_s)

    def wrapped_up(self, at_s: float, agent: int) -> None:
        """The agent says so."""
        self._until(at_s)
        name = self._agents[agent]
        contact_id = self.state.agents[name].assignments[0].contact_id
        self._take(e.WrapUpEndRequested(agent_id=name, contact_id=contact_id))
        self._pace(at_s)

    def tick(self, at_s: float) -> None:
        """Promises are kept, lines are begun."""
        self._until(at_s)
        self._pace(at_s)

    # The core

    def _until(self, at_s: float) -> None:
        """Promises are kept on the way."""
        at = STARTS_AT + round(at_s * 1_000)
        deadlines = self.state.deadlines
        while (next_at := deadlines.next_at()) is not None and next_at <= at:
            self._at = max(self._at, next_at)
            due = deadlines.take_due(self.state, self._at, engine.PROMISES)
            if due:
                self._take(e.DeadlinesReached(due=due))
        self._at = max(self._at, at)

    def _take(self, event: Any) -> None:
        self._turns += 1
        now = Moment(self.state.last.seq + 1, self._at)
        outcome = engine.advance(self.state, event, now)
        plans = [(reply.leg_id, reply.plan) for reply in outcome.replies]
        plans += [(each.leg_id, each.plan) for each in outcome.commands if isinstance(each, RedirectLeg)]
        lost: list[e.AgentLegLost] = []
        for happened in outcome.events:
            if isinstance(happened, e.ContactConnected):
                self._joined(happened)
            if isinstance(happened, e.AgentLegLost):
                lost.append(happened)
        for leg_id, plan in plans:
            self._follow(leg_id, plan)
        for command in outcome.commands:
            self._do(command)
        for event_ in lost:
            if event_.leg_id in self.state.legs:
                self._take(e.LegEnded(leg_id=event_.leg_id, cause=EndCause.NORMAL))
            self._dial_in(event_.agent_id)

    def _do(self, command: Any) -> None:
        match command:
            case GatherCallFacts():
                self._take(e.CallFactsGathered(dial_id=command.dial_id, as_of_seq=self.state.last.seq))
            case ClaimLeads():
                leads = tuple(self._lead() for _ in range(command.leads_max))
                seq = self.state.last.seq
                self._take(e.LeadsClaimed(campaign_id=NAME, claim_id=command.claim_id, as_of_seq=seq, leads=leads))
            case Originate():
                at_s = (self._at - STARTS_AT) / 1_000
                line = self._shift.ring(at_s, self._traits.pop(self.state.lines[command.leg_id].lead_key, ()))
                self._leg_of[line], self._line_of[command.leg_id] = command.leg_id, line
                self._take(e.LegPlaced(leg_id=command.leg_id, provider_ref=f"CA{line}"))
            case _:
                pass

    def _lead(self) -> e.ClaimedLead:
        self._given += 1
        lead_id = f"l{self._given}"
        traits = self._shift.next_lead()
        self._traits[f"{NAME}/{lead_id}"] = traits
        number = e.LeadNumber(number=f"+1212{2_000_000 + self._given % 7_999_999:07d}")
        return e.ClaimedLead(lead_id=lead_id, list_id="/".join(traits) or "leads", numbers=(number,))

    def _follow(self, leg_id: str, plan: Plan) -> None:
        """Whoever is sent into a room is there at once."""
        leg = self.state.legs.get(leg_id)
        if leg and plan.verbs and isinstance(plan.verbs[-1], Join) and leg.state is not LegState.ENDED:
            self._take(e.CallJoined(call_id=plan.verbs[-1].call_id, leg_id=leg_id))

    def _joined(self, event: e.ContactConnected) -> None:
        leg_id = self.state.contacts[event.contact_id].leg_id
        at_s = (self._at - STARTS_AT) / 1_000
        self._shift.join(at_s, self._line_of[leg_id], self._agents.index(event.agent_id))

    def _pace(self, at_s: float) -> None:
        if at_s - self._decided_s < SPACING_S:
            return
        self._decided_s = at_s
        for pool in pools_of(self.state).every:
            question = observe(self.state, pool, self._at)
            if question is None:
                continue
            computed = self._pacer.answer(question)
            if is_news(question, computed):
                self._take(computed)

    # What it came to

    @property
    def counted(self) -> tuple[int, int]:
        """Answers and abandoned calls of the window."""
        ledger = self.state.ledgers.get(self._ledger_id) or Ledger(ledger_id=self._ledger_id)
        return window(ledger, local_day(self._config.zones[ZONE], self._at), WINDOW_DAYS)

    def _judge(self) -> None:
        answers, abandoned = self.counted
        self.worst = max(self.worst, abandoned / max(1, answers))
        self.was_over = self.was_over or abandoned * 1_000_000 > self._ceiling_ppm * answers
