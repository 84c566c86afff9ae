"""`GET /api/v1/recordings`, `/recordings/{id}` and `/recordings/{id}/audio`: for supervisors only.

The audio comes through this server, so that the carrier's credentials stay in it; that somebody listens is on record
before the first byte is sent.
"""

import re
import secrets
from typing import Any, NamedTuple

import msgspec
from aiohttp import web

from cti.api.auth import authenticate
from cti.api.ports import Clock, OpenAudio, SiteView, StoredRecordings
from cti.api.problems import problem
from cti.core.errors import AudioBusy, AudioMissing, AudioUnavailable, JournalUnavailable, Overloaded
from cti.core.events import RecordingOpened
from cti.core.recorded import CONVERSATION, VOICEMAIL
from cti.core.state import Token
from cti.store.errors import StoreError
from cti.store.recordings import AT_THE_CARRIER, LIMIT_MAX, STATUSES, RecordingRecord, Wanted

LIMIT = 100
KINDS = (CONVERSATION, VOICEMAIL)

_TEXT = re.compile(r"[A-Za-z0-9._-]{1,128}")
_PLACE = re.compile(r"([0-9]{1,15})\.([A-Za-z0-9._-]{1,128})")
_RETRY = {"Retry-After": "2"}

NOT_YET = ("asked", "running", "paused")


class Shelf(NamedTuple):
    """Where recordings are looked up, and where their audio comes from."""

    stored: StoredRecordings
    audio: OpenAudio


class RecordingsDoor:
    """Answers supervisors; agents are turned away."""

    def __init__(self, site: SiteView, clock: Clock, shelf: Shelf) -> None:
        self._site = site
        self._clock = clock
        self._shelf = shelf

    def routes(self) -> list[web.RouteDef]:
        """The handlers with their addresses."""
        return [
            web.get("/api/v1/recordings", self.latest, allow_head=False),
            web.get("/api/v1/recordings/{recording_id}", self.one, allow_head=False),
            web.get("/api/v1/recordings/{recording_id}/audio", self.audio, allow_head=False),
        ]

    async def latest(self, request: web.Request) -> web.Response:
        """A page of those wanted, the last asked for first; `next` is the `before` of the page after."""
        self._supervisor(request)
        wanted, limit = _wanted(request), _limit(request)
        try:
            found = await self._shelf.stored.latest(wanted, limit)
        except StoreError as error:
            raise _no_store() from error
        last = found[-1] if len(found) == limit else None
        following = f"{last.asked_at}.{last.recording_id}" if last else ""
        return _json({"recordings": [shown(row) for row in found], "next": following})

    async def one(self, request: web.Request) -> web.Response:
        """One recording, as a record."""
        self._supervisor(request)
        return _json(shown(await self._find(request)))

    async def audio(self, request: web.Request) -> web.StreamResponse:
        """Its sound, streamed from the carrier."""
        token = self._supervisor(request)
        row = await self._find(request)
        if row.status in NOT_YET:
            raise problem(409, "not_complete", f"This recording is not complete yet: it is {row.status}.")
        if row.location != AT_THE_CARRIER:
            raise problem(410, "no_audio", f"There is nothing to hear of this recording: it is {row.status}.")
        await self._note(row, token)
        try:
            return await self._play(request, row)
        except AudioMissing as error:
            detail = "The carrier has no audio of this recording, or not yet: try again in a minute."
            raise problem(404, "no_audio", detail) from error
        except AudioBusy as error:
            raise problem(503, "audio_busy", f"Try again when somebody has finished: {error}.", _RETRY) from error
        except AudioUnavailable as error:
            raise problem(502, "carrier", f"The carrier does not hand the audio out: {error}.") from error

    async def _play(self, request: web.Request, row: RecordingRecord) -> web.StreamResponse:
        async with self._shelf.audio(row.provider_ref) as audio:
            response = web.StreamResponse(
                headers={
                    "Content-Type": audio.content_type,
                    "Content-Disposition": f'inline; filename="{row.recording_id}.wav"',
                    "Cache-Control": "no-store",
                    "X-Content-Type-Options": "nosniff",
                }
            )
            response.content_length = audio.length
            await response.prepare(request)
            try:
                async for chunk in audio.chunks:
                    await response.write(chunk)
            except AudioUnavailable:
                # What was promised does not come any more: a connection that breaks says so.
                if request.transport:
                    request.transport.abort()
                return response
            await response.write_eof()
            return response

    async def _note(self, row: RecordingRecord, token: Token) -> None:
        opened = RecordingOpened(
            recording_id=row.recording_id,
            provider_ref=row.provider_ref,
            contact_id=row.contact_id,
            supervisor_id=token.subject,
        )
        key = f"opened:{row.recording_id}:{secrets.token_hex(8)}"
        try:
            await self._site.post(opened, key=key, actor=f"supervisor:{token.subject}")
        except Overloaded as error:
            raise problem(503, "overloaded", f"Calls come first, and {error}.", _RETRY) from error
        except JournalUnavailable as error:
            detail = f"Nothing can be recorded now, and nobody listens unrecorded: {error}."
            raise problem(503, "holding", detail, _RETRY) from error

    def _supervisor(self, request: web.Request) -> Token:
        return authenticate(request, self._site, "supervisor", self._clock())

    async def _find(self, request: web.Request) -> RecordingRecord:
        recording_id = request.match_info["recording_id"]
        try:
            found = await self._shelf.stored.get(recording_id) if _TEXT.fullmatch(recording_id) else None
        except StoreError as error:
            raise _no_store() from error
        if found is None:
            raise problem(404, "unknown_recording", "There is no such recording here.")
        return found


