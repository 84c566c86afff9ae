"""Worlds in which pacing is measured: how leads answer, how long people talk, how long they wait.

All times are in seconds. Each shift has a seed, and everything random follows from it.
"""

import math
from random import Random
from typing import NamedTuple, Protocol

import numpy as np

SHIFT_S = 8 * 3_600
RING_MAX_S = 22.0


class Fate(NamedTuple):
    """What becomes of a line, and how long after it was placed."""

    answered: bool
    after_s: float


class Place(Protocol):
    """Draws what people do. The traits of a lead are those that pacing may know."""

    def next_lead(self) -> tuple[str, ...]:
        """The traits of the lead who is next."""

    def fate(self, at_s: float, traits: tuple[str, ...]) -> Fate:
        """What becomes of a line to such a lead."""

    def patience_s(self) -> float:
        """How long after the answer an agent has to be there."""

    def talk_s(self) -> float:
        """How long they talk."""

    def wrap_s(self) -> float:
        """How long the agent is not free after that."""


def drifting(seed: int, mean: float = 0.25, shift_s: int = SHIFT_S) -> list[float]:
    """The chance of an answer, each ten seconds: a wave of two hours, a random drift, and in the middle of the shift
    another list, which answers about half as often, or half as often again."""
    draw = np.random.default_rng(10_000 + seed)
    times = np.arange(shift_s // 10 + 2) * 10.0
    drift = np.zeros(len(times))
    keep = math.exp(-10 / 1_200)
    spread = 0.04 * math.sqrt(1 - keep * keep)
    for step in range(1, len(times)):
        drift[step] = keep * drift[step - 1] + spread * draw.standard_normal()
    chance = mean + 0.07 * np.sin(2 * math.pi * times / 7_200 + draw.uniform(0, 2 * math.pi)) + drift
    changes_s = draw.uniform(0.4, 0.6) * shift_s
    chance[times >= changes_s] *= draw.choice([0.55, 1.5])
    path: list[float] = np.clip(chance, 0.05, 0.60).tolist()
    return path


class Drifting:
    """World B1: answers drift, lines ring as telephones do, talks and wrap-ups are log-normal."""

    def __init__(self, seed: int, path: list[float] | None = None) -> None:
        self._draw = Random(seed)
        self._path = path or drifting(seed)

    def next_lead(self) -> tuple[str, ...]:
        """All are alike."""
        return ()

    def chance(self, at_s: float, traits: tuple[str, ...]) -> float:
        """That this lead answers at this time."""
        return self._path[int(at_s // 10)]

    def fate(self, at_s: float, traits: tuple[str, ...]) -> Fate:
        """A tenth is busy or out of order, half of the rest machines; who does not answer in 22 s is given up."""
        draw = self._draw
        chance, chosen, connecting_s = self.chance(at_s, traits), draw.random(), draw.uniform(1.5, 3.5)
        if chosen < chance:
            ringing_s = draw.gammavariate(4.0, 9.0 / 4.0)
            return Fate(ringing_s <= RING_MAX_S, connecting_s + min(ringing_s, RING_MAX_S))
        if chosen < chance + 0.10:
            return Fate(False, connecting_s + 1.0)
        machine = draw.random() < 0.5
        return Fate(False, connecting_s + (draw.uniform(14.0, 22.0) if machine else RING_MAX_S))

    def patience_s(self) -> float:
        """The greeting, and two seconds."""
        return self._log_normal(1.3, 0.5) + 2.0

    def talk_s(self) -> float:
        """Two minutes on average, as many again from one to another."""
        return self._log_normal(120.0, 1.0)

    def wrap_s(self) -> float:
        """Twenty seconds on average."""
        return self._log_normal(20.0, 0.8)

    def _log_normal(self, mean: float, variation: float) -> float:
        variance = math.log(1 + variation * variation)
        return self._draw.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


class TwoLists(Drifting):
    """World B1 with leads of two lists, one half each: one answers with 0.475, the other with 0.025, at the start."""

    FACTORS = {"list:warm": 1.9, "list:cold": 0.1}

    def next_lead(self) -> tuple[str, ...]:
        """Of either list."""
        return (self._draw.choice(("list:warm", "list:cold")),)

    def chance(self, at_s: float, traits: tuple[str, ...]) -> float:
        """Each list drifts with the world."""
        return min(0.9, super().chance(at_s, traits) * self.FACTORS[traits[0]])


class TwoListsUntold(TwoLists):
    """The same leads, but nobody knows which of them is of which list."""

    def next_lead(self) -> tuple[str, ...]:
        """They look alike."""
        return ()

    def chance(self, at_s: float, traits: tuple[str, ...]) -> float:
        """Of whichever list it is."""
        return super().chance(at_s, super().next_lead())


class Markov(Drifting):
    """A world without memory: every time is exponential, a line is answered with 0.25. Its optimum can be computed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, [0.25] * (SHIFT_S // 10 + 2))

    def fate(self, at_s: float, traits: tuple[str, ...]) -> Fate:
        """After 16 s on average, whatever it is."""
        return Fate(self._draw.random() < 0.25, self._draw.expovariate(1 / 16.0))

    def patience_s(self) -> float:
        """3.3 s on average."""
        return self._draw.expovariate(1 / 3.3)

    def talk_s(self) -> float:
        """140 s on average, the wrap-up with it."""
        return self._draw.expovariate(1 / 140.0)

    def wrap_s(self) -> float:
        """None."""
        return 0.0
