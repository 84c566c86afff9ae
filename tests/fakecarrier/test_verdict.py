"""The verdict: judged from what the carrier saw."""

import asyncio

import pytest
from aiohttp import web
from twilio.base.exceptions import TwilioRestException

from tests.fakecarrier.rooms import agent_in, caller_in, occupants, room_event, talk
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World
from tests.patience import PATIENCE_S

CLEAN = {"lost": 0, "silent": 0, "bridged_twice": 0, "agents_doubled": 0, "dialled_twice": 0}


def faults_of(verdict: dict) -> dict:
    return {name: verdict[name] for name in CLEAN}


async def perform(world: World, *verbs: str, script=()) -> str:
    world.toy.door("/voice", twiml(*verbs))
    await world.number("/voice")
    return await world.call(*script)


async def test_a_good_call(world: World):
    room, _caller, _ = await talk(world)
    assert (await world.verdict())["live"] == 1
    await world.rest.conferences(room).update_async(status="completed")
    await world.settled()
    verdict = await world.verdict()
    assert faults_of(verdict) == CLEAN
    assert (verdict["contacts"], verdict["connected"], verdict["live"], verdict["abandoned"]) == (1, 1, 0, 0)


async def test_after_a_talk_with_an_agent_any_end_will_do(world: World):
    _, caller, _ = await talk(world)
    await world.rest.calls(caller).update_async(status="completed")
    assert (await world.verdict())["lost"] == 0


async def test_a_talk_with_another_caller_is_no_talk_with_an_agent(world: World):
    await caller_in(world, "r")
    second = await caller_in(world, "r")
    await world.rest.calls(second).update_async(status="completed")
    verdict = await world.verdict()
    assert (verdict["connected"], verdict["lost"]) == (0, 1)


async def test_a_live_call_is_not_lost(world: World):
    await perform(world, "<Play>/music-30s.mp3</Play>")
    await world.toy.knock("/voice")
    assert faults_of(await world.verdict()) == CLEAN


async def test_one_agent_after_another_is_passed_on(world: World):
    _, caller, first = await talk(world)
    await world.hang_up(first)
    await room_event(world, "participant-leave")
    second = await agent_in(world, "talk", "bob", label="second")
    await room_event(world, "participant-join")
    verdict = await world.verdict()
    (found,) = verdict["findings"]["passed_on"]
    assert found["sids"] == [caller, first, second.call_sid]
    assert "2 agents' legs" in found["reason"]
    assert faults_of(verdict) == CLEAN


async def test_an_agent_who_comes_into_a_talk_that_goes_on_is_one_too_many(world: World):
    _, caller, first = await talk(world)
    second = await agent_in(world, "talk", "bob", label="second")
    await room_event(world, "participant-join")
    verdict = await world.verdict()
    (found,) = verdict["findings"]["bridged_twice"]
    assert found["sids"] == [caller, first, second.call_sid]
    assert "at once" in found["reason"]
    assert verdict["passed_on"] == 0


async def test_so_is_one_of_two_agents_to_whom_a_caller_is_brought(world: World):
    for who in ("alice", "bob"):
        await agent_in(world, "talk", who, label=who)
        await room_event(world, "participant-join")
    await caller_in(world, "talk")
    assert (await world.verdict())["bridged_twice"] == 1


async def test_no_hold_and_no_mute_later_on_makes_it_right(world: World):
    room, *_ = await talk(world)
    await agent_in(world, "talk", "bob", label="second")
    await room_event(world, "participant-join")
    customer = world.rest.conferences(room).participants("customer")
    for change in ({"hold": True}, {"hold": False}, {"muted": True}, {"muted": False}):
        await customer.update_async(**change)
    assert (await world.verdict())["bridged_twice"] == 1


async def test_who_comes_into_a_conference_comes_to_all_of_them(world: World):
    room, *_ = await talk(world)
    customer = world.rest.conferences(room).participants("customer")
    await customer.update_async(hold=True)
    await agent_in(world, "talk", "bob", label="second")
    await room_event(world, "participant-join")
    await customer.update_async(hold=False)
    await agent_in(world, "talk", "carl", label="third")
    await room_event(world, "participant-join")
    verdict = await world.verdict()
    assert (verdict["passed_on"], verdict["bridged_twice"]) == (1, 0)


