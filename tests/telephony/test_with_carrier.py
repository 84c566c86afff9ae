"""The adapter between a small centre and the fake carrier, a process of its own: a call goes all the way, over HTTP."""

import asyncio

import msgspec
import pytest

from cti.core.events import (
    CallEnded,
    CallJoined,
    CallLeft,
    LegAnswered,
    LegChecked,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegRetrieved,
    PlanRequested,
)
from cti.core.plan import Door, HangUp, Plan, Say
from cti.core.states import EndCause, LeaveResult
from tests.patience import PATIENCE_S
from tests.telephony.carrier_world import IN_THE_MENU, talking
from tests.telephony.small_centre import AGENT_LEG, CALL, CALLER_LEG, DIAL, LONG_JOIN, SCREENED

LONG_AGO = 0


async def test_a_call_goes_all_the_way(make_world):
    world = await make_world()
    centre = world.centre
    await world.call(*IN_THE_MENU, {"wait": "bridged"}, {"after_ms": 300}, {"wait": "held"})
    await asyncio.wait_for(centre.talking.wait(), PATIENCE_S)
    assert (await centre.do(centre.hold(held=True))).status == "done"
    await centre.happened(LegHeld, leg_id=CALLER_LEG)
    assert (await centre.do(centre.hold(held=False))).status == "done"
    await centre.happened(LegRetrieved, leg_id=CALLER_LEG)
    assert (await centre.do(centre.mute(muted=True))).status == "done"
    await centre.happened(LegMuted, leg_id=AGENT_LEG, muted=True)
    assert (await centre.do(centre.hang_up(AGENT_LEG))).status == "done"
    await centre.happened(CallLeft, leg_id=AGENT_LEG, call_id=CALL)
    await centre.happened(CallEnded, call_id=CALL)
    await centre.happened(PlanRequested, door=Door.PARKED, result=LeaveResult.REDIRECTED)
    await centre.happened(PlanRequested, door=Door.JOINED, result=LeaveResult.BRIDGED)
    await centre.happened(LegEnded, leg_id=AGENT_LEG, cause=EndCause.NORMAL)
    await centre.happened(LegEnded, provider_ref=centre.refs[CALLER_LEG], cause=EndCause.NORMAL)
    assert await world.all_is_well(contacts=1, connected=1) == []
    assert centre.repeats == 0
    assert {result.status for result in centre.results} == {"done"}


async def test_a_long_document_is_fetched_and_the_caller_hangs_up_first(make_world):
    world = await make_world(LONG_JOIN)
    centre = world.centre
    await world.call(*IN_THE_MENU, {"wait": "bridged"}, {"after_ms": 100}, {"hang_up": True})
    await centre.happened(CallJoined, leg_id=CALLER_LEG)
    left = await centre.happened(CallLeft, leg_id=CALLER_LEG)
    assert left.cause is EndCause.NORMAL
    gone = await centre.do(centre.hang_up(CALLER_LEG))
    assert (gone.status, gone.code) == ("failed", "GONE")
    assert (await centre.do(centre.hang_up(AGENT_LEG))).status == "done"
    assert await world.all_is_well(contacts=1, connected=1) == []
    checked = await world.adapter.carrier.survey([(CALLER_LEG, centre.refs[CALLER_LEG]), ("main-l9", "CA" + "0" * 32)])
    assert checked == [
        LegChecked(leg_id=CALLER_LEG, alive=False, cause=EndCause.NORMAL),
        LegChecked(leg_id="main-l9", alive=False, cause=EndCause.LOST_SIGHT),
    ]


@pytest.mark.parametrize("door", ["voice", "digits", "parked", "wait", "plan"])
async def test_lost_answers_come_again_by_the_fallback(make_world, door):
    world = await make_world(LONG_JOIN)
    centre = world.centre
    fault = {"door": f"/twilio/{door}$", "lost_reply": 1.0, "times": 1}
    await world.control("POST", "faults", {"webhooks": [fault]})
    await world.call(*IN_THE_MENU, {"wait": "bridged"}, {"after_ms": 100}, {"hang_up": True})
    await centre.happened(CallLeft, leg_id=CALLER_LEG)
    await centre.do(centre.hang_up(AGENT_LEG))
    await world.all_is_well(contacts=1, connected=1)
    # A caller who is moved does not hear the answer at `parked`, and a pushed document is asked of nobody.
    assert centre.repeats == (0 if door in ("parked", "plan") else 1)


@pytest.mark.parametrize("fault", ["lost_reply", "server_error"])
async def test_a_dial_in_doubt_is_found_by_its_label(make_world, fault):
    world = await make_world()
    await world.control("POST", "endpoints", {"client:ann": {"on_ring": "answer", "after_ms": 300}})
    await world.control(
        "POST", "faults", {"rest": [{"path": "Participants", "method": "POST", "times": 1, fault: 1.0}]}
    )
    assert (await world.adapter.carrier.execute(DIAL)).status == "unknown"
    found = await world.adapter.carrier.reconcile(DIAL, LONG_AGO)
    placed = await world.centre.happened(LegPlaced, leg_id=AGENT_LEG)
    assert (found.status, found.events) == ("done", (placed,))
    assert await world.adapter.carrier.survey([(AGENT_LEG, placed.provider_ref)]) == [
        LegChecked(leg_id=AGENT_LEG, alive=True)
    ]
    twice = await world.adapter.carrier.execute(DIAL)  # never done by the server; the carrier refuses the label
    assert twice.status == "unknown"
    nobody = msgspec.structs.replace(DIAL, leg_id="main-l5", endpoint="client:bob", call_id="main-r5")
    absent = await world.adapter.carrier.reconcile(nobody, LONG_AGO)
    assert (absent.status, absent.code) == ("failed", "ABSENT")
    await world.centre.happened(CallJoined, leg_id=AGENT_LEG)
    world.centre.refs[AGENT_LEG] = placed.provider_ref
    await world.centre.do(world.centre.hang_up(AGENT_LEG))
    await world.centre.happened(LegEnded, leg_id=AGENT_LEG)


