"""The steering of the risk: exact, bounded, and still while the ceiling decides."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.core.theta import (
    HASTE_LEAST,
    HASTE_MOST,
    HIGHEST_U,
    LOWEST_U,
    SPENT_LEAST,
    Theta,
    decided,
    haste_of_day,
    haste_of_hours,
    haste_of_room,
    starting,
    theta_after,
)

TARGETS = st.integers(0, 100_000)


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=300), TARGETS)
def test_theta_stays_between_its_bounds(answers, target_ppm):
    theta = starting(20, 30_000)
    for abandoned in answers:
        theta = theta_after(theta, abandoned=abandoned, target_ppm=target_ppm)
        assert LOWEST_U <= theta.log_u <= HIGHEST_U


def test_at_the_target_theta_comes_back_to_where_it_was():
    """27 of 1,000 abandoned, at a target of 2.7 %."""
    theta = starting(20, 30_000)
    after = theta
    for answer in range(1_000):
        after = theta_after(after, abandoned=answer % 37 == 36, target_ppm=27_000)
    assert after == theta


@pytest.mark.parametrize(("agents", "wanted"), [(1, 0.03), (5, 0.03), (20, 0.02), (200, 0.012), (5_000, 0.012)])
def test_a_new_pool_begins_with_what_suits_its_size(agents, wanted):
    assert math.exp(starting(agents, 30_000).log_u / 1e6) == pytest.approx(wanted, rel=1e-4)


@settings(deadline=None)
@given(st.integers(1, 3_000), st.integers(0, 3_000))
def test_a_greater_pool_begins_with_less_risk(agents, more):
    assert starting(agents + more, 30_000).log_u <= starting(agents, 30_000).log_u


def test_while_the_ceiling_stops_lines_theta_does_not_rise():
    blocked = decided(starting(20, 30_000), exposure=3, blocked=True)
    assert theta_after(blocked, abandoned=False, target_ppm=27_000) == blocked
    freed = decided(blocked, exposure=3, blocked=False)
    assert theta_after(freed, abandoned=False, target_ppm=27_000).log_u > blocked.log_u


def test_a_lower_ceiling_begins_with_less_risk():
    assert math.exp(starting(20, 10_000).log_u / 1e6) == pytest.approx(0.006, rel=1e-4)


def test_a_day_that_is_behind_goes_slower_and_one_that_is_ahead_faster():
    at_ceiling = {"ceiling_ppm": 30_000, "agents": 20}
    hastes = [haste_of_day(1_000, abandoned, **at_ceiling) for abandoned in range(61)]
    assert hastes == sorted(hastes, reverse=True)
    assert hastes[0] == HASTE_MOST
    assert hastes[24] > 1_000_000
    assert hastes[30] < 500_000
    assert hastes[-1] == HASTE_LEAST


def test_a_day_begins_in_no_haste_and_with_no_hurry():
    assert haste_of_day(0, 0, ceiling_ppm=30_000, agents=20) == 1_000_000
    assert haste_of_day(10, 1, ceiling_ppm=30_000, agents=20) > 700_000


def test_many_agents_keep_more_in_hand():
    few, many = (haste_of_day(2_000, 55, ceiling_ppm=30_000, agents=agents) for agents in (5, 500))
    assert many < few


def test_the_more_of_the_hours_is_to_come_the_less_an_abandoned_call_matters():
    day = {"ceiling_ppm": 30_000, "agents": 5}
    drops = [
        haste_of_hours(400, 10, **day, gone_ppm=gone) - haste_of_hours(400, 11, **day, gone_ppm=gone)
        for gone in (100_000, 500_000, 800_000, 900_000)
    ]
    assert drops == sorted(drops)
    assert 0 < drops[0] < 20_000
    assert drops[-1] > 500_000


@pytest.mark.parametrize("agents", [5, 20, 200])
@pytest.mark.parametrize("ceiling_ppm", [30_000, 10_000])
def test_when_the_hours_end_nothing_is_risked_that_would_take_the_day_over_its_ceiling(agents, ceiling_ppm):
    answers = 166 * agents
    allowed = ceiling_ppm * answers // 1_000_000
    at_end = {"ceiling_ppm": ceiling_ppm, "agents": agents, "gone_ppm": 1_000_000}
    assert haste_of_hours(answers, allowed, **at_end) == SPENT_LEAST
    assert haste_of_hours(answers, allowed - 1, **at_end) < 500_000
    assert haste_of_hours(answers, 0, **at_end) == HASTE_MOST


@settings(deadline=None)
@given(st.integers(0, 40_000), st.integers(0, 1_000), st.integers(0, 1_000_000), st.integers(1, 1_000))
def test_haste_by_the_hours_is_bounded_and_falls_with_each_abandoned_call(answers, abandoned, gone_ppm, agents):
    day = {"ceiling_ppm": 30_000, "agents": agents, "gone_ppm": gone_ppm}
    haste, after = (haste_of_hours(answers, lost, **day) for lost in (abandoned, abandoned + 1))
    assert SPENT_LEAST <= after <= haste <= HASTE_MOST


def test_hours_that_have_just_begun_are_neither_behind_nor_ahead():
    for gone_ppm in (0, 1, 1_000_000):
        assert haste_of_hours(0, 0, ceiling_ppm=30_000, agents=20, gone_ppm=gone_ppm) == 1_000_000


def test_little_room_for_the_exposure_of_late_is_less_haste():
    theta = Theta(log_u=0, peak=4_000_000)
    assert haste_of_room(theta, 4, agents=5) == 1_000_000
    assert haste_of_room(theta, 1, agents=5) == 500_000
    assert haste_of_room(theta, 10, agents=5) == HASTE_MOST
    assert haste_of_room(theta, 0, agents=5) < haste_of_room(theta, 1, agents=5)


def test_many_agents_want_room_for_worse_hours_than_those_of_late():
    theta = Theta(log_u=0, peak=4_000_000)
    assert haste_of_room(theta, 10, agents=50) < 500_000
    assert haste_of_room(theta, 46, agents=50) == 1_000_000
    assert haste_of_room(theta, 46, agents=10) == HASTE_MOST


def test_while_the_ceiling_stops_lines_nothing_is_saved_by_more_care():
    theta = Theta(log_u=0, peak=10_000_000, blocked=True)
    assert haste_of_room(theta, 1, agents=20) == 1_000_000


def test_the_exposure_of_late_rises_fast_and_falls_slowly():
    theta = starting(20, 30_000)
    for _ in range(100):
        theta = decided(theta, exposure=10, blocked=False)
    risen = theta.peak
    assert 9_000_000 < risen <= 10_000_000
    for _ in range(100):
        theta = decided(theta, exposure=0, blocked=False)
    assert 9_000_000 < theta.peak < risen
