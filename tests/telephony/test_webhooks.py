"""Answers in time, whatever happens behind: a caller is never sent away."""

import asyncio
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from cti.core.errors import CommitUnknown, JournalUnavailable
from cti.core.events import CallArrived, PlanRequested
from cti.core.plan import Door
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.twiml import Documents
from tests.telephony.carrier_side import CALLER, PUBLIC, payload
from tests.telephony.grammar import offences

NEXT = f"{PUBLIC}/twilio/next?site=main&leg=main-l9&n=10"
DIGITS = f"{PUBLIC}/twilio/digits?site=main&leg=main-l9&n=10"
MESSAGE = "RE0000000000000000000000000000e001"
VOICE = f"{PUBLIC}/twilio/voice"


def held_at(reply):
    """Where a caller who is on hold is sent back to, after something to hear and five seconds."""
    assert (reply.status, reply.content_type) == (200, "text/xml")
    assert offences(reply.text) == []
    verbs = list(ET.fromstring(reply.text))
    assert [verb.tag for verb in verbs] == ["Say", "Pause", "Redirect"]
    assert int(verbs[1].get("length")) >= 5
    return verbs[2].text


def failed(name, error_url, **more):
    """The fallback's request after the answer to a captured one was lost."""
    body = payload(name)[1] + b"&" + urlencode({"ErrorCode": "11200", "ErrorUrl": error_url, **more}).encode()
    return "/twilio/fallback", body


@pytest.mark.parametrize(
    ("name", "resume"),
    [
        ("voice", VOICE),
        ("next", NEXT),
        ("digits", f"{DIGITS}&t=1"),
        ("digits_star_and_hash", DIGITS.replace("n=10", "n=11") + "&t=%2A9%23"),
        ("digits_secret", DIGITS.replace("n=10", "n=12") + "&s=1"),
        ("parked_full", f"{PUBLIC}/twilio/parked?site=main&leg=main-l9&n=13&t=full"),
        ("joined", f"{PUBLIC}/twilio/joined?site=main&leg=main-l9&n=20&t=bridged"),
        ("forwarded_busy", f"{PUBLIC}/twilio/forwarded?site=main&leg=main-l9&n=21&t=busy"),
        ("recorded", f"{PUBLIC}/twilio/recorded?site=main&leg=main-l9&n=22&t={MESSAGE}_12"),
        ("screen", f"{PUBLIC}/twilio/screen?site=main&leg=main-l9.1&n=0"),
    ],
)
@pytest.mark.parametrize("error", [JournalUnavailable("disk full"), CommitUnknown("?"), RuntimeError("a mistake")])
async def test_a_caller_is_held_while_nothing_can_be_recorded(centre, name, resume, error):
    centre.intake.answer = error
    assert held_at(await centre.replay(name)) == resume


async def test_holding_is_no_mistake_of_ours(centre, logs):
    centre.intake.answer = JournalUnavailable("disk full")
    await centre.replay("next")
    await centre.replay("leg_answered")
    assert logs == []


async def test_who_was_held_comes_back_as_the_same_request(centre):
    centre.intake.answer = JournalUnavailable("disk full")
    resume = held_at(await centre.replay("digits"))
    centre.intake.answer = "<Response><Hangup/></Response>"
    reply = await centre.carrier(resume.removeprefix(PUBLIC), payload("next")[1])
    assert reply.text == "<Response><Hangup/></Response>"
    first, second = centre.intake.posted
    assert (first.event, first.key) == (second.event, second.key)
    assert first.event.digits == "1"


async def test_a_slow_answer_holds_the_caller(make_centre):
    centre = await make_centre(reply_within_s=0.05)
    centre.intake.answer = asyncio.get_running_loop().create_future()
    assert held_at(await centre.replay("next")) == NEXT
    centre.intake.answer = "<Response/>"  # and nobody else waits for the slow one
    assert (await centre.replay("next")).text == "<Response/>"


async def test_those_who_wait_too_long_are_held_one_after_the_other(make_centre):
    centre = await make_centre(reply_within_s=0.05)
    for _ in range(3):
        centre.intake.answer = asyncio.get_running_loop().create_future()
        assert held_at(await centre.replay("next")) == NEXT


async def test_a_server_that_stops_holds_the_caller(centre):
    centre.intake.answer = answer = asyncio.get_running_loop().create_future()
    request = asyncio.ensure_future(centre.replay("next"))
    await centre.intake.arrived.wait()
    answer.cancel()
    assert held_at(await request) == NEXT


async def test_a_carrier_that_hangs_up_on_us_cancels_nothing(centre):
    centre.intake.answer = answer = asyncio.get_running_loop().create_future()
    request = asyncio.ensure_future(centre.replay("next"))
    await centre.intake.arrived.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert not answer.cancelled()
    answer.set_result("")


@pytest.mark.parametrize("error", [JournalUnavailable("disk full"), RuntimeError("a mistake")])
async def test_a_report_is_acknowledged_whatever_happens(centre, error):
    centre.intake.answer = error
    assert (await centre.replay("leg_answered")).status == 204


async def test_a_report_is_acknowledged_when_it_takes_long(make_centre):
    centre = await make_centre(report_within_s=0.05)
    centre.intake.answer = asyncio.get_running_loop().create_future()
    assert (await centre.replay("room_join")).status == 204


