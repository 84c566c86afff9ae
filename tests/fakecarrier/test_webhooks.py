"""Requests from the carrier: what they look like, what is repeated, and what happens when they fail."""

import asyncio
import socket

import pytest
from aiohttp import web

from tests.fakecarrier.toy import Knock, Toy, twiml
from tests.fakecarrier.world import CALLER, NUMBER, World

BYE = twiml("<Hangup/>")


async def test_a_voice_request_is_signed_and_carries_the_documented_fields(world: World):
    world.toy.door("/voice", BYE)
    await world.number("/voice?site=main&n=%2B7")
    sid = await world.call(extra={"FromCity": "SPRINGFIELD", "ForwardedFrom": "+15550009999"})
    knock = await world.toy.knock("/voice")
    assert knock.signed
    assert knock.method == "POST"
    assert knock.url.endswith("/voice?site=main&n=%2B7")
    assert knock.headers["User-Agent"] == "TwilioProxy/1.1"
    assert knock.fields == {
        "CallSid": sid,
        "AccountSid": world.rest.account_sid,
        "From": CALLER,
        "To": NUMBER,
        "Caller": CALLER,
        "Called": NUMBER,
        "CallStatus": "ringing",
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "FromCity": "SPRINGFIELD",
        "ForwardedFrom": "+15550009999",
    }


async def test_get_puts_the_fields_into_the_signed_query(world: World):
    world.toy.door("/voice", BYE)
    await world.number("/voice?site=main", voice_method="GET")
    sid = await world.call()
    knock = await world.toy.knock("/voice")
    assert (knock.method, knock.signed, knock["CallSid"], knock["site"]) == ("GET", True, sid, "main")


async def test_a_fragment_is_neither_sent_nor_signed(world: World):
    world.toy.door("/voice", BYE)
    await world.number("/voice#rc=2&rt=1000")
    await world.call()
    knock = await world.toy.knock("/voice")
    assert knock.signed
    assert knock.url.endswith("/voice")


async def test_cookies_last_for_one_call(world: World):
    def first(knock: Knock) -> web.Response:
        answer = web.Response(text=twiml("<Redirect>/next</Redirect>"), content_type="text/xml")
        answer.headers["Set-Cookie"] = f"seen={knock['CallSid']}; Path=/"
        return answer

    world.toy.door("/voice", first)
    world.toy.door("/next", BYE)
    await world.number("/voice")
    for _ in range(2):
        sid = await world.call()
        assert "Cookie" not in (await world.toy.knock("/voice")).headers
        assert (await world.toy.knock("/next")).headers["Cookie"] == f"seen={sid}"


async def test_an_http_redirect_is_followed_with_get_and_loses_the_form(world: World):
    world.toy.door("/voice", web.Response(status=302, headers={"Location": "/moved"}))
    world.toy.door("/moved", BYE)
    await world.number("/voice")
    await world.call()
    knock = await world.toy.knock("/moved")
    assert (knock.method, knock.signed, knock.fields) == ("GET", True, {})


async def test_too_many_redirects_fail(world: World):
    world.toy.door("/voice", web.Response(status=302, headers={"Location": "/voice"}))
    await world.number("/voice")
    sid = await world.call()
    await world.settled()
    assert await world.codes(sid) == [11215]
    assert len(world.toy.at("/voice")) == 11


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (web.Response(status=500), 11200),
        (web.Response(status=404, text="no", content_type="text/xml"), 11200),
        (web.Response(text="", content_type="text/xml"), 11770),
        (web.Response(text="<Response><Say>", content_type="text/xml"), 12100),
        (web.Response(text="<Answer/>", content_type="text/xml"), 12102),
        (web.Response(text="{}", content_type="application/json"), 12300),
        (web.Response(text=twiml("<!--" + "x" * 65_536 + "-->"), content_type="text/xml"), 11750),
    ],
)
async def test_a_bad_answer_goes_to_the_fallback_with_code_and_url(world: World, answer: web.Response, code: int):
    world.toy.door("/voice", answer)
    world.toy.door("/fallback", BYE)
    await world.number("/voice", fallback_url=f"{world.toy.base}/fallback")
    sid = await world.call()
    knock = await world.toy.knock("/fallback")
    assert knock.signed
    assert (knock["ErrorCode"], knock["ErrorUrl"]) == (str(code), f"{world.toy.base}/voice")
    assert knock["CallSid"] == sid
    await world.settled()
    assert await world.codes(sid) == [code]
    assert (await world.leg(sid))["ended_by"] == "document"
    assert len(world.toy.at("/voice")) == 1  # a bad answer is not asked for twice


