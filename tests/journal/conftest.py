"""The journal's three implementations, each as a world in which several processes may open the same journal."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from cti.core.ports import Journal
from cti.journal.memory import MemoryJournal
from cti.journal.sql import SqlJournal
from tests.journal.made import SITE

Open = Callable[[], Awaitable[Journal]]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/journal.db"


@pytest.fixture(params=["sqlite", "postgres"])
def sql_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def journal_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty journal of each kind; empty for the one in memory."""
    return "" if request.param == "memory" else request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def open_journal(journal_url: str) -> AsyncIterator[Open]:
    """Opens the same journal as often as it is called, as different processes do."""
    memory = MemoryJournal(SITE)
    opened: list[Journal] = []

    async def another() -> Journal:
        opened.append(await SqlJournal.open(journal_url, SITE) if journal_url else memory)
        return opened[-1]

    yield another
    for journal in opened:
        await journal.close()


@pytest.fixture
async def journal(open_journal: Open) -> Journal:
    """An empty journal that nobody owns yet."""
    return await open_journal()
