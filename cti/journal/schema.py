"""Brings the tables to the newest revision, or refuses. Alembic is loaded only where there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from cti.core.errors import JournalError, JournalMissing
from cti.journal.tables import REVISION, VERSION_TABLE

MIGRATIONS = Path(__file__).parent / "migrations"

LOCK = 0x637469  # any number of ours, for PostgreSQL's advisory lock


def check(connection: Connection) -> None:
    """Raises `JournalError` unless the tables are of the revision that this code speaks."""
    found = revision(connection)
    if found != REVISION:
        _refuse_newer(found)
        what = f"of revision {found}" if found else "not there"
        kind = JournalError if found else JournalMissing
        raise kind(
            f"the journal's tables are {what}, this program speaks {REVISION}: start the server once, it brings them"
            " up to date"
        )


def upgrade(connection: Connection) -> None:
    """Brings the tables to the newest revision, all or nothing. Raises `JournalError` when they are newer."""
    with connection.begin():
        if connection.dialect.name == "postgresql":
            # Of two that start at the same time, the second finds the work done.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        found = revision(connection)
        if found != REVISION:
            _refuse_newer(found)
            _run_migrations(connection)


def revision(connection: Connection) -> str:
    """The revision of the tables; empty when there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""  # noqa: S608 - ours


def _refuse_newer(found: str) -> None:
    # Revisions are numbered, all with four digits, so that text compares as numbers do.
    if found > REVISION:
        raise JournalError(
            f"the journal's tables are of revision {found}, newer than the {REVISION} of this program:"
            " run the version that made them, or a later one"
        )


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
