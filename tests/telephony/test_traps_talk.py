"""The carrier's traps that lie where people talk, sprung on a whole server: nobody comes to harm in any of them, and
our record is right.

`docs/reference/carrier-traps.md` says which trap is shown where. One server and one carrier serve all the tests.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from cti.client import (
    Connected,
    ConsultEnded,
    Ended,
    Forwarded,
    Offer,
    OfferOver,
    State,
    TalkChanged,
)
from tests.telephony.talk_centre import (
    DESK,
    LINE,
    MAILBOX,
    NINA,
    OUTSIDE,
    PAUL,
    PHONES,
    SOFT_LINE,
    STAYS,
    TalkCentre,
    line_is_up,
    open_centre,
)
from tests.telephony.trap_centre import TALK

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRESSES_1 = {"on_ring": "answer", "after_ms": 20, "presses": "1", "presses_after_ms": 300}
VOICEMAIL = {"on_ring": "answer", "after_ms": 20}
"""It answers, and presses nothing."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory) -> AsyncIterator[TalkCentre]:
    async with open_centre(tmp_path_factory.mktemp("talks")) as centre:
        yield centre
    assert centre.notes == []  # the server did not die of anything


@pytest_asyncio.fixture(loop_scope="module")
async def centre(running) -> AsyncIterator[TalkCentre]:
    await running.faults()
    for name in ("anna", "ben", "zoe", "sue"):
        await running.phone(name, on_ring="answer", after_ms=20)
    for number in (OUTSIDE, PAUL, NINA):
        await running.number(number, **PRESSES_1)
    yield running
    await running.everybody_goes()


async def talked(centre, sid, cause="AGENT_HUNG_UP", agents=("anna",)):
    """The call came to no harm, and the books tell of it once and rightly."""
    await centre.unharmed(sid)
    record = await centre.record(sid)
    assert (record["outcome"], record["cause"], tuple(record["agent_ids"])) == ("connected", cause, agents)


# Telephones that ring for each call


async def test_a_telephone_stops_ringing_when_our_time_is_over_and_not_the_carriers(centre):
    await centre.number(PAUL, **PRESSES_1 | {"after_ms": 6_200})  # 5 s are ours, 2 s the carrier adds
    async with centre.at_desk("paul", answers=False) as paul, centre.at_desk("ben") as ben:
        sid = await centre.call(*TALK, to=PHONES)
        await paul.saw(OfferOver)
        await ben.saw(Ended)
    await talked(centre, sid, "CALLER_HUNG_UP", ("ben",))
    leg = await centre.newest_leg(PAUL)
    assert (leg["answered_at"], leg["status"]) == (None, "canceled")


async def test_a_voicemail_that_answers_a_telephone_gets_no_caller(centre):
    await centre.number(PAUL, **VOICEMAIL)
    async with centre.at_desk("paul", answers=False) as paul, centre.at_desk("ben") as ben:
        sid = await centre.call(*TALK, to=PHONES)
        await paul.saw(OfferOver)
        await ben.saw(Ended)
    await talked(centre, sid, "CALLER_HUNG_UP", ("ben",))
    assert (await centre.newest_leg(PAUL))["answered_at"]
    await nobody_heard(centre, PAUL)


async def nobody_heard(centre, number):
    """Whoever answered there heard no caller, nor was heard by one."""
    legs = {leg["sid"] for leg in await centre.ledger("legs") if leg["to"] == number}
    heard = [one for one in await centre.ledger("hearing") if {one["listener"], one["speaker"]} & legs]
    assert heard == []


# Nailed-up lines


async def test_a_voicemail_that_answers_a_nailed_up_telephone_gets_no_caller_until_a_person_presses_1(centre):
    await centre.number(NINA, **VOICEMAIL)
    async with centre.at_desk("nina") as nina:
        sid = await centre.call(*STAYS, to=LINE)
        await nina.saw_that(State, lambda state: state.reason == "line_failed", timeout_s=60)
        await nobody_heard(centre, NINA)
        assert nina.all(Offer) == []
        await centre.number(NINA, **PRESSES_1)
        await nina.client.ready()
        connected = await nina.saw(Connected)
        await nina.client.hang_up(connected.contact_id)
        await nina.saw(Ended)
        rung = [leg for leg in await centre.ledger("legs") if leg["to"] == NINA]
        assert len(rung) == 2
    await talked(centre, sid, agents=("nina",))


async def test_a_nailed_up_room_is_one_room_for_all_its_callers(centre):
    async with centre.at_desk("nina") as nina:
        await line_is_up(nina)
        late = {"door": "/twilio/room$", "kind": "callback", "late": 1, "late_by_s": 3}
        first, _ = await centre.talking(nina, LINE, {"wait": "bridged"}, {"after_ms": 300}, {"hang_up": True})
        await nina.saw(Ended)
        await centre.faults(webhooks=[late])  # from now on the room's reports are those of the caller before
        second, contact_id = await centre.talking(nina, LINE)
        await centre.faults()
        await nina.client.hang_up(contact_id)
        await nina.saw(Ended, 2)
    await talked(centre, first, "CALLER_HUNG_UP", ("nina",))
    await talked(centre, second, agents=("nina",))
    rooms = [one for one in await centre.ledger("rooms") if {first, second} & {stay["sid"] for stay in one["stays"]}]
    assert len(rooms) == 1


