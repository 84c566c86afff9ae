"""The carrier's traps, one by one, sprung on a whole server: a caller comes to no harm in any of them.

`docs/reference/carrier-traps.md` says which trap is shown where. One server and one carrier serve all the tests.
"""

import asyncio
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import aiohttp
import pytest
import pytest_asyncio
from twilio.request_validator import RequestValidator

from cti.cli.demo.processes import AUTH_TOKEN, Centre
from cti.client import Connected, Connecting, Ended, Offer, OfferOver, Pop
from tests.patience import PATIENCE_S
from tests.telephony.trap_centre import SALES, STORY, STORY_S, TALK, TrapCentre, write_config

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory) -> AsyncIterator[TrapCentre]:
    folder = tmp_path_factory.mktemp("traps")
    notes: list[str] = []
    centre = TrapCentre(Centre(folder / "data", write_config(folder / "config"), notes.append))
    try:
        await centre.begin()
        yield centre
    finally:
        await centre.end()
    assert notes == []  # the server did not die of anything


@pytest_asyncio.fixture(loop_scope="module")
async def centre(running) -> TrapCentre:
    await running.faults()
    return running


async def talked(centre, sid, cause="CALLER_HUNG_UP", agents=("anna",)):
    """The call came to no harm, and the books tell of it once and rightly."""
    await centre.unharmed(sid)
    record = await centre.record(sid)
    assert (record["outcome"], record["cause"], tuple(record["agent_ids"])) == ("connected", cause, agents)
    return record


# Reports


async def test_reports_that_overtake_each_other(centre):
    late = {"reorder": 1, "reorder_within_ms": 5_000, "times": 1}
    leg, room = {"door": "/twilio/leg$"}, {"door": "/twilio/room$"}
    in_time = {"times": 1}  # what is held back waits for one that is not
    await centre.faults(webhooks=[leg | late, room | in_time, *[room | late, room | in_time] * 4])
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Ended)
    await talked(centre, sid)
    reports = [one for one in await centre.ledger("webhooks") if one["kind"] == "call-progress" and one["sid"] != sid]
    told = [one["event"] for one in sorted(reports, key=lambda one: one["number"])]
    assert told.index("ringing") < told.index("initiated")


async def test_the_room_has_one_address_whoever_comes_first(centre):
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Ended)
    await talked(centre, sid)
    (room,) = [one for one in await centre.ledger("rooms") if sid in [stay["sid"] for stay in one["stays"]]]
    reports = await centre.ledger("webhooks", room["sid"])
    assert {one["event"] for one in reports} >= {"participant-join", "participant-leave", "conference-end"}
    assert len({one["url"] for one in reports}) == 1
    assert "leg=" not in reports[0]["url"]


async def test_a_lost_report_is_made_good_by_asking(centre):
    room = "/twilio/room$"
    await centre.faults(webhooks=[{"door": room, "times": 1}, {"door": room, "times": 2, "drop": 1}])
    async with centre.working() as anna:
        sid = await centre.call(SALES, {"wait": "bridged"}, {"wait": "end"})
        connected = await anna.saw(Connected)
        await anna.client.hang_up(connected.contact_id)
        await anna.saw(Ended)
    await talked(centre, sid, "AGENT_HUNG_UP")
    lost = [one["event"] for one in await centre.ledger("webhooks") if one["error"] == "expired unsent"]
    assert "participant-join" in lost


async def test_everything_twice(centre):
    await centre.faults(webhooks=[{"door": "/", "duplicate": 1, "duplicate_gap_ms": 30}])
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Ended)
        assert [len(anna.all(kind)) for kind in (Offer, Connected, Ended)] == [1, 1, 1]
    await talked(centre, sid)
    assert {one["repeat"] for one in await centre.ledger("webhooks", sid)} == {True, False}


async def test_every_answer_is_lost_once(centre):
    doors = ("voice", "digits", "wait", "parked", "joined", "leg", "room", "status")
    await centre.faults(webhooks=[{"door": f"/twilio/{door}$", "lost_reply": 1, "times": 1} for door in doors])
    async with centre.working() as anna:
        sid = await centre.call({"wait": "menu"}, {"press": "1"}, {"wait": "bridged"}, {"wait": "end"})
        connected = await anna.saw(Connected)
        await anna.client.hang_up(connected.contact_id)
        await anna.saw(Ended)
    await talked(centre, sid, "AGENT_HUNG_UP")
    assert len(await centre.asked("fallback", sid)) >= 3


# Keys


