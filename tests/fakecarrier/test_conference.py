"""Conferences: starting, ending, who owns the callbacks, who hears whom."""

import asyncio

import pytest
from aiohttp import web

from tests.fakecarrier.rooms import agent_in, callback, caller_in, room_event, talk
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World, heard
from tests.patience import PATIENCE_S


async def test_it_starts_with_the_second_and_ends_with_the_last(world: World):
    first = await caller_in(world, "r", callback(world))
    joined = await room_event(world, "participant-join")
    assert (joined["CallSid"], joined["FriendlyName"], joined["SequenceNumber"]) == (first, "r", "1")
    assert (joined["Muted"], joined["Hold"], joined["EndConferenceOnExit"]) == ("false", "false", "false")
    (room,) = await world.rest.conferences.list_async(friendly_name="r")
    assert (room.status, room.sid) == ("init", joined["ConferenceSid"])
    second = await caller_in(world, "r", "participantLabel='two'")
    started = await room_event(world, "conference-start")
    assert "CallSid" not in started.fields
    assert (await room.fetch_async()).status == "in-progress"
    await world.hang_up(second)
    left = await room_event(world, "participant-leave")
    assert (left["CallSid"], left["ParticipantLabel"], left["ParticipantCallStatus"]) == (second, "two", "completed")
    assert left["ReasonParticipantLeft"] == "participant_hung_up"
    await world.hang_up(first)
    ended = await room_event(world, "conference-end")
    assert (ended["ReasonConferenceEnded"], ended["CallSidEndingConference"]) == ("last-participant-left", first)
    room = await room.fetch_async()
    assert (room.status, room.reason_conference_ended) == ("completed", "last-participant-left")
    await caller_in(world, "r")
    assert len(await world.rest.conferences.list_async(friendly_name="r")) == 2  # the same name is a new room


async def test_it_does_not_start_without_anybody_who_may_start_it(world: World):
    quiet = "startConferenceOnEnter='false'"
    await caller_in(world, "r", f"{quiet} {callback(world)}")
    await caller_in(world, "r", quiet)
    await room_event(world, "participant-join")
    await room_event(world, "participant-join")
    (room,) = await world.rest.conferences.list_async(status="init")
    assert await world.rest.conferences.list_async(status="in-progress") == []
    await caller_in(world, "r")
    await room_event(world, "conference-start")
    assert (await room.fetch_async()).status == "in-progress"


async def test_the_first_to_join_decides_where_callbacks_go(world: World):
    await caller_in(world, "r", callback(world, "/first", "join"))
    await caller_in(world, "r", callback(world, "/second", "start end join leave"))
    assert (await world.toy.knock("/first"))["SequenceNumber"] == "1"
    assert (await world.toy.knock("/first"))["SequenceNumber"] == "2"
    assert world.toy.at("/second") == []
    assert {knock["StatusCallbackEvent"] for knock in world.toy.at("/first")} == {"participant-join"}


async def test_a_room_whose_first_participant_wants_no_callbacks_sends_none(world: World):
    first = await caller_in(world, "r")
    second = await caller_in(world, "r", callback(world))
    await world.hang_up(first)
    await world.hang_up(second)
    await world.settled()
    assert world.toy.at("/room") == []


async def test_end_on_exit_ends_it_for_everybody(world: World):
    _room, caller, agent = await talk(world, caller="endConferenceOnExit='true' participantLabel='customer'")
    await world.hang_up(caller)
    ended = await room_event(world, "conference-end")
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert (ended["CallSidEndingConference"], ended["ParticipantLabelEndingConference"]) == (caller, "customer")
    reasons = {
        knock["CallSid"]: knock["ReasonParticipantLeft"]
        for knock in world.toy.at("/room")
        if "ReasonParticipantLeft" in knock.fields
    }
    assert reasons == {caller: "participant_hung_up", agent: "moderator_ended_conference"}
    await world.settled()
    leg = await world.leg(agent)
    assert (leg["status"], leg["ended_by"], leg["end_reason"]) == ("completed", "room", "moderator_ended_conference")


async def test_the_dial_action_comes_after_the_room_and_nothing_else(world: World):
    dial = f"action='{world.toy.base}/action'"
    world.toy.door("/action", twiml("<Hangup/>"))
    _, caller, agent = await talk(world, dial=dial)
    await world.hang_up(agent)
    await room_event(world, "participant-leave")
    await world.rest.conferences((await world.rest.conferences.list_async())[0].sid).update_async(status="completed")
    knock = await world.toy.knock("/action")
    assert knock["CallSid"] == caller
    assert knock["DialCallStatus"] == "answered"  # not completed: that is for numbers and clients
    assert not {"DialCallSid", "DialCallDuration"} & set(knock.fields)
    await world.settled()
    assert world.toy.at("/after-dial") == []
    assert (await world.verdict())["lost"] == 0


async def test_without_an_action_the_document_goes_on(world: World):
    room, *_ = await talk(world)
    await world.rest.conferences(room).update_async(status="completed")
    assert (await room_event(world, "participant-leave"))["ReasonParticipantLeft"] == "conference_ended_via_api"
    assert (await room_event(world, "conference-end"))["ReasonConferenceEnded"] == "conference-ended-via-api"
    await world.toy.knock("/after-dial")


