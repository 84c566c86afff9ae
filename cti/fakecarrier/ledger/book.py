"""The ledger: what happened, kept in memory and, if asked, appended to a file of JSON lines."""

from pathlib import Path
from typing import IO, Any, Literal, get_args

import msgspec

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.ledger.records import (
    BridgeRecord,
    DebuggerEntry,
    DialRecord,
    LegRecord,
    RestRecord,
    RoomRecord,
    RungRecord,
    WebhookRecord,
)
from cti.fakecarrier.ledger.wire import HearingRecord, RecordingRecord

Page = Literal["legs", "rooms", "bridges", "hearing", "recordings", "dials", "rung", "webhooks", "rest", "debugger"]
PAGES: tuple[Page, ...] = get_args(Page)


class Ledger:
    """Every page of the ledger. Records are added when they begin and written to the file when they are complete."""

    def __init__(self, clock: Clock, path: str | None = None) -> None:
        self._clock = clock
        self._file: IO[bytes] | None = Path(path).open("ab") if path else None  # noqa: SIM115 - closed in close()
        self._unwritten: dict[int, tuple[Page, msgspec.Struct]] = {}
        self.legs: dict[str, LegRecord] = {}
        self.rooms: dict[str, RoomRecord] = {}
        self.bridges: list[BridgeRecord] = []
        self.hearing: list[HearingRecord] = []
        self.recordings: dict[str, RecordingRecord] = {}
        self.dials: list[DialRecord] = []
        self.rung: list[RungRecord] = []
        self.webhooks: list[WebhookRecord] = []
        self.rest: list[RestRecord] = []
        self.debugger: list[DebuggerEntry] = []

    def open_leg(self, record: LegRecord) -> None:
        """A leg exists from now on."""
        self.legs[record.sid] = record
        self._begun("legs", record)

    def open_room(self, record: RoomRecord) -> None:
        """A room exists from now on."""
        self.rooms[record.sid] = record
        self._begun("rooms", record)

    def open_bridge(self, record: BridgeRecord) -> None:
        """Two legs can talk from now on."""
        self.bridges.append(record)
        self._begun("bridges", record)

    def open_hearing(self, record: HearingRecord) -> None:
        """One party hears another from now on."""
        self.hearing.append(record)
        self._begun("hearing", record)

    def open_recording(self, record: RecordingRecord) -> None:
        """Something is recorded from now on."""
        self.recordings[record.sid] = record
        self._begun("recordings", record)

    def open_webhook(self, record: WebhookRecord) -> None:
        """A request has left for the server."""
        self.webhooks.append(record)
        self._begun("webhooks", record)

    def complete(self, record: msgspec.Struct) -> None:
        """The record will not change any more: write it to the file."""
        page, _ = self._unwritten.pop(id(record), (None, record))
        if page is not None:
            self._write(page, record)

    def note_dial(self, record: DialRecord) -> None:
        """REST asked for a participant and was accepted."""
        self.dials.append(record)
        self._write("dials", record)

    def note_rung(self, record: RungRecord) -> None:
        """A number or client rang."""
        self.rung.append(record)
        self._write("rung", record)

    def note_rest(self, record: RestRecord) -> None:
        """A REST request was answered, or cut off."""
        self.rest.append(record)
        self._write("rest", record)

    def warn(self, code: int, message: str, *, sid: str | None = None, url: str | None = None) -> None:
        """Something in what the server sent is doubtful; the carrier goes on."""
        self._note_debugger("warning", code, message, sid, url)

    def error(self, code: int, message: str, *, sid: str | None = None, url: str | None = None) -> None:
        """Something the server sent, or failed to send, stopped the carrier from doing what was asked."""
        self._note_debugger("error", code, message, sid, url)

    def page(self, name: Page, sid: str | None = None) -> list[Any]:
        """One page's records, oldest first; with a sid only those about that leg or room."""
        content: Any = getattr(self, name)
        records = list(content.values()) if isinstance(content, dict) else list(content)
        return records if sid is None else [record for record in records if _is_about(record, sid)]

    def close(self) -> None:
        """Write what is still open, as it stands, and close the file."""
        if self._file is not None:
            for page, record in self._unwritten.values():
                self._write(page, record)
            self._file.close()
            self._file = None
        self._unwritten.clear()

    def _note_debugger(
        self, level: Literal["warning", "error"], code: int, message: str, sid: str | None, url: str | None
    ) -> None:
        entry = DebuggerEntry(at=self._clock.now_ms(), level=level, code=code, message=message, sid=sid, url=url)
        self.debugger.append(entry)
        self._write("debugger", entry)

    def _begun(self, page: Page, record: msgspec.Struct) -> None:
        if self._file is not None:
            self._unwritten[id(record)] = (page, record)

    def _write(self, page: Page, record: msgspec.Struct) -> None:
        if self._file is not None:
            self._file.write(msgspec.json.encode({"page": page, **msgspec.to_builtins(record)}) + b"\n")
            self._file.flush()


def _is_about(record: Any, sid: str) -> bool:
    if isinstance(record, BridgeRecord):
        return sid in record.sids
    if isinstance(record, HearingRecord):
        return sid in {record.listener, record.speaker}
    if isinstance(record, RecordingRecord):
        return sid in {record.sid, record.call_sid, record.conference_sid}
    if isinstance(record, RoomRecord):
        return record.sid == sid or any(stay.sid == sid for stay in record.stays)
    return bool(record.sid == sid)
