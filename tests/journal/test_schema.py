"""The tables come from the migrations, are what the code thinks they are, and are never taken for another revision."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cti.core.errors import JournalError
from cti.journal.schema import MIGRATIONS
from cti.journal.sql import SqlJournal
from cti.journal.tables import REVISION, VERSION_TABLE, metadata
from tests.journal.made import SITE


async def execute(url, statement):
    if url.startswith("postgresql"):
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        return file.execute(statement).fetchall()


def test_the_code_speaks_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [REVISION]
    assert all(len(script.revision) == 4 and script.revision.isdigit() for script in scripts.walk_revisions())


async def test_an_empty_database_gets_the_tables_that_the_code_describes(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)

    def differences(connection):
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return compare_metadata(context, metadata)

    connections = journal._connections  # noqa: SLF001 - a schema is compared on a connection
    assert await connections.read(differences) == []
    await journal.close()
    assert await execute(sql_url, f"SELECT version_num FROM {VERSION_TABLE}") == [(REVISION,)]


async def test_a_state_that_is_none_cannot_be_stored_by_anybody(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    await journal.close()
    row = "('main', '1.0', 1, 0, 'LEG', 'lost', 1, 1, '')"
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await execute(sql_url, f"INSERT INTO outbox VALUES {row}")


async def test_tables_beside_ours_are_left_alone(sql_url):
    await execute(sql_url, "CREATE TABLE alembic_version (version_num TEXT)")
    await execute(sql_url, "INSERT INTO alembic_version VALUES ('of somebody else')")
    journal = await SqlJournal.open(sql_url, SITE)
    assert await journal.take_over("first") == 1
    await journal.close()
    assert await execute(sql_url, "SELECT * FROM alembic_version") == [("of somebody else",)]


async def test_a_journal_of_a_newer_program_is_refused(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    await journal.take_over("first")
    await journal.close()
    await execute(sql_url, f"UPDATE {VERSION_TABLE} SET version_num = '0999'")
    for read_only in (False, True):
        with pytest.raises(JournalError, match=r"0999, newer than the .* of this program"):
            await SqlJournal.open(sql_url, SITE, read_only=read_only)
    assert await execute(sql_url, "SELECT epoch FROM lease") == [(1,)]


async def test_a_reader_does_not_make_tables(sql_url):
    await execute(sql_url, "CREATE TABLE something (a TEXT)")
    with pytest.raises(JournalError, match="start the server once"):
        await SqlJournal.open(sql_url, SITE, read_only=True)


async def test_two_that_open_an_empty_database_at_the_same_moment_both_can(postgres_url):
    journals = await asyncio.gather(*(SqlJournal.open(postgres_url, SITE) for _ in range(3)))
    assert sorted([await journal.take_over("many") for journal in journals]) == [1, 2, 3]
    for journal in journals:
        await journal.close()


def test_where_there_is_nothing_to_migrate_alembic_is_not_even_loaded(sqlite_url):
    program = (
        "import asyncio, sys; from cti.journal.sql import SqlJournal\n"
        f"asyncio.run(SqlJournal.open({sqlite_url!r}, 'main'))\n"
        "print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    loaded = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)]
    assert loaded == ["True\n", "False\n"]