@pytest.mark.parametrize("name", ["parked_redirected", "parked_hangup", "joined_hangup", "recorded_hangup"])
async def test_a_leg_that_is_over_or_elsewhere_needs_no_plan(centre, name):
    centre.intake.answer = ""
    reply = await centre.replay(name)
    assert (reply.status, list(ET.fromstring(reply.text))) == (200, [])


@pytest.mark.parametrize("name", ["next", "voice", "joined"])
async def test_a_live_leg_without_a_plan_is_not_sent_away(centre, name):
    centre.intake.answer = ""
    assert held_at(await centre.replay(name)) == VOICE


async def test_nothing_is_logged_when_all_is_well(centre, logs):
    await centre.replay("voice")
    await centre.replay("leg_completed")
    assert logs == []


async def test_a_pushed_document_is_fetched_as_often_as_it_is_asked_for(centre):
    centre.shelf.put(("main-l9", 31), "<Response><Say>long</Say></Response>")
    for _ in range(2):
        reply = await centre.carrier("/twilio/plan?site=main&leg=main-l9&n=31", payload("next")[1])
        assert reply.text == "<Response><Say>long</Say></Response>"
    assert centre.intake.posted == []


async def test_a_pushed_document_that_is_gone_is_as_one_that_ran_out(centre):
    reply = await centre.carrier("/twilio/plan?site=main&leg=main-l9&n=31", payload("next")[1])
    assert reply.status == 200
    assert centre.intake.posted[0].event == PlanRequested(leg_id="main-l9", door=Door.NEXT, nonce=31)
    assert centre.intake.posted[0].key == "next:main-l9:31"


@pytest.mark.parametrize(
    "name", ["voice", "next", "digits", "parked_full", "joined", "digits_secret", "forwarded", "recorded", "screen"]
)
async def test_the_fallback_asks_the_same_again(centre, name):
    await centre.replay(name)
    reply = await centre.carrier(*failed(name, f"{PUBLIC}{payload(name)[0]}"))
    assert (reply.status, reply.text) == (200, "<Response/>")
    first, second = centre.intake.posted
    assert first.key == second.key
    assert type(first.event) is type(second.event)
    if name != "digits_secret":  # its reference is a new one, and the first answer counts
        assert first.event == second.event


@pytest.mark.parametrize(
    "error_url",
    [
        "",
        "https://evil.example/twilio/next?site=main&leg=main-l9&n=10",
        f"{PUBLIC}/twilio/next?site=other&leg=main-l9&n=10",
        f"{PUBLIC}/twilio/fallback",
        f"{PUBLIC}/prompts/music.mp3",
        "http://[",
    ],
)
async def test_a_failure_at_no_door_of_ours_is_a_call_that_arrives(centre, error_url):
    assert (await centre.carrier(*failed("next", error_url))).status == 200
    (posted,) = centre.intake.posted
    assert isinstance(posted.event, CallArrived)
    assert posted.key == f"voice:{CALLER}"


async def test_the_fallback_without_an_error_is_a_call_that_arrives(centre):
    assert (await centre.carrier("/twilio/fallback", payload("voice")[1])).status == 200
    assert isinstance(centre.intake.posted[0].event, CallArrived)


@pytest.mark.parametrize("error", [JournalUnavailable("disk full"), RuntimeError("a mistake")])
async def test_a_caller_is_held_at_the_fallback_too_and_never_sent_elsewhere(centre, error):
    centre.intake.answer = error
    assert held_at(await centre.carrier(*failed("next", NEXT))) == NEXT
    assert held_at(await centre.carrier(*failed("digits", DIGITS))) == f"{DIGITS}&t=1"
    assert held_at(await centre.carrier(*failed("voice", VOICE))) == VOICE
    for strange in ("https://evil.example/", f"{NEXT}&t=%3CSay%3E", f"{PUBLIC}/twilio/nowhere", NEXT + "#x&y"):
        assert held_at(await centre.carrier(*failed("next", strange))) in (VOICE, NEXT)


async def test_a_pushed_document_is_given_at_the_fallback_too(centre):
    centre.shelf.put(("main-l9", 31), "<Response><Say>long</Say></Response>")
    reply = await centre.carrier(*failed("next", f"{PUBLIC}/twilio/plan?site=main&leg=main-l9&n=31"))
    assert reply.text == "<Response><Say>long</Say></Response>"


async def test_every_fallback_is_worth_a_line(centre, logs):
    await centre.carrier(*failed("next", NEXT))
    assert [(line["event"], line["error_code"]) for line in logs] == [("carrier fell back", "11200")]


async def test_keys_are_given_to_whoever_asks_for_them_as_often_as_it_does(centre):
    centre.shelf.put(("main-l9", 77), Documents(Addresses(PUBLIC, "main")).tones("4711"))
    for _ in range(2):
        reply = await centre.carrier("/twilio/tones?site=main&leg=main-l9&n=77", payload("next")[1])
        assert [verb.attrib for verb in ET.fromstring(reply.text)] == [{"digits": "4711"}]
    assert centre.intake.posted == []


async def test_keys_that_are_forgotten_are_not_pressed(centre):
    reply = await centre.carrier("/twilio/tones?site=main&leg=main-l9&n=78", payload("next")[1])
    assert (reply.status, list(ET.fromstring(reply.text))) == (200, [])


async def test_there_is_music_on_hold_whatever_happens_behind(centre):
    centre.intake.answer = JournalUnavailable("disk full")
    reply = await centre.carrier("/twilio/held?site=main", payload("next")[1])
    assert reply.status == 200
    assert ET.fromstring(reply.text)[-1].text == f"{PUBLIC}/twilio/held?site=main"
