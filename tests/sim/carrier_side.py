"""A carrier alone with one line: the tests play the server, and say what it answers."""

import msgspec

from cti.core.plan import Plan
from cti.core.states import EndCause
from cti.sim.carrier import Carrier
from cti.sim.documents import Document, Holding
from cti.sim.faults import CALM
from cti.sim.ledger import Ledger
from cti.sim.line import Part
from cti.sim.nature import Nature
from cti.sim.network import Network
from cti.sim.telephones import Ring

PARTS = {"client:sue": Part.SUPERVISOR, "tel:+12025550206": Part.OUTSIDE}
"""Who is not an agent."""


def nature(seed=1, **faults):
    """A world in which only these things go wrong."""
    made = Nature(seed)
    made.faults = msgspec.structs.replace(CALM, **faults)
    return made


class Person:
    """Remembers what the line brought."""

    def __init__(self):
        self.noticed = []

    def heard_menu(self, line):
        self.noticed.append("menu")

    def bridged(self, line):
        self.noticed.append("bridged")

    def parted(self, line):
        self.noticed.append("parted")

    def moved(self, line):
        self.noticed.append("moved")

    def ended(self, line):
        self.noticed.append("ended")


class Phones:
    """Every endpoint rings as it was told to."""

    def __init__(self):
        self.person = Person()
        self.rings = Ring(500)

    def at(self, endpoint):
        return self.person

    def part(self, endpoint):
        return PARTS.get(endpoint, Part.AGENT)

    def outside(self, endpoint):
        return self.rings

    def ring(self, line):
        return self.rings

    def answered(self, line):
        pass


class ServerSide:
    """Answers each door with the plans laid out for it, one after another; the last one again and again."""

    def __init__(self):
        self.plans = {}
        self.asked = []
        self.reports = []
        self.silent = False
        self.held = 0

    def ask(self, exchange):
        request = exchange.request
        self.asked.append(request)
        if self.silent:
            return
        if self.held:
            self.held -= 1
            exchange.answer(Holding(request))
            return
        plans = self.plans.get(request.door, [()])
        verbs = plans.pop(0) if len(plans) > 1 else plans[0]
        exchange.answer(Document(Plan(tuple(verbs)), "leg", len(self.asked), "tel:+12025550206"))

    def report(self, event, key):
        self.reports.append(event)

    def doors(self):
        return [str(request.door) for request in self.asked]

    def told(self, kind):
        return [event for event in self.reports if isinstance(event, kind)]


class Bench:
    """Carrier, server's side and a caller."""

    def __init__(self, seed=1, **faults):
        self.nature = nature(seed, **faults)
        self.ledger = Ledger(self.nature)
        self.server = ServerSide()
        self.phones = Phones()
        self.carrier = Carrier(self.nature, self.ledger, Network(self.nature, self.server), self.phones)
        self.caller = Person()

    def call(self, **plans):
        """A caller calls; plans by door."""
        self.server.plans |= plans
        self.line = self.carrier.call("+16175550123", "+12025550100", self.caller)
        return self.line

    def wait(self, seconds):
        self.nature.timeline.run_until(self.nature.now + int(1_000 * seconds))

    def kinds(self, ref=""):
        """What happened to a line, but for what it was told to do."""
        mine = [fact.kind for fact in self.ledger.facts if fact.ref == (ref or self.line.ref)]
        return [kind for kind in mine if kind not in ("told", "given", "held")]

    def fact(self, kind):
        (found,) = [fact for fact in self.ledger.facts if fact.kind == kind]
        return found


UNREACHABLE = Ring(100, EndCause.UNREACHABLE)
