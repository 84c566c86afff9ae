"""PostgreSQL: one connection that writes, a few that the server keeps from writing."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cti.store.connections import READERS_MAX, WAIT_S_MAX, Answer, Work
from cti.store.errors import StoreUnavailable

WRITER = {
    "application_name": "cti store",
    # A writer that hangs in a transaction, such as a stopped process, must not keep its successor out.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "10s",
}
READER = {"application_name": "cti store reader", "default_transaction_read_only": "on"}


class PostgresConnections:
    """`Connections` to a server. They are made when they are first needed."""

    def __init__(self, url: URL) -> None:
        self._writing = _engine(url, WRITER, 1)
        self._reading = _engine(url, READER, READERS_MAX).execution_options(isolation_level="REPEATABLE READ")

        self._begun: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def read(self, work: Work[Answer]) -> Answer:
        """As `Connections.read`."""
        return await self._finish(_run(self._reading, work))

    async def write(self, work: Work[Answer]) -> Answer:
        """As `Connections.write`."""
        return await self._finish(_run(self._writing, work))

    async def sweep(self) -> None:
        """Nothing to do: what was deleted goes when the server vacuums, and its log when it is recycled."""

    async def close(self) -> None:
        """As `Connections.close`."""
        self._closed = True
        await asyncio.gather(*self._begun, return_exceptions=True)
        await self._writing.dispose()
        await self._reading.dispose()

    async def _finish(self, working: Coroutine[Any, Any, Answer]) -> Answer:
        if self._closed:
            working.close()
            raise StoreUnavailable("the store is closed")
        task = asyncio.create_task(working)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)


async def _run(engine: AsyncEngine, work: Work[Answer]) -> Answer:
    async with engine.begin() as connection:
        return await connection.run_sync(work)


def _engine(url: URL, settings: dict[str, str], connections: int) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        connect_args={"timeout": WAIT_S_MAX, "server_settings": settings},
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WAIT_S_MAX,
        pool_pre_ping=True,  # the server may have gone, and come back, since the last time
        hide_parameters=True,  # they are people's names and numbers
    )
