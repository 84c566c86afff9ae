"""REST: calling somebody into a room, and what can be done with participants."""

import pytest

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.rooms import agent_in, callback, caller_in, room_event, talk
from tests.fakecarrier.world import NUMBER, World


async def test_a_participant_is_queued_first_and_joins_when_it_answers(world: World):
    created = await agent_in(world, "r", label="agent", timeout=10, start_conference_on_enter=True)
    assert (created.status, created.queue_time, created.label) == ("queued", "0", "agent")
    assert (created.muted, created.hold, created.end_conference_on_exit) == (False, False, False)
    joined = await room_event(world, "participant-join")
    assert (joined["CallSid"], joined["ParticipantLabel"]) == (created.call_sid, "agent")
    assert joined["ConferenceSid"] == created.conference_sid
    call = await world.rest.calls(created.call_sid).fetch_async()
    assert (call.status, call.direction, call.to) == ("in-progress", "outbound-api", "client:alice")
    (rung,) = await world.ledger("rung")
    assert (rung["to"], rung["sid"]) == ("client:alice", created.call_sid)


async def test_default_conference_events_are_start_and_end(world: World):
    status = {"status_callback": f"{world.toy.base}/status", "status_callback_event": ["answered"]}
    await agent_in(world, "r", conference_status_callback_event=[], **status)
    await world.toy.knock("/status")
    caller = await caller_in(world, "r", "endConferenceOnExit='true'")
    await room_event(world, "conference-start")
    await world.hang_up(caller)
    await world.settled()
    assert [knock["StatusCallbackEvent"] for knock in world.toy.at("/room")] == ["conference-start", "conference-end"]


async def test_events_may_be_separated_by_spaces(world: World):
    await agent_in(world, "r", conference_status_callback_event=["start end join"])
    await room_event(world, "participant-join")


@pytest.mark.parametrize(
    ("behaviour", "status", "sip_code"),
    [
        ({"on_ring": "busy", "after_ms": 0}, "busy", "486"),
        ({"on_ring": "reject", "after_ms": 0}, "busy", "603"),
        ({"on_ring": "unreachable"}, "failed", "404"),
    ],
)
async def test_who_cannot_be_reached_leaves_before_joining(world: World, behaviour, status, sip_code):
    await world.endpoints(alice=behaviour)
    created = await agent_in(world, "r", label="agent", status_callback=f"{world.toy.base}/status")
    left = await room_event(world, "participant-leave")
    assert (left["ReasonParticipantLeft"], left["ParticipantCallStatus"]) == ("participant_add_failed", status)
    assert left["ParticipantLabel"] == "agent"
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock["SipResponseCode"], knock["CallDuration"]) == (status, sip_code, "0")
    await world.settled()
    assert (await world.leg(created.call_sid))["answered_at"] is None
    assert (await world.rest.conferences(created.conference_sid).fetch_async()).status == "completed"


async def test_before_the_start_participants_cannot_be_touched(world: World):
    created = await agent_in(world, "r", label="agent")
    await room_event(world, "participant-join")
    participant = world.rest.conferences(created.conference_sid).participants("agent")
    with refused(400, 16099):
        await participant.fetch_async()
    with refused(400, 16099):
        await participant.update_async(muted=True)
    with refused(400, 16099):
        await participant.delete_async()
    (listed,) = await world.rest.conferences(created.conference_sid).participants.list_async()
    assert (listed.call_sid, listed.status) == (created.call_sid, "connected")
    await world.rest.calls(created.call_sid).update_async(status="completed")  # the way out that works
    assert (await room_event(world, "participant-leave"))["ReasonParticipantLeft"] == "participant_updated_via_api"
    await world.settled()


async def test_by_call_or_label_but_only_under_the_conferences_sid(world: World):
    room, _caller, agent = await talk(world)
    for name in ("agent", agent):
        assert (await world.rest.conferences(room).participants(name).fetch_async()).call_sid == agent
    with refused(404, 20404):
        await world.rest.conferences("talk").participants("agent").fetch_async()
    with refused(404, 20404):
        await world.rest.conferences(room).participants("nobody").fetch_async()


async def test_list_and_its_filters(world: World):
    room, caller, agent = await talk(world)
    participants = world.rest.conferences(room).participants
    await participants("agent").update_async(muted=True)
    assert {one.call_sid for one in await participants.list_async()} == {caller, agent}
    assert [one.call_sid for one in await participants.list_async(muted=True)] == [agent]
    assert [one.call_sid for one in await participants.list_async(hold=False, page_size=1)] == [agent, caller]
    await world.rest.conferences(room).update_async(status="completed")
    assert await participants.list_async() == []  # an ended conference lists nobody
    with refused(400, 16022):
        await world.rest.conferences(room).update_async(status="completed")