async def test_a_caller_who_hangs_up_ends_the_dial_without_its_action(world: World):
    _, caller, _ = await talk(world, dial=f"action='{world.toy.base}/action'", end_conference_on_exit=True)
    await world.hang_up(caller)
    await room_event(world, "participant-leave")
    await world.rest.conferences((await world.rest.conferences.list_async())[0].sid).update_async(status="completed")
    await world.settled()
    assert world.toy.at("/action") == world.toy.at("/after-dial") == []


async def test_a_label_in_use_falls_to_the_next_verb(world: World):
    await talk(world)
    second = await caller_in(
        world, "talk", "participantLabel='customer'", f"action='{world.toy.base}/action'", joins=False
    )
    assert (await world.toy.knock("/after-dial"))["CallSid"] == second
    assert await world.codes(second) == [16025]
    assert world.toy.at("/action") == []


@pytest.mark.parametrize("label", ["a/b", "x" * 129, "CA" + "0" * 32])
async def test_a_label_that_cannot_be(world: World, label: str):
    sid = await caller_in(world, "r", f"participantLabel='{label}'", joins=False)
    await world.toy.knock("/after-dial")
    assert await world.codes(sid) == [16023]


async def test_a_full_room_takes_nobody(world: World):
    await talk(world)
    third = await caller_in(world, "talk", "maxParticipants='2'", joins=False)
    assert (await world.toy.knock("/after-dial"))["CallSid"] == third
    assert await world.codes(third) == [16020]


async def test_who_hears_whom(world: World):
    room, caller, agent = await talk(world)
    participants = world.rest.conferences(room).participants

    async def hears() -> dict[str, list[str]]:
        return (await world.control("GET", "rooms"))["talk"]["hears"]

    assert await hears() == {agent: [caller], caller: [agent]}
    await participants("agent").update_async(muted=True)
    assert (await room_event(world, "participant-mute"))["Muted"] == "true"
    assert await hears() == {agent: [caller], caller: []}  # mute is one-way
    await participants("agent").update_async(muted=False)
    await room_event(world, "participant-unmute")
    await participants("customer").update_async(hold=True)
    assert (await room_event(world, "participant-hold"))["Hold"] == "true"
    third = await agent_in(world, "talk", "bob", label="second")
    await room_event(world, "participant-join")
    assert await hears() == {agent: [third.call_sid], caller: [], third.call_sid: [agent]}  # who is held hears nobody
    await participants("customer").update_async(hold=False)
    await room_event(world, "participant-unhold")
    assert await hears() == {
        agent: [caller, third.call_sid],
        caller: [agent, third.call_sid],
        third.call_sid: [agent, caller],
    }


async def test_a_hold_with_its_document_counts_as_held(world: World):
    room, caller, _ = await talk(world)
    world.toy.door("/hold", twiml("<Say>please hold</Say><Play>/music-30s.mp3</Play>"))
    await world.rest.conferences(room).participants(caller).update_async(hold=True, hold_url=f"{world.toy.base}/hold")
    knock = await world.toy.knock("/hold")
    assert (knock.method, knock["CallSid"], knock.signed) == ("GET", caller, True)
    await world.rest.conferences(room).participants(caller).update_async(hold=False)
    await room_event(world, "participant-unhold")
    assert heard(await world.leg(caller))[-3:] == ["bridged", "held", "bridged"]
    (record,) = await world.ledger("rooms")
    (stay,) = [one for one in record["stays"] if one["sid"] == caller]
    assert [what for _, what in stay["changes"]] == ["hold", "unhold"]


async def test_a_change_of_end_on_exit_is_obeyed(world: World):
    room, caller, agent = await talk(world)
    await world.rest.conferences(room).participants(agent).update_async(end_conference_on_exit=True)
    assert (await room_event(world, "participant-modify"))["EndConferenceOnExit"] == "true"
    await world.hang_up(agent)
    await room_event(world, "conference-end")
    assert (await world.toy.knock("/after-dial"))["CallSid"] == caller


@pytest.mark.parametrize(("attributes", "kind"), [("", "music"), ("waitUrl=''", "silence")])
async def test_waiting_alone(world: World, attributes: str, kind: str):
    sid = await caller_in(world, "r", f"{attributes} {callback(world)}")
    await room_event(world, "participant-join")
    assert heard(await world.leg(sid))[-1] == kind
    await world.hang_up(sid)


async def test_a_rooms_waiting_document_is_asked_once(world: World):
    world.toy.door("/wait", twiml("<Play>/short-0.05s.mp3</Play><Gather/>"))
    sid = await caller_in(world, "r", "waitUrl='/wait'")
    knock = await world.toy.knock("/wait")
    assert (knock.method, knock["FriendlyName"]) == ("POST", "r")
    async with asyncio.timeout(PATIENCE_S):
        while heard(await world.leg(sid))[-2:] != ["music", "silence"]:
            await world.control("GET", "settle?timeout_s=0.05")
    assert len(world.toy.at("/wait")) == 1
    assert await world.codes(sid) == [13238]  # a menu may not stand there


async def test_a_failing_waiting_document_drops_the_join(world: World):
    world.toy.door("/wait", web.Response(status=500))
    world.toy.door("/action", twiml("<Hangup/>"))
    sid = await caller_in(world, "r", "waitUrl='/wait'", "action='/action'", joins=False)
    assert (await world.toy.knock("/action"))["DialCallStatus"] == "failed"
    assert await world.codes(sid) == [11200]


async def test_a_beep_is_not_acted_on_and_not_complained_of(world: World):
    sid = await caller_in(world, "r", "beep='false'")
    assert await world.codes(sid) == []
