"""From the journal to the log of campaigns' calls, from which they are reported and proved."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, select

from cti.core.campaign_config import LedgerBound
from cti.core.record import TurnRecord
from cti.store.projection import Columns, Projection, storable
from cti.store.tables import attempt_log, refusal_log
from cti.views.attempts import CAMPAIGN, AttemptBook, AttemptRow, RefusalRow, attempt_of, contact_closed, happened

ASKED_MAX = 500
"""So many names one statement takes."""

_bounds = msgspec.json.Decoder(tuple[LedgerBound, ...])


class AttemptLogProjector(Projection):
    """One row for each line that a campaign begins, gone if it never comes to a call; one for each call by hand in a
    campaign's name; and one for each refusal."""

    name = "attempt_log"
    tables = (attempt_log, refusal_log)

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """The rows that are spoken of, brought up to date."""
        events = [event for record in news for event in happened(record)]
        named = {attempt_of(event) for event in events} - {""}
        closed = {contact_closed(event) for event in events} - {""}
        rows = [*self._known(connection, sorted(named)), *self._called_by_hand(connection, sorted(closed))]
        book = AttemptBook(rows)
        for record in news:
            book.take(record)
        for names in _pieces(sorted(book.gone)):
            connection.execute(delete(attempt_log).where(self._are(names)))
        self.put(connection, attempt_log, [columns_of(book.rows[name]) for name in sorted(book.touched)])
        self.put(connection, refusal_log, [refusal_columns(row) for row in book.refusals])

    def _known(self, connection: Connection, named: Sequence[str]) -> Iterator[AttemptRow]:
        for names in _pieces(named):
            for row in connection.execute(select(attempt_log).where(self._are(names))).mappings():
                yield attempt_row(row)

    def _called_by_hand(self, connection: Connection, contact_ids: Sequence[str]) -> Iterator[AttemptRow]:
        by_hand = (attempt_log.c.site == self._site) & (attempt_log.c.purpose != CAMPAIGN)
        for some in _pieces(contact_ids):
            theirs = select(attempt_log).where(by_hand, attempt_log.c.contact_id.in_(some))
            for row in connection.execute(theirs).mappings():
                yield attempt_row(row)

    def _are(self, names: Sequence[str]) -> ColumnElement[bool]:
        return (attempt_log.c.site == self._site) & attempt_log.c.attempt_id.in_(names)


def columns_of(row: AttemptRow) -> Columns:
    """As it is stored."""
    said = {name: _column(getattr(row, name)) for name in AttemptRow.__struct_fields__}
    return said | {"bounds": msgspec.json.encode(row.bounds).decode()}


def attempt_row(columns: Any) -> AttemptRow:
    """As it was stored. Raises `msgspec.MsgspecError` for what never was."""
    said = {name: columns[name] for name in AttemptRow.__struct_fields__}
    told = {"bounds": _bounds.decode(said["bounds"])}
    flags = {name: bool(said[name]) for name in ("after_greeting", "late", "counted_abandoned")}
    return AttemptRow(**(said | told | flags))


def refusal_columns(row: RefusalRow) -> Columns:
    """As it is stored."""
    return {name: _column(getattr(row, name)) for name in RefusalRow.__struct_fields__}


def _column(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return storable(value) if isinstance(value, str) else value


def _pieces(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(names), ASKED_MAX):
        yield names[first : first + ASKED_MAX]
