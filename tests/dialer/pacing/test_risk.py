"""The risk, against the sum over everything that can happen."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.dialer.pacing.risk import EXACT_MAX, Exact, Normal, below, risk_of

CHANCES = st.lists(st.floats(0.0, 1.0), max_size=4)


def column(chances):
    return np.array(chances, dtype=float).reshape(len(chances), 1)


def by_hand(free, answered, spare):
    """Over every way in which agents get free and lines are answered."""
    chance = 0.0
    for frees in product((False, True), repeat=len(free)):
        for answers in product((False, True), repeat=len(answered)):
            if sum(answers) >= spare + sum(frees):
                chance += math.prod(
                    p if happens else 1 - p for p, happens in zip(free, frees, strict=True)
                ) * math.prod(p if happens else 1 - p for p, happens in zip(answered, answers, strict=True))
    return chance


@settings(max_examples=60, deadline=None)
@given(CHANCES, CHANCES, st.integers(-4, 5))
def test_few_terms_are_exact(free, answered, spare):
    risk = risk_of(column(free), column(answered), spare)
    assert risk.now()[0] == pytest.approx(by_hand(free, answered, spare), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(CHANCES, CHANCES, st.lists(st.floats(0.0, 1.0), max_size=3), st.integers(-2, 5))
def test_lines_added_are_as_if_they_had_been_there(free, answered, more, spare):
    risk = risk_of(column(free), column(answered), spare)
    for chance in more:
        risk.add(np.array([chance]))
    assert risk.now()[0] == pytest.approx(by_hand(free, [*answered, *more], spare), abs=1e-9)


def test_a_hundred_terms_are_exact():
    """Of 60 lines that are answered with 0.2 each, 20 or more: the tail of a binomial."""
    tail = sum(math.comb(60, x) * 0.2**x * 0.8 ** (60 - x) for x in range(20, 61))
    risk = Exact(column([]), column([0.2] * 30), 20)
    for _ in range(30):
        risk.add(np.array([0.2]))
    assert risk.now()[0] == pytest.approx(tail, rel=1e-9)


@settings(deadline=None)
@given(st.lists(st.floats(0.05, 0.95), min_size=60, max_size=80), st.lists(st.floats(0.02, 0.6), max_size=60))
def test_the_normal_form_is_near_the_exact_one(free, answered):
    spare = round(sum(answered) - sum(free)) + 6
    exact = Exact(column(free), column(answered), spare)
    normal = Normal(column(free), column(answered), spare)
    for _ in range(5):
        assert normal.now()[0] == pytest.approx(exact.now()[0], abs=4e-3)
        exact.add(np.array([0.25]))
        normal.add(np.array([0.25]))


def test_many_terms_take_the_normal_form():
    few, many = column([0.5] * EXACT_MAX), column([0.5] * (EXACT_MAX + 1))
    assert isinstance(risk_of(few, column([]), 0), Exact)
    assert isinstance(risk_of(many, column([]), 0), Normal)


def test_the_normal_distribution():
    at = np.linspace(-6.0, 6.0, 241)
    assert below(at) == pytest.approx([math.erfc(-x / math.sqrt(2)) / 2 for x in at], abs=1e-7)