async def test_what_a_softphone_says_of_itself_counts_for_nothing(centre):
    door = f"{centre.url}/twilio"
    app = {"voice_url": f"{door}/voice", "fallback_url": f"{door}/fallback", "status_callback": f"{door}/status"}
    sid = (await centre.centre.control("POST", "applications", friendly_name="softphones", **app))["sid"]
    said = {"From": "+13035550999", "CallSid": "CA" + "0" * 32, "To": SOFT_LINE, "leg": "main-l1", "n": "1"}
    async with centre.at_desk("zoe") as zoe:
        dialled = {"application_sid": sid, "parameters": said}
        line = await centre.centre.control("POST", "clients/zoe/connect", **dialled)
        await line_is_up(zoe)
        caller, contact_id = await centre.talking(zoe, SOFT_LINE)
        assert await centre.hears(caller) == [line["sid"]]
        await zoe.client.hang_up(contact_id)
        await zoe.saw(Ended)
    await talked(centre, caller, agents=("zoe",))


# Softphones


async def test_a_softphone_on_another_call_is_busy_and_the_caller_goes_on(centre):
    asked = asyncio.Event()

    async def keep(request: web.Request) -> web.Response:
        asked.set()
        return web.Response(text='<Response><Say>Hello</Say><Pause length="60"/></Response>', content_type="text/xml")

    app = web.Application()
    app.router.add_route("*", "/", keep)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        elsewhere = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        other = await centre.centre.control("POST", "applications", friendly_name="another", voice_url=elsewhere)
        own = await centre.centre.control("POST", "clients/anna/connect", application_sid=other["sid"])
        await asked.wait()
        sid = await does_not_come(centre, "busy", 486)
        assert (await centre.newest_leg("client:anna"))["sid"] != own["sid"]
        await centre.hangs_up(own["sid"])
        await talked(centre, sid, "CALLER_HUNG_UP", ("ben",))
    finally:
        await runner.cleanup()


async def test_a_softphone_that_is_not_registered_fails_at_once_and_the_caller_goes_on(centre):
    await centre.phone("anna", on_ring="answer", registered=False)
    sid = await does_not_come(centre, "failed", 404)
    await talked(centre, sid, "CALLER_HUNG_UP", ("ben",))


async def does_not_come(centre, status, sip_code):
    """Anna takes the call at her desk, and her softphone does not: the caller is Ben's. Returns the call."""
    async with centre.at_desk("anna") as anna:
        sid = await centre.call(*TALK, to=DESK)
        await anna.saw(OfferOver)
        async with centre.at_desk("ben") as ben:
            await ben.saw(Ended)
        assert anna.all(Connected) == []
    leg = await centre.newest_leg("client:anna")
    assert (leg["status"], leg["sip_code"]) == (status, sip_code)
    return sid


# Outside numbers


@contextlib.asynccontextmanager
async def barred(centre):
    """The carrier's account may not ring the country, whatever our own rules say."""
    permissions = functools.partial(centre.centre.control, "POST", "permissions")
    await permissions(US={"low_risk_numbers_enabled": False})
    try:
        yield
    finally:
        await permissions(US={"low_risk_numbers_enabled": True})


async def test_a_consulted_number_that_the_account_may_not_ring_leaves_the_talk_as_it_was(centre):
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        async with barred(centre):
            await anna.client.consult(contact_id, f"number:{OUTSIDE}")
            over = await anna.saw(ConsultEnded)
        assert over.reason == "refused"
        await anna.client.retrieve(contact_id)
        await anna.saw_that(TalkChanged, lambda event: not event.talk.on_hold and not event.talk.parties)
        assert len(await centre.hears(sid)) == 1
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended)
    await talked(centre, sid)
    assert 21215 in {one["code"] for one in await centre.ledger("rest")}


async def test_a_caller_sent_on_to_a_number_that_may_not_be_rung_is_first_in_line(centre):
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        async with centre.at_desk("ben") as ben:
            async with barred(centre):
                await anna.client.transfer(contact_id, f"number:{OUTSIDE}")
                await ben.saw(Connected)
            assert len(anna.all(Forwarded)) == 1
            await ben.client.hang_up(contact_id)
            await ben.saw(Ended)
    await talked(centre, sid, agents=("anna", "ben"))
    assert 13227 in {one["code"] for one in await centre.ledger("debugger") if one["sid"] == sid}


# A supervisor


