"""Say, Play, Pause, Redirect, Hangup, Reject, and what a document may not contain."""

import asyncio

import pytest

from tests.fakecarrier.toy import Toy, twiml
from tests.fakecarrier.world import NUMBER, World, heard


async def perform(world: World, *verbs: str) -> dict:
    """Call a document and return the leg when it is over."""
    world.toy.door("/voice", twiml(*verbs))
    await world.number("/voice")
    sid = await world.call()
    await world.settled()
    return await world.leg(sid)


def lasted_ms(leg: dict, kind: str) -> list[int]:
    return [one["end_ms"] - one["start_ms"] for one in leg["segments"] if one["heard"] == kind]


async def test_speech_takes_its_time(make_world):
    world = await make_world(speech_speed=10.0)
    leg = await perform(world, f"<Say>{'x' * 50}</Say>", "<Hangup/>")
    assert lasted_ms(leg, "speech") == [pytest.approx(400, abs=120)]


async def test_music_lasts_as_its_name_says_or_as_configured(world: World):
    leg = await perform(world, "<Play>/beep-0.2s.wav</Play><Say>x</Say><Play loop='2'>/any.mp3</Play><Hangup/>")
    first, second = lasted_ms(leg, "music")
    assert 190 <= first < 600
    assert 90 <= second < 600


async def test_a_first_pause_does_not_answer(world: World):
    world.toy.door("/voice", twiml("<Pause length='1'/><Redirect>/second</Redirect>"))
    world.toy.door("/second", twiml("<Say>now</Say><Redirect>/third</Redirect>"))
    world.toy.door("/third", twiml("<Hangup/>"))
    await world.number("/voice")
    sid = await world.call()
    assert (await world.toy.knock("/second"))["CallStatus"] == "ringing"
    assert (await world.toy.knock("/third"))["CallStatus"] == "in-progress"
    await world.settled()
    leg = await world.leg(sid)
    assert leg["answered_at"] - leg["created_at"] >= 1000
    assert heard(leg)[0] == "ringing"


@pytest.mark.parametrize(("attributes", "status", "sip_code"), [("", "no-answer", 603), ("reason='busy'", "busy", 486)])
async def test_reject_ends_the_call_unanswered(world: World, attributes: str, status: str, sip_code: int):
    leg = await perform(world, f"<Reject {attributes}/>")
    assert (leg["status"], leg["answered_at"], leg["sip_code"]) == (status, None, sip_code)
    assert (leg["ended_by"], leg["end_reason"]) == ("document", "reject")
    assert (await world.verdict())["lost"] == 0


async def test_hangup_ends_the_flow(world: World):
    leg = await perform(world, "<Hangup/><Say>never</Say>")
    assert (leg["status"], leg["ended_by"], leg["end_reason"]) == ("completed", "document", "hangup")
    assert heard(leg) == ["ringing"]
    assert (await world.verdict())["finished_by_flow"] == 1


async def test_a_document_that_just_runs_out_loses_the_call(world: World):
    leg = await perform(world, "<Say>hello</Say>")
    assert leg["end_reason"] == "the document ran out of verbs"
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["findings"]["lost"][0]["sids"]) == (1, [leg["sid"]])


async def test_redirect_relates_to_the_document_it_stands_in(world: World):
    world.toy.door(
        "/flows/main/start", twiml("<Redirect method='GET'>next?step=2&amp;x=%2B</Redirect><Say>never</Say>")
    )
    world.toy.door("/flows/main/next", twiml("<Redirect>../other</Redirect>"))
    world.toy.door("/flows/other", twiml("<Hangup/>"))
    await world.number("/flows/main/start")
    await world.call()
    knock = await world.toy.knock("/flows/main/next")
    assert (knock.method, knock["step"], knock["x"], knock.signed) == ("GET", "2", "+", True)
    assert (await world.toy.knock("/flows/other")).method == "POST"


async def test_strangers_are_warned_of_and_skipped(world: World):
    leg = await perform(world, "<say>hi</say><Say tone='loud'>hi</Say><Connect/><Leave/><Hangup/>")
    assert leg["end_reason"] == "hangup"
    entries = await world.ledger("debugger", leg["sid"])
    assert [entry["code"] for entry in entries] == [12200] * 4
    assert all(entry["level"] == "warning" for entry in entries)
    said = " ".join(entry["message"] for entry in entries)
    for what in ("<say>", "'tone'", "<Connect>", "does not carry it out", "<Leave>"):
        assert what in said


async def test_speech_marks_are_speech(world: World):
    leg = await perform(world, "<Say voice='alice'>a <break strength='weak'/> <emphasis>b</emphasis></Say><Hangup/>")
    assert await world.codes(leg["sid"]) == []


async def test_an_answer_to_a_call_that_is_gone_is_discarded(world: World, toy: Toy):
    hold = asyncio.Event()

    async def slow(_) -> str:
        await hold.wait()
        return twiml("<Redirect>/zombie</Redirect>")

    toy.door("/voice", slow)
    await world.number("/voice")
    sid = await world.call()
    await toy.knock("/voice")
    await world.hang_up(sid)
    hold.set()
    await world.settled()
    assert toy.at("/zombie") == []
    (record,) = await world.ledger("webhooks", sid)
    assert (record["status"], record["discarded"]) == (200, True)
    leg = await world.leg(sid)
    assert (leg["status"], leg["ended_by"]) == ("no-answer", "caller")


async def test_a_number_that_is_none_of_the_carriers(world: World):
    answer = await world.control("POST", "calls", {"from": "+1", "to": NUMBER}, status=404)
    assert NUMBER in answer["error"]
