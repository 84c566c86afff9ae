"""Answers how many lines a pool of agents can do with now. Outside the turn: it keeps what is dear to make, the tables
of what was learnt, and nothing else."""

import math
from typing import NamedTuple

from cti.core.events import PacingComputed
from cti.core.ledger import MILLION
from cti.dialer.observing import Question
from cti.dialer.pacing.decide import decide
from cti.dialer.pacing.tables import Tables, tables_of

FRESH_MS = 20_000
"""How long tables are used (ms) while nothing much can have been learnt beside."""


class Kept(NamedTuple):
    """Tables, and of when (ms) they are."""

    tables: Tables
    made_at: int


class Pacer:
    """One for all pools. Not to be asked by two threads at once."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def answer(self, question: Question) -> PacingComputed:
        """By the risk that whoever answers finds nobody; a mode that never dials ahead gets a line for each agent who
        is free, and a message needs none."""
        seen = question.observation
        if not question.attended:
            return _computed(question, max(0, min(len(seen.next_ppm), seen.lines_max)), "broadcast")
        if not question.ahead:
            lines = min(-seen.exposure, len(seen.next_ppm), seen.lines_max)
            return _computed(question, max(0, lines), "progressive")
        theta = math.exp(question.theta.log_u / MILLION) * question.haste_ppm / MILLION
        decision = decide(seen, self._tables(question), theta)
        return _computed(
            question,
            decision.lines,
            "hazard",
            risk_ppm=round(decision.risk * MILLION),
            theta_ppm=round(theta * MILLION),
            free_ppm=round(decision.expected_free * MILLION),
            answers_ppm=round(decision.expected_answers * MILLION),
        )

    def _tables(self, question: Question) -> Tables:
        at = question.observation.at
        kept = self._kept.get(question.pool_id)
        if kept is None or not 0 <= at - kept.made_at < FRESH_MS:
            kept = self._kept[question.pool_id] = Kept(tables_of(question.knowledge), at)
        return kept.tables


def is_news(question: Question, computed: PacingComputed) -> bool:
    """Whether the turn has to know: lines are to begin, or the ceiling no longer stops any, so that what comes of them
    is learnt from again."""
    return computed.calls_now > 0 or question.theta.blocked


def _computed(question: Question, lines: int, method: str, **why: int) -> PacingComputed:
    return PacingComputed(
        campaign_id=question.pool_id, calls_now=lines, method=method, as_of_seq=question.as_of_seq, **why
    )
