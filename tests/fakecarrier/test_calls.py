"""REST: calls."""

import itertools
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import ACCOUNT_SID, CALLER, NUMBER, World

BYE = twiml("<Hangup/>")
MUSIC = twiml("<Play>http://127.0.0.1/music-30s.mp3</Play>")


async def place(world: World, **fields):
    defaults = {"from_": NUMBER, "to": "+15550003000", "twiml": MUSIC}
    return await world.rest.calls.create_async(**(defaults | fields))


async def on_line(world: World) -> str:
    """A caller who was answered and listens to music."""
    world.toy.door("/voice", twiml("<Say>x</Say><Redirect>/online</Redirect>"))
    world.toy.door("/online", MUSIC)
    await world.number("/voice")
    sid = await world.call()
    assert (await world.toy.knock("/online"))["CallStatus"] == "in-progress"
    return sid


async def test_a_call_is_queued_and_asks_its_url_when_answered(world: World):
    world.toy.door("/answer", BYE)
    call = await place(world, twiml=None, url=f"{world.toy.base}/answer?leg=7")
    assert (call.status, call.queue_time, call.direction, call.duration) == ("queued", "0", "outbound-api", None)
    assert call.date_created - datetime.now(UTC) < timedelta(seconds=2)
    knock = await world.toy.knock("/answer")
    assert (knock["CallSid"], knock["CallStatus"], knock["Direction"]) == (call.sid, "in-progress", "outbound-api")
    await world.settled()
    call = await call.fetch_async()
    assert (call.status, call.duration) == ("completed", "1")
    assert call.start_time <= call.end_time


async def test_a_failing_url_goes_to_the_calls_own_fallback(world: World):
    world.toy.door("/fallback", BYE)
    world.toy.door("/answer", "no xml")
    await place(world, twiml=None, url=f"{world.toy.base}/answer", fallback_url=f"{world.toy.base}/fallback")
    assert (await world.toy.knock("/fallback"))["ErrorCode"] == "12100"


async def test_inline_documents(world: World):
    world.toy.door("/next", BYE)
    await place(world, twiml=twiml(f"<Redirect>{world.toy.base}/next</Redirect>"))
    await world.toy.knock("/next")
    call = await place(world, twiml=twiml("<Redirect>/next</Redirect>"))
    await world.settled()
    assert await world.codes(call.sid) == [11100]  # there is nothing to relate it to


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "0049"}, 21217),
        ({"from_": "nobody"}, 21212),
        ({"twiml": None}, 21205),
        ({"twiml": None, "url": "https://example.com/x"}, 21205),
        ({"twiml": None, "url": "not a url"}, 21205),
        ({"url": "http://127.0.0.1/x"}, 21205),
        ({"method": "PUT", "url": "http://127.0.0.1/x", "twiml": None}, 21209),
        ({"timeout": 0}, 21208),
        ({"status_callback": "http://10.0.0.1/x"}, 21609),
        ({"status_callback": "http://127.0.0.1/x", "status_callback_event": ["ringing", "singing"]}, 21626),
        ({"twiml": twiml(f"<Say>{'x' * 4000}</Say>")}, 32018),
        ({"twiml": twiml("<Gather action='/relative'/>")}, 15004),
        ({"twiml": twiml("<Dial action='relative?x=http://a'><Conference>r</Conference></Dial>")}, 15004),
    ],
)
async def test_what_is_refused(world: World, fields, code):
    with refused(400, code):
        await place(world, **fields)
    assert await world.ledger("legs") == []


async def test_updates_check_the_document_too(world: World):
    sid = await on_line(world)
    with refused(400, 15004):
        await world.rest.calls(sid).update_async(twiml=twiml("<Dial action='/after'>+15550003000</Dial>"))
    with refused(400, 32018):
        await world.rest.calls(sid).update_async(twiml=twiml("<Say>" + "x" * 4000 + "</Say>"))
    assert (await world.rest.calls(sid).fetch_async()).status == "in-progress"
    (record, *_) = [one for one in await world.ledger("rest") if one["code"] == 15004]
    assert (record["method"], record["status"], record["sid"]) == ("POST", 400, sid)


