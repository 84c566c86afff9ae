"""Questions to the journal's tables, as plain functions over a connection."""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row, select, text

from cti.core.errors import JournalDamaged
from cti.core.ports import Tail
from cti.core.record import OutboxRow, StoredRecord, StoredReply
from cti.journal.rules import EMPTY
from cti.journal.tables import ARRIVALS, OPEN, outbox, records, replies

SEQ_MAX = 2**63 - 1

Struct = TypeVar("Struct", StoredRecord, StoredReply, OutboxRow)

_record = [records.c[name] for name in StoredRecord.__struct_fields__]
_reply = [replies.c[name] for name in StoredReply.__struct_fields__]
_command = [outbox.c[name] for name in OutboxRow.__struct_fields__]


def tail(connection: Connection, site: str) -> Tail:
    """Where the site's journal ends."""
    last = select(records.c.seq, records.c.hash, records.c.at).where(records.c.site == site)
    row = connection.execute(last.order_by(records.c.seq.desc()).limit(1)).first()
    return Tail(*row) if row else EMPTY


def page(connection: Connection, site: str, after: int, upto: int | None, count_max: int) -> list[StoredRecord]:
    """The next records with `after` < seq <= `upto`, in order. Raises `JournalDamaged`."""
    found = (
        select(*_record)
        .where(records.c.site == site, records.c.seq > after, records.c.seq <= (SEQ_MAX if upto is None else upto))
        .order_by(records.c.seq)
        .limit(count_max)
    )
    try:
        return [_as(StoredRecord, row) for row in connection.execute(found).all()]
    except msgspec.ValidationError as error:
        raise JournalDamaged(f"a column holds what cannot be: {error}") from error


def reply_for(connection: Connection, site: str, key: str, token: str) -> StoredReply | None:
    """The oldest answer with this token, or else the one with this key."""
    of_site = select(*_reply).where(replies.c.site == site)
    row = None
    if token:
        # The second condition is the index's own.
        with_token = of_site.where(replies.c.token == token, text("token <> ''"))
        row = connection.execute(with_token.order_by(replies.c.at, replies.c.seq, replies.c.key).limit(1)).first()
    row = row or connection.execute(of_site.where(replies.c.key == key)).first()
    return _as(StoredReply, row) if row else None


def arrival(connection: Connection, site: str, key: str) -> int:
    """The record in which a call arrived under this key; 0 when there is none."""
    # The last condition is the index's own.
    found = select(records.c.seq).where(records.c.site == site, records.c.source_key == key, text(ARRIVALS))
    return connection.execute(found.limit(1)).scalar() or 0


def recent_replies(connection: Connection, site: str, count_max: int) -> list[StoredReply]:
    """The newest answers, oldest first."""
    newest = select(*_reply).where(replies.c.site == site)
    newest = newest.order_by(replies.c.at.desc(), replies.c.seq.desc(), replies.c.key.desc()).limit(max(count_max, 0))
    return [_as(StoredReply, row) for row in connection.execute(newest).all()][::-1]


def open_commands(connection: Connection, site: str) -> list[OutboxRow]:
    """The commands that are neither confirmed nor void, oldest first."""
    unfinished = select(*_command).where(outbox.c.site == site, text(OPEN)).order_by(outbox.c.seq, outbox.c.ordinal)
    return [_as(OutboxRow, row) for row in connection.execute(unfinished).all()]


def _as(kind: type[Struct], row: Row[Any]) -> Struct:
    # Checking the types costs no more than passing keywords does, and finds a flipped bit that made a number text.
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