@pytest.mark.parametrize(("on_ring", "cause"), [("busy", EndCause.BUSY), ("reject", EndCause.REJECTED)])
async def test_an_agent_who_does_not_take_the_call(make_world, on_ring, cause):
    world = await make_world()
    await world.control("POST", "endpoints", {"client:ann": {"on_ring": on_ring, "after_ms": 50}})
    await world.adapter.carrier.execute(DIAL)
    ended = await world.centre.happened(LegEnded, leg_id=AGENT_LEG)
    assert ended.cause is cause
    left = await world.centre.happened(CallLeft, leg_id=AGENT_LEG)
    assert left.provider_ref == ended.provider_ref


@pytest.mark.parametrize(("pressed", "talks"), [("1", True), ("2", False)])
async def test_who_answers_a_phone_presses_1_before_the_caller_is_there(make_world, pressed, talks):
    world = await make_world(dial=SCREENED)
    centre = world.centre
    await world.call(*IN_THE_MENU, {"wait": "queue"}, {"after_ms": 1_500}, {"hang_up": True})
    answered = await centre.happened(LegAnswered, leg_id=AGENT_LEG)
    await centre.happened(PlanRequested, leg_id=AGENT_LEG, door=Door.SCREEN, nonce=0)
    assert not centre.talking.is_set()
    await world.control("POST", f"calls/{answered.provider_ref}/digits", {"digits": pressed})
    if talks:
        await asyncio.wait_for(centre.talking.wait(), PATIENCE_S)
        assert (await centre.happened(CallJoined, leg_id=AGENT_LEG)).provider_ref == answered.provider_ref
        await centre.happened(CallLeft, leg_id=CALLER_LEG, cause=EndCause.NORMAL)
        await centre.do(centre.hang_up(AGENT_LEG))
    await centre.happened(LegEnded, leg_id=AGENT_LEG, cause=EndCause.NORMAL)
    assert centre.results[0].events == (LegPlaced(leg_id=AGENT_LEG, provider_ref=answered.provider_ref),)
    assert await world.all_is_well(contacts=1) == []


async def test_a_screened_dial_in_doubt_is_found_by_its_reports(make_world):
    world = await make_world(dial=SCREENED)
    centre = world.centre
    await world.control("POST", "faults", {"rest": [{"path": "/Calls.json", "method": "POST", "lost_reply": 1}]})
    await world.call(*IN_THE_MENU, {"wait": "queue"}, {"after_ms": 1_000}, {"hang_up": True})
    answered = await centre.happened(LegAnswered, leg_id=AGENT_LEG)
    found = await world.adapter.carrier.reconcile(SCREENED, LONG_AGO)
    assert found.events == (LegPlaced(leg_id=AGENT_LEG, provider_ref=answered.provider_ref),)
    assert centre.results[0].status == "unknown"
    await centre.do(centre.hang_up(AGENT_LEG))
    await world.all_is_well(contacts=1)


@pytest.mark.parametrize(
    ("behaviour", "result"),
    [
        ({"on_ring": "answer", "talk_s": [0.2, 0.3]}, LeaveResult.BRIDGED),
        ({"on_ring": "busy"}, LeaveResult.BUSY),
        ({"on_ring": "ignore"}, LeaveResult.NO_ANSWER),
    ],
)
async def test_a_caller_is_sent_on_to_an_outside_number_and_says_what_came_of_it(make_world, behaviour, result):
    world = await make_world(plans={Door.FORWARDED: Plan((Say(text="Good bye.", language="en-US"), HangUp()))})
    await world.control("POST", "endpoints", {"+12025550177": behaviour})
    centre = world.centre
    await talking(world)
    assert (await centre.do(centre.forward("tel:+12025550177"))).status == "done"
    assert (await centre.happened(PlanRequested, door=Door.FORWARDED, nonce=2_000)).result is result
    await centre.do(centre.hang_up(AGENT_LEG))
    assert await world.all_is_well(contacts=1, connected=1) == []


async def test_a_room_that_is_kept_outlives_the_agent_with_music_on_hold_meanwhile(make_world):
    world = await make_world()
    centre = world.centre
    await talking(world)
    assert (await centre.do(centre.hold(held=True))).events[0].leg_id == CALLER_LEG
    assert (await centre.do(centre.keep(ends_call=False))).status == "done"
    assert (await centre.do(centre.hang_up(AGENT_LEG))).status == "done"
    await centre.happened(CallLeft, leg_id=AGENT_LEG, call_id=CALL)
    rooms = await world.control("GET", "rooms")
    assert list(rooms[CALL]["hears"]) == [centre.refs[CALLER_LEG]]
    webhooks = (await world.control("GET", "ledger?page=webhooks"))["webhooks"]
    assert any("/twilio/held" in str(webhook) for webhook in webhooks)
    await centre.do(centre.hang_up(CALLER_LEG))
    assert await world.all_is_well(contacts=1, connected=1) == []
