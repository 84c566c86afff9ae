"""Conferences with a supervisor: who hears whom, at every moment, by the ledger; and announcements."""

import asyncio

import pytest

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.rooms import agent_in, caller_in, room_event, talk
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World, heard
from tests.patience import PATIENCE_S

ROOM_EVENTS = ["join", "leave", "mute", "modify", "announcement", "speaker"]


async def supervised(world: World, **terms):
    """A talk with a third party in it: the room's, the caller's, the agent's and the supervisor's identifiers."""
    room, caller, agent = await talk(world, conference_status_callback_event=["start", *ROOM_EVENTS])
    given = {name: agent if value == "agent" else value for name, value in terms.items()}
    supervisor = await agent_in(world, "talk", "sue", label="supervisor", **given)
    await room_event(world, "participant-join")
    return room, caller, agent, supervisor.call_sid


async def passing_ms(world: World) -> int:
    """A moment (ms) of the carrier's clock that is over: what is asked of the carrier next happens after it."""
    now_ms = moment_ms = (await world.control("GET", "live"))["now_ms"]
    while now_ms == moment_ms:
        now_ms = (await world.control("GET", "live"))["now_ms"]
    return int(moment_ms)


async def test_a_coach_hears_everybody_and_is_heard_by_one(world: World):
    room, caller, agent, coach = await supervised(world, coaching=True, call_sid_to_coach="agent")
    assert await world.hears() == {agent: [caller, coach], caller: [agent], coach: [agent, caller]}
    participant = await world.rest.conferences(room).participants("supervisor").fetch_async()
    assert (participant.coaching, participant.call_sid_to_coach) == (True, agent)
    assert [{caller, agent}] == [set(bridge["sids"]) for bridge in await world.ledger("bridges")]
    assert (await world.verdict())["bridged_twice"] == 0


async def test_who_listens_is_muted_and_talks_with_nobody(world: World):
    _, caller, agent, listener = await supervised(world, muted=True)
    assert await world.hears() == {agent: [caller], caller: [agent], listener: [agent, caller]}
    assert len(await world.ledger("bridges")) == 1
    assert heard(await world.leg(listener))[-1] == "bridged"


async def test_from_monitor_to_whisper_to_barge_the_ledger_knows_every_moment(world: World):
    room, caller, agent, boss = await supervised(world, muted=True)
    participant = world.rest.conferences(room).participants("supervisor")
    monitored_ms = await passing_ms(world)
    await participant.update_async(coaching=True, call_sid_to_coach=agent, muted=False)
    event = await room_event(world, "participant-modify")
    assert (event["Coaching"], event["CallSidToCoach"]) == ("true", agent)
    assert await world.hears() == {agent: [caller, boss], caller: [agent], boss: [agent, caller]}
    await participant.update_async(coaching=False)
    assert (await room_event(world, "participant-modify"))["Coaching"] == "false"
    now = await world.hears()
    assert {who: set(whom) for who, whom in now.items()} == {
        agent: {caller, boss},
        caller: {agent, boss},
        boss: {agent, caller},
    }
    assert await world.hears(monitored_ms) == {agent: [caller], caller: [agent], boss: [agent, caller]}
    assert [one.call_sid for one in await world.rest.conferences(room).participants.list_async(coaching=True)] == []


async def test_a_muted_coach_is_heard_by_nobody(world: World):
    _, caller, agent, coach = await supervised(world, coaching=True, call_sid_to_coach="agent", muted=True)
    assert await world.hears() == {agent: [caller], caller: [agent], coach: [agent, caller]}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"coaching": True}, 13240),
        ({"coaching": True, "call_sid_to_coach": "agent"}, 13240),
        ({"coaching": True, "call_sid_to_coach": "CA" + "0" * 32}, 16028),
    ],
)
async def test_who_cannot_be_coached(world: World, fields, code):
    room, *_ = await talk(world)
    with refused(400, code):
        await agent_in(world, "talk", "sue", **fields)
    with refused(400, code):
        await world.rest.conferences(room).participants("agent").update_async(**fields)
    assert len(await world.ledger("rung")) == 1


async def test_a_document_that_coaches_nobody_falls_to_the_next_verb(world: World):
    await talk(world)
    sid = await caller_in(world, "talk", f"coach='CA{'0' * 32}'", joins=False)
    assert (await world.toy.knock("/after-dial"))["CallSid"] == sid
    assert await world.codes(sid) == [16028]


