"""The risk of one more line: the chance that those who answer are at least as many as the agents who are free then.

Each busy agent is free, and each line is answered, by an instant with a chance of its own. With every line that is
answered and every agent who is still busy as one count, nobody is free for the next answer when that reaches the
number of agents less those who wait. Its distribution, a Poisson binomial, is taken exactly from its generating
function at the roots of unity; where it has many terms, a normal one is, corrected for its skewness.
"""

from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cti.dialer.pacing.tables import Array

Complex = NDArray[np.complex128]

EXACT_MAX = 60
"""With more agents and lines together, the normal form."""

MARGIN = 16
"""Lines that may be added before the generating function has to be taken at more points."""


class Risk(Protocol):
    """Of the lines that are in the air, and of those that are added."""

    def now(self) -> Array:
        """The chance, by instant, that whoever answers then finds nobody free."""

    def add(self, chance: Array) -> None:
        """Another line, which is answered by each instant with such a chance."""


def risk_of(free: Array, answered: Array, spare: int) -> Risk:
    """From the chances of busy agents and of lines (rows) by instant (columns), and the free agents less those who
    wait."""
    if len(free) + len(answered) <= EXACT_MAX:
        return Exact(free, answered, spare)
    return Normal(free, answered, spare)


class Points(NamedTuple):
    """Roots of unity, less 1, and what the generating function there weighs in the chance of `limit` or more."""

    steps: Complex
    weights: Complex


@lru_cache(maxsize=1_024)
def points(size: int, limit: int) -> Points:
    """For a count that is below `size`."""
    turns = np.arange(size // 2 + 1)
    roots = np.exp(-2j * np.pi * turns / size)
    sums = np.full(len(turns), size - limit, dtype=np.complex128)
    back = np.conj(roots[1:])
    sums[1:] = -(1.0 - back**limit) / (1.0 - back)
    twice = np.where((turns == 0) | (2 * turns == size), 1.0, 2.0)
    return Points(roots - 1.0, sums * twice / size)


class Exact:
    """By the generating function of the count, which a further line multiplies."""

    def __init__(self, free: Array, answered: Array, spare: int) -> None:
        self._chances = np.concatenate([1.0 - free, answered])
        self._limit = spare + len(free)
        self._spread()

    def _spread(self) -> None:
        terms = len(self._chances)
        self._size = (terms // MARGIN + 2) * MARGIN
        self._points = points(self._size, min(max(0, self._limit), self._size))
        self._values: Complex = np.multiply.reduce(1.0 + self._chances[:, :, None] * self._points.steps, axis=0)

    def now(self) -> Array:
        """See `Risk`."""
        if self._limit <= 0:
            return np.ones(self._chances.shape[1])
        if self._limit > len(self._chances):
            return np.zeros(self._chances.shape[1])
        return np.clip((self._values @ self._points.weights).real, 0.0, 1.0)

    def add(self, chance: Array) -> None:
        """See `Risk`."""
        self._chances = np.concatenate([self._chances, chance[None, :]])
        if len(self._chances) < self._size:
            self._values *= 1.0 + chance[:, None] * self._points.steps
        else:
            self._spread()


class Normal:
    """By mean, variance and skewness of the free agents less the answers."""

    def __init__(self, free: Array, answered: Array, spare: int) -> None:
        free_variance, answered_variance = free * (1.0 - free), answered * (1.0 - answered)
        self._mean = spare + free.sum(0) - answered.sum(0)
        self._variance = free_variance.sum(0) + answered_variance.sum(0)
        self._third = (free_variance * (1.0 - 2.0 * free)).sum(0)
        self._third -= (answered_variance * (1.0 - 2.0 * answered)).sum(0)

    def now(self) -> Array:
        """See `Risk`."""
        deviation = np.sqrt(self._variance + 1e-9)
        at = (0.5 - self._mean) / deviation
        skewness = self._third / deviation**3
        density = np.exp(-at * at / 2.0) / np.sqrt(2.0 * np.pi)
        chance: Array = np.clip(below(at) - skewness * (at * at - 1.0) * density / 6.0, 0.0, 1.0)
        return chance

    def add(self, chance: Array) -> None:
        """See `Risk`."""
        variance = chance * (1.0 - chance)
        self._mean = self._mean - chance
        self._variance = self._variance + variance
        self._third = self._third - variance * (1.0 - 2.0 * chance)


def below(at: Array) -> Array:
    """The standard normal distribution, to better than a ten-millionth (Abramowitz and Stegun, 7.1.26)."""
    size = np.abs(at) / np.sqrt(2.0)
    near = 1.0 / (1.0 + 0.3275911 * size)
    series = near * (
        0.254829592 + near * (-0.284496736 + near * (1.421413741 + near * (-1.453152027 + near * 1.061405429)))
    )
    outside = series * np.exp(-size * size) / 2.0
    chance: Array = np.where(at > 0.0, 1.0 - outside, outside)
    return chance
