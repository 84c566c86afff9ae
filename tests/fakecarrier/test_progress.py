"""Status callbacks about calls."""

from email.utils import parsedate_to_datetime

import pytest
from aiohttp import web

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import NUMBER, World

ALL = ["initiated", "ringing", "answered", "completed"]


async def place(world: World, **fields):
    defaults = {
        "from_": NUMBER,
        "to": "client:alice",
        "twiml": twiml("<Say>hello</Say><Hangup/>"),
        "status_callback": f"{world.toy.base}/status",
    }
    return await world.rest.calls.create_async(**(defaults | fields))


async def test_all_events_with_their_fields(world: World):
    call = await place(world, status_callback_event=ALL)
    knocks = sorted([await world.toy.knock("/status") for _ in ALL], key=lambda knock: int(knock["SequenceNumber"]))
    assert [knock["SequenceNumber"] for knock in knocks] == ["0", "1", "2", "3"]
    assert [knock["CallStatus"] for knock in knocks] == ["initiated", "ringing", "in-progress", "completed"]
    for knock in knocks:
        assert knock.signed
        assert (knock["CallSid"], knock["CallbackSource"]) == (call.sid, "call-progress-events")
        assert parsedate_to_datetime(knock["Timestamp"]).utcoffset().total_seconds() == 0
    last = knocks[-1]
    assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("1", "1", "200")  # seconds, minutes
    assert not {"CallDuration", "Duration"} & set(knocks[2].fields)


async def test_completed_only_unless_asked(world: World):
    await place(world)
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock["SequenceNumber"]) == ("completed", "0")
    await world.settled()
    assert len(world.toy.at("/status")) == 1


async def test_only_what_was_asked_for(world: World):
    await place(world, status_callback_event=["answered"])
    await world.settled()
    assert [knock["CallStatus"] for knock in world.toy.at("/status")] == ["in-progress"]


@pytest.mark.parametrize(
    ("on_ring", "status", "sip_code"),
    [("busy", "busy", "486"), ("ignore", "no-answer", "487"), ("unreachable", "failed", "404")],
)
async def test_every_other_end_is_told_as_completed_too(world: World, on_ring, status, sip_code):
    await world.endpoints(alice={"on_ring": on_ring, "after_ms": 0})
    await place(world, timeout=1, status_callback_event=["completed"])
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock["SipResponseCode"]) == (status, sip_code)
    assert (knock["CallDuration"], knock["Duration"]) == ("0", "0")


async def test_get_where_asked(world: World):
    await place(world, status_callback_method="GET")
    knock = await world.toy.knock("/status")
    assert (knock.method, knock.signed, knock["CallStatus"]) == ("GET", True, "completed")


async def test_a_number_tells_of_the_end_of_its_calls(world: World):
    world.toy.door("/voice", twiml("<Hangup/>"))
    await world.number("/voice", status_callback=f"{world.toy.base}/ended")
    sid = await world.call()
    knock = await world.toy.knock("/ended")
    assert (knock["CallSid"], knock["CallStatus"], knock["Direction"]) == (sid, "completed", "inbound")


async def test_refused_callbacks_are_not_repeated_but_complained_of(world: World):
    world.toy.door("/status", web.Response(status=500))
    call = await place(world)
    await world.settled()
    assert len(world.toy.at("/status")) == 1
    assert await world.codes(call.sid) == [15003]


async def test_each_event_has_a_token_of_its_own(world: World):
    await place(world, status_callback_event=ALL)
    tokens = {(await world.toy.knock("/status")).headers["I-Twilio-Idempotency-Token"] for _ in ALL}
    assert len(tokens) == 4
