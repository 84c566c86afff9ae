"""What a pool learns: shares that forget, times that spread, and leads that are told apart."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.core.learning import (
    BIN_STARTS_S,
    BINS,
    LEAST_PPM,
    MOST_PPM,
    OBSERVATIONS_MAX,
    TRAITS_MAX,
    UNIT,
    Knowledge,
    answer_ppm,
    base_ppm,
    bin_of,
    learnt_line,
    learnt_talk,
    learnt_wrap,
)

SECOND = 1_000


def learnt(knowledge, chances, lines, seed=1, gap_ms=500):
    """So many lines, to leads whose traits are drawn from `chances`: traits to how likely they answer."""
    draw = random.Random(seed)
    kinds = sorted(chances)
    at = knowledge.at
    for _ in range(lines):
        at += gap_ms
        traits = draw.choice(kinds)
        knowledge = learnt_line(knowledge, at, 9 * SECOND, answered=draw.random() < chances[traits], traits=traits)
    return knowledge


@settings(deadline=None)
@given(st.integers(0, 40 * 3_600 * SECOND))
def test_a_time_falls_into_the_bin_that_has_it(ms):
    place = bin_of(ms)
    assert BIN_STARTS_S[place] * SECOND <= ms
    assert place == BINS - 1 or ms < BIN_STARTS_S[place + 1] * SECOND


def test_no_bin_is_wider_than_a_sixteenth_of_its_time():
    widths = [after - start for start, after in pairwise(BIN_STARTS_S)]
    assert all(width == 1 or width * 16 <= start for width, start in zip(widths, BIN_STARTS_S, strict=False))


def test_a_new_pool_guesses():
    knowledge = Knowledge(pool_id="sales")
    assert answer_ppm(knowledge) == 300_000
    for guess in (knowledge.talk, knowledge.wrap, knowledge.answer_ages, knowledge.over_ages):
        assert len(guess) == BINS
        assert sum(guess) > 0


def test_the_share_that_answers_is_learnt_and_follows():
    knowledge = learnt(Knowledge(pool_id="sales"), {(): 0.1}, 2_000)
    assert answer_ppm(knowledge) == pytest.approx(100_000, abs=25_000)
    knowledge = learnt(knowledge, {(): 0.4}, 3_000)
    assert answer_ppm(knowledge) == pytest.approx(400_000, abs=40_000)


def test_a_night_does_not_forget_everything():
    knowledge = learnt(Knowledge(pool_id="sales"), {(): 0.1}, 4_000)
    morning = learnt_line(knowledge, knowledge.at + 12 * 3_600 * SECOND, 9 * SECOND, answered=True)
    assert answer_ppm(morning) < 140_000


def test_times_are_seen_where_they_were():
    knowledge = learnt_talk(Knowledge(pool_id="sales"), 95 * SECOND)
    knowledge = learnt_wrap(knowledge, 7 * SECOND)
    fresh = Knowledge(pool_id="sales")
    assert knowledge.talk[bin_of(95 * SECOND)] == fresh.talk[bin_of(95 * SECOND)] + UNIT
    assert knowledge.wrap[bin_of(7 * SECOND)] == fresh.wrap[bin_of(7 * SECOND)] + UNIT


def test_times_of_another_script_fade():
    knowledge = Knowledge(pool_id="sales")
    for _ in range(OBSERVATIONS_MAX):
        knowledge = learnt_talk(knowledge, 30 * SECOND)
    for _ in range(3 * OBSERVATIONS_MAX):
        knowledge = learnt_talk(knowledge, 300 * SECOND)
    assert knowledge.talk[bin_of(30 * SECOND)] * 5 < knowledge.talk[bin_of(300 * SECOND)]
    assert sum(knowledge.talk) <= OBSERVATIONS_MAX * UNIT


def test_lists_that_differ_are_told_apart():
    chances = {("list:cold",): 0.025, ("list:warm",): 0.475}
    knowledge = learnt(Knowledge(pool_id="sales"), chances, 4_000)
    assert answer_ppm(knowledge, ("list:warm",)) == pytest.approx(475_000, rel=0.15)
    assert answer_ppm(knowledge, ("list:cold",)) == pytest.approx(25_000, rel=0.5)


def test_traits_that_come_together_are_not_counted_twice():
    """The warm list has the first attempts; what is the list's doing shows where the attempts vary."""
    chances = {
        ("list:warm", "attempts:0"): 0.4,
        ("list:warm", "attempts:1"): 0.4,
        ("list:cold", "attempts:1"): 0.1,
        ("list:cold", "attempts:2"): 0.1,
    }
    knowledge = learnt(Knowledge(pool_id="sales"), chances, 8_000)
    for traits, chance in chances.items():
        assert answer_ppm(knowledge, traits) == pytest.approx(chance * 1e6, rel=0.25)


def test_what_was_seen_once_says_little():
    knowledge = learnt(Knowledge(pool_id="sales"), {(): 0.2}, 2_000)
    once = learnt_line(knowledge, knowledge.at, 9 * SECOND, answered=True, traits=("list:new",))
    assert answer_ppm(once, ("list:new",)) < 1.2 * base_ppm(once)


def test_traits_without_end_are_bounded():
    knowledge = learnt(Knowledge(pool_id="sales"), {("list:main",): 0.2}, 500)
    for number in range(3 * TRAITS_MAX):
        knowledge = learnt_line(knowledge, number, 9 * SECOND, answered=False, traits=(f"list:{number}",))
    assert len(knowledge.traits) <= TRAITS_MAX
    assert "list:main" in knowledge.traits


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-5_000, 90_000_000), st.integers(0, 90_000), st.booleans(), st.sampled_from("abc")),
        max_size=200,
    )
)
def test_whatever_is_learnt_a_chance_is_a_chance(lines):
    knowledge = Knowledge(pool_id="sales")
    for later, age_ms, answered, trait in lines:
        knowledge = learnt_line(knowledge, knowledge.at + later, age_ms, answered=answered, traits=(trait, "x"))
        for traits in ((), ("a",), ("a", "b", "c", "x")):
            assert LEAST_PPM <= answer_ppm(knowledge, traits) <= MOST_PPM