async def test_who_is_on_the_last_chance_can_be_asked(world: World):
    may_answer = asyncio.Event()

    async def answer(knock: Knock) -> str:
        await may_answer.wait()
        return BYE

    world.toy.door("/voice", web.Response(status=500))
    world.toy.door("/fallback", answer)
    await world.number("/voice", fallback_url=f"{world.toy.base}/fallback")
    await world.call()
    await world.toy.knock("/fallback")
    assert (await world.control("GET", "live"))["last_chances"] == 1
    may_answer.set()
    await world.settled()
    assert (await world.control("GET", "live"))["last_chances"] == 0


async def test_without_a_working_fallback_the_call_is_lost(world: World):
    world.toy.door("/voice", web.Response(status=500))
    world.toy.door("/fallback", web.Response(status=503))
    await world.number("/voice")
    await world.number("/voice", number="+15550002000", fallback_url=f"{world.toy.base}/fallback")
    for number in (NUMBER, "+15550002000"):
        sid = await world.call(to=number)
        await world.settled()
        leg = await world.leg(sid)
        assert (leg["ended_by"], leg["error_code"]) == ("error", 11200)
        assert leg["end_reason"].startswith("application_error")
    verdict = await world.verdict()
    assert (verdict["contacts"], verdict["lost"]) == (2, 2)
    assert "application_error" in verdict["findings"]["lost"][0]["reason"]


async def test_no_answer_in_time_goes_to_the_fallback(make_world, toy: Toy):
    world = await make_world(request_timeout_s=0.2)
    silence = asyncio.Event()

    async def never(_: Knock) -> str:
        await silence.wait()
        return BYE

    toy.door("/voice", never)
    toy.door("/fallback", BYE)
    await world.number("/voice", fallback_url=f"{toy.base}/fallback")
    sid = await world.call()
    assert (await toy.knock("/fallback"))["ErrorCode"] == "11200"
    (record, _) = await world.ledger("webhooks", sid)
    assert 200 <= record["ms"] < 1000
    assert "no answer within" in record["error"]
    silence.set()
    await world.settled()


async def test_a_refused_connection_is_tried_once_more_with_the_same_token(world: World):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/voice"
    world.toy.door("/fallback", BYE)
    await world.number("", voice_url=nowhere, fallback_url=f"{world.toy.base}/fallback")
    sid = await world.call()
    knock = await world.toy.knock("/fallback")
    assert (knock["ErrorCode"], knock["ErrorUrl"]) == ("11205", nowhere)
    await world.settled()
    first, second, fallback = await world.ledger("webhooks", sid)
    assert (first["repeat"], second["repeat"], fallback["repeat"]) == (False, True, False)
    assert first["token"] == second["token"] != fallback["token"]
    assert knock.headers["I-Twilio-Idempotency-Token"] == fallback["token"]


@pytest.mark.parametrize(
    ("content_type", "body", "seconds", "ended"),
    [
        ("audio/mpeg", "not really audio", 0.05, "hangup"),
        ("text/plain", "Good bye", None, "hangup"),
        ("text/plain", twiml("<Reject/>"), None, "reject"),
        ("text/html", BYE, None, "hangup"),
    ],
)
async def test_other_content_types(world: World, content_type: str, body: str, seconds: float | None, ended: str):
    world.toy.door("/voice", web.Response(text=body, content_type=content_type))
    await world.number("/voice")
    sid = await world.call()
    await world.settled()
    leg = await world.leg(sid)
    assert leg["end_reason"] == ended
    assert await world.codes(sid) == []
    if seconds is not None:
        (music,) = [one for one in leg["segments"] if one["heard"] == "music"]
        assert seconds * 1000 - 5 <= music["end_ms"] - music["start_ms"] < 1000


@pytest.mark.parametrize("url", ["https://example.com/voice", "http://192.0.2.1/voice", "/voice", "ftp://127.0.0.1/x"])
async def test_a_number_cannot_point_off_this_machine(world: World, url: str):
    answer = await world.control("POST", "numbers", {NUMBER: {"voice_url": url}}, status=400)
    assert url in answer["error"]


async def test_a_document_cannot_lead_off_this_machine(world: World):
    world.toy.door("/voice", twiml("<Redirect>https://example.com/x</Redirect>"))
    await world.number("/voice")
    sid = await world.call()
    await world.settled()
    assert await world.codes(sid) == [11100]
    assert (await world.leg(sid))["error_code"] == 11100
    _, refused = await world.ledger("webhooks", sid)
    assert (refused["status"], "not on this machine" in refused["error"]) == (None, True)
