"""A centre with nothing but agents and lines: whoever has been free for longest gets who answered first.

How many lines are started is a policy's answer, asked after each event and at each tick.
"""

from collections import deque
from typing import Protocol

from benchmarks.pacing.shift import Shift


class Policy(Protocol):
    """Looks at the floor, and is told what becomes of its lines."""

    def lines(self, at_s: float, floor: "Floor") -> int:
        """How many to start now."""

    def line_over(self, at_s: float, age_s: float, traits: tuple[str, ...], *, answered: bool) -> None:
        """Something came of a line: a person, or not."""

    def fate_known(self, at_s: float, floor: "Floor", *, abandoned: bool) -> None:
        """Who answered got an agent, or gave up."""

    def talk_over(self, seconds: float) -> None:
        """It took so long."""

    def wrap_over(self, seconds: float) -> None:
        """It took so long."""


class Floor:
    """`ringing` has when each line was started and its lead's traits; `talking` and `wrapping` since when."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.idle: deque[int] = deque()
        self.waiting: deque[int] = deque()
        self.ringing: dict[int, tuple[float, tuple[str, ...]]] = {}
        self.talking: dict[int, float] = {}
        self.wrapping: dict[int, float] = {}
        self.leads: deque[tuple[str, ...]] = deque()

    @property
    def agents(self) -> int:
        """However busy."""
        return len(self.idle) + len(self.talking) + len(self.wrapping)

    @property
    def exposure(self) -> int:
        """Who might find nobody, if every line is answered and no other agent gets free."""
        return len(self.ringing) + len(self.waiting) - len(self.idle)

    def next_leads(self, count: int) -> list[tuple[str, ...]]:
        """The traits of the leads who are next."""
        while len(self.leads) < count:
            self.leads.append(self.shift.next_lead())
        return [self.leads[place] for place in range(count)]

    def begun(self, shift: Shift) -> None:
        """Everybody is free."""
        self.shift = shift
        self.idle.extend(range(shift.agents))

    def answered(self, at_s: float, line: int) -> None:
        """A person; they wait, if only for no time."""
        started_s, traits = self.ringing.pop(line)
        self.policy.line_over(at_s, at_s - started_s, traits, answered=True)
        self.waiting.append(line)
        self._go_on(at_s)

    def came_to_nothing(self, at_s: float, line: int) -> None:
        """Busy, a machine, or nobody."""
        started_s, traits = self.ringing.pop(line)
        self.policy.line_over(at_s, at_s - started_s, traits, answered=False)
        self._go_on(at_s)

    def gave_up(self, at_s: float, line: int) -> None:
        """Nobody was free in time."""
        self.waiting.remove(line)
        self.policy.fate_known(at_s, self, abandoned=True)
        self._go_on(at_s)

    def talk_ended(self, at_s: float, agent: int) -> None:
        """They wrap up."""
        self.policy.talk_over(at_s - self.talking.pop(agent))
        self.wrapping[agent] = at_s

    def wrapped_up(self, at_s: float, agent: int) -> None:
        """They are free."""
        self.policy.wrap_over(at_s - self.wrapping.pop(agent))
        self.idle.append(agent)
        self._go_on(at_s)

    def tick(self, at_s: float) -> None:
        """Time went by."""
        self._go_on(at_s)

    def _go_on(self, at_s: float) -> None:
        while self.waiting and self.idle:
            agent = self.idle.popleft()
            self.shift.join(at_s, self.waiting.popleft(), agent)
            self.talking[agent] = at_s
            self.policy.fate_known(at_s, self, abandoned=False)
        lines = min(self.policy.lines(at_s, self), self.shift.tokens(at_s))
        for traits in self.next_leads(max(0, lines)):
            self.leads.popleft()
            self.ringing[self.shift.ring(at_s, traits)] = (at_s, traits)
