"""Promises in one lazy heap: only those count that a row still makes."""

import pytest

from cti.core.deadlines import AGAIN_MS, DUE_MAX, Deadlines

PROMISED = {
    "ring": lambda state, key: state.get(("ring", key), 0),
    "wait": lambda state, key: state.get(("wait", key), 0),
}


@pytest.fixture
def world():
    """The promises that rows make, and the heap."""
    return {}, Deadlines()


def promise(world, at, kind, key):
    rows, deadlines = world
    rows[kind, key] = at
    deadlines.add(at, kind, key)


def taken(world, now):
    rows, deadlines = world
    return [(due.at, due.kind, due.key) for due in deadlines.take_due(rows, now, PROMISED)]


def test_what_is_due_comes_in_order_of_time_then_kind_then_key(world):
    for at, kind, key in [
        (20, "ring", "a"),
        (10, "wait", "b"),
        (10, "ring", "z"),
        (10, "ring", "c"),
        (30, "ring", "d"),
    ]:
        promise(world, at, kind, key)
    assert taken(world, 9) == []
    assert taken(world, 20) == [(10, "ring", "c"), (10, "ring", "z"), (10, "wait", "b"), (20, "ring", "a")]
    assert world[1].next_at() == 30


def test_a_promise_that_was_changed_or_withdrawn_does_not_count(world):
    promise(world, 10, "ring", "a")
    promise(world, 20, "ring", "a")
    promise(world, 10, "ring", "b")
    world[0]["ring", "b"] = 0
    assert taken(world, 15) == []
    assert taken(world, 20) == [(20, "ring", "a")]


def test_the_same_promise_made_twice_falls_due_once(world):
    promise(world, 10, "ring", "a")
    promise(world, 10, "ring", "a")
    assert taken(world, 10) == [(10, "ring", "a")]


def test_what_could_not_be_kept_comes_back_later_and_later_while_it_is_promised(world):
    promise(world, 10, "ring", "a")
    rows, deadlines = world
    now, waits = 10, []
    for _ in range(4):
        [due] = deadlines.take_due(rows, now, PROMISED)
        deadlines.put_off(due, now)
        waits.append(deadlines.next_at() - now)
        assert taken(world, deadlines.next_at() - 1) == []
        now = deadlines.next_at()
    assert waits == [AGAIN_MS, AGAIN_MS, 2 * AGAIN_MS, 4 * AGAIN_MS]
    rows["ring", "a"] = 0
    assert taken(world, now) == []
    assert deadlines.next_at() is None


def test_a_crowd_enters_in_batches(world):
    for number in range(DUE_MAX + 7):
        promise(world, 10, "ring", f"a{number:03}")
    assert len(taken(world, 10)) == DUE_MAX
    assert world[1].next_at() == 10
    assert len(taken(world, 10)) == 7
    assert world[1].next_at() is None
