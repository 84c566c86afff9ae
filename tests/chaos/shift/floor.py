"""What everybody at work in a shift shares: the centre, the dice, whose turn it is to do what."""

import random
from collections import Counter
from collections.abc import Sequence

from cti.cli.demo.agents import Stage
from cti.cli.demo.processes import Centre

OUTSIDE = ("+16175550121", "+16175550122", "+16175550123", "+16175550124")
"""Whom agents consult, and whom they send callers on to."""


class Floor(Stage):
    """Time passes `rate` times as fast. Once `closing` nothing is begun any more, and what goes on is brought to an
    end; once `closed` everybody goes home."""

    def __init__(self, centre: Centre, source: random.Random, rate: float) -> None:
        super().__init__(source, rate)
        self.centre = centre
        self.closing = False
        self.closed = False
        self.application_sid = ""
        self._chosen: Counter[str] = Counter()

    def choose(self, names: Sequence[str]) -> str:
        """One of these things to do; those that were done least come first, as chance is slow to try everything."""
        least = min(self._chosen[name] for name in names)
        name = self.source.choice([name for name in names if self._chosen[name] <= least + 1])
        self._chosen[name] += 1
        return name

    def chance(self, probability: float) -> bool:
        """So often."""
        return self.source.random() < probability
