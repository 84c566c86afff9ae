"""What the ledger keeps about sound: who heard whom, and what was recorded. Times in milliseconds since 1970."""

from typing import Literal

import msgspec

RecordingSource = Literal[
    "DialVerb",
    "Conference",
    "OutboundAPI",
    "RecordVerb",
    "StartCallRecordingAPI",
    "StartConferenceRecordingAPI",
    "StartCallRecordingTwiML",
]
RecordingStatus = Literal["in-progress", "paused", "processing", "completed", "absent"]
PauseBehavior = Literal["skip", "silence"]


class HearingRecord(msgspec.Struct, kw_only=True):
    """One leg's party could hear another's, one way, from then until then (None: still)."""

    listener: str
    speaker: str
    room: str | None
    start_ms: int
    end_ms: int | None = None


class RecordingPause(msgspec.Struct, kw_only=True):
    """A pause of a recording: left out of it (`skip`) or filled with silence."""

    start_ms: int
    behavior: PauseBehavior
    end_ms: int | None = None


class RecordingRecord(msgspec.Struct, kw_only=True):
    """One recording, of a call or of a conference. `duration_ms` is its length without trimmed silence and skips."""

    sid: str
    source: RecordingSource
    call_sid: str | None
    conference_sid: str | None
    channels: int
    track: str
    started_at: int
    status: RecordingStatus = "in-progress"
    ended_at: int | None = None
    duration_ms: int | None = None
    completed_at: int | None = None
    deleted_at: int | None = None
    fetched: int = 0
    pauses: list[RecordingPause] = msgspec.field(default_factory=list)

    def length_ms(self, until_ms: int) -> int:
        """How long it is if it ends then."""
        skipped = sum(
            min(pause.end_ms or until_ms, until_ms) - min(pause.start_ms, until_ms)
            for pause in self.pauses
            if pause.behavior == "skip"
        )
        return max(0, until_ms - self.started_at - skipped)