async def test_who_presses_nothing_is_asked_again_and_then_sent_on(centre):
    sid = await centre.call({"wait": "end"})
    await centre.unharmed(sid)
    assert [len(await centre.asked(door, sid)) for door in ("digits", "next")] == [0, 2]
    assert (await centre.leg(sid))["end_reason"] == "hangup"
    assert (await centre.record(sid))["outcome"] == "flow_ended"


async def test_a_finish_key_is_no_digit_and_alone_no_answer(centre):
    account = ({"wait": "menu"}, {"press": "3"}, {"after_ms": 300})
    async with centre.working() as anna:
        sid = await centre.call(*account, {"press": "#"}, {"after_ms": 400}, {"press": "123456#"}, *TALK)
        pop = await anna.saw(Pop)
        await anna.saw(Ended)
    assert dict(pop.pop.attributes) == {"account": "123456"}
    await talked(centre, sid)


async def test_keys_pressed_ahead_answer_the_next_menus(centre):
    async with centre.working() as anna:
        sid = await centre.call({"wait": "menu"}, {"press": "21"}, *TALK)
        await anna.saw(Ended)
    await talked(centre, sid)
    assert len(await centre.asked("digits", sid)) == 2


async def test_a_key_in_the_middle_of_a_prompt_longer_than_the_time_out(centre):
    assert STORY_S > 3
    sid = await centre.call(
        {"wait": "menu"}, {"after_ms": 1_500}, {"press": "1"}, {"wait": "queue"}, {"hang_up": True}, to=STORY
    )
    await centre.unharmed(sid)
    leg = await centre.leg(sid)
    assert 1_500 <= leg["queued_at"] - leg["created_at"] < STORY_S * 1_000
    assert (await centre.record(sid))["outcome"] == "abandoned_in_queue"


# Waiting, moving, leaving


async def test_the_waiting_document_is_fetched_again_from_a_fresh_address(centre):
    sid = await centre.call(SALES, {"wait": "queue"}, {"after_ms": 1_600}, {"hang_up": True})
    await centre.unharmed(sid)
    urls = [one["url"] for one in await centre.asked("wait", sid)]
    assert len(urls) >= 2
    assert len(set(urls)) == len(urls)


async def test_a_waiting_document_that_comes_too_late_is_not_played(centre):
    await centre.faults(webhooks=[{"door": "/twilio/wait$", "slow": 1, "slow_ms": 900}])
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Ended)
    await talked(centre, sid)
    assert any(one["discarded"] for one in await centre.asked("wait", sid))


async def test_a_caller_who_is_gone_before_the_move_frees_the_agent(centre):
    await centre.faults(webhooks=[{"door": "/twilio/(status|parked)$", "delay_ms": 1_500}])
    async with centre.working() as anna:
        await centre.phone("anna", on_ring="answer", after_ms=500)
        gone = await centre.call(SALES, {"wait": "queue"}, {"after_ms": 100}, {"hang_up": True})
        await centre.until("rest", code=21220, sid=gone)
        await anna.saw(OfferOver)
        await centre.faults()
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Ended)
    await talked(centre, sid)
    assert (await centre.record(gone))["outcome"] == "abandoned_in_queue"


@pytest.mark.parametrize("who", ["the caller", "the agent at the desk", "the agent's phone"])
async def test_who_hung_up(centre, who):
    caller = TALK if who == "the caller" else ({"wait": "bridged"}, {"wait": "end"})
    async with centre.working() as anna:
        if who == "the agent's phone":
            await centre.phone("anna", on_ring="answer", after_ms=20, talk_s=0.3)
        sid = await centre.call(SALES, *caller)
        connected = await anna.saw(Connected)
        if who == "the agent at the desk":
            await anna.client.hang_up(connected.contact_id)
        await anna.saw(Ended)
    await talked(centre, sid, "CALLER_HUNG_UP" if who == "the caller" else "AGENT_HUNG_UP")
    # Only a caller whom the other side left is asked about at the room's action: not one who hung up or was hung up.
    assert len(await centre.asked("joined", sid)) == (1 if who == "the agent's phone" else 0)


# Dialling


async def test_reports_overtake_the_answer_to_the_dial(centre):
    await centre.faults(rest=[{"path": "/Participants.json$", "method": "POST", "slow_ms": 6_000}])
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Connected, timeout_s=5.5)
        await anna.saw(Ended)
    await talked(centre, sid)


