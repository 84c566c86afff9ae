"""`<Enqueue>`: waiting in line."""

import asyncio

import pytest
from aiohttp import web

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World, heard
from tests.patience import PATIENCE_S

BYE = twiml("<Hangup/>")
PARK = twiml("<Enqueue action='/exit' waitUrl='/wait'>line</Enqueue>", "<Redirect>/after</Redirect>")
MUSIC = twiml("<Play>/music-0.1s.mp3</Play>")


async def park(world: World, wait: str = MUSIC, park: str = PARK) -> None:
    world.toy.door("/voice", park)
    world.toy.door("/wait", wait)
    world.toy.door("/exit", BYE)
    await world.number("/voice")


async def test_the_waiting_document_is_asked_again_and_again_with_fresh_numbers(world: World):
    await park(world)
    first = await world.call()
    knock = await world.toy.knock("/wait")
    assert knock["QueuePosition"] == "1"
    assert knock["QueueSid"].startswith("QU")
    assert (knock["CurrentQueueSize"], knock["MaxQueueSize"], knock["QueueTime"]) == ("1", "1000", "0")
    second = await world.call()
    while (knock := await world.toy.knock("/wait"))["CallSid"] == first:
        assert knock["QueuePosition"] == "1"
    assert (knock["CallSid"], knock["QueuePosition"]) == (second, "2")
    await world.hang_up(first)
    while knock["CallSid"] != second or knock["CurrentQueueSize"] != "1":
        knock = await world.toy.knock("/wait")
    assert knock["QueuePosition"] == "1"
    await world.hang_up(second)
    await world.settled()


async def test_leave_asks_the_action_at_once(world: World):
    await park(world, twiml("<Play>/music-0.1s.mp3</Play><Leave/><Play>/never-30s.mp3</Play>"))
    sid = await world.call()
    knock = await world.toy.knock("/exit")
    assert (knock["QueueResult"], knock["QueueTime"], knock["CallStatus"]) == ("leave", "0", "in-progress")
    assert knock["QueueSid"] == (await world.toy.knock("/wait"))["QueueSid"]
    await world.settled()
    assert world.toy.at("/after") == []
    assert heard(await world.leg(sid))[-2:] == ["music", "silence"] or heard(await world.leg(sid))[-1] == "music"


async def test_without_an_action_the_next_verb_follows(world: World):
    await park(world, twiml("<Leave/>"), twiml("<Enqueue waitUrl='/wait'>line</Enqueue><Redirect>/after</Redirect>"))
    world.toy.door("/after", BYE)
    await world.call()
    await world.toy.knock("/after")


async def test_a_caller_who_hangs_up_is_told_of_and_counts_as_abandoned(world: World):
    await park(world)
    sid = await world.call({"wait": "music"}, {"after_ms": 50}, {"hang_up": True})
    knock = await world.toy.knock("/exit")
    assert (knock["QueueResult"], knock["CallStatus"]) == ("hangup", "completed")
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["abandoned_in_queue"], verdict["abandoned_in_menu"], verdict["lost"]) == (1, 0, 0)
    assert verdict["findings"]["abandoned_in_queue"][0]["sids"] == [sid]


async def test_hangup_in_the_waiting_document_ends_the_call_of_somebody_who_is_owed_an_agent(world: World):
    await park(world, BYE)
    sid = await world.call()
    assert (await world.toy.knock("/exit"))["QueueResult"] == "hangup"
    await world.settled()
    assert (await world.leg(sid))["end_reason"] == "hangup"
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["finished_by_flow"]) == (1, 0)


async def test_a_redirect_by_rest_tells_the_action_and_ignores_its_answer(world: World):
    await park(world, twiml("<Play>/music-30s.mp3</Play>"))
    world.toy.door("/exit", twiml("<Redirect>/zombie</Redirect>"))
    world.toy.door("/elsewhere", BYE)
    sid = await world.call()
    await world.toy.knock("/wait")
    await world.rest.calls(sid).update_async(url=f"{world.toy.base}/elsewhere")
    await world.toy.knock("/elsewhere")
    assert (await world.toy.knock("/exit"))["QueueResult"] == "redirected"
    await world.settled()
    assert world.toy.at("/zombie") == []
    other = await world.call()  # the place is free again
    while (knock := await world.toy.knock("/wait"))["CallSid"] != other:
        pass
    assert knock["QueuePosition"] == "1"
    await world.hang_up(other)


