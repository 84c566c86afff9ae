"""PostgreSQL: one connection that writes, a few that the server keeps from writing."""

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cti.store.connections import READERS_MAX, WAIT_S_MAX, Answer, Work

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

    async def read(self, work: Work[Answer]) -> Answer:
        """As `Connections.read`."""
        async with self._reading.begin() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Work[Answer]) -> Answer:
        """As `Connections.write`. Work whose caller is cancelled before its commit was never there."""
        async with self._writing.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """As `Connections.close`."""
        await self._writing.dispose()
        await self._reading.dispose()


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