@pytest.mark.parametrize("path", ["/Participants.json$", "/Calls/CA[^/]*.json$"])
@pytest.mark.parametrize("fault", ["server_error", "lost_reply"])
async def test_an_error_after_the_deed(centre, path, fault):
    plan = {"path": path, "method": "POST", "times": 1, fault: 1}
    await centre.faults(rest=[plan], read_delay_ms=1_500)
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await anna.saw(Ended)
    await talked(centre, sid)
    begun = (await centre.leg(sid))["created_at"]
    assert fault in [one["fault"] for one in await centre.ledger("rest") if one["at"] >= begun]


async def test_too_many_requests_at_once_are_asked_again(centre):
    await centre.faults(rest_concurrent_max=0)
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK)
        await centre.until("rest", code=20429)
        await centre.faults()
        await anna.saw(Ended)
    await talked(centre, sid)


async def test_a_dial_waits_for_its_turn_and_is_not_dialled_again(centre):
    async with centre.working("anna") as anna, centre.working("ben") as ben:
        sids = [await centre.call(SALES, *TALK) for _ in range(2)]
        await asyncio.gather(anna.saw(Ended), ben.saw(Ended))
    await centre.unharmed(*sids)
    agents = [leg for leg in await centre.ledger("legs") if leg["direction"] != "inbound"][-2:]
    assert agents[1]["dialled_at"] - agents[0]["dialled_at"] >= 900
    assert {one["outcome"] for one in [await centre.record(sid) for sid in sids]} == {"connected"}


async def test_a_leg_given_up_while_it_waits_for_its_turn_is_never_heard_of(centre):
    async with centre.working("anna") as anna:
        staying = await centre.call(SALES, {"wait": "bridged"}, {"after_ms": 800}, {"hang_up": True})
        await anna.saw(Connecting)
        async with centre.working("ben") as ben:
            going = await centre.call(SALES, {"wait": "queue"}, {"after_ms": 200}, {"hang_up": True})
            await ben.saw(OfferOver)
            following = await centre.call(SALES, *TALK)
            await asyncio.gather(anna.saw(Ended), ben.saw(Ended))
    await centre.unharmed(staying, going, following)
    legs = await centre.ledger("legs")
    (never,) = [leg for leg in legs if leg["direction"] != "inbound" and not leg["dialled_at"]]
    assert await centre.ledger("webhooks", never["sid"]) == []


async def test_what_is_heard_on_hold_is_what_the_site_is_configured_to_play(centre):
    address = f"{centre.url}/twilio/held?site=main"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(address, {})
    async with aiohttp.ClientSession() as session:
        answer = await session.get(address, headers={"X-Twilio-Signature": signature})
        document = ET.fromstring(await answer.text())
    assert [verb.tag for verb in document] == ["Say", "Pause", "Pause", "Redirect"]
    assert (document[0].text, document[-1].text) == ("Please wait.", address)


async def test_a_phone_that_does_not_take_the_call(centre):
    async with centre.working("anna") as anna:
        await centre.phone("anna", on_ring="reject")
        sid = await centre.call(SALES, *TALK)
        await anna.saw(OfferOver)
        async with centre.working("ben") as ben:
            await ben.saw(Ended)
    await talked(centre, sid, agents=("ben",))


# Who calls, and what was complained of


async def test_callers_without_a_proper_number_and_parameters_nobody_knows(centre):
    odd = ["anonymous", "", "7378742883", "sip:bob@example.com", "+266696687", "client:jürgen", "unknown"]
    leaving = (SALES, {"wait": "queue"}, {"hang_up": True})
    extra = {"StirVerstat": "TN-Validation-Passed-A", "Zukunft": "ä" * 300, "Digits": "9"}
    sids = [await centre.call(*leaving, caller=number, extra=extra) for number in odd]
    await centre.unharmed(*sids)
    for sid in sids:
        assert (await centre.leg(sid))["queued_at"]
        assert (await centre.record(sid))["outcome"] == "abandoned_in_queue"


async def test_at_the_end_every_call_is_in_the_books_and_no_document_was_complained_of(centre):
    contacts = [leg for leg in await centre.ledger("legs") if leg["direction"] == "inbound"]
    async with asyncio.timeout(PATIENCE_S):
        while len(await centre.records()) < len(contacts):
            await asyncio.sleep(0.1)  # the last legs are asked about some seconds after they were given up
    assert len(await centre.records()) == len(contacts)
    expected = {15002, 15003, 16011, 11200}  # the reports and answers that the faults took away
    assert {entry["code"] for entry in await centre.ledger("debugger")} <= expected
    refused = {one["code"] for one in await centre.ledger("rest") if one["code"]}
    assert refused <= {20429, 20500, 21220}
