"""What the journal says of recordings, folded into their rows. Reports come late, twice, or not at all."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from cti.core import events as e
from cti.core.base import changed
from cti.core.ids import RECORDING, make_id
from cti.core.plan import Door, Record
from cti.core.record import TurnRecord
from cti.core.recorded import CONVERSATION, VOICEMAIL
from cti.store import recordings as words
from cti.store.projection import storable
from cti.store.recordings import RecordingRecord

OVER = (words.COMPLETE, words.EMPTY)

REFUSED = "REFUSED"
"""Why one is lost of which the carrier would not say what became of it."""


def legs_told_of(records: Iterable[TurnRecord]) -> list[str]:
    """The legs whose recordings these records may change."""
    legs: dict[str, None] = {}
    for record in records:
        for event in (record.input, *record.events):
            if type(event) in RecordingsTold.ABOUT and _tells(event):
                legs[getattr(event, "leg_id", "")] = None
    return [*legs]


def _tells(event: e.AnyEvent) -> bool:
    """Most plans and most requests have nothing to do with recordings."""
    if isinstance(event, e.LegPlanned):
        return any(isinstance(verb, Record) for verb in event.plan.verbs)
    return not isinstance(event, e.PlanRequested) or event.door is Door.RECORDED


class RecordingsTold:
    """Recordings by leg, in the order they were asked for. `changed_ids` are those that `take` has touched."""

    def __init__(self, rows: Iterable[RecordingRecord]) -> None:
        self._of_leg: dict[str, dict[str, RecordingRecord]] = {}
        self.changed_ids: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: (row.asked_at, row.recording_id)):
            self._of_leg.setdefault(row.leg_id, {})[row.recording_id] = row
        self._made = 0

    def changed_rows(self) -> list[RecordingRecord]:
        """What has to be written."""
        return [self._of_leg[leg_id][recording_id] for recording_id, leg_id in self.changed_ids.items()]

    def take(self, record: TurnRecord) -> None:
        """Fold a record. An input that was ignored says nothing."""
        self._made = 0
        contact_id = ""
        ignored = bool(record.events) and isinstance(record.events[0], e.ReportIgnored)
        for event in record.events if ignored else (record.input, *record.events):
            contact_id = getattr(event, "contact_id", "") or contact_id
            said = self.ABOUT.get(type(event))
            if said:
                said(self, record, event, contact_id)

    def _put(self, record: TurnRecord, row: RecordingRecord, **fields: Any) -> None:
        row = changed(row, seq=record.seq, **fields)
        self._of_leg.setdefault(row.leg_id, {})[row.recording_id] = row
        self.changed_ids[row.recording_id] = row.leg_id

    def _new(self, record: TurnRecord, leg_id: str, contact_id: str, kind: str) -> RecordingRecord:
        recording_id = make_id(record.site, RECORDING, record.seq, self._made)
        self._made += 1
        return RecordingRecord(
            recording_id=recording_id,
            seq=record.seq,
            kind=kind,
            contact_id=contact_id,
            leg_id=leg_id,
            asked_at=record.at,
        )

    def _unnamed(self, leg_id: str, kind: str) -> RecordingRecord | None:
        """The last that was asked for and has no name yet."""
        rows = reversed(self._of_leg.get(leg_id, {}).values())
        return next((row for row in rows if not row.provider_ref and row.kind == kind), None)

    def _named(self, leg_id: str, provider_ref: str) -> RecordingRecord | None:
        rows = self._of_leg.get(leg_id, {}).values()
        return next((row for row in rows if row.provider_ref == provider_ref), None)

    def _found(self, record: TurnRecord, event: Any, contact_id: str = "", kind: str = CONVERSATION) -> RecordingRecord:
        """The row of a recording that the carrier names; a new one, if nobody is known to have asked for it."""
        row = self._named(event.leg_id, event.recording_id) or self._unnamed(event.leg_id, kind)
        row = row or self._new(record, event.leg_id, contact_id, kind)
        return changed(row, provider_ref=storable(event.recording_id), reason="")

    def _asked(self, record: TurnRecord, event: e.RecordingAsked, contact_id: str) -> None:
        asked = record.input if isinstance(record.input, e.RecordingRequested) else None
        row = self._new(record, event.leg_id, event.contact_id, CONVERSATION)
        self._put(record, row, asked_by=storable(asked.agent_id) if asked else "")

    def _planned(self, record: TurnRecord, event: e.LegPlanned, contact_id: str) -> None:
        """A flow asks for a message; asked again, because nothing was said, it is still the same one."""
        if _tells(event):
            row = self._unnamed(event.leg_id, VOICEMAIL)
            self._put(record, row or self._new(record, event.leg_id, contact_id, VOICEMAIL))

    def _came_to_door(self, record: TurnRecord, event: e.PlanRequested, contact_id: str) -> None:
        if _tells(event) and event.recording_id:
            row = self._found(record, event, contact_id, VOICEMAIL)
            if row.status not in OVER:
                began_at = record.at - 1_000 * event.duration_s
                self._put(record, row, status=words.RUNNING, started_at=row.started_at or began_at)

    def _failed(self, record: TurnRecord, event: e.RecordingFailed, contact_id: str) -> None:
        row = self._unnamed(event.leg_id, CONVERSATION)
        if row:
            self._put(record, row, status=words.FAILED, reason=storable(event.reason))

    def _started(self, record: TurnRecord, event: e.RecordingStarted, contact_id: str) -> None:
        row = self._found(record, event)
        if row.status not in OVER:
            self._put(record, row, status=words.RUNNING, started_at=row.started_at or record.at)

    def _paused(self, record: TurnRecord, event: e.RecordingPaused, contact_id: str) -> None:
        row = self._found(record, event)
        if row.status not in (*OVER, words.PAUSED):
            self._put(record, row, status=words.PAUSED, pauses=(*row.pauses, (record.at, 0)))

    def _resumed(self, record: TurnRecord, event: e.RecordingResumed, contact_id: str) -> None:
        row = self._found(record, event)
        if row.status not in OVER:
            self._put(record, row, status=words.RUNNING, pauses=_closed(row.pauses, record.at))

    def _ended(self, record: TurnRecord, event: e.RecordingEnded, contact_id: str) -> None:
        row = self._found(record, event, contact_id, event.kind)
        if row.status in OVER:
            return
        length_ms = 1_000 * event.duration_s
        started_at = row.started_at or event.started_at or record.at - length_ms
        ended_at = record.at if event.absent else started_at + length_ms
        self._put(
            record,
            row,
            status=words.EMPTY if event.absent else words.COMPLETE,
            location="" if event.absent else words.AT_THE_CARRIER,
            started_at=started_at,
            ended_at=ended_at,
            completed_at=record.at,
            duration_s=event.duration_s,
            channels=event.channels,
            pauses=_closed(row.pauses, ended_at),
        )

    def _settled(self, record: TurnRecord, event: e.RecordingsSettled, contact_id: str) -> None:
        reason = REFUSED if event.refused else ""
        for row in list(self._of_leg.get(event.leg_id, {}).values()):
            if row.provider_ref in event.lost and row.status not in OVER:
                self._put(record, row, status=words.LOST, reason=reason, pauses=_closed(row.pauses, record.at))
            elif row.status == words.ASKED and event.refused:
                self._put(record, row, status=words.LOST, reason=reason)
            elif row.status == words.ASKED:
                self._put(record, row, status=words.NONE)

    ABOUT: ClassVar[dict[type, Callable[["RecordingsTold", TurnRecord, Any, str], None]]] = {
        e.RecordingAsked: _asked,
        e.LegPlanned: _planned,
        e.PlanRequested: _came_to_door,
        e.RecordingFailed: _failed,
        e.RecordingStarted: _started,
        e.RecordingPaused: _paused,
        e.RecordingResumed: _resumed,
        e.RecordingEnded: _ended,
        e.RecordingsSettled: _settled,
    }


def _closed(pauses: tuple[tuple[int, int], ...], at: int) -> tuple[tuple[int, int], ...]:
    """A pause that goes on ends now."""
    if not pauses or pauses[-1][1]:
        return pauses
    return (*pauses[:-1], (pauses[-1][0], max(at, pauses[-1][0])))