async def test_a_kicked_participant_leaves_and_its_dial_goes_on(world: World):
    room, caller, _agent = await talk(world)
    assert await world.rest.conferences(room).participants("customer").delete_async()
    left = await room_event(world, "participant-leave")
    assert (left["CallSid"], left["ReasonParticipantLeft"]) == (caller, "participant_updated_via_api")
    assert (await world.toy.knock("/after-dial"))["CallSid"] == caller


async def test_kicking_one_who_ends_the_room_ends_it(world: World):
    room, *_ = await talk(world, end_conference_on_exit=True)
    await world.rest.conferences(room).participants("agent").delete_async()
    ended = await room_event(world, "conference-end")
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-kicked"
    await world.toy.knock("/after-dial")


async def test_a_ringing_participant_can_be_removed_while_others_talk(world: World):
    room, *_ = await talk(world)
    await world.endpoints(bob={"on_ring": "ignore"})
    created = await agent_in(
        world,
        "talk",
        "bob",
        label="second",
        status_callback=f"{world.toy.base}/bob",
        status_callback_event=["ringing", "completed"],
    )
    assert (await world.toy.knock("/bob"))["CallStatus"] == "ringing"
    await world.rest.conferences(room).participants("second").delete_async()
    assert (await world.toy.knock("/bob"))["CallStatus"] == "canceled"
    assert (await room_event(world, "participant-leave"))["CallSid"] == created.call_sid


async def test_labels_are_unique_even_while_ringing(world: World):
    await world.endpoints(alice={"on_ring": "ignore"})
    await agent_in(world, "r", label="agent")
    with refused(400, 16026):
        await agent_in(world, "r", "bob", label="agent")
    with refused(400, 16024):
        await agent_in(world, "r", "bob", label="a/b")
    assert len(await world.ledger("dials")) == 1  # what was refused was not dialled
    assert (await world.verdict())["dialled_twice"] == 0


async def test_a_room_that_is_over_or_full_takes_nobody(world: World):
    room, *_ = await talk(world)
    with refused(400, 16020):
        await agent_in(world, "talk", "bob", max_participants=2)
    await world.rest.conferences(room).update_async(status="completed")
    with refused(400, 16022):
        await agent_in(world, room, "bob")
    with refused(404, 20404):
        await agent_in(world, "CF" + "0" * 32, "bob")


async def test_who_answers_after_the_room_has_ended_is_in_a_new_one(world: World):
    first = await caller_in(world, "r", callback(world))
    await world.endpoints(alice={"after_ms": 300})
    created = await agent_in(world, "r", label="agent")
    await world.hang_up(first)
    await room_event(world, "conference-end")
    joined = await room_event(world, "participant-join")
    while joined["CallSid"] != created.call_sid:
        joined = await room_event(world, "participant-join")
    assert joined["ConferenceSid"] != created.conference_sid
    assert joined["FriendlyName"] == "r"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"to": ""}, 400, 21201),
        ({"to": "+0123"}, 400, 21217),
        ({"from_": ""}, 400, 21213),
        ({"from_": "me"}, 400, 21212),
        ({"timeout": 4}, 400, 21208),
        ({"timeout": 601}, 400, 21208),
        ({"status_callback": "https://example.com/x"}, 400, 21609),
        ({"conference_status_callback_event": ["join", "dance"]}, 400, 21626),
        ({"wait_url": "http://192.0.2.1/x"}, 400, 21205),
    ],
)
async def test_what_is_refused(world: World, fields, status, code):
    with refused(status, code):
        await agent_in(world, "r", **fields)
    assert await world.ledger("legs") == []


async def test_parameters_that_nothing_acts_on_are_said(world: World):
    await agent_in(
        world, "r", beep="false", early_media=False, jitter_buffer_size="small", call_token="x", passports="y"
    )
    messages = [entry["message"] for entry in await world.ledger("debugger")]
    assert await world.codes() == [20001, 20001]
    assert "CallToken" in messages[0]
    assert "Passports" in messages[1]


async def test_a_participant_may_be_a_telephone(world: World):
    created = await agent_in(world, "r", to="+15550003000", caller_id="+15550001111")
    await room_event(world, "participant-join")
    leg = await world.leg(created.call_sid)
    assert (leg["from"], leg["to"], leg["origin"]) == ("+15550001111", "+15550003000", "participants")
    assert leg["from"] != NUMBER
