"""PostgreSQL: one connection of its own for the writer, a few for readers."""

import asyncio
from contextlib import suppress
from typing import Any

from sqlalchemy import URL, Dialect, NullPool, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from cti.core.errors import CommitUnknown, JournalUnavailable
from cti.journal.connections import Answer, Work
from cti.journal.errors import journal_error

CONNECT_S_MAX = 5
READERS_MAX = 4

WRITER_SETTINGS = {
    "application_name": "cti journal",
    # A writer that hangs in a transaction, such as a stopped process, must not keep its successor from the lease.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "10s",
}
READER_SETTINGS = {"application_name": "cti journal reader", "default_transaction_read_only": "on"}

# Durable is durable, whatever the server's default is. Stricter settings than `on` stay.
INSIST = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class PostgresConnections:
    """`Connections` to a server. With `read_only` nothing here can write."""

    def __init__(self, url: URL, *, read_only: bool = False) -> None:
        url = url.set(drivername="postgresql+asyncpg")
        settings = READER_SETTINGS if read_only else WRITER_SETTINGS
        self._writing = _engine(url, settings, poolclass=NullPool, isolation_level="READ COMMITTED")
        reading = _engine(url, READER_SETTINGS, pool_size=1, max_overflow=READERS_MAX - 1, pool_pre_ping=True)
        self._reading = reading.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(self._writing.sync_engine, "connect", self._greet)
        self._errors = (SQLAlchemyError, self.dialect.loaded_dbapi.Error, OSError, UnicodeError)
        self._turn = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._begun: set[asyncio.Task[Any]] = set()
        self._warnings: list[str] = []
        self._closed = False

    @property
    def dialect(self) -> Dialect:
        """The words of this database and its driver."""
        return self._writing.dialect

    async def write(self, work: Work[Answer]) -> Answer:
        """As `Connections.write`."""
        if self._closed:
            raise JournalUnavailable("the journal is closed")
        task = asyncio.create_task(self._write(work))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def read(self, work: Work[Answer]) -> Answer:
        """As `Connections.read`."""
        if self._closed:
            raise JournalUnavailable("the journal is closed")
        try:
            async with self._reading.connect() as connection:
                return await connection.run_sync(work)
        except self._errors as error:
            raise journal_error(error) from error

    async def sweep(self) -> None:
        """Nothing to do: what was deleted goes when the server vacuums, and its log when it is recycled."""

    async def close(self) -> None:
        """As `Connections.close`."""
        self._closed = True
        await asyncio.gather(*self._begun, return_exceptions=True)
        await self._drop()
        await self._writing.dispose()
        await self._reading.dispose()

    async def _write(self, work: Work[Answer]) -> Answer:
        async with self._turn:
            try:
                connection = await self._open()
                answer = await connection.run_sync(work)
            except BaseException as error:
                await self._drop()
                if isinstance(error, self._errors):
                    raise journal_error(error) from error
                raise
            if self._warnings:
                await self._drop()
                raise CommitUnknown(f"the commit came back with a warning: {self._warnings[0]}")
            return answer

    async def _open(self) -> AsyncConnection:
        self._warnings.clear()
        connection = self._connection
        if connection is not None:
            # The server may have gone, and come back, since the last batch. As long as nothing was begun, nothing is
            # in doubt.
            raw = await connection.get_raw_connection()
            if raw.driver_connection is None or raw.driver_connection.is_closed():
                await self._drop()
        if self._connection is None:
            self._connection = await self._writing.connect()
            self._warnings.clear()
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*self._errors):
                await connection.invalidate()
            with suppress(*self._errors):
                await connection.close()

    def _greet(self, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(INSIST)
        cursor.close()
        connection.commit()
        driver: Any = connection.driver_connection
        driver.add_log_listener(self._note)

    def _note(self, driver: Any, message: Any) -> None:
        # A commit that waits for a standby and is cancelled says that it succeeded, and adds a warning.
        if message.severity_en == "WARNING":
            self._warnings.append(message.message)


def _engine(url: URL, settings: dict[str, str], **options: Any) -> AsyncEngine:
    return create_async_engine(url, connect_args={"timeout": CONNECT_S_MAX, "server_settings": settings}, **options)
