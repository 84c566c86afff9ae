"""Recordings over HTTP: for supervisors only, and nobody listens unrecorded."""

import contextlib

import aiohttp
import pytest
from aiohttp import web

from cti.api.recordings import Shelf
from cti.api.routes import api_routes
from cti.core import events as e
from cti.core.errors import AudioBusy, AudioMissing, AudioUnavailable
from cti.core.ports import Audio
from cti.core.states import RecordingAction
from cti.store.later import LaterStore
from cti.store.recordings_projector import RecordingsProjector
from cti.store.store import Store
from tests.store.made import ARRIVED_AT, SITE
from tests.store.test_recordings import JOURNAL, on, turn
from tests.views.watching import pop_of

DOOR = "/api/v1/recordings"
HEARD = [f"{DOOR}/main-a2/audio", f"{DOOR}/main-a2", DOOR]


class Carrier:
    """Where the audio comes from, or does not."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = [b"RIFF", b"....WAVE"]
        self.error: Exception | None = None
        self.breaks = False
        self.asked: list[str] = []

    @contextlib.asynccontextmanager
    async def audio(self, provider_ref):
        self.asked.append(provider_ref)
        if self.error:
            raise self.error
        yield Audio("audio/x-wav", sum(map(len, self.chunks)) + self.breaks, self._sound())

    async def _sound(self):
        for chunk in self.chunks:
            yield chunk
        if self.breaks:
            raise AudioUnavailable("the line broke")


@pytest.fixture
def carrier():
    return Carrier()


@pytest.fixture
async def store(tmp_path):
    url = f"sqlite:///{tmp_path}/store.db"
    opened = await Store.open(url)
    yield url, RecordingsProjector(opened, SITE)
    await opened.close()


@pytest.fixture
async def client(house, aiohttp_client, store, carrier):
    url, projector = store
    await projector.project(JOURNAL)
    app = web.Application()
    shelf = Shelf(LaterStore(url, SITE), carrier.audio)
    parts = (house.gate, house.fanout, house.board, house.sockets)
    app.add_routes(api_routes(*parts, pop_of=pop_of, version="test", recordings=shelf))
    made = await aiohttp_client(app)
    made.session.headers["Authorization"] = f"Bearer {await house.issue('sue', 'supervisor')}"
    return made


async def problem(answer):
    return answer.status, (await answer.json(content_type="application/problem+json"))["code"]


async def test_a_page_has_every_field_and_says_where_the_next_begins(client):
    answer = await client.get(DOOR, params={"limit": "1"})
    page = await answer.json()
    [message] = page["recordings"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert (message["recording_id"], message["kind"], message["reason"]) == ("main-a6", "voicemail", "")
    assert message["audio"] == f"{DOOR}/main-a6/audio"
    page = await (await client.get(DOOR, params={"limit": "1", "before": page["next"]})).json()
    [conversation] = page["recordings"]
    assert conversation["asked_by"] == "anna"
    assert conversation["pauses"][0] == [ARRIVED_AT + 4, ARRIVED_AT + 5]
    page = await (await client.get(DOOR, params={"before": page["next"]})).json()
    assert page == {"recordings": [], "next": ""}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"contact_id": "main-c1"}, ["main-a2"]),
        ({"asked_by": "anna", "kind": "conversation", "status": "complete"}, ["main-a2"]),
        ({"status": "lost"}, []),
        ({"from": str(ARRIVED_AT + 3)}, ["main-a6"]),
        ({"until": str(ARRIVED_AT + 3)}, ["main-a2"]),
    ],
)
async def test_only_those_wanted(client, query, found):
    page = await (await client.get(DOOR, params=query)).json()
    assert [each["recording_id"] for each in page["recordings"]] == found


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "1001"}, {"limit": "-1"}, {"limit": "x"}, {"kind": "song"}, {"status": "gone"}, {"from": "9" * 40},
        {"before": "main-a2"}, {"contact_id": "' OR 1=1"}, {"asked_by": "x" * 200}, {"order": "seq"}, {"until": "²"},
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_said(client, query):
    assert await problem(await client.get(DOOR, params=query)) == (400, "bad_query")


@pytest.mark.parametrize("name", ["main-a9", "..%2f..%2fetc", "a%00", "x" * 400, "RE1"])
async def test_there_is_no_recording_of_another_name(client, carrier, name):
    for path in (f"{DOOR}/{name}", f"{DOOR}/{name}/audio"):
        assert await problem(await client.get(path)) == (404, "unknown_recording")
    assert carrier.asked == []


@pytest.mark.parametrize("path", HEARD)
async def test_it_is_for_supervisors(house, client, carrier, path):
    for token, expected in (
        (await house.issue("anna"), (403, "wrong_scope")),
        ("guessed", (401, "unknown_token")),
        ("", (401, "no_token")),
    ):
        assert await problem(await client.get(path, headers={"Authorization": f"Bearer {token}"})) == expected
    assert carrier.asked == []


async def test_who_listens_is_on_record_before_the_first_byte(house, client, carrier):
    answer = await client.get(f"{DOOR}/main-a2/audio")
    assert (answer.status, await answer.read()) == (200, b"RIFF....WAVE")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("audio/x-wav", "no-store")
    assert carrier.asked == ["RE1"]
    opened = e.RecordingOpened(recording_id="main-a2", provider_ref="RE1", contact_id="main-c1", supervisor_id="sue")
    assert await house.inputs(e.RecordingOpened) == [opened]
    house.driver.inbox.close("the disk is full")
    assert await problem(await client.get(f"{DOOR}/main-a2/audio")) == (503, "holding")
    assert carrier.asked == ["RE1"]


async def test_what_has_nothing_to_be_heard_says_so(client, store, carrier):
    _, projector = store
    whose = {"contact_id": "main-c20", "leg_id": "main-l20"}
    request = e.RecordingRequested(contact_id="main-c20", action=RecordingAction.START)
    asked = turn(14, request, e.RecordingAsked(**whose))
    await projector.project([asked])
    path = f"{DOOR}/main-a14/audio"
    assert await problem(await client.get(path)) == (409, "not_complete")
    empty = on(e.RecordingEnded, ref="RE9", leg="main-l20", duration_s=0, absent=True)
    await projector.project([turn(15, empty)])
    assert await problem(await client.get(path)) == (410, "no_audio")
    assert carrier.asked == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AudioMissing("not yet"), (404, "no_audio")),
        (AudioBusy("5 at once"), (503, "audio_busy")),
        (AudioUnavailable("no answer"), (502, "carrier")),
    ],
)
async def test_a_carrier_that_does_not_hand_it_out(client, carrier, error, expected):
    carrier.error = error
    assert await problem(await client.get(f"{DOOR}/main-a2/audio")) == expected


async def test_a_sound_that_breaks_off_is_not_taken_for_the_whole(client, carrier):
    carrier.breaks = True
    with pytest.raises(aiohttp.ClientError):
        await (await client.get(f"{DOOR}/main-a2/audio")).read()


async def test_before_there_is_a_store_it_says_so(house, aiohttp_client, tmp_path, carrier):
    app = web.Application()
    shelf = Shelf(LaterStore(f"sqlite:///{tmp_path}/none.db", SITE), carrier.audio)
    parts = (house.gate, house.fanout, house.board, house.sockets)
    app.add_routes(api_routes(*parts, pop_of=pop_of, version="test", recordings=shelf))
    client = await aiohttp_client(app)
    token = await house.issue("sue", "supervisor")
    for path in HEARD:
        answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert await problem(answer) == (503, "no_store")
