"""From the journal to contact records, exactly once: what a batch adds and how far it goes are one transaction."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, select

from cti.core.events import ContactClosed, ContactStarted
from cti.core.record import TurnRecord
from cti.store.errors import StoreError
from cti.store.store import Store
from cti.store.tables import contact_records, cursors, live_contacts
from cti.store.upsert import upsert

PROJECTION = "contact_records"
BATCH_MAX = 1_000

NUMBER_CHARACTERS_MAX = 255
"""Carriers send what they like as a number; more than this no index takes."""

UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

Columns = dict[str, Any]


class Projector:
    """Projects a site's journal. A record that was projected before is passed over, so repeating does no harm."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

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
            connection.execute(delete(contact_records).where(contact_records.c.site == self._site))
            connection.execute(delete(live_contacts).where(live_contacts.c.site == self._site))
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
        if not news:
            return
        started, closed = told(news)
        kept = self._kept(connection, [contact_id for contact_id in closed if contact_id not in started])
        ended = [columns | started.get(key, kept.get(key, {})) for key, columns in closed.items()]
        going_on = [{"contact_id": key} | columns for key, columns in started.items() if key not in closed]
        self._put(connection, contact_records, ended)
        self._put(connection, live_contacts, going_on)
        connection.execute(
            delete(live_contacts).where(live_contacts.c.site == self._site, live_contacts.c.contact_id.in_(kept))
        )
        self._put(connection, cursors, [{"projection": PROJECTION, "seq": news[-1].seq}])

    def _locked_cursor(self, connection: Connection) -> int:
        """Of two writers on one PostgreSQL the second waits here, and then sees how far the first came."""
        first = upsert(connection.dialect, cursors, [])
        connection.execute(first, {"site": self._site, "projection": PROJECTION, "seq": 0})
        return connection.scalar(select(cursors.c.seq).where(self._is_ours()).with_for_update()) or 0

    def _kept(self, connection: Connection, contact_ids: list[str]) -> dict[str, Columns]:
        """What was kept from the start of these contacts."""
        columns = live_contacts.c
        found = select(columns.contact_id, columns.to_number, columns.from_number).where(
            columns.site == self._site, columns.contact_id.in_(contact_ids)
        )
        rows = connection.execute(found).mappings()
        return {row["contact_id"]: {"to_number": row["to_number"], "from_number": row["from_number"]} for row in rows}

    def _put(self, connection: Connection, table: Table, rows: list[Columns]) -> None:
        """Rows of one shape; one that is there already is replaced."""
        if rows:
            key = {column.name for column in table.primary_key}
            statement = upsert(connection.dialect, table, [name for name in rows[0] if name not in key])
            connection.execute(statement, [{"site": self._site} | row for row in rows])

    def _is_ours(self) -> ColumnElement[bool]:
        return (cursors.c.site == self._site) & (cursors.c.projection == PROJECTION)


def told(records: Sequence[TurnRecord]) -> tuple[dict[str, Columns], dict[str, Columns]]:
    """What the records say of contacts that started, and of contacts that were closed, by contact."""
    started: dict[str, Columns] = {}
    closed: dict[str, Columns] = {}
    for record in records:
        for event in record.events:
            if isinstance(event, ContactStarted):
                started[event.contact_id] = {
                    "to_number": storable(event.to_number)[:NUMBER_CHARACTERS_MAX],
                    "from_number": storable(event.from_number)[:NUMBER_CHARACTERS_MAX],
                }
            elif isinstance(event, ContactClosed):
                columns = {name: _column(getattr(event, name)) for name in ContactClosed.__struct_fields__}
                # Without its start, a contact has no numbers.
                closed[event.contact_id] = columns | {"seq": record.seq, "to_number": "", "from_number": ""}
    return started, closed


def storable(text: str) -> str:
    """The text without the characters that PostgreSQL has no room for. A caller may send them, and must not stop the
    projection."""
    return UNSTORABLE.sub("\ufffd", text)


def _column(value: str | int | tuple[str, ...]) -> str | int:
    if isinstance(value, tuple):
        return msgspec.json.encode(value).decode()
    return storable(str(value)) if isinstance(value, str) else value
