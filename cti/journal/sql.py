"""The journal on SQLite or PostgreSQL: one set of tables, one code, two ways to reach them."""

from collections.abc import AsyncIterator, Callable
from typing import Self

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cti.core.errors import CommitUnknown, JournalDamaged, JournalError, JournalUnavailable
from cti.core.ports import Tail
from cti.core.record import Batch, OutboxRow, StoredRecord, StoredReply
from cti.journal import reading, schema
from cti.journal.connections import Answer, Connections, Work
from cti.journal.writing import Writer

PAGE_RECORDS_MAX = 1_000


class SqlJournal:
    """A site's journal in a database. Several sites may share the tables, and never see each other."""

    def __init__(self, connections: Connections, site: str, *, read_only: bool) -> None:
        self._connections = connections
        self._site = site
        self._read_only = read_only
        self._writer = Writer(site, connections.dialect)

    @classmethod
    async def open(cls, url: str, site: str, *, read_only: bool = False) -> Self:
        """The journal at `sqlite:///path` or `postgresql://user:password@host/database`, its tables made or brought up
        to date; with `read_only`, only checked. Raises `JournalUnavailable`, or `JournalError` when they are newer."""
        connections = _connections(url, read_only=read_only)
        try:
            if read_only:
                await connections.read(schema.check)
            else:
                await connections.write(schema.upgrade)
        except BaseException:
            await connections.close()
            raise
        return cls(connections, site, read_only=read_only)

    async def take_over(self, holder: str) -> int:
        """Become the owner: the next epoch. Whoever had an older one can append no more."""
        return await self._write(lambda connection: self._writer.take_over(connection, holder))

    async def tail(self) -> Tail:
        """Where the journal ends."""
        return await self._connections.read(lambda connection: reading.tail(connection, self._site))

    async def append(self, batch: Batch) -> None:
        """Make the batch durable, all or nothing. Raises `Fenced`, `JournalUnavailable` or `CommitUnknown`."""
        await self._write(lambda connection: self._writer.append(connection, batch))

    async def probe(self) -> None:
        """Write and commit about as much as a batch. Raises `JournalUnavailable`."""
        try:
            await self._write(self._writer.probe)
        except CommitUnknown as error:
            raise JournalUnavailable(str(error)) from error

    async def read(self, after: int, upto: int | None = None) -> AsyncIterator[StoredRecord]:
        """Pages of records, each read when the one before is used up. Raises `JournalDamaged` at the first record that
        cannot be read, after all that come before it."""
        length = PAGE_RECORDS_MAX
        while True:
            try:
                page = await self._page(after, upto, length)
            except JournalDamaged as error:
                if length == 1:
                    raise JournalDamaged(f"record {after + 1} of site {self._site} cannot be read: {error}") from error
                length = 1
                continue
            for row in page:
                yield row
            if len(page) < length:
                return
            after = page[-1].seq

    async def reply_for(self, key: str, token: str = "") -> StoredReply | None:
        """The stored answer to a request with this token, or else this key."""
        return await self._connections.read(lambda connection: reading.reply_for(connection, self._site, key, token))

    async def arrival(self, key: str) -> int:
        """The record in which a call arrived under this key; 0 when there is none."""
        return await self._connections.read(lambda connection: reading.arrival(connection, self._site, key))

    async def recent_replies(self, count_max: int) -> list[StoredReply]:
        """The newest stored answers, oldest first."""
        return await self._connections.read(
            lambda connection: reading.recent_replies(connection, self._site, count_max)
        )

    async def open_commands(self) -> list[OutboxRow]:
        """The commands that are not confirmed and not void, oldest first."""
        return await self._connections.read(lambda connection: reading.open_commands(connection, self._site))

    async def erase_personal(self, before_at: int) -> int:
        """Empty the personal columns of records older than `before_at` (ms), leaving no copy in the file either.
        Returns how many were not empty."""
        return await self._clean_up(lambda connection: self._writer.erase_step(connection, before_at))

    async def forget_replies(self, before_at: int) -> int:
        """Delete the stored answers older than `before_at` (ms). Returns how many."""
        return await self._clean_up(lambda connection: self._writer.forget_replies_step(connection, before_at))

    async def forget_commands(self, before_at: int) -> int:
        """Delete the finished commands that changed last before `before_at` (ms). Returns how many."""
        return await self._clean_up(lambda connection: self._writer.forget_commands_step(connection, before_at))

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        await self._connections.close()

    async def _page(self, after: int, upto: int | None, length: int) -> list[StoredRecord]:
        return await self._connections.read(
            lambda connection: reading.page(connection, self._site, after, upto, length)
        )

    async def _clean_up(self, step: Callable[[Connection], tuple[int, bool]]) -> int:
        """Steps until nothing is left to do. Between two of them, batches that wait get their turn."""
        total, more = 0, True
        while more:
            count, more = await self._write(step)
            total += count
        if total:
            await self._connections.sweep()
        return total

    async def _write(self, work: Work[Answer]) -> Answer:
        if self._read_only:
            raise JournalUnavailable("the journal was opened for reading only")
        return await self._connections.write(work)


def _connections(address: str, *, read_only: bool) -> Connections:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise JournalError("the journal's address is not one: it begins with sqlite: or postgresql:") from error
    kind = url.get_backend_name()
    if kind == "sqlite":
        from cti.journal.sqlite import SqliteConnections

        if not url.database or url.database == ":memory:":
            raise JournalError("the journal's address names no file: it looks like sqlite:///var/journal.db")
        return SqliteConnections(url.database, read_only=read_only)
    if kind in ("postgresql", "postgres"):
        from cti.journal.postgres import PostgresConnections

        return PostgresConnections(url, read_only=read_only)
    raise JournalError(f"the journal's address begins with {kind}: but must begin with sqlite: or postgresql:")
