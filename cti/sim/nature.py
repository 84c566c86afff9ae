"""What everybody in a simulated world is subject to: time, chance and trouble."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from cti.sim.faults import CALM, draw
from cti.sim.timeline import Action, Timeline

MONDAY_AT = 1_772_409_600_000  # 2026-03-02 00:00 UTC
DAY_MS = 86_400_000

T = TypeVar("T")


class Nature:
    """One seed gives one course of the world: nothing else is random, and no other clock is read."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self.faults = draw(self.random)
        self.met: Counter[str] = Counter()
        """What has gone wrong so far, and how often."""
        self.began_at = MONDAY_AT + self.random.randrange(7 * DAY_MS)
        self.timeline = Timeline(self.began_at)

    def begin_at(self, at: int) -> None:
        """At another moment (ms) than was drawn; before anything else begins."""
        self.began_at = at
        self.timeline = Timeline(at)

    @property
    def now(self) -> int:
        """The time, in ms."""
        return self.timeline.now

    def after(self, lowest_ms: float, highest_ms: float, action: Action) -> None:
        """Some time from now, evenly spread."""
        self.timeline.after(self.between(lowest_ms, highest_ms), action)

    def between(self, lowest: float, highest: float) -> int:
        """Evenly spread, the highest excluded."""
        return int(lowest + (highest - lowest) * self.random.random())

    def chance(self, likelihood: float) -> bool:
        """Whether something of this likelihood happens now."""
        return likelihood > 0 and self.random.random() < likelihood

    def strikes(self, fault: str) -> bool:
        """Whether this trouble happens now."""
        likelihood: float = getattr(self.faults, fault)
        struck = likelihood > 0 and self.random.random() < likelihood
        if struck:
            self.met[fault] += 1
        return struck

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[int(self.random.random() * len(choices))]

    def calm_down(self) -> None:
        """Nothing goes wrong from now on."""
        self.faults = CALM
