"""Projections of the journal, exactly once: what a batch adds and how far it goes are one transaction."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from cti.core.record import TurnRecord
from cti.store.errors import StoreError
from cti.store.store import Store
from cti.store.tables import cursors
from cti.store.upsert import upsert

BATCH_MAX = 1_000

UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

Columns = dict[str, Any]


class Projection:
    """Projects a site's journal into some tables. A record that was projected before is passed over, so repeating does
    no harm."""

    name: str
    """Under which its cursor is kept."""

    tables: tuple[Table, ...]
    """What it fills, and nobody else."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """Bring the tables to where these records leave them."""
        raise NotImplementedError

    async def cursor(self) -> int:
        """The sequence number of the last record that was projected; 0 before the first."""

        def work(connection: Connection) -> int:
            return connection.scalar(select(cursors.c.seq).where(self._is_ours())) or 0

        return await self._store.read(work)

    async def project(self, records: Sequence[TurnRecord]) -> None:
        """Project records, which follow each other and the cursor; every 1,000 are one transaction. Raises
        `StoreError` for a gap."""
        for start in range(0, len(records), BATCH_MAX):
            batch = records[start : start + BATCH_MAX]
            await self._store.write(partial(self._project, batch))

    async def reset(self) -> None:
        """Forget what was projected, to begin anew. Personal values that the journal no longer has do not come back."""

        def work(connection: Connection) -> None:
            for table in self.tables:
                connection.execute(delete(table).where(table.c.site == self._site))
            connection.execute(delete(cursors).where(self._is_ours()))

        await self._store.write(work)

    def _project(self, records: Sequence[TurnRecord], connection: Connection) -> None:
        cursor = self._locked_cursor(connection)
        news = [record for record in records if record.seq > cursor]
        for expected, record in enumerate(news, cursor + 1):
            if record.seq != expected or record.site != self._site:
                raise StoreError(
                    f"record {record.seq} of site {record.site} came where {expected} of {self._site} was expected"
                )
        if news:
            self.take(connection, news)
            self.put(connection, cursors, [{"projection": self.name, "seq": news[-1].seq}])

    def _locked_cursor(self, connection: Connection) -> int:
        """Of two writers on one PostgreSQL the second waits here, and then sees how far the first came."""
        first = upsert(connection.dialect, cursors, [])
        connection.execute(first, {"site": self._site, "projection": self.name, "seq": 0})
        return connection.scalar(select(cursors.c.seq).where(self._is_ours()).with_for_update()) or 0

    def put(self, connection: Connection, table: Table, rows: list[Columns]) -> None:
        """Rows of one shape; one that is there already is replaced."""
        if rows:
            key = {column.name for column in table.primary_key}
            statement = upsert(connection.dialect, table, [name for name in rows[0] if name not in key])
            connection.execute(statement, [{"site": self._site} | row for row in rows])

    def _is_ours(self) -> ColumnElement[bool]:
        return (cursors.c.site == self._site) & (cursors.c.projection == self.name)


class Projections:
    """All of them, each from its own place: one that is new, and reads the journal from its first record, does not make
    the others wait."""

    def __init__(self, *projections: Projection) -> None:
        self._projections = projections

    async def cursors(self) -> list[int]:
        """How far each has come."""
        return [await projection.cursor() for projection in self._projections]

    async def project(self, records: Sequence[TurnRecord]) -> bool:
        """As `Projection.project`, for those that have all that comes before these records. False if one has not."""
        if not records:
            return True
        ready = [each for each in self._projections if await each.cursor() >= records[0].seq - 1]
        for projection in ready:
            await projection.project(records)
        return len(ready) == len(self._projections)


def storable(text: str) -> str:
    """The text without the characters that PostgreSQL has no room for. A caller may send them, and must not stop the
    projection."""
    return UNSTORABLE.sub("\ufffd", text)