async def test_who_comes_while_the_caller_is_on_hold_is_let_in_with_the_end_of_the_hold(world: World):
    room, _, first = await talk(world)
    customer = world.rest.conferences(room).participants("customer")
    await customer.update_async(hold=True)
    await agent_in(world, "talk", "bob", label="second")
    await room_event(world, "participant-join")
    assert (await world.verdict())["passed_on"] == 0  # the caller has talked with one only
    await customer.update_async(hold=False)
    verdict = await world.verdict()
    assert (verdict["passed_on"], verdict["bridged_twice"]) == (1, 0)
    await world.hang_up(first)
    await room_event(world, "participant-leave")
    assert (await world.verdict())["bridged_twice"] == 0


@pytest.mark.parametrize("way", ["muted", "coaching"])
async def test_who_listens_first_and_is_let_speak_then_is_let_in(world: World, way: str):
    room, _, agent = await talk(world)
    terms = {"muted": True} if way == "muted" else {"coaching": True, "call_sid_to_coach": agent}
    await agent_in(world, "talk", "zoe", label="zoe", **terms)
    await room_event(world, "participant-join")
    assert faults_of(await world.verdict()) == CLEAN
    speaks = {"muted": False} if way == "muted" else {"coaching": False}
    await world.rest.conferences(room).participants("zoe").update_async(**speaks)
    verdict = await world.verdict()
    assert faults_of(verdict) == CLEAN
    assert verdict["passed_on"] == 1


async def test_a_supervisor_who_is_said_to_be_one_is_no_agent(world: World):
    await world.endpoints(zoe={"role": "supervisor", "after_ms": 0})
    await talk(world)
    await agent_in(world, "talk", "zoe", label="zoe")
    await room_event(world, "participant-join")
    verdict = await world.verdict()
    assert faults_of(verdict) == CLEAN
    assert (verdict["connected"], verdict["passed_on"]) == (1, 0)


async def test_a_telephone_that_is_rung_is_an_agents_once_it_talks_with_a_caller(world: World):
    caller = await caller_in(world, "talk")
    world.toy.door("/screen", twiml("<Gather timeout='1'/><Dial><Conference>talk</Conference></Dial>"))
    for number in ("+15550003000", "+15550003000"):
        await world.rest.calls.create_async(to=number, from_="+15550001000", url=f"{world.toy.base}/screen")
    await world.toy.knock("/screen")
    await world.toy.knock("/screen")
    verdict = await world.verdict()
    assert (verdict["connected"], verdict["agents_doubled"]) == (0, 0)
    async with asyncio.timeout(PATIENCE_S):
        while len(await occupants(world, "talk")) < 3:
            pass
        while not (verdict := await world.verdict())["agents_doubled"]:  # for at least a millisecond
            pass
    assert (verdict["connected"], verdict["agents_doubled"], verdict["bridged_twice"]) == (1, 1, 1)
    await world.rest.calls(caller).update_async(status="completed")
    assert (await world.verdict())["lost"] == 0


async def test_an_agent_with_two_legs(world: World):
    await world.endpoints(alice={"one_call_at_a_time": False})
    await talk(world, "one")
    await talk(world, "two")
    (found,) = (await world.verdict())["findings"]["agents_doubled"]
    assert "client:alice" in found["reason"]
    assert len(found["sids"]) == 2


async def test_an_agent_may_have_a_second_leg_while_the_first_is_held(world: World):
    await world.endpoints(alice={"one_call_at_a_time": False})
    room, *_ = await talk(world, "one")
    await world.rest.conferences(room).participants("agent").update_async(hold=True)
    await room_event(world, "participant-hold")
    second, *_ = await talk(world, "two")
    assert (await world.verdict())["agents_doubled"] == 0
    await world.rest.conferences(room).participants("agent").update_async(hold=False)
    await room_event(world, "participant-unhold")
    await world.rest.conferences(second).update_async(status="completed")
    assert (await world.verdict())["agents_doubled"] == 1


async def test_an_agent_may_have_one_leg_after_another(world: World):
    for name in ("one", "two"):
        room, *_ = await talk(world, name)
        await world.rest.conferences(room).update_async(status="completed")
        await world.settled()
    assert (await world.verdict())["agents_doubled"] == 0


