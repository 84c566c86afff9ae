"""Those who are called: who picks up, who lets it ring, who hangs up; and machines, told apart soon, late, or wrong."""

from collections.abc import Mapping, Sequence

from cti.core.states import EndCause, Outcome
from cti.sim.agents import Agent
from cti.sim.carrier import Carrier
from cti.sim.line import Line, Part, Person
from cti.sim.nature import Nature
from cti.sim.outsiders import Outsider, Supervisor
from cti.sim.phone_book import PhoneBook
from cti.sim.telephones import Made, Ring

NOBODY = (
    Ring(60_000),
    Ring(60_000),
    Ring(1_500, EndCause.BUSY),
    Ring(900, EndCause.REJECTED),
    Ring(700, EndCause.UNREACHABLE),
    Ring(1_200, EndCause.FAILED),
)
"""Nobody comes, or it does not even ring."""

STAYS_MS = 90_000
"""Nobody stays longer with whatever they hear."""


class Called:
    """At one number. Each time it rings it may be somebody else who comes, or something."""

    def __init__(self, nature: Nature) -> None:
        self.carrier: Carrier
        self._nature = nature
        self._is_human = True
        self._answers = nature.pick((0.3, 0.6, 0.9))
        self._machine = nature.pick((0.0, 0.0, 0.2, 1.0))
        self._talking = False

    def ring(self, line: Line) -> Ring:
        """Somebody answers, or not, or a machine does."""
        nature = self._nature
        self._talking = False
        if self._calls_us(line) and nature.chance(0.5):
            return Ring(1_000, EndCause.BUSY)
        if not nature.chance(self._answers):
            return nature.pick(NOBODY)
        self._is_human = not nature.chance(self._machine)
        after_ms = nature.between(500, 9_000) if self._is_human else nature.between(8_000, 16_000)
        return Ring(after_ms, made=self._made())

    def _calls_us(self, line: Line) -> bool:
        """They are on the telephone themselves."""
        number = line.to_number.removeprefix("tel:")
        return any(
            each.inbound and each.from_number == number and not each.over for each in self.carrier.lines.values()
        )

    def _made(self) -> Made:
        """What the carrier makes of whoever answers: mostly what is so, at times nothing, or the contrary."""
        nature = self._nature
        greeting_ms = nature.between(300, 2_500) if self._is_human else nature.between(3_000, 12_000)
        truth = Outcome.HUMAN if self._is_human else nature.pick((Outcome.MACHINE, Outcome.MACHINE, Outcome.FAX))
        found = truth
        if nature.chance(0.08):
            found = nature.pick((Outcome.HUMAN, Outcome.MACHINE, Outcome.UNKNOWN))
        detect_ms = nature.between(4_000, 30_000) if nature.chance(0.1) else nature.between(800, 4_000)
        return Made(human=self._is_human, greeting_ms=greeting_ms, found=found, detect_ms=detect_ms)

    def answered(self, line: Line) -> None:
        """Hello? Some hang up before anybody says anything."""
        nature = self._nature
        if not self._is_human:
            nature.after(10_000, 40_000, lambda: self.carrier.hang_up(line))
            return
        if nature.chance(0.12):
            nature.after(100, 6_000, lambda: self._leave(line))
        nature.timeline.after(STAYS_MS, lambda: self._leave(line))

    def _leave(self, line: Line) -> None:
        if not self._talking:
            self.carrier.hang_up(line)

    def heard_menu(self, line: Line) -> None:
        """A person presses something, or not; or hangs up amid the message."""
        nature = self._nature
        if not self._is_human:
            return
        if nature.chance(0.3):
            nature.after(500, 5_000, lambda: self._leave(line))
        elif nature.chance(0.6):
            key = nature.pick("119953")
            nature.after(300, 6_000, lambda: self.carrier.press(line, key))

    def bridged(self, line: Line) -> None:
        """Talk for a while."""
        self._talking = True
        lowest_ms, highest_ms = (50, 600) if self._nature.chance(0.1) else (1_500, 25_000)
        self._nature.after(lowest_ms, highest_ms, lambda: self.carrier.hang_up(line))

    def parted(self, line: Line) -> None:
        """Alone on the line."""
        self._talking = False
        self._nature.after(500, 5_000, lambda: self.carrier.hang_up(line))

    def moved(self, line: Line) -> None:
        """Given to somebody else."""
        self._talking = False
        self._nature.after(500, 60_000, lambda: self._leave(line))

    def ended(self, line: Line) -> None:
        """Good bye."""


class PhoneBookOfCalled(PhoneBook):
    """Everybody of the centre, and whoever it calls."""

    def __init__(
        self,
        agents: Sequence[Agent],
        supervisors: Sequence[Supervisor],
        outsiders: Mapping[str, Outsider],
        called: Mapping[str, Called],
    ) -> None:
        super().__init__(agents, supervisors, outsiders)
        self._called = called

    def at(self, endpoint: str) -> Person:
        """Who is at the endpoint."""
        return self._called.get(endpoint) or super().at(endpoint)

    def part(self, endpoint: str) -> Part:
        """What they are to the centre."""
        return Part.CUSTOMER if endpoint in self._called else super().part(endpoint)

    def ring(self, line: Line) -> Ring:
        """Ring them."""
        called = self._called.get(line.to_number)
        return called.ring(line) if called else super().ring(line)

    def answered(self, line: Line) -> None:
        """They picked up."""
        called = self._called.get(line.to_number)
        if called:
            called.answered(line)
        else:
            super().answered(line)
