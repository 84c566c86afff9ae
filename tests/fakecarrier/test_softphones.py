"""Softphones: registered or not, busy or not, and calling out to be nailed up."""

import asyncio

import pytest

from tests.fakecarrier.rooms import agent_in, caller_in, occupants, room_event, talk
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import NUMBER, World
from tests.patience import PATIENCE_S

EVENTS = "start end join leave"


async def desk(world: World, document: str) -> str:
    """The TwiML application that softphones call."""
    world.toy.door("/desk", document)
    made = await world.rest.applications.create_async(
        friendly_name="desk", voice_url=f"{world.toy.base}/desk", status_callback=f"{world.toy.base}/desk-status"
    )
    return str(made.sid)


async def nailed_up(world: World, who: str = "anna", *script, **conference) -> str:
    """An agent whose leg stays in a room of its own."""
    attributes = "startConferenceOnEnter='true' waitUrl='' participantLabel='agent'"
    told = f"statusCallback='{world.toy.base}/room' statusCallbackEvent='{EVENTS}'"
    noun = f"<Conference {attributes} {told}>idle-{who}</Conference>"
    sid = await world.connect(who, await desk(world, twiml(f"<Dial action='/idle'>{noun}</Dial>")), *script)
    await room_event(world, "participant-join")
    return sid


async def test_a_client_calls_its_application(world: World):
    application = await desk(world, twiml("<Hangup/>"))
    sid = await world.connect("anna", application, To="+15550009000", queue="sales", CallSid="CAforged")
    knock = await world.toy.knock("/desk")
    assert (knock["From"], knock["To"], knock["Direction"]) == ("client:anna", "+15550009000", "inbound")
    assert (knock["ApplicationSid"], knock["queue"], knock["CallSid"]) == (application, "sales", sid)
    ended = await world.toy.knock("/desk-status")
    assert (ended["CallStatus"], ended.get("queue")) == ("completed", None)  # its parameters come once
    assert (await world.verdict())["contacts"] == 0


async def test_a_nailed_up_leg_takes_one_caller_after_another(world: World):
    agent = await nailed_up(world)
    for _ in range(2):
        caller = await caller_in(world, "idle-anna", "endConferenceOnExit='false'")
        assert await occupants(world, "idle-anna") == {agent: [caller], caller: [agent]}
        await world.hang_up(caller)
        left = await room_event(world, "participant-leave")
        assert left["CallSid"] == caller
    leg = await world.leg(agent)
    assert (leg["ended_at"], leg["status"]) == (None, "in-progress")
    assert len(await world.ledger("rooms")) == 1  # one room and one identifier for all of them
    assert (await world.verdict())["connected"] == 2


async def test_a_nailed_up_client_is_busy_for_others(world: World):
    agent = await nailed_up(world)
    await agent_in(world, "other", "anna", conference_status_callback=f"{world.toy.base}/other")
    left = await room_event(world, "participant-leave", "/other")
    assert left["ParticipantCallStatus"] == "busy"
    assert [rung["sid"] == agent for rung in await world.ledger("rung")] == [False]


async def test_a_nailed_up_leg_that_vanishes_is_missed_after_its_media(make_world):
    world = await make_world(rate=20.0, media_timeout_s=10.0)
    agent = await nailed_up(world)
    await world.control("POST", f"calls/{agent}/vanish", {})
    assert (await room_event(world, "participant-leave"))["CallSid"] == agent
    leg = await world.leg(agent)
    assert leg["end_reason"] == "vanished; its media timed out"


async def test_a_client_on_a_call_is_busy_unless_told_otherwise(world: World):
    await talk(world, "one")
    await agent_in(world, "two")
    assert (await room_event(world, "participant-leave"))["ParticipantCallStatus"] == "busy"
    await world.endpoints(alice={"one_call_at_a_time": False, "after_ms": 0})
    created = await agent_in(world, "three")
    joined = await room_event(world, "participant-join")
    assert joined["CallSid"] == created.call_sid


async def test_a_telephone_on_a_call_rings_again(world: World):
    for room in ("one", "two"):
        await agent_in(world, room, to="+15550003000")
        await room_event(world, "participant-join")


async def test_a_client_that_is_not_registered(world: World):
    await world.endpoints(alice={"registered": False})
    created = await agent_in(world, "r", status_callback=f"{world.toy.base}/status")
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock["SipResponseCode"]) == ("failed", "404")
    assert created.call_sid not in {rung["sid"] for rung in await world.ledger("rung")}


async def test_a_client_is_given_its_parameters(world: World):
    client = "<Client><Identity>alice</Identity><Parameter name='ticket' value='7'/></Client>"
    world.toy.door("/voice", twiml(f"<Dial>{client}</Dial>"))
    await world.number("/voice")
    sid = await world.call({"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    (child,) = [leg for leg in await world.ledger("legs") if leg["parent_sid"] == sid]
    assert child["parameters"] == {"ticket": "7"}
    created = await agent_in(world, "r", to="client:alice?contact=c1&n=2")
    assert (await world.leg(created.call_sid))["parameters"] == {"contact": "c1", "n": "2"}


async def test_what_an_endpoint_does_is_scripted_like_a_caller(world: World):
    await world.endpoints(alice={"after_ms": 0, "script": [{"wait": "bridged"}, {"after_ms": 100}, {"hang_up": True}]})
    await talk(world)
    assert (await room_event(world, "participant-leave"))["ParticipantLabel"] == "agent"


async def test_whoever_scripts_an_endpoint_says_whose_leg_it_is(world: World):
    await world.control("POST", "endpoints", {"+15550003000": {"role": "customer", "after_ms": 0}})
    created = await agent_in(world, "r", to="+15550003000")
    await room_event(world, "participant-join")
    caller = await caller_in(world, "r")
    assert (await world.leg(created.call_sid))["role"] == "customer"
    assert (await world.verdict())["connected"] == 0  # two customers talked: no agent was there
    await world.hang_up(caller)


@pytest.mark.parametrize("identity", ["anna", "anna%40centre"])
async def test_a_mistake_in_a_clients_call_is_said(world: World, identity: str):
    body = {"application_sid": "AP" + "0" * 32}
    answer = await world.control("POST", f"clients/{identity}/connect", body, 404)
    assert "applications" in answer["error"]


async def test_an_application_without_a_url_loses_its_calls(world: World):
    made = await world.rest.applications.create_async(friendly_name="empty")
    sid = await world.connect("anna", made.sid)
    async with asyncio.timeout(PATIENCE_S):
        while (await world.leg(sid))["ended_at"] is None:
            pass
    assert (await world.leg(sid))["end_reason"] == "the application has no voice URL"


async def test_a_number_can_share_an_application(world: World):
    application = await desk(world, twiml("<Hangup/>"))
    await world.number("/own")
    (number,) = await world.rest.incoming_phone_numbers.list_async(phone_number=NUMBER)
    await number.update_async(voice_application_sid=application)
    await world.call()
    await world.toy.knock("/desk")
    assert world.toy.at("/own") == []