def shown(row: RecordingRecord) -> dict[str, Any]:
    """The record as people and programs get it: every field, and where to hear it (empty while nowhere)."""
    audio = f"/api/v1/recordings/{row.recording_id}/audio" if row.location else ""
    return msgspec.structs.asdict(row) | {"audio": audio}


def _wanted(request: web.Request) -> Wanted:
    query = request.query
    unknown = set(query) - {"contact_id", "asked_by", "kind", "status", "from", "until", "before", "limit"}
    if unknown:
        raise problem(400, "bad_query", f"There is no parameter {min(unknown)!r}.")
    place = _PLACE.fullmatch(query.get("before", ""))
    if query.get("before") and not place:
        raise problem(400, "bad_query", "before: give what the page before says as `next`.")
    return Wanted(
        contact_id=_text(request, "contact_id"),
        asked_by=_text(request, "asked_by"),
        kind=_choice(request, "kind", KINDS),
        status=_choice(request, "status", STATUSES),
        asked_from=_number(request, "from", 0, 10**15),
        asked_until=_number(request, "until", 0, 10**15),
        before=(int(place[1]), place[2]) if place else None,
    )


def _limit(request: web.Request) -> int:
    return _number(request, "limit", LIMIT, LIMIT_MAX) or 1


def _text(request: web.Request, name: str) -> str:
    text = request.query.get(name, "")
    if text and not _TEXT.fullmatch(text):
        raise problem(400, "bad_query", f"{name}: give an id.")
    return text


def _choice(request: web.Request, name: str, choices: tuple[str, ...]) -> str:
    text = request.query.get(name, "")
    if text and text not in choices:
        raise problem(400, "bad_query", f"{name}: give one of {', '.join(choices)}.")
    return text


def _number(request: web.Request, name: str, otherwise: int, most: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 17 and int(text) <= most):
        raise problem(400, "bad_query", f"{name}: give a number up to {most}.")
    return int(text)


def _json(body: Any) -> web.Response:
    content = msgspec.json.encode(body)
    return web.Response(body=content, content_type="application/json", headers={"Cache-Control": "no-store"})


def _no_store() -> web.HTTPException:
    return problem(503, "no_store", "The store cannot be read now: try again in a moment.", _RETRY)