async def test_dialled_twice(world: World):
    await world.endpoints(alice={"on_ring": "reject", "after_ms": 0})
    sids = []
    for _ in range(2):
        sids.append((await agent_in(world, "r", label="attempt-1")).call_sid)
        await room_event(world, "participant-leave")
    await agent_in(world, "r", label="attempt-2")
    (found,) = (await world.verdict())["findings"]["dialled_twice"]
    assert found["sids"] == sids
    assert "attempt-1" in found["reason"]


SILENT = {
    "pause": "<Say>x</Say><Pause length='1'/><Hangup/>",
    "queue without music": "<Enqueue waitUrl=''>q</Enqueue>",
    "room without music": "<Dial><Conference waitUrl=''>r1</Conference></Dial>",
    "speech of no length": "<Say>x</Say><Pause length='1'/><Say></Say><Hangup/>",
}
AUDIBLE = {
    "listening menu": "<Gather timeout='1'/><Hangup/>",
    "music": "<Play>/music-1s.mp3</Play><Hangup/>",
    "queue with music": "<Enqueue>q</Enqueue>",
    "room with music": "<Dial><Conference>r2</Conference></Dial>",
    "ringing before an answer": "<Pause length='1'/><Hangup/>",
}


async def test_silence(make_world):
    world = await make_world(silence_limit_s=0.3)
    sids = {}
    for number, (name, verbs) in enumerate((SILENT | AUDIBLE).items()):
        world.toy.door(f"/voice{number}", twiml(verbs))
        await world.number(f"/voice{number}", number=f"+1555000200{number}")
        script = [{"after_ms": 600}, {"hang_up": True}]
        sids[await world.call(*script, to=f"+1555000200{number}")] = name
    await world.settled()
    findings = (await world.verdict())["findings"]["silent"]
    assert {sids[sid] for found in findings for sid in found["sids"]} == set(SILENT)
    assert all("heard nothing for 0." in found["reason"] for found in findings)


async def test_a_declared_hold_is_not_silence_but_a_talk_that_fell_is(make_world):
    world = await make_world(silence_limit_s=0.15)
    room, caller, agent = await talk(world)
    await world.rest.conferences(room).participants("customer").update_async(hold=True, hold_url=None)
    await world.control("GET", "settle?timeout_s=0.25")
    assert (await world.verdict())["silent"] == 0
    await world.rest.conferences(room).participants("customer").update_async(hold=False)
    await world.hang_up(agent)
    await world.control("GET", "settle?timeout_s=0.25")
    (found,) = (await world.verdict())["findings"]["silent"]
    assert found["sids"] == [caller]
    assert "heard nothing for 0." in found["reason"]


async def test_softphones_that_call_in_are_no_contacts(world: World):
    world.toy.door("/voice", twiml("<Dial><Conference>desk</Conference></Dial>"))
    await world.number("/voice")
    await world.call(**{"from": "client:alice"})
    await world.toy.knock("/voice")
    assert (await world.verdict())["contacts"] == 0


WAITS = "<Play>/music-0.1s.mp3</Play>"
GOODBYE = "<Say>all lines are taken</Say><Hangup/>"
PARK = "<Enqueue action='/exit' waitUrl='/wait'>line</Enqueue>"


async def wait_in_line(world: World, waiting: str, after: str = GOODBYE, park: str = PARK) -> str:
    """A caller in line; `waiting` is what the waiting document holds, `after` what follows the queue."""
    world.toy.door("/wait", twiml(waiting))
    world.toy.door("/exit", twiml(after))
    world.toy.door("/elsewhere", twiml(GOODBYE))
    return await perform(world, park)


THROWN_OUT = {
    "hung up on in the waiting document": (WAITS + GOODBYE, GOODBYE),
    "let out without a word": (WAITS + "<Leave/>", "<Hangup/>"),
    "let out into silence": (WAITS + "<Leave/>", "<Pause length='1'/><Hangup/>"),
}
LET_OUT = {
    "let out with a word": (WAITS + "<Leave/>", GOODBYE),
    "let out to a menu": (WAITS + "<Leave/>", "<Gather timeout='1'/><Hangup/>"),
}


