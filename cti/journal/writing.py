"""What the site's owner does to the journal's tables, as plain methods over a connection. Each is one transaction."""

import os
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from typing import Any

from msgspec.structs import astuple
from sqlalchemy import Connection, Dialect, Table, and_, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor

from cti.core.errors import CommitUnknown, Fenced, JournalError
from cti.core.ports import Tail
from cti.core.record import Batch, OutboxRow, StoredRecord, StoredReply
from cti.journal import reading, statements
from cti.journal.errors import reason_of
from cti.journal.rules import EMPTY, Change, check_epoch, check_follows, end_after, last_changes
from cti.journal.tables import FINISHED, lease, outbox, records, replies

STEP_ROWS_MAX = 1_000
"""What one transaction of a clean-up touches: so few rows that a batch which waits behind it waits milliseconds."""

BALLAST_CHARACTERS = 32_768

RECORD = StoredRecord.__struct_fields__
REPLY = ("site", *StoredReply.__struct_fields__)
COMMAND = ("site", *OutboxRow.__struct_fields__)


class Writer:
    """Writes for one site. It remembers where the journal ends after its own last batch: under an epoch that is still
    the current one nobody else can have appended."""

    def __init__(self, site: str, dialect: Dialect) -> None:
        self._site = site
        self._driver = dialect.loaded_dbapi
        self._paramstyle = self._driver.paramstyle
        self._insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect.name]
        self._begin = "BEGIN IMMEDIATE" if dialect.name == "sqlite" else ""  # asyncpg's adapter begins by itself
        self._known: tuple[int, Tail] | None = None

    def take_over(self, connection: Connection, holder: str) -> int:
        """The next epoch, which is the current one from now on."""
        self._known = None
        row = {"epoch": 1, "holder": holder, "taken_at": _now()}
        with connection.begin():
            taken = self._lease(row, row | {"epoch": lease.c.epoch + 1}).returning(lease.c.epoch)
            epoch = int(connection.execute(taken).scalar_one())
            end = reading.tail(connection, self._site)
        self._known = epoch, end
        return epoch

    def probe(self, connection: Connection) -> None:
        """Writes about as much as a batch."""
        row = {"probed_at": _now(), "ballast": os.urandom(BALLAST_CHARACTERS // 2).hex()}
        with connection.begin():
            connection.execute(self._lease(row, row))

    def append(self, connection: Connection, batch: Batch) -> None:
        """Raises `Fenced`, `CommitUnknown`, or anything else when surely nothing was written."""
        known, self._known = self._known, None
        raw = connection.connection
        with closing(raw.cursor()) as cursor:
            end = self._put(cursor, batch, known)
        try:
            raw.commit()
        except Exception as error:
            raise CommitUnknown(f"the commit may or may not have happened: {reason_of(error)}") from error
        self._known = batch.epoch, end

    def erase_step(self, connection: Connection, before_at: int) -> tuple[int, bool]:
        """Empties the personal columns of the next records older than `before_at`. Returns how many were not empty,
        and whether there may be more. Times never go back along the records, so the first young one ends it."""
        with connection.begin():
            emptied = select(lease.c.emptied_seq).where(lease.c.site == self._site)
            after = connection.execute(emptied).scalar() or 0
            of_step = and_(records.c.site == self._site, records.c.seq > after, records.c.seq <= after + STEP_ROWS_MAX)
            last = connection.execute(select(func.max(records.c.seq)).where(of_step, records.c.at < before_at)).scalar()
            if last is None:
                return 0, False
            full = and_(of_step, records.c.seq <= last, records.c.personal.is_not(None))
            count = connection.execute(update(records).where(full).values(personal=None)).rowcount
            connection.execute(update(lease).where(lease.c.site == self._site).values(emptied_seq=last))
        return count, last == after + STEP_ROWS_MAX

    def forget_replies_step(self, connection: Connection, before_at: int) -> tuple[int, bool]:
        """Deletes the oldest answers given before `before_at`. Returns how many, and whether there may be more."""
        old = select(replies.c.key).where(replies.c.site == self._site, replies.c.at < before_at)
        old = old.order_by(replies.c.at, replies.c.seq).limit(STEP_ROWS_MAX)
        with connection.begin():
            gone = delete(replies).where(replies.c.site == self._site, replies.c.key.in_(old))
            count = connection.execute(gone).rowcount
        return count, count == STEP_ROWS_MAX

    def forget_commands_step(self, connection: Connection, before_at: int) -> tuple[int, bool]:
        """Deletes the finished commands that changed last before `before_at`, in the same way."""
        old = select(outbox.c.command_id).where(outbox.c.site == self._site, outbox.c.at < before_at, text(FINISHED))
        old = old.order_by(outbox.c.at).limit(STEP_ROWS_MAX)
        with connection.begin():
            gone = delete(outbox).where(outbox.c.site == self._site, outbox.c.command_id.in_(old))
            count = connection.execute(gone).rowcount
        return count, count == STEP_ROWS_MAX

    def _put(self, cursor: DBAPICursor, batch: Batch, known: tuple[int, Tail] | None) -> Tail:
        if self._begin:
            cursor.execute(self._begin)
        cursor.execute(statements.current_epoch(self._paramstyle), (self._site,))
        current = cursor.fetchone()
        check_epoch(batch.epoch, current[0] if current else 0)
        end = known[1] if known and known[0] == batch.epoch else self._tail(cursor)
        check_follows(end, self._site, batch.records)
        try:
            self._put_rows(cursor, records, RECORD, [astuple(row) for row in batch.records])
        except self._driver.IntegrityError as error:
            raise Fenced(f"record {batch.records[0].seq} or a later one is there already") from error
        self._put_rows(cursor, replies, REPLY, [(self._site, *astuple(reply)) for reply in batch.replies])
        self._put_rows(cursor, outbox, COMMAND, [(self._site, *astuple(row)) for row in batch.outbox])
        self._change(cursor, last_changes(batch.outbox_changes, batch.epoch))
        return end_after(end, batch.records)

    def _tail(self, cursor: DBAPICursor) -> Tail:
        cursor.execute(statements.tail(self._paramstyle), (self._site,))
        row = cursor.fetchone()
        return Tail(*row) if row else EMPTY

    def _put_rows(
        self, cursor: DBAPICursor, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        for run in statements.cut(rows):
            statement = statements.insert(table, columns, len(run), self._paramstyle)
            cursor.execute(statement, tuple(chain.from_iterable(run)))

    def _change(self, cursor: DBAPICursor, changes: Sequence[Change]) -> None:
        for run in statements.cut(changes):
            values = (*chain.from_iterable(run), self._site)
            cursor.execute(statements.change_commands(len(run), self._paramstyle), values)
            if cursor.rowcount != len(run):
                raise JournalError("a command that is not in the outbox was to change")

    def _lease(self, first: dict[str, Any], later: dict[str, Any]) -> Any:
        """The site's row with these values: as `first` when there is none yet, otherwise as `later`."""
        blank = {"epoch": 0, "holder": "", "taken_at": 0, "probed_at": 0, "emptied_seq": 0, "ballast": ""}
        row: Any = self._insert(lease).values(site=self._site, **(blank | first))
        return row.on_conflict_do_update(index_elements=[lease.c.site], set_=later)


def _now() -> int:
    return time.time_ns() // 1_000_000
