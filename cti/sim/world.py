"""One seed: a world is put together, lives through its day, comes to rest, and is looked at closely."""

from collections.abc import Iterator, Mapping

from cti.core.config import AgentConfig, SiteConfig
from cti.core.events import ConfigApplied
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.sim.agents import Agent
from cti.sim.callers import Caller
from cti.sim.carrier import Carrier
from cti.sim.centre import FRIENDS, centre, changed_centre, digest
from cti.sim.checks.agents import check_agents
from cti.sim.checks.calls import CallChecks
from cti.sim.checks.conversations import Pending, PrivacyChecks
from cti.sim.checks.desks import DeskChecks
from cti.sim.checks.ending import Auditor, check_nobody_left, check_nothing_left
from cti.sim.checks.journal import JournalChecks
from cti.sim.checks.liveness import LOOK_MS, REQUEST_MS, STEP_MS, Liveness, pending_in
from cti.sim.checks.violation import Violation
from cti.sim.checks.waiting import check_nobody_is_overlooked
from cti.sim.desktop import Desktop, Seen
from cti.sim.directory import Directory
from cti.sim.documents import Documents
from cti.sim.guards import Guard
from cti.sim.ledger import Ledger
from cti.sim.nature import Nature
from cti.sim.network import Network
from cti.sim.outsiders import Outsider, Supervisor
from cti.sim.past import Past
from cti.sim.phone_book import PhoneBook
from cti.sim.rest import Rest
from cti.sim.server import SITE, Server
from cti.sim.stepping import step
from cti.views.desktop import Told

CALLS_MS = 200_000
"""Calls arrive for so long, and as long faults happen."""

DRAIN_MS = 600_000
"""Then everybody finishes, and every promise falls due."""

LATE_CALLS_MS = 90_000
"""In the calm, too, somebody calls: for so long."""

LAST_MS = 60_000
"""Last, nobody does anything any more: what is decided is recorded."""


