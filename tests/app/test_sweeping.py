"""What the follower removes of the lists, and what it leaves alone."""

import asyncio
import contextlib
import os

import pytest

from cti.app.follower import sweep_lists
from cti.core.events import RegistrySwitchRequested
from cti.journal.memory import MemoryJournal
from cti.lists.folder import ListFolder
from cti.lists.number_list import NumberList
from cti.lists.sweeping import DAY_S, Sweeper
from cti.runtime.failpoints import Failpoints
from cti.runtime.follower import Follower
from cti.runtime.snapshots import Snapshots
from cti.store.projection import Projections
from tests.centre import agent, centre
from tests.dialer.calling_site import calling
from tests.lists.made import list_of
from tests.patience import PATIENCE_S
from tests.runtime.owner import owning


@pytest.fixture
def folder(tmp_path):
    """Where the lists are."""
    path = tmp_path / "lists"
    path.mkdir()
    return path


def old_list(folder, first: int, count: int) -> str:
    """A list that was made long ago."""
    unnamed = list_of(folder / "made", range(first, first + count))
    with NumberList.open(unnamed) as numbers:
        version = numbers.digest
    unnamed.rename(folder / version)
    os.utime(folder / version, (1, 1))
    return version


def switch(version: str, count: int, as_of: int) -> RegistrySwitchRequested:
    return RegistrySwitchRequested(
        registry_id="us_national", version=version, count=count, added=0, removed=0, as_of=as_of, by="anna"
    )


async def until(follower: Follower, seq: int) -> None:
    """The follower has folded so much. No event tells of it."""
    async with asyncio.timeout(PATIENCE_S):
        while follower.state is None or follower.state.last.seq < seq:
            follower.woken.set()
            await asyncio.sleep(0)


async def test_a_list_that_was_replaced_goes_after_a_day_but_not_on_the_word_of_a_follower_that_is_behind(
    tmp_path, folder
):
    first, second, held = (old_list(folder, 12_025_550_000, count) for count in (100, 200, 10))
    hours = iter(range(1_000))
    sweeper = Sweeper(folder, clock=lambda: next(hours) * DAY_S)
    journal = MemoryJournal("main")
    follower = Follower("main", journal, Snapshots(tmp_path / "snapshots"), Projections(), Failpoints(), 1_000_000)
    async with owning(centre(agent("anna"), calling=calling()), journal=journal) as owner:
        await owner.post(switch(first, 100, 1), "first")
        assert await sweep_lists(sweeper, follower, journal) == [], "it knows of nothing yet"
        following = asyncio.create_task(follower.run())
        await until(follower, (await journal.tail()).seq)
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        await owner.post(switch(second, 200, 2), "second")
        await owner.post(switch(held, 10, 3), "held")
        for _ in range(3):
            assert await sweep_lists(sweeper, follower, journal) == [], "it is behind"
        following = asyncio.create_task(follower.run())
        await until(follower, (await journal.tail()).seq)
        assert await sweep_lists(sweeper, follower, journal) == []
        assert await sweep_lists(sweeper, follower, journal) == [first]
        assert ListFolder(folder).digests() == sorted([second, held])
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
