"""One seed of a centre that is called and calls: its campaigns run while callers come, end in the calm, and leave
nothing behind."""

from collections.abc import Iterable, Mapping

import msgspec

from cti.core.campaign import RunStatus
from cti.core.commands import Originate
from cti.core.config import AgentConfig, SiteConfig
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.runtime.outbox import Entry
from cti.sim.agents import Agent
from cti.sim.callers import Caller
from cti.sim.campaigns.agents import CallingAgent
from cti.sim.campaigns.answered import AnswerChecks
from cti.sim.campaigns.carried_over import past_of
from cti.sim.campaigns.centre import campaign_centre, changed_campaigns
from cti.sim.campaigns.leads import LeadsStore, leads_of
from cti.sim.campaigns.operators import Operators
from cti.sim.campaigns.pacing import Pacing
from cti.sim.campaigns.people import Called, PhoneBookOfCalled
from cti.sim.campaigns.truth import LeadChecks
from cti.sim.checks.journal import JournalChecks
from cti.sim.checks.violation import Violation
from cti.sim.directory import Directory
from cti.sim.guards import Guard
from cti.sim.line import Hears
from cti.sim.nature import DAY_MS, Nature
from cti.sim.outsiders import Outsider
from cti.sim.owner import Owner
from cti.sim.past import Past
from cti.sim.phone_book import PhoneBook
from cti.sim.rest import Rest
from cti.sim.world import CALLS_MS, World

GO_ON_MS = 30_000
"""So long into the calm campaigns go on; then they end, all of them."""

LOOK_MS = 500

UNSETTLING = ("crash", "crash_recovering", "pause", "journal_down", "journal_unknown", "socket_cut", "line_broken")
"""Troubles that take agents away, one or all."""

END_AGAIN_MS = 5_000


