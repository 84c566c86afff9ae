"""A leg is recorded once, whatever gets lost; and nobody is led anywhere by an address that came with a report."""

from contextlib import AsyncExitStack

import aiohttp
import msgspec
import pytest
from aiohttp import web

from cti.core.commands import CheckRecordings, RecordLeg
from cti.core.errors import AudioBusy, AudioMissing, AudioUnavailable
from cti.core.events import (
    RecordingEnded,
    RecordingPaused,
    RecordingResumed,
    RecordingsChecked,
    RecordingSeen,
    RecordingStarted,
)
from cti.core.ports import Result
from cti.core.states import RecordingAction
from cti.telephony.twilio.audio import recording_audio
from tests.telephony.carrier_side import ACCOUNT, PUBLIC
from tests.telephony.rest_side import BASE, problem

START = RecordLeg(leg_id="main-l9", provider_ref="CA1", action=RecordingAction.START)
PATH = "/Calls/CA1/Recordings"


def recording(status, sid="RE1"):
    return {"sid": sid, "status": status}


def listed(*recordings):
    return (200, {"recordings": list(recordings)})


def asked_to(action, recording_id="RE1"):
    return msgspec.structs.replace(START, action=action, recording_id=recording_id)


async def test_it_begins_on_two_channels_and_is_reported_to_the_leg(carrier, rest_side):
    rest_side.answers |= {f"GET {PATH}": listed(recording("completed", "RE0"), recording("stopped", "RE2"))}
    rest_side.answers |= {f"POST {PATH}": (201, recording("in-progress"))}
    assert await carrier.execute(START) == Result("done", (RecordingStarted(leg_id="main-l9", recording_id="RE1"),))
    assert rest_side.requests[-1].form == [
        ("RecordingChannels", "dual"),
        ("RecordingStatusCallback", f"{PUBLIC}/twilio/recording?site=main&leg=main-l9"),
        ("RecordingStatusCallbackMethod", "POST"),
        ("RecordingStatusCallbackEvent", "completed"),
        ("RecordingStatusCallbackEvent", "absent"),
    ]


async def test_what_is_on_already_is_not_begun_again(carrier, rest_side):
    """The answer was lost, so it is asked for again: there is one recording, and its name is learnt."""
    on = []
    rest_side.answers[f"GET {PATH}"] = lambda seen: listed(*on)

    def begin_and_fail(seen):
        on.append(recording("in-progress"))
        return problem(500)

    rest_side.answers[f"POST {PATH}"] = begin_and_fail
    assert (await carrier.execute(START)).status == "retry"
    assert await carrier.execute(START) == Result("done", (RecordingStarted(leg_id="main-l9", recording_id="RE1"),))
    assert len(on) == 1


async def test_what_is_on_but_paused_goes_on(carrier, rest_side):
    rest_side.answers |= {f"GET {PATH}": listed(recording("paused"))}
    rest_side.answers |= {f"POST {PATH}/RE1": (200, recording("in-progress"))}
    assert await carrier.execute(START) == Result("done", (RecordingStarted(leg_id="main-l9", recording_id="RE1"),))
    assert rest_side.requests[-1].form == [("Status", "in-progress")]


@pytest.mark.parametrize(
    ("action", "form", "reports"),
    [
        (
            RecordingAction.PAUSE,
            [("Status", "paused"), ("PauseBehavior", "silence")],
            (RecordingPaused(leg_id="main-l9", recording_id="RE1"),),
        ),
        (
            RecordingAction.RESUME,
            [("Status", "in-progress")],
            (RecordingResumed(leg_id="main-l9", recording_id="RE1"),),
        ),
        (RecordingAction.STOP, [("Status", "stopped")], ()),
    ],
)
async def test_it_is_changed_by_its_name_or_as_the_one_that_is_on(carrier, rest_side, action, form, reports):
    for name in ("RE1", "Twilio.CURRENT"):
        rest_side.answers[f"POST {PATH}/{name}"] = (200, recording("whatever"))
    assert await carrier.execute(asked_to(action)) == Result("done", reports)
    assert await carrier.execute(asked_to(action, recording_id="")) == Result("done", reports)
    assert [request.form for request in rest_side.requests] == [form, form]
    assert [request.path for request in rest_side.requests] == [f"{PATH}/RE1", f"{PATH}/Twilio.CURRENT"]


async def test_what_is_off_need_not_be_stopped_but_cannot_be_paused(carrier, rest_side):
    assert await carrier.execute(asked_to(RecordingAction.STOP)) == Result("done")
    result = await carrier.execute(asked_to(RecordingAction.PAUSE))
    assert (result.status, result.code) == ("failed", "GONE")


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("recording_completed", {"duration_s": 73}),
        ("recording_absent", {"duration_s": 0, "absent": True}),
        ("recording_of_a_message", {"duration_s": 12, "kind": "voicemail"}),
    ],
)
async def test_its_end_is_reported(centre, name, event):
    assert (await centre.replay(name)).status == 204
    (posted,) = centre.intake.posted
    recording_id = "RE0000000000000000000000000000e001"
    told = {"started_at": 1_795_339_814_000, "channels": 2}
    assert posted.event == RecordingEnded(leg_id="main-l9", recording_id=recording_id, **event, **told)
    status = "absent" if posted.event.absent else "completed"
    assert posted.key == f"recording:main-l9:{recording_id}:{status}"
    assert "evil" not in repr(posted)  # where it says that the recording is


