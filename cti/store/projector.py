"""From the journal to contact records."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from cti.core.events import ContactClosed, ContactStarted
from cti.core.record import TurnRecord
from cti.store.projection import Columns, Projection, storable
from cti.store.tables import contact_records, live_contacts

NUMBER_CHARACTERS_MAX = 255
"""Carriers send what they like as a number; more than this no index takes."""


TOLD = tuple(name for name in ContactClosed.__struct_fields__ if name in contact_records.c)
"""What a record has of the end of its contact. Of what attempt it was, the attempts tell."""


class Projector(Projection):
    """One row for each contact that is closed."""

    name = "contact_records"
    tables = (contact_records, live_contacts)

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """What starts is kept beside, until it is closed."""
        started, closed = told(news)
        kept = self._kept(connection, [contact_id for contact_id in closed if contact_id not in started])
        ended = [columns | started.get(key, kept.get(key, {})) for key, columns in closed.items()]
        going_on = [{"contact_id": key} | columns for key, columns in started.items() if key not in closed]
        self.put(connection, contact_records, ended)
        self.put(connection, live_contacts, going_on)
        connection.execute(
            delete(live_contacts).where(live_contacts.c.site == self._site, live_contacts.c.contact_id.in_(kept))
        )

    def _kept(self, connection: Connection, contact_ids: list[str]) -> dict[str, Columns]:
        """What was kept from the start of these contacts."""
        columns = live_contacts.c
        found = select(columns.contact_id, columns.to_number, columns.from_number).where(
            columns.site == self._site, columns.contact_id.in_(contact_ids)
        )
        rows = connection.execute(found).mappings()
        return {row["contact_id"]: {"to_number": row["to_number"], "from_number": row["from_number"]} for row in rows}


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
                columns = {name: _column(getattr(event, name)) for name in TOLD}
                # Without its start, a contact has no numbers.
                closed[event.contact_id] = columns | {"seq": record.seq, "to_number": "", "from_number": ""}
    return started, closed


def _column(value: str | int | tuple[str, ...]) -> str | int:
    if isinstance(value, tuple):
        return msgspec.json.encode(value).decode()
    return storable(str(value)) if isinstance(value, str) else value
