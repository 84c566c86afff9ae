"""One seed of calling: a site that calls is put together, lives through a day or two, mostly as hours begin and end,
comes to rest, and is looked at closely."""

from cti.core.events import ConfigApplied
from cti.sim.calling.bells import Bells
from cti.sim.calling.centre import CLOSES, NUMBERS, OPENS, boundary_after, calling_centre
from cti.sim.calling.people import People
from cti.sim.calling.store import Store
from cti.sim.calling.truth import Truth
from cti.sim.centre import digest
from cti.sim.checks.ending import Auditor, check_nothing_left
from cti.sim.checks.journal import JournalChecks
from cti.sim.checks.violation import Violation
from cti.sim.directory import Directory
from cti.sim.documents import Documents
from cti.sim.guards import Guard
from cti.sim.ledger import Ledger
from cti.sim.nature import Nature
from cti.sim.server import SITE, Server
from cti.sim.stepping import step

RUSH_MS = 60_000
"""Around the moment at which hours begin or end, people act for so long."""

ACTS = 8, 20
DRAIN_MS = 900_000


class CallingWorld:
    """Everything there is in one seed."""

    def __init__(self, seed: int, without: Guard | None = None) -> None:
        self.seed = seed
        self.without = without
        self.nature = nature = Nature(seed)
        self.ledger = Ledger(nature)
        config = calling_centre(nature)
        self.journal_checks = JournalChecks(nature)
        applied = ConfigApplied(config_hash=digest(config), config=config)
        self.server = Server(nature, without, applied, self.journal_checks, Documents())
        checks = self.journal_checks
        self.truth = Truth(checks.records, checks.became_durable_at)
        self.bells = Bells(nature, self.server.edge, self.ledger, self.truth)
        self.people = People(nature, self.server.edge, self.truth)

    @property
    def contacts(self) -> int:
        """How many calls were asked for."""
        return self.people.calls

    def run(self) -> None:
        """Raises `Violation`."""
        nature = self.nature
        store = Store(nature, self.journal_checks.records, self.truth)
        self.server.begin(self.bells, Directory(nature), store)
        for _ in range(nature.between(2, 4)):
            self._rush()
        nature.calm_down()
        nature.timeline.run_until(nature.now + DRAIN_MS)
        self._look_closely()

    def _rush(self) -> None:
        """The hours begin or end somewhere, and everybody is busy."""
        nature = self.nature
        zone, hour = NUMBERS[nature.pick(sorted(NUMBERS))], nature.pick((OPENS, CLOSES, CLOSES))
        ahead_ms = nature.between(RUSH_MS / 2, RUSH_MS) if hour == CLOSES else nature.between(0, RUSH_MS / 4)
        begins = boundary_after(nature.now + RUSH_MS, zone, hour) - ahead_ms
        nature.timeline.run_until(begins)
        for _ in range(nature.between(*ACTS)):
            nature.after(0, RUSH_MS, self.people.act)
        nature.timeline.run_until(nature.now + RUSH_MS)

    def _look_closely(self) -> None:
        owner = self.server.owner
        if owner is None:
            raise Violation("S", "nobody serves the site")
        state = owner.state
        for dial_id in (*sorted(state.dials.rows), *sorted(state.gathering.rows), *sorted(state.overlay.live.rows)):
            raise Violation("S", f"dial {dial_id} is left", dial_id)
        check_nothing_left(state, self.server.journal)
        for telephone in self.bells.telephones.values():
            if not telephone.over:
                raise Violation("S", f"telephone {telephone.ref} still rings", telephone.leg_id)
        step(Auditor(SITE).audit(self.server.journal, state))
