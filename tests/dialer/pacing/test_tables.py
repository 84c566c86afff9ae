"""Chances from what was learnt, against what is known of times of that kind."""

import math
import random

import numpy as np
import pytest

from cti.core.learning import BINS, UNIT, Knowledge, learnt_line, learnt_talk, learnt_wrap
from cti.dialer.pacing.tables import INSTANTS_S, PATIENCE_S, answered_by, bins_of, free_by, tables_of

SECOND = 1_000
UNTIL = INSTANTS_S + PATIENCE_S


def knowing(talks_s=(), wraps_s=(), answers_s=(), overs_s=()):
    knowledge = Knowledge(pool_id="sales", **dict.fromkeys(["talk", "wrap", "answer_ages", "over_ages"], (0,) * BINS))
    for seconds in talks_s:
        knowledge = learnt_talk(knowledge, round(seconds * SECOND))
    for seconds in wraps_s:
        knowledge = learnt_wrap(knowledge, round(seconds * SECOND))
    for seconds in answers_s:
        knowledge = learnt_line(knowledge, 0, round(seconds * SECOND), answered=True)
    for seconds in overs_s:
        knowledge = learnt_line(knowledge, 0, round(seconds * SECOND), answered=False)
    return knowledge


@pytest.fixture(scope="module")
def exponential():
    """Talks of 100 s and wrap-ups of 20 s on average, that end at any time with the same hazard."""
    draw = random.Random(1)
    talks = [draw.expovariate(1 / 100) for _ in range(3_500)]
    wraps = [draw.expovariate(1 / 20) for _ in range(3_500)]
    return tables_of(knowing(talks, wraps, [9] * 1_000, [22] * 3_000))


@pytest.mark.parametrize("age_s", [0, 7, 20, 45])
def test_a_constant_hazard_does_not_look_at_the_age(exponential, age_s):
    chances = free_by(exponential, (), (age_s * SECOND,))[0]
    assert chances == pytest.approx(1 - np.exp(-UNTIL / 20), abs=0.06)


@pytest.mark.parametrize("age_s", [0, 30, 100, 250])
def test_a_talk_and_its_wrap_up_take_their_time_together(exponential, age_s):
    chances = free_by(exponential, (age_s * SECOND,), ())[0]
    together = 1 - (100 * np.exp(-UNTIL / 100) - 20 * np.exp(-UNTIL / 20)) / 80
    assert chances == pytest.approx(together, abs=0.05)


def test_who_has_talked_for_ever_may_end_at_any_time(exponential):
    chances = free_by(exponential, (6 * 3_600 * SECOND,), ())[0]
    assert chances[0] < chances[-1] < 0.5
    assert chances[-1] > 0.05


def test_a_line_is_answered_when_lines_are():
    """Answers after 8 to 10 s; a quarter of the lines."""
    tables = tables_of(knowing([100], [20], [8.5, 9.5] * 500, [22] * 1_000))
    fresh, old = answered_by(tables, ((0, 250_000), (12_000, 250_000)))
    assert fresh[INSTANTS_S == 6][0] == pytest.approx(0, abs=0.01)
    assert fresh[INSTANTS_S == 12][0] == pytest.approx(0.25, abs=0.01)
    assert old[-1] < 0.02
    assert tables.arrivals.sum() == pytest.approx(1)


def test_a_line_that_rings_while_others_are_over_is_likelier_to_be_answered():
    """Half of what is not answered is busy at once: who rings after 5 s is one of a smaller number."""
    tables = tables_of(knowing([100], [20], [12.5] * 1_000, [3.5] * 500 + [22] * 500))
    ringing = answered_by(tables, ((5_000, 250_000),))[0]
    assert ringing[INSTANTS_S == 14][0] == pytest.approx(0.25 / (0.25 + 0.375), abs=0.02)


def test_each_lead_is_as_likely_as_it_is():
    tables = tables_of(knowing([100], [20], [9.5] * 1_000, [22] * 1_000))
    likely, unlikely = answered_by(tables, ((0, 475_000), (0, 25_000)))
    assert likely[-1] == pytest.approx(0.475, abs=0.01)
    assert unlikely[-1] == pytest.approx(0.025, abs=0.01)


def test_a_pool_that_has_learnt_nothing_has_chances():
    tables = tables_of(Knowledge(pool_id="sales"))
    for table in tables:
        assert np.isfinite(table).all()
        assert (table >= 0).all()
        assert (table <= 1).all()


def test_a_line_older_than_any_that_was_seen_is_nearly_nothing_to_count_on():
    tables = tables_of(knowing([100], [20], [9.5] * 1_000, [22] * 3_000))
    assert np.isfinite(answered_by(tables, ((3_600_000, 250_000),))).all()


def test_every_age_has_a_bin():
    assert list(bins_of((0, 999, 1_000, 31_999, 32_000, 10**9))) == [0, 0, 1, 31, 32, BINS - 1]
    assert math.isclose(UNIT, 1_024)
