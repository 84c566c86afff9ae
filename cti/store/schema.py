"""Makes the store's tables, brings older ones to the newest revision, or refuses. Alembic is loaded only for those."""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, text

import cti.store.result_tables  # noqa: F401 - so that all tables are known
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.tables import REVISION, VERSION_TABLE, metadata

MIGRATIONS = Path(__file__).parent / "migrations"

LOCK = 0x73746F7265  # any number of ours, for PostgreSQL's advisory lock


def check(connection: Connection) -> None:
    """Raises `StoreUnavailable` until the tables are of the revision that this code speaks, `StoreError` when they are
    newer."""
    found = revision(connection)
    if found != REVISION:
        _refuse_newer(found)
        state = f"of revision {found}" if found else "not there yet"
        raise StoreUnavailable(f"the store's tables are {state}: the process that writes it makes revision {REVISION}")


def upgrade(connection: Connection) -> None:
    """Brings the tables to the newest revision, in the transaction of the caller. Raises `StoreError` when they are
    newer."""
    if connection.dialect.name == "postgresql":
        # Of two that start at the same time, the second finds the work done.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    found = revision(connection)
    if found != REVISION:
        _refuse_newer(found)
        if found:
            _run_migrations(connection)
        else:
            _make(connection)


def revision(connection: Connection) -> str:
    """The revision of the tables; empty when there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""  # noqa: S608 - ours


def _refuse_newer(found: str) -> None:
    # Revisions are numbered, all with four digits, so that text compares as numbers do.
    if found > REVISION:
        raise StoreError(
            f"the store's tables are of revision {found}, newer than the {REVISION} of this program:"
            " run the version that made them, or a later one"
        )


def _make(connection: Connection) -> None:
    """The tables at once, as all migrations together would make them: a test compares both."""
    metadata.create_all(connection, checkfirst=False)
    version = Table(
        VERSION_TABLE,
        MetaData(),
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),  # as Alembic makes it, who goes on from here
    )
    version.create(connection)
    connection.execute(version.insert().values(version_num=REVISION))


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
