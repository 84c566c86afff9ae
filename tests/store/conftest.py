"""A store on each kind of database."""

import pytest

from cti.store.store import Store

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS)
def store_url(request, tmp_path):
    """The address of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store of %20 ünits?.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def store(store_url):
    """An empty store, as its one writer has it."""
    opened = await Store.open(store_url)
    yield opened
    await opened.close()


@pytest.fixture
async def reader(store, store_url):
    """The same store, as everybody else has it."""
    opened = await Store.open(store_url, read_only=True)
    yield opened
    await opened.close()
