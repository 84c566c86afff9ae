import pytest

from cti.sim.timeline import ACTIONS_MAX, EndlessRun, Timeline


def test_actions_happen_at_their_time_and_in_the_order_they_were_asked_for():
    timeline, done = Timeline(1_000), []
    timeline.at(1_500, lambda: done.append(("second", timeline.now)))
    timeline.after(100, lambda: done.append(("first", timeline.now)))
    timeline.at(1_500, lambda: done.append(("third", timeline.now)))
    timeline.run_until(1_500)
    assert done == [("first", 1_100), ("second", 1_500), ("third", 1_500)]


def test_what_is_asked_for_in_the_past_happens_now():
    timeline, done = Timeline(1_000), []
    timeline.at(5, lambda: done.append(timeline.now))
    timeline.run_until(2_000)
    assert done == [1_000]
    assert timeline.now == 2_000


def test_what_is_later_waits():
    timeline, done = Timeline(0), []
    timeline.at(10, lambda: done.append("late"))
    timeline.run_until(9)
    assert done == []
    timeline.run_until(10)
    assert done == ["late"]


def test_a_world_that_runs_in_a_circle_is_stopped():
    timeline, done = Timeline(0), []

    def again():
        done.append(1)
        timeline.after(0, again)

    again()
    with pytest.raises(EndlessRun):
        timeline.run_until(1)
    assert len(done) <= ACTIONS_MAX + 2
