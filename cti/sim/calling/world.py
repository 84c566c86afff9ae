"""One seed of calling: a site that calls is put together, lives through a day or two, mostly as hours begin and end,
comes to rest, and is looked at closely."""

from cti.core.events import ConfigApplied
from cti.sim.calling.bells import Bells
from cti.sim.calling.centre import CLOSES, OPENS, OWN_CLOSES, OWN_OPENS, boundary_after, calling_centre
from cti.sim.calling.people import Callers
from cti.sim.calling.population import ZONES
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

ACTS = 7, 15
DRAIN_MS = 900_000

LAST_CALLS, LAST_MS = 3, 25_000
"""Some are called at the very last moment: so long (ms) before the hours end."""

SERVER_TROUBLES = ("pause", "crash", "journal_down", "journal_unknown", "journal_slow")
AUDIT_EVERY = 4
"""One world in so many is read and decided again at its end: that costs as much as it does to live through it."""


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
        self.truth = Truth(checks.records, checks.became_durable_at, self._troubles)
        self.bells = Bells(nature, self.server.edge, self.ledger, self.truth)
        self.people = Callers(nature, self.server.edge, self.truth)
        self.bells.talks = self.people.talk
        if self.people.collects:
            self.bells.at_home = 0.02

    @property
    def contacts(self) -> int:
        """How many calls were asked for."""
        return self.people.calls

    def run(self) -> None:
        """Raises `Violation`."""
        nature = self.nature
        store = Store(nature, self.journal_checks.records, self.truth.registry.versions)
        self.server.begin(self.bells, Directory(nature), store)
        crowded = nature.between(0, 2) if self.people.crowd else -1
        for rush in range(nature.between(2, 4)):
            self._rush(self.people.crowd if rush == crowded else 0)
        nature.calm_down()
        nature.timeline.run_until(nature.now + DRAIN_MS)
        self._look_closely()

    def _troubles(self) -> int:
        """How often the server was not there, or could not record, so far."""
        return sum(self.nature.met[name] for name in SERVER_TROUBLES)

    def _rush(self, crowd: int) -> None:
        """The hours begin or end somewhere, and everybody is busy. A crowd is called so late that some of it still
        waits for the rate when they end."""
        nature = self.nature
        zone = ZONES[nature.pick(sorted(ZONES))]
        hour = nature.pick((OPENS, CLOSES, CLOSES, CLOSES, OWN_OPENS, OWN_CLOSES))
        closing = hour in (CLOSES, OWN_CLOSES)
        rush_ms = max(RUSH_MS, 1_000 * crowd)
        ahead_ms = nature.between(rush_ms / 2, rush_ms) if closing else nature.between(0, rush_ms / 4)
        begins = boundary_after(nature.now + rush_ms, zone, hour) - ahead_ms
        nature.timeline.run_until(begins)
        if closing:
            for _ in range(LAST_CALLS):
                nature.after(ahead_ms - LAST_MS - 2_000, ahead_ms - LAST_MS + 500, lambda: self.people.call_in(zone))
        if crowd:
            nature.after(0, max(0, ahead_ms - RUSH_MS / 2), self.people.call_the_crowd)
        for _ in range(nature.between(*ACTS)):
            nature.after(0, RUSH_MS, self.people.act)
        nature.timeline.run_until(nature.now + rush_ms)

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
        self.truth.catch_up()
        if self.without is None and self.seed % AUDIT_EVERY == 0:
            step(Auditor(SITE).audit(self.server.journal, state))
