"""What was learnt, as chances: how soon an agent is free, how soon a line is answered, given how long it has been so.

Built outside the turn, anew every half a minute or so; reading it costs a look per agent and line.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cti.core.learning import BIN_STARTS_S, UNIT, Histogram, Knowledge

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

INSTANTS_S = np.arange(2.0, 30.0, 2.0)
"""The instants, from now, at which answers and free agents are compared."""

PATIENCE_S = 3.0
"""How long somebody who answers is still there: a short greeting, and the two seconds that the rules allow."""

STARTS_S = np.array(BIN_STARTS_S, dtype=np.float64)
EDGES_S = np.append(STARTS_S, 2 * STARTS_S[-1])
AGES_S = (EDGES_S[:-1] + EDGES_S[1:]) / 2

TAIL_WEIGHT = 0.5
"""Of this many times seen, the share that falls beyond whatever was seen, with a constant hazard."""

SEEN_LEAST = 2e-4
"""Of ages that fewer than this share were ever seen to reach, only the mean is known."""


class Tables(NamedTuple):
    """By the bin of the age (rows) and instant (columns): the chance that an agent who talks, or wraps up, is free
    within the patience after that instant; the share of live answers that come by then, of all of them. `unanswered`
    and `unfinished` are, by the bin of the age, the shares of live answers and of everything else still to come.
    `fresh` is the first of a line placed now, `arrivals` its share by instant, which adds up to 1."""

    free_talking: Array
    free_wrapping: Array
    answers: Array
    unanswered: Array
    unfinished: Array
    fresh: Array
    arrivals: Array


def tables_of(knowledge: Knowledge) -> Tables:
    """The chances that follow from what the pool has learnt."""
    answer, over = Spread(knowledge.answer_ages), Spread(knowledge.over_ages)
    talk, wrap = Spread(knowledge.talk), Spread(knowledge.wrap)
    until = INSTANTS_S + PATIENCE_S
    fresh = answer.within(INSTANTS_S)
    arrivals = np.diff(fresh, prepend=0.0)
    arrivals[-1] += 1.0 - fresh[-1]
    return Tables(
        free_talking=free_after_talk(talk, wrap, until),
        free_wrapping=_given(wrap, AGES_S, until),
        answers=answer.within(AGES_S[:, None] + INSTANTS_S) - answer.within(AGES_S)[:, None],
        unanswered=1.0 - answer.within(AGES_S),
        unfinished=1.0 - over.within(AGES_S),
        fresh=fresh,
        arrivals=arrivals,
    )


class Spread:
    """How times are spread, as a line from edge to edge of the bins, with a tail of constant hazard."""

    def __init__(self, histogram: Histogram) -> None:
        counts = np.array(histogram, dtype=np.float64) / UNIT
        self.mean_s = float(counts @ AGES_S / counts.sum())
        tail = -np.diff(np.exp(-EDGES_S / self.mean_s))
        counts += TAIL_WEIGHT * tail
        total = counts.sum() + TAIL_WEIGHT * (1.0 - tail.sum())
        self._cumulated = np.minimum(1.0, np.append(0.0, np.cumsum(counts)) / total)

    def within(self, seconds: Array) -> Array:
        """The share of times that are no longer."""
        share: Array = np.interp(seconds, EDGES_S, self._cumulated)
        return share

    def left(self, seconds: Array) -> Array:
        """The share of times that are longer, never nothing."""
        return np.maximum(1.0 - self.within(seconds), 1e-9)


def _given(spread: Spread, ages_s: Array, until_s: Array) -> Array:
    """The chance to be over within `until_s` (columns) at each age (rows)."""
    begun = spread.within(ages_s)[:, None]
    chance = (spread.within(ages_s[:, None] + until_s) - begun) / spread.left(ages_s)[:, None]
    return _or_constant(chance, spread, ages_s, until_s)


def free_after_talk(talk: Spread, wrap: Spread, until_s: Array) -> Array:
    """The chance that a talk of each age (rows) and the wrap-up after it are over within `until_s` (columns)."""
    seconds = np.arange(0.0, np.ceil(until_s[-1]) + 1.0)
    ended = np.diff(talk.within(AGES_S[:, None] + seconds), axis=1) / talk.left(AGES_S)[:, None]
    wrapped = wrap.within(np.maximum(0.0, until_s[None, :] - seconds[:-1, None] - 0.5))
    return _or_constant(ended @ wrapped, talk, AGES_S, until_s - min(wrap.mean_s, until_s[-1] / 2))


def _or_constant(chance: Array, spread: Spread, ages_s: Array, until_s: Array) -> Array:
    """Where next to nothing was ever seen of such an age, a constant hazard."""
    constant = 1.0 - np.exp(-np.maximum(0.0, until_s) / spread.mean_s)
    is_unseen = spread.left(ages_s)[:, None] < SEEN_LEAST
    return np.clip(np.where(is_unseen, constant, chance), 0.0, 1.0)


def bins_of(ages_ms: tuple[int, ...]) -> Ints:
    """The bin that each age falls into."""
    seconds = np.array(ages_ms, dtype=np.float64) / 1_000
    return np.maximum(0, np.searchsorted(STARTS_S, seconds, side="right") - 1)


def answered_by(tables: Tables, lines: tuple[tuple[int, int], ...]) -> Array:
    """The chance that each line (rows), of such an age in ms and so likely (millionths) when it was placed, is answered
    live by each instant (columns), given that nothing has come of it yet."""
    if not lines:
        return np.zeros((0, len(INSTANTS_S)))
    ages_ms, likely_ppm = zip(*lines, strict=True)
    places = bins_of(ages_ms)
    likely = np.array(likely_ppm, dtype=np.float64)[:, None] / 1e6
    still = likely * tables.unanswered[places, None] + (1.0 - likely) * tables.unfinished[places, None]
    return np.clip(likely * tables.answers[places] / np.maximum(still, 1e-9), 0.0, 1.0)


def free_by(tables: Tables, talking_ms: tuple[int, ...], wrapping_ms: tuple[int, ...]) -> Array:
    """The chance that each busy agent (rows) is free in time for an answer at each instant (columns)."""
    talking = tables.free_talking[bins_of(talking_ms)]
    return np.concatenate([talking, tables.free_wrapping[bins_of(wrapping_ms)]])
