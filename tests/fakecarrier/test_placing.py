"""REST: how calls are placed: by an application, with keys to press, to SIP, within limits and permissions."""

import asyncio

import pytest

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.rooms import agent_in, caller_in, occupants
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import NUMBER, World, heard
from tests.patience import PATIENCE_S

PHONE = "+15550003000"
MUSIC = twiml("<Play>http://127.0.0.1/music-30s.mp3</Play>")


async def place(world: World, **fields):
    return await world.rest.calls.create_async(**({"from_": NUMBER, "to": PHONE, "twiml": MUSIC} | fields))


async def application(world: World, **hooks: str) -> str:
    made = await world.rest.applications.create_async(friendly_name="desk", **hooks)
    return str(made.sid)


async def test_by_an_application(world: World):
    world.toy.door("/voice", twiml("<Hangup/>"))
    urls = {"voice_url": f"{world.toy.base}/voice", "status_callback": f"{world.toy.base}/status"}
    sid = await application(world, **urls)
    call = await place(world, twiml=None, application_sid=sid)
    assert (await world.toy.knock("/voice"))["CallSid"] == call.sid
    assert (await world.toy.knock("/status"))["CallStatus"] == "completed"
    for bad in ("AP" + "0" * 32, await application(world)):
        with refused(400, 21218):
            await place(world, twiml=None, application_sid=bad)


async def test_keys_are_pressed_after_the_answer_and_before_the_document(world: World):
    call = await place(world, send_digits="1w2#")
    while heard(leg := await world.leg(call.sid))[-1:] != ["music"]:
        pass
    assert leg["tones"] == "1w2#"
    assert leg["segments"][-1]["start_ms"] - leg["answered_at"] >= 790  # three keys, and half a second of waiting
    with refused(400, 21219):
        await place(world, send_digits="1x2")


@pytest.mark.parametrize("address", ["sip:bob@phones.example.com;transport=tls?X-Case=7", "sips:bob@10.0.0.7:5061"])
async def test_to_a_sip_endpoint(world: World, address: str):
    await world.control("POST", "endpoints", {address.partition(";")[0]: {"on_ring": "reject", "after_ms": 0}})
    status = {"status_callback": f"{world.toy.base}/status"}
    call = await place(world, to=address, **status)
    knock = await world.toy.knock("/status")
    assert (knock["To"], knock["CallStatus"], knock["SipResponseCode"]) == (address, "busy", "603")
    assert (await world.leg(call.sid))["parameters"] == ({"X-Case": "7"} if "X-Case" in address else {})


async def test_a_time_limit(make_world):
    world = await make_world(rate=10.0)
    call = await place(world, time_limit=3, status_callback=f"{world.toy.base}/status")
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock["CallDuration"]) == ("completed", "4")  # begun seconds
    assert (await world.leg(call.sid))["end_reason"] == "time limit"


async def test_a_time_limit_can_be_set_later(make_world):
    world = await make_world(rate=10.0)
    call = await place(world, status_callback=f"{world.toy.base}/status", status_callback_event=["answered"])
    await world.toy.knock("/status")
    await call.update_async(time_limit=2)
    await world.settled()
    assert (await world.leg(call.sid))["end_reason"] == "time limit"


async def test_an_agents_telephone_is_screened_and_joins_after_pressing_one(world: World):
    screen = twiml("<Gather numDigits='1' timeout='1' action='/accepted'><Say>sales, press one</Say></Gather><Hangup/>")
    world.toy.door("/screen", screen)
    world.toy.door("/accepted", twiml("<Dial><Conference participantLabel='agent'>r</Conference></Dial>"))
    voicemail, agent = "+15550003001", "+15550003002"
    behaviours = {voicemail: {"answers_as": "machine"}, agent: {"presses": "1", "presses_after_ms": 20}}
    await world.control("POST", "endpoints", behaviours)
    calls = [await place(world, to=to, twiml=None, url=f"{world.toy.base}/screen") for to in behaviours]
    caller = await caller_in(world, "r")
    async with asyncio.timeout(PATIENCE_S):
        while set(await occupants(world, "r")) != {caller, calls[1].sid}:
            pass
        while (await world.leg(calls[0].sid))["ended_at"] is None:
            pass
    assert (await world.leg(calls[0].sid))["end_reason"] == "hangup"


async def test_no_call_lasts_longer_than_four_hours(make_world):
    world = await make_world(rate=20_000.0, play_s=100_000.0, media_timeout_s=100_000.0)
    call = await place(world, twiml=twiml("<Play>http://127.0.0.1/endless.mp3</Play>"))
    await world.settled()
    leg = await world.leg(call.sid)
    assert leg["end_reason"] == "time limit"
    assert 4 * 3600_000 <= leg["ended_at"] - leg["answered_at"] < 6 * 3600_000


async def test_the_wait_for_the_rate_is_in_the_ledger(make_world):
    world = await make_world(calls_per_second=1.0)
    placed = [await place(world, to=f"client:agent{n}") for n in range(3)]
    agent = await agent_in(world, "r")
    rate = await world.control("GET", "rate")
    assert rate["waiting"] == [placed[1].sid, placed[2].sid, agent.call_sid]
    assert rate["expected_wait_ms"] > 3000
    waits = [(await world.leg(sid))["queue_time_ms"] for sid in (placed[0].sid, placed[2].sid, agent.call_sid)]
    assert waits[0] == 0
    assert 1000 < waits[1] <= 2000 < waits[2] <= 3000
    assert waits[2] == int(agent.queue_time)


async def test_nobody_waits_for_longer_than_a_day(make_world):
    world = await make_world(calls_per_second=0.00002)
    await place(world)
    await place(world)
    with refused(400, 22005):
        await place(world)
    with refused(400, 22005):
        await agent_in(world, "r")


async def test_where_calls_may_go(world: World):
    await world.control("POST", "permissions", {"DE": {"low_risk_numbers_enabled": False}})
    for to in ("+493012345678", "+449012345678", "+19005551234"):
        with refused(400, 21215):
            await place(world, to=to)
        with refused(400, 21215):
            await agent_in(world, "r", to=to)
    world.toy.door("/voice", twiml("<Dial action='/action'>+493012345678</Dial>"))
    world.toy.door("/action", twiml("<Hangup/>"))
    await world.number("/voice")
    await world.call()
    assert (await world.toy.knock("/action"))["DialCallStatus"] == "failed"
    assert 13227 in await world.codes()
    assert await world.ledger("rung") == []


async def test_which_caller_ids_may_be_shown(world: World):
    await world.control("POST", "account", {"caller_ids_checked": True})
    with refused(400, 21210):
        await place(world)
    await world.number("/voice")
    await place(world)
    with refused(400, 21210):
        await place(world, caller_id="+15550007777")
    await world.control("POST", "caller-ids", {"phone_number": "+15550007777"}, 201)
    call = await place(world, caller_id="+15550007777")
    assert (await world.leg(call.sid))["from"] == "+15550007777"