async def test_a_full_queue(world: World):
    await park(world, park=twiml("<Enqueue action='/exit' waitUrl='/wait' maxQueueSize='1'>line</Enqueue>"))
    first = await world.call()
    await world.toy.knock("/wait")
    second = await world.call()
    knock = await world.toy.knock("/exit")
    assert (knock["QueueResult"], knock["CallSid"]) == ("queue-full", second)
    assert "QueueSid" not in knock.fields
    assert "QueueTime" not in knock.fields
    assert await world.codes(second) == [14207]
    await world.hang_up(first)


async def test_a_menu_in_the_waiting_document(world: World):
    await park(world, twiml("<Gather numDigits='1' action='/callback' timeout='5'><Say>Press one</Say></Gather>"))
    world.toy.door("/callback", twiml("<Leave/>"))
    await world.call({"wait": "queue"}, {"wait": "menu"}, {"press": "1"})
    knock = await world.toy.knock("/callback")
    assert (knock["Digits"], knock["QueuePosition"]) == ("1", "1")
    assert (await world.toy.knock("/exit"))["QueueResult"] == "leave"


async def test_a_redirect_in_the_waiting_document_stays_in_the_queue(world: World):
    await park(world, twiml("<Redirect>/wait2?n=1</Redirect>"))
    world.toy.door("/wait2", twiml("<Play>/music-0.1s.mp3</Play><Leave/>"))
    await world.call()
    assert (await world.toy.knock("/wait2"))["QueuePosition"] == "1"
    assert (await world.toy.knock("/exit"))["QueueResult"] == "leave"


@pytest.mark.parametrize(("wait_url", "kind"), [("", "music"), ("waitUrl=''", "silence")])
async def test_the_default_is_music_and_an_empty_url_is_silence(world: World, wait_url: str, kind: str):
    await park(world, park=twiml(f"<Enqueue {wait_url}>line</Enqueue>"))
    sid = await world.call({"wait": "queue"}, {"after_ms": 60}, {"hang_up": True})
    await world.settled()
    assert heard(await world.leg(sid))[-1] == kind
    assert [knock.path for knock in world.toy.knocks] == ["/voice"]


async def test_a_failing_waiting_document_goes_to_the_fallback_which_waits_on(world: World):
    await park(world)
    world.toy.door("/wait", web.Response(status=500), twiml("<Leave/>"))
    world.toy.door("/fallback", MUSIC)
    await world.number("/voice", fallback_url=f"{world.toy.base}/fallback")
    await world.call()
    knock = await world.toy.knock("/fallback")
    assert (knock["ErrorCode"], knock["QueuePosition"]) == ("11200", "1")
    assert (await world.toy.knock("/exit"))["QueueResult"] == "leave"


async def test_without_a_fallback_a_failing_waiting_document_ends_the_wait(world: World):
    await park(world)
    world.toy.door("/wait", web.Response(status=500))
    await world.call()
    assert (await world.toy.knock("/exit"))["QueueResult"] == "error"


async def test_verbs_that_may_not_stand_in_a_waiting_document(world: World):
    await park(world, twiml("<Dial>+15550003000</Dial><Leave/>"))
    sid = await world.call()
    await world.toy.knock("/exit")
    assert await world.codes(sid) == [12200]
    assert await world.ledger("rung") == []


async def test_an_empty_waiting_document_does_not_run_wild(world: World):
    await park(world, twiml())
    sid = await world.call({"wait": "queue"}, {"after_ms": 350}, {"hang_up": True})
    async with asyncio.timeout(PATIENCE_S):
        await world.settled()
    assert 2 <= len(world.toy.at("/wait")) <= 6
    assert (await world.leg(sid))["ended_by"] == "caller"


async def test_the_waiting_document_is_asked_by_post_unless_told_otherwise(world: World):
    await park(world)
    await world.call()
    assert (await world.toy.knock("/wait")).method == "POST"
    await park(world, park=twiml("<Enqueue waitUrl='/wait' waitUrlMethod='GET'>other</Enqueue>"))
    sid = await world.call()
    while (knock := await world.toy.knock("/wait"))["CallSid"] != sid:
        pass
    assert (knock.method, knock.signed, knock["QueuePosition"]) == ("GET", True, "1")
