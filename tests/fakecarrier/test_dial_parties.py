"""`<Dial>` to numbers and clients."""

import asyncio

import pytest

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import CALLER, World, heard
from tests.patience import PATIENCE_S

BYE = twiml("<Hangup/>")


async def dial(world: World, inside: str, attributes: str = "action='/action'", *script) -> str:
    world.toy.door("/voice", twiml(f"<Dial {attributes}>{inside}</Dial>", "<Redirect>/after</Redirect>"))
    world.toy.door("/action", BYE)
    world.toy.door("/after", BYE)
    await world.number("/voice")
    return await world.call(*script)


async def test_the_callee_hangs_up(world: World):
    await world.endpoints(alice={"after_ms": 100, "talk_s": 0.2})
    sid = await dial(world, "<Client>alice</Client>")
    knock = await world.toy.knock("/action")
    assert (knock["DialCallStatus"], knock["DialCallDuration"], knock["DialBridged"]) == ("completed", "1", "true")
    await world.settled()
    (child,) = [leg for leg in await world.ledger("legs") if leg["parent_sid"] == sid]
    assert knock["DialCallSid"] == child["sid"]
    assert (child["direction"], child["from"], child["to"]) == ("outbound-dial", CALLER, "client:alice")
    assert child["ended_by"] == "callee"
    leg = await world.leg(sid)
    assert heard(leg)[:2] == ["ringing", "bridged"]
    assert (await world.verdict())["connected"] == 1
    assert world.toy.at("/after") == []


async def test_the_caller_hangs_up(world: World):
    sid = await dial(world, "+15550003000", "action='/action'", {"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    assert [knock.path for knock in world.toy.knocks] == ["/voice"]
    (child,) = [leg for leg in await world.ledger("legs") if leg["parent_sid"] == sid]
    assert (child["to"], child["status"], child["ended_by"]) == ("+15550003000", "completed", "dial")
    (bridge,) = await world.ledger("bridges")
    assert (set(bridge["sids"]), bridge["room"]) == ({sid, child["sid"]}, None)


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ({"on_ring": "busy"}, "busy"),
        ({"on_ring": "reject"}, "busy"),
        ({"on_ring": "unreachable"}, "failed"),
    ],
)
async def test_nobody_answers(world: World, behaviour, status):
    await world.endpoints(alice=behaviour)
    await dial(world, "<Client>alice</Client>", "action='/action' timeout='1'")
    knock = await world.toy.knock("/action")
    assert (knock["DialCallStatus"], knock["DialBridged"]) == (status, "false")
    assert "DialCallDuration" not in knock.fields


async def test_the_ring_buffer_is_added_to_the_time_out_but_not_to_the_time_limit(make_world):
    world = await make_world(ring_buffer_s=0.5)
    await world.endpoints(bob={"on_ring": "ignore"})
    world.toy.door("/bob", twiml("<Dial action='/no-answer' timeout='1'><Client>bob</Client></Dial>"))
    world.toy.door("/no-answer", BYE)
    await world.number("/bob", number="+15550002000")
    loop = asyncio.get_running_loop()
    began = loop.time()
    await world.call(to="+15550002000")
    await dial(world, "<Client>alice</Client>", "action='/action' timeLimit='1'")
    knock = await world.toy.knock("/action")
    assert knock["DialCallStatus"] == "completed"
    assert knock["DialCallDuration"] in ("1", "2")  # begun seconds: the timer of one may end a hair before it is over
    assert loop.time() - began >= 1
    assert world.toy.at("/no-answer") == []
    assert (await world.toy.knock("/no-answer"))["DialCallStatus"] == "no-answer"
    assert 1.5 <= loop.time() - began < 4


async def test_without_an_action_the_document_goes_on(world: World):
    await world.endpoints(alice={"on_ring": "busy"})
    await dial(world, "<Client>alice</Client>", "")
    await world.toy.knock("/after")


async def test_the_first_to_answer_wins_and_the_others_are_let_go(world: World):
    await world.endpoints(slow={"after_ms": 5000}, quick={"after_ms": 50, "talk_s": 0.1})
    callback = f"statusCallback='{world.toy.base}/slow' statusCallbackEvent='ringing completed'"
    sid = await dial(world, f"<Client {callback}>slow</Client><Client><Identity>quick</Identity></Client>")
    assert (await world.toy.knock("/action"))["DialCallStatus"] == "completed"
    seen = {(await world.toy.knock("/slow"))["CallStatus"], (await world.toy.knock("/slow"))["CallStatus"]}
    assert seen == {"ringing", "canceled"}
    assert world.toy.at("/slow")[0]["ParentCallSid"] == sid