async def test_a_redirect_replaces_the_document_at_once(world: World):
    sid = await on_line(world)
    world.toy.door("/other", BYE)
    call = await world.rest.calls(sid).update_async(url=f"{world.toy.base}/other", method="GET")
    assert call.status == "in-progress"
    assert (await world.toy.knock("/other")).method == "GET"
    await world.settled()
    assert (await world.leg(sid))["end_reason"] == "hangup"


async def test_completed_hangs_up_anything(world: World):
    sid = await on_line(world)
    call = await world.rest.calls(sid).update_async(status="completed")
    assert call.status == "completed"
    leg = await world.leg(sid)
    assert leg["ended_by"] == "rest"
    verdict = await world.verdict()
    assert (verdict["lost"], "rest" in verdict["findings"]["lost"][0]["reason"]) == (1, True)


async def test_canceled_stops_only_what_was_not_answered(world: World):
    await world.control("POST", "endpoints", {"+15550003000": {"on_ring": "ignore"}})
    callback = {"status_callback": f"{world.toy.base}/status", "status_callback_event": ["ringing", "completed"]}
    call = await place(world, **callback)
    await world.toy.knock("/status")
    assert (await call.update_async(status="canceled")).status == "canceled"
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock["SipResponseCode"]) == ("canceled", "487")
    sid = await on_line(world)
    with refused(400, 21220):
        await world.rest.calls(sid).update_async(status="canceled")


async def test_an_ended_call_cannot_be_brought_back(world: World):
    sid = await on_line(world)
    await world.hang_up(sid)
    for change in ({"twiml": MUSIC}, {"url": f"{world.toy.base}/x"}, {"status": "completed"}):
        with refused(400, 21220):
            await world.rest.calls(sid).update_async(**change)
    await world.settled()
    assert (await world.leg(sid))["ended_by"] == "caller"


async def test_a_ringing_call_cannot_be_redirected(world: World):
    await world.control("POST", "endpoints", {"+15550003000": {"on_ring": "ignore"}})
    call = await place(world)
    with refused(400, 21220):
        await call.update_async(twiml=MUSIC)


async def test_delete_only_what_is_over(world: World):
    sid = await on_line(world)
    with refused(400, 20009):
        await world.rest.calls(sid).delete_async()
    await world.hang_up(sid)
    assert await world.rest.calls(sid).delete_async()
    with refused(404, 20404):
        await world.rest.calls(sid).fetch_async()
    assert (await world.leg(sid))["sid"] == sid  # the ledger forgets nothing


async def test_lists_come_in_pages_newest_first(world: World):
    sids = [await on_line(world) for _ in range(5)]
    listed = await world.rest.calls.list_async(page_size=2)
    assert [call.sid for call in listed] == sids[::-1]
    page = await world.rest.calls.page_async(page_size=2)
    second = await page.next_page_async()
    await on_line(world)  # a list that grows meanwhile repeats nothing
    assert [call.sid for call in await second.next_page_async()] == [sids[0]]
    assert [call.sid for call in await second.previous_page_async()][1:] == [sids[4]]
    assert len(await world.rest.calls.list_async(limit=3)) == 3


async def test_filters(world: World):
    first, second = await on_line(world), await on_line(world)
    await world.hang_up(first)
    out = await place(world, to="client:alice")

    async def found(**filters) -> set[str]:
        return {call.sid for call in await world.rest.calls.list_async(**filters)}

    assert await found(from_=CALLER) == {first, second}
    assert await found(to="client:alice") == {out.sid}
    assert await found(status="completed") == {first}
    assert await found(status="in-progress", to=NUMBER) == {second}
    assert await found(from_=CALLER, to="client:alice") == set()
    now = datetime.now(UTC)
    assert await found(from_=CALLER, start_time_after=now - timedelta(minutes=1)) == {first, second}
    assert await found(from_=CALLER, start_time_before=now - timedelta(minutes=1)) == set()
    assert await found(from_=CALLER, start_time=now.replace(hour=0, minute=0, second=0, microsecond=0)) == {
        first,
        second,
    }
    assert await found(end_time_after=now - timedelta(minutes=1)) == {first}


