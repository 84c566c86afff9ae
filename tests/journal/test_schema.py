"""The tables come from the migrations, are what the code thinks they are, and are never taken for another revision."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing

import asyncpg
import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from cti.core.errors import JournalError
from cti.core.record import Batch
from cti.journal.schema import MIGRATIONS
from cti.journal.sql import SqlJournal
from cti.journal.tables import ARRIVALS, REVISION, VERSION_TABLE, metadata
from tests.described import described
from tests.journal.made import BEFORE_FIRST, SITE, change, command, record


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


async def test_the_migrations_make_the_tables_that_a_new_database_gets(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)

    def again_by_migrations(connection):
        with connection.begin():
            at_once = described(connection, metadata, VERSION_TABLE)
            metadata.drop_all(connection)
            connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            alembic.upgrade(config, "head")
            return at_once, described(connection, metadata, VERSION_TABLE)

    at_once, migrated = await journal._connections.write(again_by_migrations)  # noqa: SLF001 - as above
    assert migrated == at_once
    await journal.close()


async def test_a_journal_of_an_older_program_is_brought_up_to_date(sqlite_url):
    """The first revision, with an arrival and a command that may have been carried out."""
    script = (
        "import sys; import sqlalchemy as sa; from alembic import command; from alembic.config import Config\n"
        "config = Config(); config.set_main_option('script_location', sys.argv[2])\n"
        "with sa.create_engine(sys.argv[1]).begin() as connection:\n"
        "    config.attributes['connection'] = connection; command.upgrade(config, '0001')\n"
    )
    making = await asyncio.create_subprocess_exec(sys.executable, "-c", script, sqlite_url, str(MIGRATIONS))
    assert await making.wait() == 0
    row = record(BEFORE_FIRST)
    values = [getattr(row, column.name) for column in metadata.tables["records"].columns]
    texts = ", ".join("'" + str(value).replace("'", "''") + "'" for value in values)
    await execute(sqlite_url, f"INSERT INTO records VALUES ({texts})")
    await execute(sqlite_url, "INSERT INTO outbox VALUES ('main', '1.0', 1, 0, 'DIAL', 'in_doubt', 77, 1, '')")
    journal = await SqlJournal.open(sqlite_url, SITE)
    assert await journal.arrival(row.source_key) == 1
    assert [command.sent_at for command in await journal.open_commands()] == [77]
    await journal.close()


async def test_an_arrival_is_looked_up_in_the_index(sqlite_url):
    await (await SqlJournal.open(sqlite_url, SITE)).close()
    question = f"SELECT seq FROM records WHERE site = 'main' AND source_key = 'voice:CA1' AND {ARRIVALS} LIMIT 1"
    [(*_, plan)] = await execute(sqlite_url, f"EXPLAIN QUERY PLAN {question}")
    assert "records_of_arrivals" in plan


async def test_what_went_wrong_with_a_command_stays_until_something_else_does(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    epoch = await journal.take_over("first")
    row = record(BEFORE_FIRST)
    first = command(row)
    await journal.append(Batch(epoch=epoch, records=(row,), outbox=(first,)))
    for changed in (change(first, "sent"), change(first, "in_doubt", detail="no answer"), change(first, "confirmed")):
        await journal.append(Batch(epoch=epoch, outbox_changes=(changed,)))
    await journal.close()
    assert await execute(sql_url, "SELECT status, detail FROM outbox") == [("confirmed", "no answer")]


async def test_a_state_that_is_none_cannot_be_stored_by_anybody(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    await journal.close()
    columns = "site, command_id, seq, ordinal, effect, status, at, epoch"
    row = "('main', '1.0', 1, 0, 'LEG', 'lost', 1, 1)"
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await execute(sql_url, f"INSERT INTO outbox ({columns}) VALUES {row}")


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
    assert loaded == ["False\n", "False\n"]