async def test_child_callbacks_default_to_completed(world: World):
    await world.endpoints(alice={"on_ring": "busy", "after_ms": 0})
    await dial(world, f"<Client statusCallback='{world.toy.base}/status'>alice</Client>")
    assert (await world.toy.knock("/status"))["CallStatus"] == "busy"
    await world.settled()
    assert len(world.toy.at("/status")) == 1


async def test_screening_can_refuse_the_call(world: World):
    screen = twiml("<Gather numDigits='1' timeout='0' action='/accept'><Play>/p-0.3s.mp3</Play></Gather><Hangup/>")
    world.toy.door("/screen", screen)
    world.toy.door("/accept", twiml())
    await dial(world, "<Number url='/screen'>+15550003000</Number>")
    knock = await world.toy.knock("/screen")
    assert (knock["Direction"], knock["CallStatus"]) == ("outbound-dial", "in-progress")
    answer = await world.toy.knock("/action")
    assert (answer["DialCallStatus"], answer["DialBridged"]) == ("completed", "false")
    await dial(
        world, "<Number url='/screen'>+15550003000</Number>", "action='/action'", {"wait": "bridged"}, {"hang_up": True}
    )
    child = (await world.toy.knock("/screen"))["CallSid"]
    while not (await world.leg(child))["segments"] or heard(await world.leg(child))[-1] != "menu":
        await world.control("GET", "settle?timeout_s=0.02")
    await world.press(child, "1")
    await world.settled()
    assert [child in bridge["sids"] for bridge in await world.ledger("bridges")] == [True]


async def test_a_screening_document_may_not_dial(world: World):
    world.toy.door("/screen", twiml("<Dial>+15550004000</Dial>"))
    await dial(world, "<Number url='/screen'>+15550003000</Number>", "", {"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    assert await world.codes() == [13201]


async def test_a_star_ends_the_call_to_the_other_side(world: World):
    await dial(
        world, "<Client>alice</Client>", "action='/action' hangupOnStar='true'", {"wait": "bridged"}, {"press": "1*"}
    )
    assert (await world.toy.knock("/action"))["DialCallStatus"] == "completed"


async def test_answer_on_bridge_leaves_the_caller_ringing(world: World):
    await world.endpoints(alice={"after_ms": 200})
    sid = await dial(world, "<Client>alice</Client>", "answerOnBridge='true'", {"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    leg = await world.leg(sid)
    assert leg["answered_at"] - leg["created_at"] >= 200


async def test_what_cannot_be_dialled(world: World):
    await dial(world, "<Number>5551234</Number>")
    assert (await world.toy.knock("/action"))["DialCallStatus"] == "failed"
    assert await world.codes() == [13224]


async def test_a_callee_taken_elsewhere_by_rest_leaves_without_a_duration(world: World):
    world.toy.door("/elsewhere", twiml("<Play>/music-30s.mp3</Play>"))
    sid = await dial(world, "<Client>alice</Client>", "action='/action'", {"wait": "bridged"})
    (child,) = await bridged_child(world, sid)
    await world.rest.calls(child.sid).update_async(url=f"{world.toy.base}/elsewhere")
    knock = await world.toy.knock("/action")
    assert (knock["DialCallSid"], knock["DialBridged"]) == (child.sid, "true")
    assert "DialCallDuration" not in knock.fields
    assert (await world.toy.knock("/elsewhere"))["CallSid"] == child.sid
    assert (await child.fetch_async()).status == "in-progress"  # the parent's end does not end it
    await world.hang_up(child.sid)


async def test_a_caller_taken_elsewhere_ends_the_other_side(world: World):
    world.toy.door("/elsewhere", twiml("<Play>/music-30s.mp3</Play>"))
    sid = await dial(world, "<Client>alice</Client>", "action='/action'", {"wait": "bridged"})
    (child,) = await bridged_child(world, sid)
    await world.rest.calls(sid).update_async(url=f"{world.toy.base}/elsewhere")
    await world.toy.knock("/elsewhere")
    await world.hang_up(sid)
    await world.settled()
    assert world.toy.at("/action") == []
    assert (await child.fetch_async()).status == "completed"


async def bridged_child(world: World, sid: str):
    """The child of a Dial, once it talks."""
    async with asyncio.timeout(PATIENCE_S):
        while not await world.ledger("bridges"):
            await world.control("GET", "settle?timeout_s=0.02")
    return await world.rest.calls.list_async(parent_call_sid=sid)


async def test_ringing_one_after_another_is_said_not_to_be_done(world: World):
    await dial(world, "<Client>alice</Client>", "sequential='true'", {"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    assert await world.codes() == [12200]
