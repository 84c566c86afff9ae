"""REST: recordings, of a call, of a conference, and of the whole account."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.clock import rfc_2822
from cti.fakecarrier.recordings.library import Recording, seconds_text
from cti.fakecarrier.recordings.sound import wav
from cti.fakecarrier.rest.asked import recording_order
from cti.fakecarrier.rest.calls import warn_of_unread
from cti.fakecarrier.rest.conferences import find_conference
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import SID, reply
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.webhooks.parameters import API_VERSION, account_path

CURRENT = "Twilio.CURRENT"
"""Stands for the recording that is being made."""


class Recordings:
    """Start, pause, resume, stop, read, fetch and delete recordings."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Record a call that is in progress, from now on."""
        leg = self._carrier.legs.find(request.match_info["sid"])
        if leg is None:
            raise not_found(request.path)
        form = await Form.of(request)
        order = recording_order(form, "StartCallRecordingAPI")
        form.has("RecordingConfigurationId")
        warn_of_unread(form, self._carrier, request)
        if leg.has_ended or leg.status != "in-progress":
            raise Refusal(400, 21220, "Requested resource is not eligible for recording: the call is not in-progress")
        recording = self._carrier.recordings.start(order, call_sid=leg.sid)
        request[SID] = recording.sid
        return reply(self._resource(recording), 201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Recordings by CallSid, ConferenceSid and DateCreated, the newest first."""
        matching = (one for one in self._of(request) if _matches(one, request))
        return reply(page_of(request, "recordings", matching, self._resource))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One recording, as a resource."""
        return reply(self._resource(self._find(request)))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Pause, resume or stop a recording that is being made."""
        recording, form = self._find(request), await Form.of(request)
        status = form.text("Status")
        behavior = form.choice("PauseBehavior", ("skip", "silence"), "silence")
        warn_of_unread(form, self._carrier, request)
        if status not in {"paused", "in-progress", "stopped"}:
            raise Refusal(400, 20001, "Status must be paused, in-progress or stopped")
        if not recording.runs:
            raise Refusal(400, 21220, "Invalid recording state: it is not being made any more")
        recordings = self._carrier.recordings
        if status == "paused":
            recordings.pause(recording, "skip" if behavior == "skip" else "silence")
        elif status == "in-progress":
            recordings.resume(recording)
        else:
            recordings.stop(recording)
        return reply(self._resource(recording))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Delete a recording that is not being made any more."""
        recording = self._find(request)
        if recording.runs:
            raise Refusal(400, 20009)
        self._carrier.recordings.delete(recording)
        return web.Response(status=204)

    async def media(self, request: web.Request) -> web.StreamResponse:
        """The sound, as WAV; 404 until it is ready."""
        carrier, recording = self._carrier, self._find(request)
        record = recording.record
        available = carrier.clock.now_ms() - carrier.dice.plan.media_delay_ms
        if record.completed_at is None or record.completed_at > available:
            raise not_found(request.path)
        record.fetched += 1
        channels = 2 if request.query.get("RequestedChannels", str(record.channels)) == "2" else 1
        return web.Response(body=wav(record.duration_ms or 0, channels), content_type="audio/x-wav")

    def _of(self, request: web.Request) -> Iterator[Recording]:
        """All recordings that the path is about."""
        recordings = self._carrier.recordings
        if "sid" not in request.match_info:
            return recordings.newest_first()
        sid = request.match_info["sid"]
        if self._carrier.legs.find(sid) is None:
            find_conference(self._carrier, request)
        return iter(recordings.of(sid)[::-1])

    def _find(self, request: web.Request) -> Recording:
        recordings, name = self._carrier.recordings, request.match_info["recording"]
        owner = request.match_info.get("sid")
        found = recordings.find(name)
        if name == CURRENT and owner is not None:
            running = recordings.running(owner)
            found = running[-1] if running else None
        if found is None or owner not in {None, found.owner_sid}:
            raise not_found(request.path)
        request[SID] = found.sid
        return found

    def _resource(self, recording: Recording) -> dict[str, Any]:
        record, account_sid = recording.record, self._carrier.options.account_sid
        uri = f"{account_path(account_sid)}/Recordings/{record.sid}"
        duration = None if record.duration_ms is None else seconds_text(record.duration_ms)
        return {
            "sid": record.sid,
            "account_sid": account_sid,
            "call_sid": record.call_sid,
            "conference_sid": record.conference_sid,
            "api_version": API_VERSION,
            "date_created": rfc_2822(record.started_at),
            "date_updated": rfc_2822(record.completed_at or record.ended_at or record.started_at),
            "start_time": rfc_2822(record.started_at),
            "duration": duration,
            "price": None,
            "price_unit": "USD",
            "status": record.status,
            "channels": record.channels,
            "source": record.source,
            "track": record.track,
            "error_code": None,
            "encryption_details": None,
            "media_url": self._carrier.recordings.url(record.sid),
            "uri": f"{uri}.json",
            "subresource_uris": {
                "add_on_results": f"{uri}/AddOnResults.json",
                "transcriptions": f"{uri}/Transcriptions.json",
            },
        }


def _matches(recording: Recording, request: web.Request) -> bool:
    query, record = request.query, recording.record
    for name, value in (("CallSid", record.call_sid), ("ConferenceSid", record.conference_sid)):
        if name in query and query[name] != value:
            return False
    day = datetime.fromtimestamp(record.started_at / 1000, UTC).strftime("%Y-%m-%d")
    bounds = {"DateCreated": day.__eq__, "DateCreated<": day.__le__, "DateCreated>": day.__ge__}
    return all(inside(query[name][:10]) for name, inside in bounds.items() if name in query)
