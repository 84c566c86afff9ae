"""Recordings: of calls and conferences, by document and by REST, from the first callback to the file."""

import asyncio
import io
import wave

import aiohttp
import pytest

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.rooms import agent_in, callback, caller_in, room_event, talk
from tests.fakecarrier.toy import AUTH_TOKEN, twiml
from tests.fakecarrier.world import ACCOUNT_SID, NUMBER, World
from tests.patience import PATIENCE_S

MUSIC = twiml("<Play>http://127.0.0.1/music-30s.mp3</Play>")
ALL = "in-progress completed absent"
AUTH = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}


async def on_line(world: World, *script) -> str:
    world.toy.door("/voice", twiml("<Say>x</Say><Redirect>/online</Redirect>"))
    world.toy.door("/online", MUSIC)
    await world.number("/voice")
    sid = await world.call(*script)
    await world.toy.knock("/online")
    return sid


async def recorded(world: World, sid: str, **fields):
    """Start a recording by REST."""
    defaults = {"recording_status_callback": f"{world.toy.base}/rec", "recording_status_callback_event": ALL.split()}
    return await world.rest.calls(sid).recordings.create_async(**(defaults | fields))


async def pause(seconds: float) -> None:
    """Let sound pass: there is nothing to wait for but time."""
    await asyncio.sleep(seconds)


async def sound(world: World, url: str) -> tuple[int, float, int]:
    """The status of fetching a recording, and its length in seconds and its channels."""
    async with world.http.get(url, headers=AUTH) as response:
        if response.status != 200:
            return response.status, 0.0, 0
        with wave.open(io.BytesIO(await response.read())) as file:
            return 200, file.getnframes() / file.getframerate(), file.getnchannels()


async def test_from_start_to_the_file(world: World):
    sid = await on_line(world)
    created = await recorded(world, sid, recording_channels="dual", recording_track="inbound")
    assert (created.status, created.source, created.channels) == ("in-progress", "StartCallRecordingAPI", 2)
    assert (created.call_sid, created.conference_sid, created.duration) == (sid, None, None)
    begun = await world.toy.knock("/rec")
    assert (begun["RecordingStatus"], begun["CallSid"], begun["RecordingSid"]) == ("in-progress", sid, created.sid)
    assert (begun["RecordingChannels"], begun["RecordingTrack"]) == ("2", "inbound")
    assert "RecordingDuration" not in begun.fields
    assert (await sound(world, begun["RecordingUrl"]))[0] == 404  # said to be there, but not yet
    await pause(0.6)
    await world.hang_up(sid)
    assert (await sound(world, begun["RecordingUrl"]))[0] == 404  # it has ended, and is not ready
    ended = await world.toy.knock("/rec")
    assert (ended["RecordingStatus"], ended["RecordingDuration"]) == ("completed", "1")
    status, seconds, channels = await sound(world, ended["RecordingUrl"] + ".wav")
    assert (status, channels) == (200, 2)
    assert 0.5 < seconds < 3
    (kept,) = await world.ledger("recordings", sid)
    assert (kept["status"], kept["fetched"]) == ("completed", 1)


async def test_the_sound_needs_the_password(world: World):
    sid = await on_line(world)
    created = await recorded(world, sid)
    async with world.http.get(f"{world.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{created.sid}") as response:
        assert response.status == 401


@pytest.mark.parametrize(("behavior", "longer"), [("skip", False), ("silence", True)])
async def test_a_pause_is_left_out_or_filled_with_silence(world: World, behavior, longer):
    sid = await on_line(world)
    await recorded(world, sid)
    current = world.rest.calls(sid).recordings("Twilio.CURRENT")
    assert (await current.update_async(status="paused", pause_behavior=behavior)).status == "paused"
    await pause(0.8)
    assert (await current.update_async(status="in-progress")).status == "in-progress"
    await pause(0.3)
    assert (await current.update_async(status="stopped")).status == "processing"
    await world.toy.knock("/rec")
    await world.toy.knock("/rec")
    (record,) = await world.ledger("recordings", sid)
    assert (record["duration_ms"] > 1000) == longer
    with refused(404, 20404):
        await current.update_async(status="stopped")
    with refused(400, 21220):
        await world.rest.calls(sid).recordings(record["sid"]).update_async(status="paused")


async def test_too_short_to_be_a_recording(world: World):
    sid = await on_line(world)
    await recorded(world, sid)
    await world.hang_up(sid)
    statuses = [(await world.toy.knock("/rec"))["RecordingStatus"] for _ in range(2)]
    assert sorted(statuses) == ["absent", "in-progress"]
    (listed,) = await world.rest.recordings.list_async(call_sid=sid)
    assert (listed.status, listed.duration) == ("absent", "0")


async def test_only_what_was_asked_for_is_told(world: World):
    sid = await on_line(world)
    await recorded(world, sid, recording_status_callback_event=[])
    await pause(0.2)
    await world.hang_up(sid)
    await world.settled()
    assert [knock["RecordingStatus"] for knock in world.toy.at("/rec")] == ["completed"]


async def test_lists_and_deletion(world: World):
    sid = await on_line(world)
    first, second = await recorded(world, sid), await recorded(world, sid)
    with refused(400, 20009):
        await world.rest.recordings(first.sid).delete_async()
    await pause(0.2)
    await world.hang_up(sid)
    await world.settled()
    assert [one.sid for one in await world.rest.calls(sid).recordings.list_async()] == [second.sid, first.sid]
    assert {one.sid for one in await world.rest.recordings.list_async()} == {first.sid, second.sid}
    assert await world.rest.recordings(first.sid).delete_async()
    with refused(404, 20404):
        await world.rest.recordings(first.sid).fetch_async()
    assert [one.sid for one in await world.rest.calls(sid).recordings.list_async()] == [second.sid]
    assert len(await world.ledger("recordings", sid)) == 2  # the ledger forgets nothing


