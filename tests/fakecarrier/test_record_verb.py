"""`<Record>`: a message after the beep."""

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World

TOLD = "recordingStatusCallback='/rec' recordingStatusCallbackEvent='in-progress completed absent'"
WORDS = "please call me back, it is about the invoice of last month " * 10  # 2 s at 20 times the speed of speech


async def message(make_world, attributes: str, *script) -> tuple[World, str]:
    world = await make_world(rate=10.0, speech_speed=2.0)
    world.toy.door("/voice", twiml(f"<Record action='/action' {TOLD} {attributes}/>", "<Redirect>/after</Redirect>"))
    world.toy.door("/action", twiml("<Hangup/>"))
    world.toy.door("/after", twiml("<Hangup/>"))
    await world.number("/voice")
    return world, await world.call(*script)


async def test_a_message_ended_by_a_key(make_world):
    world, sid = await message(make_world, "finishOnKey='#'", {"wait": "record"}, {"say": WORDS}, {"press": "1#"})
    action = await world.toy.knock("/action")
    assert action["Digits"] == "#"
    assert 15 <= int(action["RecordingDuration"]) <= 25
    statuses = {(await world.toy.knock("/rec"))["RecordingStatus"] for _ in range(2)}
    assert statuses == {"in-progress", "completed"}
    (record,) = await world.ledger("recordings", sid)
    assert (record["source"], action["RecordingUrl"].endswith(record["sid"])) == ("RecordVerb", True)
    assert world.toy.at("/after") == []


async def test_a_message_ended_by_silence_is_trimmed(make_world):
    world, sid = await message(make_world, "timeout='3'", {"wait": "record"}, {"say": "x" * 100})
    action = await world.toy.knock("/action")
    assert action["Digits"] == ""
    (record,) = await world.ledger("recordings", sid)
    assert record["ended_at"] - record["started_at"] - record["duration_ms"] >= 2900


async def test_a_message_may_last_so_long_and_no_longer(make_world):
    world, _ = await message(make_world, "maxLength='2' trim='do-not-trim'", {"wait": "record"}, {"say": WORDS})
    assert 1 <= int((await world.toy.knock("/action"))["RecordingDuration"]) <= 4


async def test_a_message_without_a_word_is_absent_and_asks_nobody(make_world):
    world, sid = await message(make_world, "timeout='1' playBeep='false'")
    await world.toy.knock("/after")
    await world.settled()
    assert world.toy.at("/action") == []
    assert {knock["RecordingStatus"] for knock in world.toy.at("/rec")} == {"in-progress", "absent"}
    (record,) = await world.ledger("recordings", sid)
    assert (record["status"], record["duration_ms"]) == ("absent", 0)


async def test_a_hang_up_ends_the_message_and_the_action_is_told(make_world):
    world, _ = await message(make_world, "", {"wait": "record"}, {"say": "x" * 100}, {"hang_up": True})
    action = await world.toy.knock("/action")
    assert (action["Digits"], action["CallStatus"]) == ("hangup", "completed")
    assert int(action["RecordingDuration"]) >= 2
    await world.settled()
    assert world.toy.at("/after") == []


async def test_a_hang_up_without_a_word_tells_nobody(make_world):
    world, _ = await message(make_world, "", {"wait": "record"}, {"after_ms": 500}, {"hang_up": True})
    await world.settled()
    assert world.toy.at("/action") == []


async def test_who_leaves_a_message_is_not_silent(make_world):
    world = await make_world(rate=20.0, silence_limit_s=2.0)
    world.toy.door("/voice", twiml("<Record action='/voice' timeout='8'/>", "<Hangup/>"))
    await world.number("/voice")
    await world.call()
    await world.settled()
    assert (await world.verdict())["silent"] == 0


async def test_without_an_action_the_document_is_asked_again(world: World):
    world.toy.door("/voice", twiml("<Record/>"), twiml("<Hangup/>"))
    await world.number("/voice")
    await world.call({"wait": "record"}, {"say": "x" * 400}, {"press": "1"})
    await world.toy.knock("/voice")
    assert (await world.toy.knock("/voice"))["Digits"] == "1"


async def test_who_is_taken_elsewhere_leaves_a_message_that_nobody_is_asked_about(world: World):
    world.toy.door("/voice", twiml("<Record action='/action'/>"))
    await world.number("/voice")
    sid = await world.call({"wait": "record"}, {"say": "x" * 400}, {"after_ms": 2000})
    await world.toy.knock("/voice")
    await world.rest.calls(sid).update_async(twiml=twiml("<Hangup/>"))
    await world.settled()
    assert world.toy.at("/action") == []
