"""All recordings of the account: started, paused, stopped, and after a while there to be fetched."""

from collections import defaultdict
from collections.abc import Iterator

from cti.fakecarrier.clock import Clock, rfc_2822
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.wire import PauseBehavior, RecordingPause, RecordingRecord
from cti.fakecarrier.recordings.order import RecordingOrder
from cti.fakecarrier.webhooks.parameters import account_path
from cti.fakecarrier.webhooks.request import WebhookRequest
from cti.fakecarrier.webhooks.sender import Sender

TOO_SHORT_MS = 100
"""What is shorter is no recording: it ends as `absent`."""


class Recording:
    """One recording: its record in the ledger, and what was ordered. Who listens while it is made may call it empty, or
    say where the silence at its end begins.
    """

    def __init__(self, record: RecordingRecord, order: RecordingOrder) -> None:
        self.record = record
        self.order = order
        self.empty = False
        self.trimmed_to_ms: int | None = None

    @property
    def sid(self) -> str:
        """RE and 32 hexadecimal digits."""
        return self.record.sid

    @property
    def runs(self) -> bool:
        """True until it is stopped."""
        return self.record.status in {"in-progress", "paused"}

    @property
    def owner_sid(self) -> str:
        """The call or conference that is recorded."""
        return self.record.call_sid or self.record.conference_sid or ""


class Recordings:
    """Finds, starts and ends recordings."""

    def __init__(self, clock: Clock, ledger: Ledger, sender: Sender, account_sid: str, ready_s: float) -> None:
        self._clock = clock
        self._ledger = ledger
        self._sender = sender
        self._account_sid = account_sid
        self._ready_s = ready_s
        self._known: dict[str, Recording] = {}
        self._of_owner: dict[str, list[Recording]] = defaultdict(list)
        self.base_url = ""

    def start(
        self, order: RecordingOrder, *, call_sid: str | None = None, conference_sid: str | None = None
    ) -> Recording:
        """Record a call or a conference from now on."""
        record = RecordingRecord(
            sid=new_sid("RE"),
            source=order.source,
            call_sid=call_sid,
            conference_sid=conference_sid,
            channels=order.channels,
            track=order.track,
            started_at=self._clock.now_ms(),
        )
        recording = self._known[record.sid] = Recording(record, order)
        self._of_owner[recording.owner_sid].append(recording)
        self._ledger.open_recording(record)
        self._tell(recording)
        return recording

    def find(self, sid: str) -> Recording | None:
        """A recording that was not deleted."""
        return self._known.get(sid)

    def of(self, owner_sid: str) -> list[Recording]:
        """The recordings of a call or conference, oldest first."""
        return [one for one in self._of_owner.get(owner_sid, ()) if one.record.deleted_at is None]

    def running(self, owner_sid: str) -> list[Recording]:
        """Those that were not stopped yet."""
        return [one for one in self.of(owner_sid) if one.runs]

    def newest_first(self) -> Iterator[Recording]:
        """All recordings that were not deleted, the newest first."""
        return reversed(self._known.values())

    def url(self, sid: str) -> str:
        """Where the sound can be fetched, once it is ready."""
        return f"{self.base_url}{account_path(self._account_sid)}/Recordings/{sid}"

    def pause(self, recording: Recording, behavior: PauseBehavior) -> None:
        """Leave out what follows, or put silence in its place."""
        if recording.record.status == "in-progress":
            recording.record.status = "paused"
            recording.record.pauses.append(RecordingPause(start_ms=self._clock.now_ms(), behavior=behavior))

    def resume(self, recording: Recording) -> None:
        """Record again."""
        if recording.record.status == "paused":
            recording.record.status = "in-progress"
            recording.record.pauses[-1].end_ms = self._clock.now_ms()

    def stop(self, recording: Recording) -> None:
        """The end of it; it will be ready after a while. One that is empty or too short is absent."""
        if not recording.runs:
            return
        self.resume(recording)
        record = recording.record
        record.ended_at = self._clock.now_ms()
        record.duration_ms = record.length_ms(recording.trimmed_to_ms or record.ended_at)
        if recording.empty or record.duration_ms < TOO_SHORT_MS:
            record.duration_ms = 0
            record.status = "absent"
            self._ledger.complete(record)
            self._tell(recording)
        else:
            record.status = "processing"
            self._sender.tasks.start(self._process(recording))

    def stop_all(self, owner_sid: str) -> None:
        """The call or conference is over."""
        for recording in self.running(owner_sid):
            self.stop(recording)

    def delete(self, recording: Recording) -> None:
        """Nobody can fetch it any more; the ledger keeps that there was one."""
        recording.record.deleted_at = self._clock.now_ms()
        self._known.pop(recording.sid, None)

    async def _process(self, recording: Recording) -> None:
        await self._clock.sleep(self._ready_s)
        recording.record.status = "completed"
        recording.record.completed_at = self._clock.now_ms()
        self._ledger.complete(recording.record)
        self._tell(recording)

    def _tell(self, recording: Recording) -> None:
        """Tell the subscriber of the recording's status, if it asked for that."""
        record, subscription = recording.record, recording.order.subscription
        if subscription is None or record.status not in subscription.events:
            return
        owner = {"CallSid": record.call_sid} if record.call_sid else {"ConferenceSid": record.conference_sid or ""}
        parameters = {
            "AccountSid": self._account_sid,
            **owner,
            "RecordingSid": record.sid,
            "RecordingUrl": self.url(record.sid),
            "RecordingStatus": record.status,
            "RecordingChannels": str(record.channels),
            "RecordingStartTime": rfc_2822(record.started_at),
            "RecordingSource": record.source,
            "RecordingTrack": record.track,
        }
        if record.duration_ms is not None:
            parameters["RecordingDuration"] = seconds_text(record.duration_ms)
        self._sender.tell(
            WebhookRequest(
                kind="recording",
                event=record.status,
                sid=recording.owner_sid,
                link=subscription.link,
                parameters=parameters,
            )
        )


def seconds_text(duration_ms: int) -> str:
    """A length as the carrier tells it: whole seconds, rounded."""
    return str(round(duration_ms / 1000))
