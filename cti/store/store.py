"""The store's database, opened. What is in it is the business of the modules beside this one."""

import sqlite3
from collections.abc import Awaitable
from typing import Self

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, EmulatedDBAPIException, SQLAlchemyError

from cti.store import schema
from cti.store.connections import Answer, Connections, Work
from cti.store.errors import StoreError, StoreUnavailable, store_error

DRIVERS_ERRORS = (SQLAlchemyError, EmulatedDBAPIException, sqlite3.Error, OSError, UnicodeError)


class Store:
    """Work on the database, a transaction each. For whatever the database does, `StoreError`s are raised."""

    def __init__(self, connections: Connections, *, read_only: bool) -> None:
        self._connections = connections
        self._checked = False
        self.read_only = read_only

    @classmethod
    async def open(cls, url: str, *, read_only: bool = False) -> Self:
        """The store at `sqlite:///path` or `postgresql://user:password@host/database`, its tables made or brought up to
        date. With `read_only` they need not be there yet: until they are, each read raises `StoreUnavailable`."""
        store = cls(_connections(url), read_only=read_only)
        if not read_only:
            try:
                await store.write(schema.upgrade)
            except BaseException:
                await store.close()
                raise
        return store

    async def read(self, work: Work[Answer]) -> Answer:
        """Run work that sees one state of the database and changes nothing."""

        def checked(connection: Connection) -> Answer:
            if not self._checked:
                schema.check(connection)
                self._checked = True
            return work(connection)

        return await _translated(self._connections.read(checked))

    async def write(self, work: Work[Answer]) -> Answer:
        """Run work that may change the database, all or nothing, one piece at a time in the order asked for. When it is
        cancelled, or the connection is lost, it may or may not have been done, but never by halves."""
        if self.read_only:
            raise StoreError("the store was opened for reading only: another process writes it")
        return await _translated(self._connections.write(work))

    async def sweep(self) -> None:
        """Leave no copy of what was deleted in the database's own log, as far as that is in our hands."""
        await _translated(self._connections.sweep())

    async def close(self) -> None:
        """Finish what was begun and let go of the database. Closing twice does nothing."""
        await self._connections.close()


async def _translated(working: Awaitable[Answer]) -> Answer:
    try:
        return await working
    except DRIVERS_ERRORS as error:
        ours = store_error(error)
        # When the data is refused, the driver's own words may repeat it: they go no further.
        raise ours from (error if isinstance(ours, StoreUnavailable) else None)


def _connections(address: str) -> Connections:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StoreError("the store's address is not one: it begins with sqlite: or postgresql:") from error
    kind = url.get_backend_name()
    if kind == "sqlite":
        from cti.store.sqlite import SqliteConnections

        if not url.database or url.database == ":memory:":
            raise StoreError("the store's address names no file: it looks like sqlite:///var/store.db")
        return SqliteConnections(url.database)
    if kind in ("postgresql", "postgres"):
        from cti.store.postgres import PostgresConnections

        return PostgresConnections(url)
    raise StoreError(f"the store's address begins with {kind}: but must begin with sqlite: or postgresql:")
