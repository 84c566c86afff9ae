"""SQLite: a thread with the one connection that writes and checkpoints, and a few threads that only read.

Some releases of SQLite (3.7 to 3.51.2) can damage a file when two connections write and checkpoint it at the same
moment. Here no reader ever does either.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from urllib.parse import quote

from sqlalchemy import Engine, QueuePool, create_engine, event

from cti.store.connections import READERS_MAX, WAIT_S_MAX, Answer, Work
from cti.store.errors import StoreUnavailable

WRITER = (
    "journal_mode = WAL",
    "synchronous = FULL",  # an import that was acknowledged is there after a power cut
    "secure_delete = ON",  # what is emptied is overwritten, not just unlinked
    "cell_size_check = ON",
)
READER = ("query_only = ON", "wal_autocheckpoint = 0", "cell_size_check = ON")


class SqliteConnections:
    """`Connections` to a file, which the first to write makes when it is not there."""

    def __init__(self, path: str) -> None:
        self._reader = _Threads("store-reader", READERS_MAX, _engine(path, "ro", READER, "BEGIN", READERS_MAX))
        # The write lock is taken when the transaction begins, so that nothing read in it is out of date when it writes.
        self._writer = _Threads("store-writer", 1, _engine(path, "rwc", WRITER, "BEGIN IMMEDIATE", 1))

    async def read(self, work: Work[Answer]) -> Answer:
        """As `Connections.read`."""
        return await self._reader.run(partial(_transaction, work))

    async def write(self, work: Work[Answer]) -> Answer:
        """As `Connections.write`."""
        return await self._writer.run(partial(_transaction, work))

    async def sweep(self) -> None:
        """Moves the log to the file, where what was deleted is overwritten, and cuts it off; unless somebody is just
        reading from it."""
        await self._writer.run(_empty_log)

    async def close(self) -> None:
        """As `Connections.close`."""
        await self._reader.close()
        await self._writer.close()


class _Threads:
    """Threads that do things with an engine."""

    def __init__(self, name: str, count: int, engine: Engine) -> None:
        self._engine = engine
        self._executor = ThreadPoolExecutor(count, name)

    async def run(self, thing: Callable[[Engine], Answer]) -> Answer:
        """Raises `StoreUnavailable` when closed."""
        try:
            begun = asyncio.get_running_loop().run_in_executor(self._executor, thing, self._engine)
        except RuntimeError as error:
            raise StoreUnavailable("the store is closed") from error
        return await asyncio.shield(begun)

    async def close(self) -> None:
        """Closing twice does nothing."""
        await asyncio.to_thread(self._executor.shutdown)
        self._engine.dispose()


def _transaction(work: Work[Answer], engine: Engine) -> Answer:
    with engine.begin() as connection:
        return work(connection)


def _empty_log(engine: Engine) -> None:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 0")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_S_MAX * 1000}")


def _engine(path: str, mode: str, pragmas: tuple[str, ...], begin: str, connections: int) -> Engine:
    address = f"file:{quote(path)}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # No isolation level: transactions begin where we say so. A connection may move from thread to thread.
        connection = sqlite3.connect(
            address, uri=True, timeout=WAIT_S_MAX, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # they are people's names and numbers
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