class CampaignWorld(World):
    """As `World`, with campaigns."""

    CALLERS = 3, 12

    def __init__(self, seed: int, without: Guard | None = None) -> None:
        super().__init__(seed, without)
        nature, lines, records = self.nature, self.carrier.lines, self.journal_checks
        for called in self._called.values():
            called.carrier = self.carrier
        self.carrier.calls_apart_ms = nature.pick((1_000, 100, 20))
        if self._steady:
            for agent in self.agents:
                agent.be_steady()
        past = self.server.past
        self.leads = LeadChecks(self._leads, lines, self.config, records.became_durable_at)
        self.answers = AnswerChecks(nature, self.config, self.leads.attempts, lines, past.ledgers if past else ())
        self._pacing = Pacing(nature, self.server.edge)
        campaigns = tuple(self.config.calling.campaigns)
        self._operators = Operators(nature, self.server.edge, campaigns, self._leads, lines)
        self._judged = 0

    # What it has otherwise

    def _nature(self, seed: int) -> Nature:
        """Some worlds live through a midnight."""
        nature = Nature(seed)
        if nature.chance(0.12):
            midnight_at = (nature.began_at // DAY_MS + 1) * DAY_MS
            nature.begin_at(midnight_at - nature.between(20_000, CALLS_MS))
        return nature

    def _centre(self) -> SiteConfig:
        """In a steady world nothing takes an agent away: there the ceiling has no excuse."""
        self._steady = self.nature.chance(0.4)
        if self._steady:
            self.nature.faults = msgspec.structs.replace(self.nature.faults, **dict.fromkeys(UNSETTLING, 0.0))
        return campaign_centre(self.nature, steady=self._steady)

    def _changed_centre(self) -> SiteConfig:
        return changed_campaigns(self.nature, self.config, steady=self._steady)

    def _journal_checks(self) -> JournalChecks:
        return _Leaving(self)

    def _past(self) -> Past:
        return Past(self.nature, past_of(self.nature, self.config))

    def _agent(self, config: AgentConfig, everybody: tuple[str, ...]) -> Agent:
        return CallingAgent(self.nature, config, everybody)

    def _phone_book(self, outsiders: Mapping[str, Outsider]) -> PhoneBook:
        self._leads = leads_of(self.nature)
        numbers = dict.fromkeys(number for lead in self._leads.values() for number in lead.numbers)
        self._called = {f"tel:{number}": Called(self.nature) for number in numbers}
        if self._steady:
            self._supervisors = []
        return PhoneBookOfCalled(self.agents, self._supervisors, outsiders, self._called)

    def _begin_server(self) -> None:
        nature = self.nature
        store = LeadsStore(nature, self.journal_checks.records, self._leads)
        rest = Rest(nature, self.carrier, self.server.edge.switches)
        self.server.begin(rest, Directory(nature), store, store)
        self._operators.begin(CALLS_MS)
        self._pacing.begin()
        for _ in range(nature.pick((0, 2, 6, 12))):
            nature.after(10_000, CALLS_MS, self._somebody_rings_us)
        if not self._steady and nature.chance(0.25):
            nature.after(30_000, CALLS_MS, self._everybody_walks_out)
        self._look_at_called()

    def _everybody_walks_out(self) -> None:
        """The fire alarm."""
        for agent in self.agents:
            agent.walk_out()

    def _somebody_rings_us(self) -> None:
        """Who is on a list: whom a line rings just now, or talks to, or did, or will."""
        nature, lines = self.nature, [line for line in self.carrier.lines.values() if line.detect]
        live = [line for line in lines if not line.over]
        rung = live if live and nature.chance(0.5) else lines
        number = nature.pick(rung).to_number if rung and nature.chance(0.8) else nature.pick(tuple(self._called))
        Caller(nature, self.carrier, number.removeprefix("tel:"))

    def _settle_down(self) -> None:
        super()._settle_down()
        self.nature.timeline.after(GO_ON_MS, lambda: self._end_campaigns(self.nature.pick(("stop", "drain"))))

    def _end_campaigns(self, action: str) -> None:
        """Until they are."""
        self._pacing.end()
        owner = self.server.owner
        runs = owner.state.runs.rows.values() if owner else ()
        if owner is None or any(run.status is not RunStatus.STOPPED for run in runs):
            self._operators.end(action)
            self.nature.timeline.after(END_AGAIN_MS, lambda: self._end_campaigns("drain"))

    def _agents_are_kept(self) -> bool:
        lines = self.carrier.lines.values()
        return any(line.detect and not line.over and line.hears is not Hears.TALK for line in lines)

    # Looking

    def _look_at_called(self) -> None:
        self._judge_called()
        self.answers.look(self.nature.now)
        self.answers.look_for_agents(self.nature.now)
        self.nature.timeline.after(LOOK_MS, self._look_at_called)

    def _judge_called(self) -> None:
        facts = self.ledger.facts
        while self._judged < len(facts):
            fact = facts[self._judged]
            self._judged += 1
            self.leads.judge(fact)
            self.answers.judge(fact)

    def _became_durable(self, state: State, records: list[TurnRecord]) -> None:
        self._judge_called()
        for record in records:
            self.leads.take(record, self.nature.now)
            self.answers.take(record)
        super()._became_durable(state, records)

    def look_closely(self) -> None:
        """Beside all else: no campaign runs, holds leads, asks for some, or keeps anybody."""
        super().look_closely()
        self._judge_called()
        self.answers.look_closely()
        owner = self.server.owner
        assert owner is not None
        state = owner.state
        left: dict[str, Iterable[str]] = {
            "line": state.lines.rows,
            "lead": state.leads.rows,
            "attempt": state.overlay.live.rows,
            "dial": state.dials.rows,
            "question": state.gathering.rows,
            "leaving agent": state.leaving.rows,
        }
        late = {agent.unsaid for agent in state.agents.in_order() if agent.unsaid}  # something may be said of it yet
        kept = {leg.leg_id for leg in state.legs.in_order() if leg.contact_id in late}
        kept |= {line.lead_key for line in state.lines.in_order() if line.leg_id in kept}
        for name, keys in left.items():
            for key in sorted(set(keys) - kept):
                raise Violation("S", f"{name} {key} is left", key)
        for run in state.runs.in_order():
            if run.status is not RunStatus.STOPPED or run.claim_id:
                raise Violation("S", f"campaign {run.campaign_id} is {run.status} and asks {run.claim_id or 'nobody'}")


class _Leaving(JournalChecks):
    """Judges each call for a campaign as it leaves, too."""

    def __init__(self, world: CampaignWorld) -> None:
        super().__init__(world.nature)
        self._world = world

    def sending(self, owner: Owner, entry: Entry) -> None:
        """A command goes out."""
        super().sending(owner, entry)
        if isinstance(entry.command, Originate) and entry.command.called:
            self._world.leads.leaves(entry.command, self._world.nature.now)