async def test_a_coach_whose_agent_left_while_it_rang_does_not_get_in(world: World):
    room, _, agent = await talk(world)
    await world.endpoints(sue={"after_ms": 400})
    await agent_in(world, "talk", "sue", label="supervisor", coaching=True, call_sid_to_coach=agent)
    await world.rest.conferences(room).participants("agent").delete_async()
    left = await room_event(world, "participant-leave")
    while left.get("ParticipantLabel") != "supervisor":
        left = await room_event(world, "participant-leave")
    assert left["ReasonParticipantLeft"] == "participant_add_failed"
    assert 16028 in await world.codes()


async def test_an_announcement_to_one_is_heard_by_that_one(world: World):
    room, caller, agent = await talk(world, conference_status_callback_event=["start", *ROOM_EVENTS])
    url = world.toy.door("/announce", twiml("<Say>one minute left</Say>"))
    await world.rest.conferences(room).participants("agent").update_async(announce_url=url)
    knock = await world.toy.knock("/announce")
    assert (knock.method, knock["CallSid"], knock["ConferenceSid"]) == ("POST", agent, room)
    ended = await room_event(world, "announcement-end")
    assert (ended["CallSid"], ended["AnnounceUrl"]) == (agent, url)
    assert heard(await world.leg(agent))[-3:] == ["bridged", "speech", "bridged"]
    assert heard(await world.leg(caller))[-1] == "bridged"


async def test_keys_in_an_announcement_are_noted_with_the_one_who_hears_them(world: World):
    room, caller, agent = await talk(world, conference_status_callback_event=["start", *ROOM_EVENTS])
    url = world.toy.door("/announce", twiml('<Play digits="12#"/>'))
    await world.rest.conferences(room).participants(caller).update_async(announce_url=url)
    await room_event(world, "announcement-end")
    assert [(await world.leg(sid))["tones"] for sid in (caller, agent)] == ["12#", ""]


async def test_an_announcement_to_all_is_told_once(world: World):
    room, caller, agent = await talk(world, conference_status_callback_event=["start", *ROOM_EVENTS])
    url = world.toy.door("/announce", twiml("<Say>recorded</Say>"))
    await world.rest.conferences(room).update_async(announce_url=url, announce_method="GET")
    assert {(await world.toy.knock("/announce"))["CallSid"] for _ in range(2)} == {caller, agent}
    assert "CallSid" not in (await room_event(world, "announcement-end")).fields
    assert [knock["StatusCallbackEvent"] for knock in world.toy.at("/room")].count("announcement-end") == 1


async def test_an_announcement_that_cannot_be_had(world: World):
    room, *_ = await talk(world, conference_status_callback_event=["start", *ROOM_EVENTS])
    url = world.toy.door("/announce", "no xml")
    await world.rest.conferences(room).participants("agent").update_async(announce_url=url)
    assert "ReasonAnnouncementFailed" in (await room_event(world, "announcement-fail")).fields


async def test_an_announcement_before_the_start_is_refused(world: World):
    created = await agent_in(world, "r")
    await room_event(world, "participant-join")
    with refused(400, 16099):
        await world.rest.conferences(created.conference_sid).update_async(announce_url=f"{world.toy.base}/x")


async def test_speech_is_reported_unless_muted(world: World):
    room, caller, _ = await talk(world, conference_status_callback_event=["start", *ROOM_EVENTS])
    await world.control("POST", f"calls/{caller}/script", [{"say": "hello"}])
    assert (await room_event(world, "participant-speech-start"))["CallSid"] == caller
    assert (await room_event(world, "participant-speech-stop"))["CallSid"] == caller
    await world.rest.conferences(room).participants("customer").update_async(muted=True)
    await room_event(world, "participant-mute")
    await world.control("POST", f"calls/{caller}/script", [{"say": "hello"}, {"hang_up": True}])
    await room_event(world, "participant-leave")
    events = [knock["StatusCallbackEvent"] for knock in world.toy.at("/room")]
    assert events.count("participant-speech-start") == 1


async def test_a_held_party_is_parted_in_the_matrix_too(world: World):
    room, caller, agent = await talk(world)
    await world.rest.conferences(room).participants("customer").update_async(hold=True)
    await room_event(world, "participant-hold")
    assert await world.hears() == {}
    await world.rest.conferences(room).participants("customer").update_async(hold=False)
    async with asyncio.timeout(PATIENCE_S):
        while await world.hears() != {agent: [caller], caller: [agent]}:
            pass