async def test_a_whisper_is_heard_by_the_agent_alone(centre):
    async with centre.at_desk("anna") as anna, centre.supervised() as board:
        sid, contact_id = await centre.talking(anna)
        agent = (await centre.newest_leg("client:anna"))["sid"]
        await board.supervise(contact_id, "WHISPER")
        await centre.until("legs", to="client:sue", status="in-progress")
        supervisor = (await centre.newest_leg("client:sue"))["sid"]
        await centre.until("hearing", listener=supervisor, speaker=sid)
        await centre.until("hearing", listener=agent, speaker=supervisor)
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended)
    await talked(centre, sid)
    heard = [(one["listener"], one["speaker"]) for one in await centre.ledger("hearing")]
    assert (sid, supervisor) not in heard


async def test_a_supervisor_whose_agent_has_left_meanwhile_does_not_get_in_and_may_listen_to_the_next(centre):
    await centre.phone("sue", on_ring="answer", after_ms=1_000)
    async with centre.at_desk("anna") as anna, centre.supervised() as board:
        sid, contact_id = await centre.talking(anna)
        agent = (await centre.newest_leg("client:anna"))["sid"]
        await board.supervise(contact_id, "WHISPER")
        await centre.until("legs", to="client:sue", status="ringing")
        await centre.faults(webhooks=[{"door": "/twilio/(room|leg|joined)$", "delay_ms": 2_500}])
        await centre.hangs_up(agent)
        await centre.until("debugger", code=16028)
        await anna.saw(Ended)
        await centre.faults()
        await talked(centre, sid)
        following, contact_id = await centre.talking(anna)
        await board.supervise(contact_id, "MONITOR")
        supervisor = await centre.until("hearing", speaker=following, listener=await answered_by_sue(centre))
        assert supervisor["end_ms"] is None
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended, 2)
    await talked(centre, following)


async def answered_by_sue(centre):
    return (await centre.until("legs", to="client:sue", status="in-progress"))["sid"]


# Keys, and recordings


async def test_keys_that_could_not_be_announced_are_pressed_again_by_whoever_wants_them(centre):
    await centre.faults(webhooks=[{"door": "/twilio/tones$", "lost_reply": 1, "times": 1}])
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        await anna.client.digits(contact_id, "12#")
        await centre.until("webhooks", door="/twilio/tones", error="the reply was lost")
        assert (await centre.leg(sid))["tones"] == ""
        await anna.client.digits(contact_id, "34#")
        await centre.until("legs", sid=sid, tones="34#")
        assert len(await centre.hears(sid)) == 1
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended)
    await talked(centre, sid)


async def test_a_recording_is_of_the_callers_leg_as_long_as_the_talk_and_asked_for_by_nobody(centre):
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        for action, then in (("START", "ON"), ("PAUSE", "PAUSED"), ("RESUME", "ON")):
            await anna.client.record(contact_id, action)
            await anna.saw_that(TalkChanged, lambda event, then=then: event.talk.recording == then)
            await asyncio.sleep(0.3)  # some talk, and some silence
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended)
    await talked(centre, sid)
    made = await centre.until("recordings", call_sid=sid, status="completed")
    (pause,) = made["pauses"]
    assert pause["behavior"] == "silence"
    assert made["duration_ms"] >= made["ended_at"] - made["started_at"] - 1
    assert made["fetched"] == 0
    (told,) = [one for one in await centre.ledger("webhooks") if one["kind"] == "recording" and one["sid"] == sid]
    assert told["status"] == 204


async def test_a_message_that_ends_in_a_hang_up_is_left(centre):
    sid = await centre.call(
        {"wait": "record", "timeout_ms": 60_000}, {"say": "Please call me back. " * 40}, {"hang_up": True}, to=MAILBOX
    )
    await centre.unharmed(sid)
    assert (await centre.record(sid))["outcome"] == "voicemail"
    assert (await centre.until("recordings", call_sid=sid, status="completed"))["source"] == "RecordVerb"


async def test_a_message_without_a_word_is_none(centre):
    sid = await centre.call({"wait": "record", "timeout_ms": 60_000}, {"wait": "end"}, to=MAILBOX)
    await centre.until("recordings", call_sid=sid, status="absent")
    await centre.unharmed(sid)
    assert (await centre.record(sid))["outcome"] == "flow_ended"


# Late


async def test_reports_that_come_when_all_is_over_change_nothing(centre):
    await centre.faults(webhooks=[{"door": "/twilio/(leg|room)$", "late": 0.5, "late_by_s": 4}], seed=5)
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended)
        await centre.faults()
        following, contact_id = await centre.talking(anna)
        await until_nothing_is_late(centre)
        assert len(await centre.hears(following)) == 1
        await anna.client.hang_up(contact_id)
        await anna.saw(Ended, 2)
    await talked(centre, sid)
    await talked(centre, following)


async def until_nothing_is_late(centre):
    async with asyncio.timeout(60):
        while (await centre.centre.control("GET", "live"))["late"]:
            await asyncio.sleep(0.1)  # the carrier tells nobody