async def test_reads_can_be_behind_the_world(world: World):
    sid = await on_line(world)
    await world.control("POST", "faults", {"read_delay_ms": 60_000})
    with refused(404, 20404):
        await world.rest.calls(sid).fetch_async()
    assert await world.rest.calls.list_async() == []
    await world.control("POST", "faults", {"read_delay_ms": 150})
    async with aiohttp.ClientSession():
        await world.control("GET", "settle?timeout_s=0.3")
    await world.hang_up(sid)
    call = await world.rest.calls(sid).fetch_async()
    assert (call.status, call.end_time, call.duration) == ("in-progress", None, None)  # it has ended, but not here yet
    await world.control("GET", "settle?timeout_s=0.2")
    await world.control("POST", "faults", {})
    assert (await world.rest.calls(sid).fetch_async()).status == "completed"


async def test_calls_per_second_queue_and_never_refuse(make_world):
    world = await make_world(calls_per_second=4.0)
    callback = {"status_callback": f"{world.toy.base}/status", "status_callback_event": ["initiated"]}
    placed = [await place(world, to=f"client:agent{n}", **callback) for n in range(3)]
    waits = [int(call.queue_time) for call in placed]
    assert waits[0] == 0
    assert 0 < waits[1] <= 250 < waits[2] <= 500
    for call in placed:
        assert (await world.toy.knock("/status"))["CallSid"] == call.sid
    dialled = [(await world.leg(call.sid))["dialled_at"] for call in placed]
    assert all(later - earlier >= 245 for earlier, later in itertools.pairwise(dialled)), dialled


async def test_inbound_calls_and_dials_do_not_wait_for_the_rate(make_world):
    world = await make_world(calls_per_second=0.1)
    world.toy.door("/voice", twiml("<Dial><Client>alice</Client></Dial>"))
    await world.number("/voice")
    await place(world)
    sid = await world.call({"wait": "bridged", "timeout_ms": 2000}, {"hang_up": True})
    while (await world.leg(sid))["ended_at"] is None:
        await world.control("GET", "settle?timeout_s=0.05")
    assert (await world.leg(sid))["end_reason"] == "hung up"


async def test_a_call_cancelled_while_queued_is_never_heard_of(make_world):
    world = await make_world(calls_per_second=2.0)
    callback = {"status_callback": f"{world.toy.base}/status", "status_callback_event": ["initiated", "completed"]}
    await place(world)
    waiting = await place(world, **callback)
    assert (await waiting.update_async(status="canceled")).status == "canceled"
    third = await place(world, to="client:bob", **callback)
    assert (await world.toy.knock("/status"))["CallSid"] == third.sid  # it had the turn of the one that was cancelled
    assert all(knock["CallSid"] != waiting.sid for knock in world.toy.knocks)
    leg = await world.leg(third.sid)
    assert leg["dialled_at"] - leg["created_at"] <= 600


@pytest.mark.parametrize(("user", "password"), [(ACCOUNT_SID, "wrong"), ("AC" + "9" * 32, "0123456789abcdef" * 2)])
async def test_strangers_stay_out(world: World, user, password):
    async with AsyncTwilioHttpClient() as http:
        stranger = Client(user, password, http_client=http)
        stranger.api.base_url = world.url
        with refused(401, 20003):
            await stranger.calls("CA" + "0" * 32).fetch_async()


async def test_errors_have_the_documented_form(world: World):
    url = f"{world.url}/2010-04-01/Accounts/{ACCOUNT_SID}"
    headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, "0123456789abcdef" * 2)}
    for path in ("/Calls/CA00.json", "/Calls.xml", "/Messages.json"):
        async with world.http.get(url + path, headers=headers) as response:
            body = await response.json()
            assert (response.status, body["code"], body["status"]) == (404, 20404, 404)
            assert body["more_info"] == "https://www.twilio.com/docs/errors/20404"
    async with world.http.get(f"{url}/Calls.json") as response:
        assert (response.status, (await response.json())["code"]) == (401, 20003)
