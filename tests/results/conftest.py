"""A site with calls whose results are wanted, a store that knows them, and another system that takes them."""

import pytest

from cti.store.store import Store
from tests.results.receiver import Receiver


@pytest.fixture
async def store(tmp_path):
    opened = await Store.open(f"sqlite:///{tmp_path}/store.db")
    yield opened
    await opened.close()


@pytest.fixture
async def receiver():
    there = Receiver()
    await there.open()
    yield there
    if there.holds:
        there.holds.set()
    await there.close()