@pytest.mark.parametrize("way", THROWN_OUT)
async def test_who_waited_for_an_agent_is_lost_when_hung_up_on(world: World, way: str):
    sid = await wait_in_line(world, *THROWN_OUT[way])
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["finished_by_flow"], verdict["abandoned"]) == (1, 0, 0)
    assert verdict["findings"]["lost"][0]["sids"] == [sid]
    assert "in the queue" in verdict["findings"]["lost"][0]["reason"]


@pytest.mark.parametrize("way", LET_OUT)
async def test_a_queues_own_exit_loses_nobody(world: World, way: str):
    sid = await wait_in_line(world, *LET_OUT[way])
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["finished_by_flow"]) == (0, 1)
    assert verdict["findings"]["finished_by_flow"][0]["sids"] == [sid]


async def test_who_is_taken_out_of_the_queue_by_rest_is_lost_whatever_is_said_then(world: World):
    sid = await wait_in_line(world, "<Play>/music-30s.mp3</Play>")
    await world.toy.knock("/wait")
    await world.rest.calls(sid).update_async(url=f"{world.toy.base}/elsewhere")
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["finished_by_flow"]) == (1, 0)


async def test_a_request_about_a_waiting_caller_that_was_refused_moves_nobody(world: World):
    sid = await wait_in_line(world, "<Play>/music-0.5s.mp3</Play><Leave/>")
    await world.toy.knock("/wait")
    with pytest.raises(TwilioRestException):
        await world.rest.calls(sid).update_async(status="nonsense")
    await world.settled()
    assert (await world.verdict())["lost"] == 0


async def test_a_waiting_document_that_failed_is_no_exit(world: World):
    await wait_in_line(world, WAITS)
    world.toy.door("/wait", web.Response(status=500))
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["finished_by_flow"]) == (1, 0)


async def test_who_finds_the_queue_full_is_owed_nothing(world: World):
    full = "<Enqueue action='/exit' waitUrl='/wait' maxQueueSize='1'>line</Enqueue>"
    first = await wait_in_line(world, "<Play>/music-30s.mp3</Play>", park=full)
    await world.toy.knock("/wait")
    second = await world.call()
    await world.toy.knock("/exit")
    await world.hang_up(first)
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["abandoned_in_queue"], verdict["finished_by_flow"]) == (0, 1, 1)
    assert verdict["findings"]["finished_by_flow"][0]["sids"] == [second]


async def test_who_waited_and_talked_may_be_hung_up_on(world: World):
    sid = await wait_in_line(world, "<Play>/music-30s.mp3</Play>")
    await world.toy.knock("/wait")
    await agent_in(world, "talk", label="agent")
    await room_event(world, "participant-join")
    room = "<Dial><Conference endConferenceOnExit='true'>talk</Conference></Dial><Hangup/>"
    await world.rest.calls(sid).update_async(twiml=twiml(room))
    await room_event(world, "participant-join")
    (conference,) = await world.ledger("rooms")
    await world.rest.conferences(conference["sid"]).update_async(status="completed")
    await world.settled()
    assert (await world.leg(sid))["end_reason"] == "hangup"
    verdict = await world.verdict()
    assert (verdict["connected"], verdict["lost"]) == (1, 0)


MESSAGE = "<Say>please leave a message</Say><Record maxLength='30' timeout='1'/><Hangup/>"


async def test_who_is_taken_out_of_the_queue_to_leave_a_message_is_not_lost(world: World):
    sid = await wait_in_line(world, "<Play>/music-30s.mp3</Play>")
    world.toy.door("/message", twiml(MESSAGE))
    await world.toy.knock("/wait")
    await world.rest.calls(sid).update_async(url=f"{world.toy.base}/message")
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["lost"], verdict["finished_by_flow"]) == (0, 1)


@pytest.mark.parametrize(
    ("words", "kind"), [("please call me back " * 20, "finished_by_flow"), ("", "abandoned_in_menu")]
)
async def test_who_hangs_up_having_left_a_message_has_finished(world: World, words: str, kind: str):
    said = [{"say": words}, {"after_ms": 300}] if words else []
    sid = await perform(world, MESSAGE, script=[{"wait": "record"}, *said, {"hang_up": True}])
    await world.settled()
    verdict = await world.verdict()
    assert [found["sids"] for found in verdict["findings"][kind]] == [[sid]]
