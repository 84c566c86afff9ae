"""What only PostgreSQL does: lose connections, wait for standbys, wait for locks."""

import asyncio
import socket

import asyncpg
import pytest
from msgspec.structs import replace

from cti.core.errors import CommitUnknown, Fenced, JournalError, JournalUnavailable
from cti.core.record import Batch
from cti.journal.sql import SqlJournal
from cti.journal.verify import verify
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain, reply

WRITERS = "SELECT pid, wait_event FROM pg_stat_activity WHERE application_name = 'cti journal' AND datname = $1"


@pytest.fixture
async def admin(postgres_url):
    """Another session on the same database."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


@pytest.fixture
async def journal(postgres_url):
    journal = await SqlJournal.open(postgres_url, SITE)
    yield journal
    await journal.close()


async def writer_pid(admin, *, waiting_for=None):
    """The process of the journal's writing session, once it waits for what is named."""
    database = await admin.fetchval("SELECT current_database()")
    while True:
        for row in await admin.fetch(WRITERS, database):
            if waiting_for in (None, row["wait_event"]):
                return row["pid"]


async def test_a_connection_that_the_server_closed_in_a_quiet_moment_is_not_missed(journal, admin):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2)
    await journal.append(batch(rows[:1], epoch=epoch))
    lost = await writer_pid(admin)
    await admin.execute("SELECT pg_terminate_backend($1, 10000)", lost)
    await journal.append(batch(rows[1:], epoch=epoch))
    assert (await verify(journal)).records == 2
    assert await writer_pid(admin) != lost


async def test_a_connection_lost_before_the_commit_wrote_nothing(journal, admin):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1)
    async with admin.transaction():
        await admin.execute("SELECT epoch FROM lease FOR UPDATE")
        appending = asyncio.create_task(journal.append(batch(rows, epoch=epoch)))
        await admin.execute("SELECT pg_terminate_backend($1)", await writer_pid(admin, waiting_for="transactionid"))
        with pytest.raises(JournalUnavailable):
            await appending
    assert await journal.tail() == BEFORE_FIRST
    await journal.append(batch(rows, epoch=epoch))
    assert (await verify(journal)).records == 1


@pytest.mark.parametrize("stop", ["pg_cancel_backend", "pg_terminate_backend"])
async def test_a_commit_that_is_stopped_while_it_waits_for_the_standby_is_unknown(journal, admin, stop):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1)
    await standby(admin, "a_standby_that_never_comes")
    try:
        appending = asyncio.create_task(journal.append(batch(rows, epoch=epoch)))
        await admin.execute(f"SELECT {stop}($1)", await writer_pid(admin, waiting_for="SyncRep"))
        with pytest.raises(CommitUnknown):
            await appending
    finally:
        await standby(admin, "")
    # It happened, in this case, and whoever takes over finds out.
    assert await journal.take_over("second") == epoch + 1
    assert [row async for row in journal.read(0)] == rows


async def standby(admin, name):
    """The server's commits wait for this standby, from when this returns; for none when the name is empty."""
    await admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    await admin.execute("SELECT pg_reload_conf()")
    while await admin.fetchval("SHOW synchronous_standby_names") != name:
        continue


async def test_durable_is_durable_even_where_the_server_says_otherwise(postgres_url, admin):
    database = await admin.fetchval("SELECT current_database()")
    await admin.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
    await standby(admin, "a_standby_that_never_comes")
    opening = asyncio.create_task(SqlJournal.open(postgres_url, SITE))
    try:
        # With `off` nobody would wait.
        await writer_pid(admin, waiting_for="SyncRep")
    finally:
        await standby(admin, "")
        journal = await opening
        await journal.close()


async def test_two_that_take_over_at_the_same_moment_get_different_epochs(postgres_url):
    journals = await asyncio.gather(*(SqlJournal.open(postgres_url, SITE) for _ in range(4)))
    epochs = await asyncio.gather(*(journal.take_over("many") for journal in journals))
    assert sorted(epochs) == [1, 2, 3, 4]
    rows = chain(BEFORE_FIRST, 1, epoch=4)
    appended = await asyncio.gather(
        *(journal.append(batch(rows, epoch=epoch)) for journal, epoch in zip(journals, epochs, strict=True)),
        return_exceptions=True,
    )
    outcomes = {epoch: type(outcome) for epoch, outcome in zip(epochs, appended, strict=True)}
    assert outcomes == {1: Fenced, 2: Fenced, 3: Fenced, 4: type(None)}
    for journal in journals:
        await journal.close()


async def test_a_server_that_is_not_there_is_unavailable():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with pytest.raises(JournalUnavailable):
            await SqlJournal.open(f"postgresql://somebody:secret@127.0.0.1:{port}/journal", SITE)


async def test_a_database_that_is_not_there_is_named_and_no_password_is(postgres_url):
    url = postgres_url.replace("postgres@", "postgres:secret@").rpartition("/")[0] + "/nowhere"
    with pytest.raises(JournalUnavailable, match="nowhere") as raised:
        await SqlJournal.open(url, SITE)
    assert "secret" not in str(raised.value)


async def test_a_text_that_postgresql_cannot_hold_is_refused_without_repeating_it(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1)
    nul = replace(reply(rows[0]), content="private\0")
    with pytest.raises(JournalError, match="characters") as raised:
        await journal.append(Batch(epoch=epoch, records=tuple(rows), replies=(nul,)))
    assert "private" not in str(raised.value)
    await journal.append(batch(rows, epoch=epoch))
