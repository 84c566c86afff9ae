"""How many lines are started: more where more agents will be free, none without agents, never beyond the bound."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.core.base import changed
from cti.core.learning import Knowledge
from cti.dialer.pacing.decide import decide
from cti.dialer.pacing.observation import Observation
from cti.dialer.pacing.tables import tables_of

TABLES = tables_of(Knowledge(pool_id="sales"))
THETA = 0.02
AGES = st.lists(st.integers(0, 400_000), max_size=40).map(tuple)


def observations():
    return st.builds(
        Observation,
        at=st.just(0),
        idle=st.integers(0, 8),
        waiting=st.integers(0, 4),
        talking_ms=AGES,
        wrapping_ms=st.lists(st.integers(0, 60_000), max_size=6).map(tuple),
        lines=st.lists(st.tuples(st.integers(0, 30_000), st.integers(2_000, 950_000)), max_size=30).map(tuple),
        next_ppm=st.lists(st.integers(2_000, 950_000), max_size=30).map(tuple),
        lines_max=st.integers(0, 40),
    )


def centre(idle=0, talking=0, lines=0, waiting=0, next_ppm=250_000, lines_max=50):
    return Observation(
        at=0,
        idle=idle,
        waiting=waiting,
        talking_ms=tuple(range(0, talking * 7_000, 7_000)),
        lines=tuple((4_000, 250_000) for _ in range(lines)),
        next_ppm=(next_ppm,) * 100,
        lines_max=lines_max,
    )


@settings(deadline=None)
@given(observations())
def test_never_more_than_there_are_leads_and_rate(observation):
    lines = decide(observation, TABLES, THETA).lines
    assert 0 <= lines <= min(observation.lines_max, len(observation.next_ppm))


@settings(deadline=None)
@given(observations())
def test_without_agents_nobody_is_rung(observation):
    alone = changed(observation, idle=0, talking_ms=(), wrapping_ms=())
    assert decide(alone, TABLES, 0.3).lines == 0


@settings(deadline=None)
@given(observations())
def test_without_exposure_it_is_a_line_for_each_free_agent(observation):
    lines = decide(observation, TABLES, THETA, exposure_max=0).lines
    wanted = min(observation.lines_max, len(observation.next_ppm), max(0, -observation.exposure))
    assert lines == (wanted if observation.agents else 0)


@settings(deadline=None)
@given(observations(), st.integers(0, 12))
def test_the_exposure_stays_below_its_bound(observation, exposure_max):
    decision = decide(observation, TABLES, THETA, exposure_max)
    if decision.lines:
        assert observation.exposure + decision.lines <= exposure_max
    if decision.blocked:
        assert observation.exposure + decision.lines >= exposure_max
        assert decide(observation, TABLES, THETA).lines > decision.lines


@settings(deadline=None)
@given(observations(), st.floats(0.001, 0.3), st.floats(0.001, 0.3))
def test_more_risk_is_more_lines(observation, one, other):
    less, more = sorted([one, other])
    assert decide(observation, TABLES, less).lines <= decide(observation, TABLES, more).lines


@settings(deadline=None)
@given(observations())
def test_another_free_agent_is_no_fewer_lines(observation):
    more = changed(observation, idle=observation.idle + 1)
    assert decide(observation, TABLES, THETA).lines <= decide(more, TABLES, THETA).lines


@settings(deadline=None)
@given(observations(), st.integers(0, 25_000))
def test_another_line_in_the_air_is_no_more_lines(observation, age_ms):
    more = changed(observation, lines=(*observation.lines, (age_ms, 300_000)))
    assert decide(more, TABLES, THETA).lines <= decide(observation, TABLES, THETA).lines


@settings(deadline=None)
@given(observations())
def test_decided_twice_is_decided_the_same(observation):
    assert decide(observation, TABLES, THETA) == decide(observation, TABLES, THETA)


def test_who_will_be_free_is_rung_for():
    observation = changed(centre(talking=10), wrapping_ms=(20_000,) * 10)
    assert decide(observation, TABLES, THETA).lines > 0
    busy = changed(observation, lines=((4_000, 250_000),) * 20)
    assert decide(busy, TABLES, THETA).lines == 0


def test_leads_who_seldom_answer_are_more_lines():
    often, seldom = centre(idle=2, talking=18, next_ppm=500_000), centre(idle=2, talking=18, next_ppm=50_000)
    assert decide(seldom, TABLES, THETA).lines > 2 * decide(often, TABLES, THETA).lines


@pytest.mark.parametrize("agents", [60, 200, 1_000])
def test_many_agents_are_many_lines(agents):
    """Where the exact form gives way to the normal one, nothing jumps."""
    lines = decide(centre(idle=agents // 20, talking=agents, lines_max=2_000), TABLES, THETA).lines
    assert agents // 20 < lines


def test_the_exact_and_the_normal_form_decide_alike():
    exact = decide(centre(idle=12, talking=80, lines=18), TABLES, THETA)
    normal = decide(centre(idle=12, talking=80, lines=19), TABLES, THETA)
    assert exact.lines > 5
    assert exact.lines - 1 == pytest.approx(normal.lines, abs=1)


def test_for_agents_who_leave_nobody_is_rung():
    """The shift ends in three seconds."""
    observation = centre(idle=3, talking=4)
    assert decide(observation, TABLES, THETA).lines > 3
    leaving = changed(observation, idle_leaving_ms=(3_000,) * 3, talking_leaving_ms=(3_000,) * 4)
    assert decide(leaving, TABLES, THETA).lines == 0
    later = changed(observation, idle_leaving_ms=(3_600_000,) * 3, talking_leaving_ms=(-1,) * 4)
    assert decide(later, TABLES, THETA).lines == decide(observation, TABLES, THETA).lines


def test_a_decision_says_what_it_expects():
    decision = decide(centre(idle=2, talking=10, lines=3), TABLES, THETA)
    assert decision.expected_free > 2
    assert decision.expected_answers > 0
    assert decision.risk > THETA
