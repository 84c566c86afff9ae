"""From the journal to recordings."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from cti.core.record import TurnRecord
from cti.store.projection import Projection
from cti.store.recordings import RecordingRecord, recording_of
from cti.store.recordings_told import RecordingsTold, legs_told_of
from cti.store.tables import recordings


class RecordingsProjector(Projection):
    """One row for each recording that was asked for."""

    name = "recordings"
    tables = (recordings,)

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """The rows of the legs that are spoken of, brought up to date."""
        legs = legs_told_of(news)
        if not legs:
            return
        known = select(recordings).where(recordings.c.site == self._site, recordings.c.leg_id.in_(legs))
        told = RecordingsTold([recording_of(row) for row in connection.execute(known).mappings()])
        for record in news:
            told.take(record)
        self.put(connection, recordings, [_columns(row) for row in told.changed_rows()])


def _columns(row: RecordingRecord) -> dict[str, object]:
    return msgspec.structs.asdict(row) | {"pauses": msgspec.json.encode(row.pauses).decode()}
