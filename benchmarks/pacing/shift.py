"""A shift in virtual time: lines, answers and talks as events, and a centre that reacts to each of them.

The centre is what is measured: who joins whom and how many lines are started is its business. It may be the floor of
this folder, with any policy, or anything that understands these six events.
"""

from heapq import heappop, heappush
from typing import NamedTuple, Protocol

from benchmarks.pacing.places import SHIFT_S, Place

TICK_S = 0.5


class Centre(Protocol):
    """Is told what happened, at a time in seconds since the shift began; acts on the shift it was given."""

    def begun(self, shift: "Shift") -> None:
        """All agents are there."""

    def answered(self, at_s: float, line: int) -> None:
        """By a person."""

    def came_to_nothing(self, at_s: float, line: int) -> None:
        """Nobody, a machine, busy."""

    def gave_up(self, at_s: float, line: int) -> None:
        """Who answered had no agent in time: abandoned."""

    def talk_ended(self, at_s: float, agent: int) -> None:
        """The agent wraps up now."""

    def wrapped_up(self, at_s: float, agent: int) -> None:
        """The agent is free now."""

    def tick(self, at_s: float) -> None:
        """Half a second went by."""


class Outcome(NamedTuple):
    """What a shift came to."""

    busy_s: float
    dialled: int
    answered: int
    joined: int
    abandoned: int


class Shift:
    """Eight hours of so many agents, all there from the first second to the last."""

    def __init__(self, place: Place, agents: int, *, seconds: float = SHIFT_S) -> None:
        self.agents = agents
        self.seconds = seconds
        self._place = place
        self._heap: list[tuple[float, int, str, int]] = []
        self._order = 0
        self._waiting: set[int] = set()
        self._rate = max(5.0, agents / 4)
        self._tokens, self._tokens_at_s = self._rate, 0.0
        self._busy_s = 0.0
        self._dialled = self._answered = self._joined = self._abandoned = 0
        self._wraps: dict[int, float] = {}

    # What a centre may do

    def tokens(self, at_s: float) -> int:
        """How many lines the carrier takes now."""
        self._tokens = min(self._rate, self._tokens + (at_s - self._tokens_at_s) * self._rate)
        self._tokens_at_s = at_s
        return int(self._tokens)

    def ring(self, at_s: float, traits: tuple[str, ...]) -> int:
        """Start a line to a lead; gives its number."""
        self._tokens -= 1.0
        self._dialled += 1
        fate = self._place.fate(at_s, traits)
        self._soon(at_s + fate.after_s, "answered" if fate.answered else "came_to_nothing", self._dialled)
        return self._dialled

    def join(self, at_s: float, line: int, agent: int) -> None:
        """Somebody who answered and this agent talk."""
        self._waiting.remove(line)
        self._joined += 1
        talk_s, wrap_s = self._place.talk_s(), self._place.wrap_s()
        self._busy_s += min(self.seconds, at_s + talk_s + wrap_s) - at_s
        self._wraps[agent] = wrap_s
        self._soon(at_s + talk_s, "talk_ended", agent)

    def next_lead(self) -> tuple[str, ...]:
        """The traits of the lead who is next."""
        return self._place.next_lead()

    # How it goes

    def run(self, centre: Centre) -> Outcome:
        """From the first event to the end of the shift."""
        centre.begun(self)
        self._soon(0.0, "tick", 0)
        while self._heap:
            at_s, _, what, which = heappop(self._heap)
            if at_s > self.seconds:
                break
            self._happen(centre, at_s, what, which)
        return Outcome(self._busy_s, self._dialled, self._answered, self._joined, self._abandoned)

    def _happen(self, centre: Centre, at_s: float, what: str, which: int) -> None:
        match what:
            case "tick":
                self._soon(at_s + TICK_S, "tick", 0)
                centre.tick(at_s)
            case "answered":
                self._answered += 1
                self._waiting.add(which)
                self._soon(at_s + self._place.patience_s(), "gave_up", which)
                centre.answered(at_s, which)
            case "came_to_nothing":
                centre.came_to_nothing(at_s, which)
            case "gave_up" if which in self._waiting:
                self._waiting.remove(which)
                self._abandoned += 1
                centre.gave_up(at_s, which)
            case "talk_ended":
                self._soon(at_s + self._wraps[which], "wrapped_up", which)
                centre.talk_ended(at_s, which)
            case "wrapped_up":
                centre.wrapped_up(at_s, which)

    def _soon(self, at_s: float, what: str, which: int) -> None:
        self._order += 1
        heappush(self._heap, (at_s, self._order, what, which))
