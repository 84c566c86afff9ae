"""A store on each kind of database, and another system that takes results."""

import pytest

from cti.store.store import Store
from tests.results.receiver import Receiver
from tests.store.conftest import KINDS


@pytest.fixture(params=KINDS)
def store_url(request, tmp_path):
    """The address of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def store(store_url):
    """As its one writer has it, empty."""
    opened = await Store.open(store_url)
    yield opened
    await opened.close()


@pytest.fixture
async def receiver():
    """It listens."""
    there = Receiver()
    await there.open()
    yield there
    if there.holds:
        there.holds.set()
    await there.close()
