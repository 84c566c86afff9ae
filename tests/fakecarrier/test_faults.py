"""The fault plan: what can go wrong, and how the carrier takes it."""

import asyncio

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import ACCOUNT_SID, NUMBER, World

BYE = twiml("<Hangup/>")
MUSIC = twiml("<Play>http://127.0.0.1/music-30s.mp3</Play>")
ALL = ["initiated", "ringing", "answered", "completed"]


async def faults(world: World, **plan) -> None:
    await world.control("POST", "faults", plan)


async def answered(world: World, **number: str) -> str:
    world.toy.door("/voice", BYE)
    await world.number("/voice", **number)
    return await world.call()


async def place(world: World, **fields):
    defaults = {"from_": NUMBER, "to": "client:alice", "twiml": MUSIC}
    return await world.rest.calls.create_async(**(defaults | fields))


async def test_a_delay(world: World):
    await faults(world, webhooks=[{"door": "^/voice$", "delay_ms": [200, 250]}])
    loop = asyncio.get_running_loop()
    began = loop.time()
    await answered(world)
    await world.toy.knock("/voice")
    assert 0.2 <= loop.time() - began < 3


async def test_a_duplicate_has_the_same_token_and_changes_nothing(world: World):
    await faults(world, webhooks=[{"door": "^/voice$", "duplicate": 1, "duplicate_gap_ms": 20}])
    sid = await answered(world)
    first, second = await world.toy.knock("/voice"), await world.toy.knock("/voice")
    assert first.fields == second.fields
    assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]
    await world.settled()
    assert [record["repeat"] for record in await world.ledger("webhooks", sid)] == [False, True]
    assert (await world.leg(sid))["end_reason"] == "hangup"


async def test_a_lost_reply_goes_to_the_fallback_though_the_server_answered(world: World):
    world.toy.door("/fallback", BYE)
    await faults(world, webhooks=[{"door": "^/voice$", "lost_reply": 1, "times": 1}])
    sid = await answered(world, fallback_url=f"{world.toy.base}/fallback")
    assert (await world.toy.knock("/fallback"))["ErrorCode"] == "11200"
    await world.settled()
    record, _ = await world.ledger("webhooks", sid)
    assert (record["status"], record["error"]) == (200, "the reply was lost")
    second = await world.call()  # the rule was for one request only
    await world.settled()
    assert len(await world.ledger("webhooks", second)) == 1


async def test_a_dropped_callback_expires_unsent(world: World):
    await faults(world, webhooks=[{"door": "^/status$", "drop": 1}])
    call = await place(world, status_callback=f"{world.toy.base}/status", twiml=BYE)
    await world.settled()
    assert world.toy.at("/status") == []
    assert await world.codes(call.sid) == [15002]
    (record,) = await world.ledger("webhooks", call.sid)
    assert (record["error"], record["status"]) == ("expired unsent", None)


async def test_documents_are_never_dropped(world: World):
    await faults(world, webhooks=[{"door": "/", "drop": 1, "reorder": 1}])
    sid = await answered(world)
    await world.settled()
    assert (await world.leg(sid))["end_reason"] == "hangup"


async def test_callbacks_overtake_each_other(world: World):
    await world.endpoints(alice={"after_ms": 500})
    await faults(world, webhooks=[{"door": "^/status$", "reorder": 1, "times": 1, "reorder_within_ms": 3000}])
    await place(world, status_callback=f"{world.toy.base}/status", status_callback_event=ALL)
    order = [(await world.toy.knock("/status"))["SequenceNumber"] for _ in range(2)]
    assert order == ["1", "0"]


async def test_a_callback_is_not_held_back_for_ever(world: World):
    await faults(world, webhooks=[{"door": "^/status$", "reorder": 1, "reorder_within_ms": 100}])
    await place(world, status_callback=f"{world.toy.base}/status", twiml=BYE)
    await world.toy.knock("/status", timeout_s=2)


async def test_a_trickled_request_arrives_whole(world: World):
    await faults(world, webhooks=[{"door": "^/voice$", "slow": 1, "slow_ms": 300}])
    sid = await answered(world)
    knock = await world.toy.knock("/voice")
    assert (knock.signed, knock["CallSid"]) == (True, sid)
    await world.settled()
    (record,) = await world.ledger("webhooks", sid)
    assert record["ms"] >= 300


async def test_a_slow_rest_reply_is_overtaken_by_callbacks(world: World):
    await faults(world, rest=[{"path": "/Calls.json$", "method": "POST", "slow_ms": 300}])
    placing = asyncio.create_task(place(world, status_callback=f"{world.toy.base}/status", status_callback_event=ALL))
    knock = await world.toy.knock("/status")
    assert not placing.done()
    assert (await placing).sid == knock["CallSid"]


async def test_a_rest_request_whose_reply_is_lost_was_carried_out(world: World):
    await faults(world, rest=[{"path": "/Calls.json$", "method": "POST", "lost_reply": 1, "times": 1}])
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await place(world)
    (call,) = await world.rest.calls.list_async()
    assert call.to == "client:alice"
    (record, _) = await world.ledger("rest")
    assert (record["fault"], record["status"]) == ("lost_reply", 201)


async def test_500_after_the_request_was_carried_out(world: World):
    await faults(world, rest=[{"path": "/Calls.json$", "server_error": 1, "times": 1}])
    with refused(500, 20500):
        await place(world)
    assert len(await world.rest.calls.list_async()) == 1


async def test_too_many_requests_at_once_are_not_carried_out(world: World):
    await faults(world, rest_concurrent_max=2, rest=[{"path": ".", "slow_ms": 200}])
    outcomes = await asyncio.gather(*(place(world, to=f"client:a{n}") for n in range(5)), return_exceptions=True)
    refusals = [one for one in outcomes if isinstance(one, TwilioRestException)]
    assert [(one.status, one.code) for one in refusals] == [(429, 20429)] * 3
    await faults(world)
    assert len(await world.rest.calls.list_async()) == 2


async def test_the_same_seed_gives_the_same_faults(make_world):
    async def pattern(seed: int) -> list[int]:
        world = await make_world(seed=seed)
        await faults(world, rest=[{"path": ".", "server_error": 0.5}])
        url = f"{world.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
        statuses = []
        for _ in range(24):
            async with world.http.get(url) as response:
                statuses.append(response.status)
        return statuses

    first = await pattern(1)
    assert first == await pattern(1)
    assert first != await pattern(2)
    assert set(first) == {401, 500}


@pytest.mark.parametrize(
    ("plan", "what"),
    [
        ({"webhooks": [{"door": "["}]}, "regular expression"),
        ({"webhooks": [{"door": "/", "delay": 3}]}, "delay"),
        ({"webhooks": [{"door": "/", "drop": 1.5}]}, "drop"),
        ({"webhooks": [{"door": "/", "delay_ms": [5, 1]}]}, "rising"),
        ({"rest": [{"slow_ms": 1}]}, "path"),
    ],
)
async def test_a_plan_with_a_mistake_is_refused_and_the_old_one_stays(world: World, plan, what):
    await faults(world, read_delay_ms=5)
    answer = await world.control("POST", "faults", plan, status=400)
    assert what in answer["error"]
    assert (await world.control("GET", "faults"))["read_delay_ms"] == 5