async def test_all_that_the_carrier_has_of_a_leg_is_told_when_asked(carrier, rest_side):
    told = {"start_time": "Sun, 22 Nov 2026 09:30:14 +0000", "channels": 2}
    rest_side.answers[f"GET {PATH}"] = listed(
        recording("completed", "RE1") | told | {"duration": "73", "source": "StartCallRecordingAPI"},
        recording("absent", "RE2") | {"duration": None, "source": "RecordVerb"},
        recording("processing", "RE3") | {"duration": "-1", "start_time": "soon"},
    )
    result = await carrier.execute(CheckRecordings(leg_id="main-l9", provider_ref="CA1"))
    assert result == Result("done", (RecordingsChecked(leg_id="main-l9", recordings=(
        RecordingSeen(recording_id="RE1", over=True, duration_s=73, started_at=1_795_339_814_000, channels=2),
        RecordingSeen(recording_id="RE2", over=True, absent=True, kind="voicemail"),
        RecordingSeen(recording_id="RE3", over=False),
    )),))  # fmt: skip


async def test_of_a_leg_that_it_does_not_know_the_carrier_has_no_recordings(carrier, rest_side):
    result = await carrier.execute(CheckRecordings(leg_id="main-l9", provider_ref="CA1"))
    assert result == Result("done", (RecordingsChecked(leg_id="main-l9"),))


async def test_that_it_is_on_is_known_already(centre):
    assert (await centre.replay("recording_in_progress")).status == 204
    assert centre.intake.posted == []


async def test_a_report_on_a_recording_without_a_name_is_refused(centre):
    reply = await centre.carrier(
        "/twilio/recording?site=main&leg=main-l9",
        b"AccountSid=AC00000000000000000000000000000abc&RecordingStatus=completed&RecordingSid=../x",
    )
    assert (reply.status, reply.text) == (400, "RecordingSid is missing or cannot be one\n")


async def heard(rest, recording_id="RE1"):
    """What comes of listening to it: the kind of sound, and the sound."""
    async with recording_audio(rest, recording_id) as audio:
        return audio.content_type, b"".join([chunk async for chunk in audio.chunks])


@pytest.fixture
async def listen(make_carrier, aiohttp_server):
    """Listen to a recording at a carrier that answers so."""

    async def make(answer, **more):
        seen = []

        async def take(request):
            seen.append((request.path, request.headers["Authorization"]))
            return answer(request)

        app = web.Application()
        app.router.add_get("/{path:.*}", take)
        server = await aiohttp_server(app)
        rest = (await make_carrier(str(server.make_url("")).rstrip("/"), **more)).rest
        return rest, seen

    return make


async def test_its_sound_is_fetched_by_its_name_with_our_credentials(listen):
    rest, seen = await listen(lambda request: web.Response(body=b"RIFF", content_type="audio/x-wav"))
    assert await heard(rest) == ("audio/x-wav", b"RIFF")
    [(path, credentials)] = seen
    assert path == f"{BASE}/Recordings/RE1.wav"
    assert credentials.startswith("Basic ")
    await heard(rest, "../../x?y")
    assert seen[-1][0] == f"{BASE}/Recordings/../../x?y.wav", "one segment, whatever it holds"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (lambda request: web.Response(status=404), AudioMissing, "no audio of RE1"),
        (lambda request: web.Response(status=302, headers={"Location": "http://169.254.169.254/"}), AudioUnavailable,
         "we do not go"),
        (lambda request: web.Response(status=401), AudioUnavailable, "does not accept"),
        (lambda request: web.Response(status=503), AudioUnavailable, "503"),
        (lambda request: web.Response(text="<html>"), AudioUnavailable, "no audio"),
    ],
)  # fmt: skip
async def test_a_sound_that_is_not_to_be_had(listen, answer, error, words):
    rest, seen = await listen(answer)
    with pytest.raises(error, match=words):
        await heard(rest)
    assert len(seen) == 1


async def test_while_tokens_are_rotated_either_opens(listen):
    def answer(request):
        knows = request.headers["Authorization"] == aiohttp.encode_basic_auth(ACCOUNT.account_sid, "second")
        return web.Response(body=b"RIFF", content_type="audio/x-wav") if knows else web.Response(status=401)

    rest, seen = await listen(answer, auth_tokens=("first", "second"))
    assert (await heard(rest))[1] == b"RIFF"
    assert len(seen) == 2


async def test_a_sound_that_breaks_off_is_an_error_not_an_end(listen):
    def break_off(request):
        request.transport.close()
        return web.Response()

    rest, _ = await listen(break_off)
    with pytest.raises(AudioUnavailable):
        await heard(rest)


async def test_when_all_places_are_taken_the_next_one_is_told_so_and_does_not_wait(listen):
    rest, seen = await listen(lambda request: web.Response(body=b"RIFF", content_type="audio/x-wav"))
    async with AsyncExitStack() as slow:
        for _ in range(5):
            await slow.enter_async_context(recording_audio(rest, "RE1"))
        with pytest.raises(AudioBusy, match="5 recordings are listened to at once"):
            await heard(rest, "RE2")
        assert len(seen) == 5, "the carrier is not asked"
    assert (await heard(rest, "RE2"))[1] == b"RIFF"
