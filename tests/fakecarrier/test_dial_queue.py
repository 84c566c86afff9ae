"""`<Dial><Queue>`: an agent fetches whoever is first in line."""

import asyncio

import pytest

from tests.fakecarrier.toy import Knock, twiml
from tests.fakecarrier.world import NUMBER, World, heard
from tests.patience import PATIENCE_S

BYE = twiml("<Hangup/>")
AGENT = "+15550002000"


@pytest.fixture
async def line(world: World) -> World:
    """A queue that callers of one number join, and that agents who call another number fetch from."""
    world.toy.door("/voice", twiml("<Enqueue action='/left' waitUrl='/wait'>line</Enqueue>", "<Redirect>/x</Redirect>"))
    world.toy.door("/wait", twiml("<Play>/music-30s.mp3</Play>"))
    world.toy.door("/left", BYE)
    world.toy.door("/fetched", BYE)
    await world.number("/voice")
    await fetching(world, "<Queue>line</Queue>")
    await world.number("/fetch", number=AGENT)
    return world


async def fetching(world: World, noun: str, attributes: str = "") -> None:
    world.toy.door("/fetch", twiml(f"<Dial action='/fetched' {attributes}>{noun}</Dial>"))


async def queued(world: World, *script) -> str:
    sid = await world.call(*script)
    await world.toy.knock("/wait")
    return sid


async def fetch(world: World, *script) -> str:
    return await world.call(*script, to=AGENT, **{"from": "client:anna"})


async def together(world: World, sid: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while heard(await world.leg(sid))[-1] != "bridged":
            pass


async def test_the_first_in_line_is_bridged_and_its_action_comes_after_the_talk(line: World):
    first, second = await queued(line), await queued(line)
    agent = await fetch(line, {"wait": "bridged"}, {"after_ms": 200}, {"hang_up": True})
    await together(line, first)
    assert await line.hears() == {first: [agent], agent: [first]}
    assert line.toy.at("/left") == []  # not when the talk begins
    left = await line.toy.knock("/left")
    assert (left["CallSid"], left["QueueResult"]) == (first, "bridged")
    assert (await line.leg(second))["ended_at"] is None
    assert line.toy.at("/fetched") == []  # the agent hung up
    assert (await line.verdict())["connected"] == 1


async def test_the_caller_hangs_up_and_the_agent_goes_on(line: World):
    sid = await queued(line, {"wait": "bridged"}, {"after_ms": 100}, {"hang_up": True})
    await fetch(line)
    fetched = await line.toy.knock("/fetched")
    assert (fetched["DialCallStatus"], fetched["DialCallSid"], fetched["DialBridged"]) == ("completed", sid, "true")
    assert int(fetched["DialCallDuration"]) == 1
    assert (await line.toy.knock("/left"))["QueueResult"] == "hangup"


async def test_an_empty_queue_is_waited_at(line: World):
    agent = await fetch(line)
    await line.toy.knock("/fetch")
    caller = await line.call({"wait": "bridged"}, {"hang_up": True})
    await line.toy.knock("/fetched")
    assert {agent, caller} == set((await line.ledger("bridges"))[0]["sids"])
    await fetching(line, "<Queue>line</Queue>", "timeout='1'")
    await fetch(line)
    assert (await line.toy.knock("/fetched"))["DialCallStatus"] == "no-answer"


async def test_the_caller_hears_a_document_first(line: World):
    await fetching(line, "<Queue url='/whisper'>line</Queue>")
    line.toy.door("/whisper", twiml("<Say>you are being connected</Say><Gather/>"))
    sid = await queued(line)
    agent = await fetch(line, {"wait": "bridged"}, {"after_ms": 50}, {"hang_up": True})
    whispered = await line.toy.knock("/whisper")
    assert (whispered["CallSid"], whispered["DequeingCallSid"]) == (sid, agent)  # sic
    assert {"QueueSid", "QueueTime"} <= set(whispered.fields)
    await line.settled()
    # Whether any music came before it is a matter of who was quicker, the answer to /wait or the agent.
    assert [what for what in heard(await line.leg(sid)) if what != "silence"][-2:] == ["speech", "bridged"]
    assert await line.codes(sid) == [13238]  # a menu may not stand there


async def test_a_bridged_caller_can_be_taken_elsewhere(line: World):
    sid = await queued(line)
    await fetch(line)
    await together(line, sid)
    url = line.toy.door("/elsewhere", twiml("<Play>/music-30s.mp3</Play>"))
    await line.rest.calls(sid).update_async(url=url)
    assert (await line.toy.knock("/left"))["QueueResult"] == "redirected-from-bridged"
    await line.toy.knock("/elsewhere")
    assert (await line.toy.knock("/fetched"))["DialCallStatus"] == "completed"
    assert (await line.leg(sid))["ended_at"] is None


async def test_positions_move_up_when_the_first_is_fetched(line: World):
    seen: list[Knock] = []

    def wait(knock: Knock) -> str:
        seen.append(knock)
        return twiml("<Play>/music-0.2s.mp3</Play>")

    line.toy.door("/wait", wait)
    await queued(line)
    second = await queued(line)
    assert [knock["QueuePosition"] for knock in seen if knock["CallSid"] == second][:1] == ["2"]
    await fetch(line)
    async with asyncio.timeout(PATIENCE_S):
        while [knock["QueuePosition"] for knock in seen if knock["CallSid"] == second][-1] != "1":
            await line.toy.knock("/wait")


async def test_an_agent_who_gives_up_takes_nobody_along(line: World):
    agent = await fetch(line)
    await line.toy.knock("/fetch")
    await line.hang_up(agent)
    sid = await queued(line)
    assert await line.ledger("bridges") == []
    assert (await line.leg(sid))["ended_at"] is None
    assert (await line.leg(sid))["to"] == NUMBER