class World:
    """Everything there is in one seed."""

    def __init__(self, seed: int, without: Guard | None = None) -> None:
        self.seed = seed
        self.without = without
        self.nature = nature = self._nature(seed)
        self.ledger = Ledger(nature)
        self.config = config = self._centre()
        documents = Documents()
        self.journal_checks = self._journal_checks()
        self.desks = DeskChecks()
        applied = ConfigApplied(config_hash=digest(config), config=config)
        self.server = Server(nature, without, applied, self.journal_checks, documents, self._past())
        self.calls = CallChecks(self.ledger, config, lambda: self.server.edge.serving_since)
        self.privacy = PrivacyChecks()
        self.liveness = Liveness()
        self._calm = False
        self.agents = [self._agent(agent, tuple(config.agents)) for agent in config.agents.values()]
        self._supervisors = [
            Supervisor(nature, each.supervisor_id, each.endpoint, tuple(config.agents))
            for each in config.supervisors.values()
        ]
        outsiders = {f"tel:{number}": Outsider(nature) for number in FRIENDS}
        network = Network(nature, self.server.edge)
        self.carrier = Carrier(nature, self.ledger, network, self._phone_book(outsiders))
        for outsider in outsiders.values():
            outsider.carrier = self.carrier
        self.desktops = [self._desktop(agent, agent.see) for agent in self.agents]
        self._seconds = [self._desktop(agent, agent.see_again, "t") for agent in self.agents if nature.chance(0.2)]
        self._told: dict[int, list[Told]] = {}
        self.server.durable = self._became_durable
        self.server.told = self._tell
        self.server.cut = self._cut_sockets

    # What other worlds have otherwise

    CALLERS = 12, 29

    def _nature(self, seed: int) -> Nature:
        return Nature(seed)

    def _centre(self) -> SiteConfig:
        return centre(self.nature)

    def _changed_centre(self) -> SiteConfig:
        return changed_centre(self.nature, self.config)

    def _journal_checks(self) -> JournalChecks:
        return JournalChecks(self.nature)

    def _past(self) -> Past | None:
        """What was before the first day; nothing."""
        return None

    def _agent(self, config: AgentConfig, everybody: tuple[str, ...]) -> Agent:
        return Agent(self.nature, config, everybody)

    def _phone_book(self, outsiders: Mapping[str, Outsider]) -> PhoneBook:
        return PhoneBook(self.agents, self._supervisors, outsiders)

    def _begin_server(self) -> None:
        self.server.begin(Rest(self.nature, self.carrier, self.server.edge.switches), Directory(self.nature))

    def _settle_down(self) -> None:
        """Nothing goes wrong any more."""
        self.nature.calm_down()
        for agent in self.agents:
            agent.settle_down()
        for supervisor in self._supervisors:
            supervisor.settle_down()

    # All worlds

    def _desktop(self, agent: Agent, seen: Seen, name: str = "q") -> Desktop:
        server = self.server
        return Desktop(self.nature, server.edge, server.journal, self.desks, agent.agent_id, seen, name)

    @property
    def contacts(self) -> int:
        """How many there were."""
        return self.calls.contacts

    def run(self) -> None:
        """Raises `Violation`."""
        nature = self.nature
        self._begin_server()
        for agent, desktop in zip(self.agents, self.desktops, strict=True):
            agent.begin(desktop, self.carrier)
            for second in self._seconds:
                if second.agent_id == agent.agent_id:
                    agent.begin_twice(second)
        for supervisor in self._supervisors:
            if nature.chance(0.4):
                supervisor.begin(self.carrier, self.server.edge)
        self._look_again()
        for _ in range(nature.between(*self.CALLERS)):
            nature.after(0, CALLS_MS, self._somebody_calls)
        if nature.chance(0.25):
            nature.after(30_000, CALLS_MS, lambda: self.server.reconfigure(self._changed_centre()))
        nature.timeline.run_until(nature.now + CALLS_MS)
        self._settle_down()
        for _ in range(nature.between(2, 6)):
            nature.after(0, LATE_CALLS_MS, self._somebody_calls)
        self._calm = True
        nature.timeline.run_until(nature.now + DRAIN_MS)
        for agent in self.agents:
            agent.go_home()
        nature.timeline.run_until(nature.now + LAST_MS)
        self.look_closely()

    def _look_again(self) -> None:
        """Once a second, whether or not the server does anything: what happened at the carrier is judged, and once
        nothing goes wrong any more everything has to come to its end."""
        self.calls.judge()
        if self.server.owner:
            self.privacy.look(self.server.owner.state, self.carrier.lines)
        if self._calm:
            self.liveness.look(self._pending(), self.nature.now)
        self.nature.timeline.after(LOOK_MS, self._look_again)

    def _pending(self) -> Iterator[Pending]:
        server = self.server
        owner = server.owner
        if owner is None or owner.asleep or server.edge.owner is not owner:
            yield Pending("no worker", STEP_MS, "nobody serves the site")
            return
        for exchange in server.edge.open_requests():
            yield Pending(f"request {exchange.token}", REQUEST_MS, "a call request has no answer", exchange.request.ref)
        yield from pending_in(
            owner.state, server.journal, self.carrier.lines, self.agents, kept=self._agents_are_kept()
        )

    def _agents_are_kept(self) -> bool:
        """Whether somebody is being called for whom agents are kept from others."""
        return False

    def _somebody_calls(self) -> None:
        Caller(self.nature, self.carrier)

    def _became_durable(self, state: State, records: list[TurnRecord]) -> None:
        """A batch of turns is in the journal, and led to this state."""
        self.calls.judge()
        for record in records:
            self.calls.take(record)
            told = self.desks.take(state, record)
            if told:
                self._told[record.seq] = told
        self.privacy.take(records)
        self.privacy.look(state, self.carrier.lines)
        check_agents(state, records)
        check_nobody_is_overlooked(state)
        self.desks.check_touched(state)

    def _tell(self, record: TurnRecord) -> None:
        """A turn is known to the outside: desktops hear of it."""
        told = self._told.pop(record.seq, None)
        if told:
            for desktop in (*self.desktops, *self._seconds):
                desktop.tell(told)

    def _cut_sockets(self) -> None:
        for desktop in (*self.desktops, *self._seconds):
            desktop.cut()

    def look_closely(self) -> None:
        """Nothing is left, and the journal tells it all. Raises `Violation`."""
        self.calls.judge()
        owner = self.server.owner
        if owner is None:
            raise Violation("S", "nobody serves the site")
        check_nothing_left(owner.state, self.server.journal)
        check_nobody_left(self.carrier.lines.values())
        self.desks.check_all(owner.state)
        step(Auditor(SITE, self.server.past).audit(self.server.journal, owner.state))