async def test_what_cannot_be_recorded(world: World):
    sid = await on_line(world)
    await world.hang_up(sid)
    with refused(400, 21220):
        await recorded(world, sid)
    with refused(404, 20404):
        await recorded(world, "CA" + "0" * 32)


async def test_a_call_recorded_from_its_answer(world: World):
    await world.rest.calls.create_async(
        from_=NUMBER,
        to="client:alice",
        twiml=twiml("<Play>http://127.0.0.1/m-0.3s.mp3</Play><Hangup/>"),
        record=True,
        recording_channels="dual",
        recording_status_callback=f"{world.toy.base}/rec",
    )
    told = await world.toy.knock("/rec")
    assert (told["RecordingSource"], told["RecordingChannels"]) == ("OutboundAPI", "2")


async def test_a_conference_is_recorded_from_its_start(world: World):
    created = await agent_in(
        world,
        "r",
        conference_record="record-from-start",
        conference_recording_status_callback=f"{world.toy.base}/rec",
        conference_recording_status_callback_event=ALL.split(),
    )
    await room_event(world, "participant-join")
    assert await world.rest.conferences(created.conference_sid).recordings.list_async() == []  # it has not started
    caller = await caller_in(world, "r", "endConferenceOnExit='true'")
    begun = await world.toy.knock("/rec")
    assert (begun["ConferenceSid"], begun["RecordingSource"]) == (created.conference_sid, "Conference")
    assert "CallSid" not in begun.fields
    (listed,) = await world.rest.conferences(created.conference_sid).recordings.list_async()
    assert (listed.sid, listed.conference_sid, listed.call_sid) == (begun["RecordingSid"], begun["ConferenceSid"], None)
    paused = await world.rest.conferences(created.conference_sid).recordings(listed.sid).update_async(status="paused")
    assert paused.status == "paused"
    await pause(0.2)
    await world.hang_up(caller)
    assert (await world.toy.knock("/rec"))["RecordingStatus"] == "completed"


async def test_a_conference_recorded_by_its_document(world: World):
    told = f"recordingStatusCallback='{world.toy.base}/rec'"
    first = await caller_in(world, "r", f"record='record-from-start' {told} {callback(world)}")
    await caller_in(world, "r")
    await room_event(world, "conference-start")
    await pause(0.2)
    await world.rest.conferences((await world.rest.conferences.list_async())[0].sid).update_async(status="completed")
    assert (await world.toy.knock("/rec"))["RecordingStatus"] == "completed"
    assert await world.ledger("recordings", first) == []  # of the conference, not of a call


async def test_a_participants_own_recording(world: World):
    agent = await agent_in(world, "r", record=True, recording_status_callback=f"{world.toy.base}/rec")
    await room_event(world, "participant-join")
    await pause(0.2)
    await world.hang_up(agent.call_sid)
    assert (await world.toy.knock("/rec"))["CallSid"] == agent.call_sid


async def test_a_dial_is_recorded_and_its_action_is_told_where(world: World):
    inside = "<Client>alice</Client>"
    told = f"recordingStatusCallback='{world.toy.base}/rec'"
    world.toy.door("/voice", twiml(f"<Dial action='/action' record='record-from-answer-dual' {told}>{inside}</Dial>"))
    world.toy.door("/action", twiml("<Hangup/>"))
    await world.number("/voice")
    await world.endpoints(alice={"talk_s": 0.3, "after_ms": 0})
    sid = await world.call()
    action = await world.toy.knock("/action")
    assert (await sound(world, action["RecordingUrl"]))[0] == 404  # told of, but not ready
    completed = await world.toy.knock("/rec")
    assert (completed["CallSid"], completed["RecordingSource"]) == (sid, "DialVerb")  # the parent's, always
    assert completed["RecordingUrl"] == action["RecordingUrl"]
    assert (await sound(world, action["RecordingUrl"]))[2] == 2


async def test_a_started_recording_goes_on_through_documents(world: World):
    told = f"recordingStatusCallback='{world.toy.base}/rec'"
    world.toy.door("/voice", twiml(f"<Start><Recording {told} channels='dual'/></Start><Redirect>/next</Redirect>"))
    world.toy.door("/next", MUSIC)
    await world.number("/voice")
    sid = await world.call()
    await world.toy.knock("/next")
    await world.rest.calls(sid).update_async(twiml=MUSIC)
    await pause(0.2)
    (running,) = await world.rest.calls(sid).recordings.list_async()
    assert (running.status, running.source) == ("in-progress", "StartCallRecordingTwiML")
    await world.hang_up(sid)
    assert (await world.toy.knock("/rec"))["RecordingStatus"] == "completed"


async def test_complete_and_yet_not_to_be_fetched(world: World):
    await world.control("POST", "faults", {"media_delay_ms": 400})
    sid = await on_line(world)
    await recorded(world, sid, recording_status_callback_event=["completed"])
    await pause(0.2)
    await world.hang_up(sid)
    told = await world.toy.knock("/rec")
    assert (await sound(world, told["RecordingUrl"]))[0] == 404
    async with asyncio.timeout(PATIENCE_S):
        while (await sound(world, told["RecordingUrl"]))[0] != 200:
            await pause(0.05)


async def test_everything_that_was_recorded_is_in_the_ledger(world: World):
    _, caller, _ = await talk(world)
    created = await recorded(world, caller)
    assert [one["sid"] for one in await world.ledger("recordings")] == [created.sid]
