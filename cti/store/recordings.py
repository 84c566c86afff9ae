"""Which recordings there are: who asked for them, when they ran, and where they can be had."""

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, RowMapping, func, select, tuple_

from cti.core.base import Record
from cti.store.store import Store
from cti.store.tables import recordings

LIMIT_MAX = 1_000

ASKED, RUNNING, PAUSED = "asked", "running", "paused"
COMPLETE, EMPTY, FAILED, NONE, LOST = "complete", "empty", "failed", "none", "lost"

STATUSES = (ASKED, RUNNING, PAUSED, COMPLETE, EMPTY, FAILED, NONE, LOST)

AT_THE_CARRIER = "carrier"


class RecordingRecord(Record):
    """A recording that was asked for. `asked_by` is an agent, empty for a queue's rule and for a flow's voicemail step.
    `provider_ref` is what the carrier calls it, `location` where it can be fetched: `carrier`, or nowhere (empty).
    Times are ms, 0 for what has not happened; `completed_at` is when the carrier said so. `pauses` are spans (ms, ms)
    in which nothing was recorded; the end of one that goes on is 0."""

    recording_id: str
    seq: int
    kind: str
    contact_id: str
    leg_id: str
    asked_at: int
    status: str = ASKED
    asked_by: str = ""
    provider_ref: str = ""
    reason: str = ""
    location: str = ""
    started_at: int = 0
    ended_at: int = 0
    completed_at: int = 0
    duration_s: int = 0
    channels: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


class Wanted(NamedTuple):
    """Which ones: empty means all. `asked_from` and `asked_until` are ms; `before` is the last row of the page before,
    as (`asked_at`, `recording_id`)."""

    contact_id: str = ""
    asked_by: str = ""
    kind: str = ""
    status: str = ""
    asked_from: int = 0
    asked_until: int = 0
    before: tuple[int, str] | None = None


class Recordings:
    """A site's recordings, the last asked for first; at most 1,000 at once."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        columns = [recordings.c[name] for name in RecordingRecord.__struct_fields__]
        self._of_site = select(*columns).where(recordings.c.site == site)
        by_status = select(recordings.c.status, func.count().label("recordings")).where(recordings.c.site == site)
        self._by_status = by_status.group_by(recordings.c.status)

    async def latest(self, wanted: Wanted, limit: int) -> list[RecordingRecord]:
        """Those wanted, the latest first."""
        column = recordings.c
        found = self._of_site
        for name in ("contact_id", "asked_by", "kind", "status"):
            if value := getattr(wanted, name):
                found = found.where(column[name] == value)
        if wanted.asked_from:
            found = found.where(column.asked_at >= wanted.asked_from)
        if wanted.asked_until:
            found = found.where(column.asked_at < wanted.asked_until)
        if wanted.before:
            found = found.where(tuple_(column.asked_at, column.recording_id) < wanted.before)
        found = found.order_by(column.asked_at.desc(), column.recording_id.desc())
        found = found.limit(min(max(limit, 0), LIMIT_MAX))

        def work(connection: Connection) -> list[RecordingRecord]:
            return [recording_of(row) for row in connection.execute(found).mappings()]

        return await self._store.read(work)

    async def get(self, recording_id: str) -> RecordingRecord | None:
        """One of them."""
        one = self._of_site.where(recordings.c.recording_id == recording_id)

        def work(connection: Connection) -> RecordingRecord | None:
            row = connection.execute(one).mappings().first()
            return recording_of(row) if row else None

        return await self._store.read(work)

    async def count(self) -> dict[str, int]:
        """How many there are of each status."""

        def work(connection: Connection) -> dict[str, int]:
            found = {row.status: row.recordings for row in connection.execute(self._by_status)}
            return {status: found.get(status, 0) for status in STATUSES}

        return await self._store.read(work)


def recording_of(row: RowMapping) -> RecordingRecord:
    """The record that a row of the table holds."""
    said: dict[str, Any] = {name: row[name] for name in RecordingRecord.__struct_fields__}
    return msgspec.convert(said | {"pauses": msgspec.json.decode(said["pauses"])}, RecordingRecord)
