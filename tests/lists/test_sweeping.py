"""Lists that nothing refers to any more are removed a day later."""

import os

import pytest

from cti.lists.folder import ListFolder
from cti.lists.sweeping import DAY_S, Sweeper
from tests.lists.test_builder import base_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def old(folder, numbers) -> str:
    """A list that was made long ago."""
    version = base_of(folder, numbers)
    os.utime(folder / version, (1, 1))
    return version


def test_a_list_goes_a_day_after_the_last_word_of_it(folder, clock):
    used, unused = old(folder, [12_025_550_100]), old(folder, [12_025_550_101])
    sweeper = Sweeper(folder, clock=clock)
    assert sweeper.sweep([used, unused]) == []
    clock.now += 30 * DAY_S
    assert sweeper.sweep([used]) == []
    clock.now += DAY_S - 1
    assert sweeper.sweep([used]) == []
    clock.now += 1
    assert sweeper.sweep([used]) == [unused]
    assert ListFolder(folder).digests() == [used]


def test_a_list_that_is_used_again_begins_its_day_anew(folder, clock):
    version = old(folder, [12_025_550_100])
    sweeper = Sweeper(folder, clock=clock)
    sweeper.sweep([])
    clock.now += DAY_S - 1
    assert sweeper.sweep([version]) == []
    clock.now += 1
    assert sweeper.sweep([]) == []
    clock.now += DAY_S
    assert sweeper.sweep([]) == [version]


def test_a_list_that_was_just_made_stays_however_long_an_older_one_of_its_name_was_unused(folder, clock):
    version = old(folder, [12_025_550_100])
    sweeper = Sweeper(folder, clock=clock)
    sweeper.sweep([])
    clock.now += DAY_S
    assert base_of(folder, [12_025_550_100]) == version
    os.utime(folder / version)
    assert sweeper.sweep([]) == []


def test_nothing_is_swept_where_there_is_nothing(tmp_path, clock):
    assert Sweeper(tmp_path / "lists", clock=clock).sweep([]) == []
