"""Endpoints: what softphones and telephones do when they ring."""

from tests.fakecarrier.rooms import agent_in, caller_in, room_event, talk
from tests.fakecarrier.world import World, heard


async def test_by_default_everybody_answers_within_150_ms(world: World):
    await world.endpoints(alice={})
    created = await agent_in(world, "r")
    await room_event(world, "participant-join")
    leg = await world.leg(created.call_sid)
    assert 45 <= leg["answered_at"] - leg["ringing_at"] <= 1000


async def test_a_list_of_behaviours_is_used_one_after_another(world: World):
    await world.endpoints(
        alice=[{"on_ring": "reject", "times": 2}, {"on_ring": "busy"}, {"on_ring": "answer", "after_ms": 0}]
    )
    reasons = []
    for n in range(4):
        created = await agent_in(world, f"r{n}", label=f"try{n}")
        await room_event(world, "participant-join" if n == 3 else "participant-leave")
        reasons.append((await world.leg(created.call_sid))["end_reason"])
    assert reasons == ["rejected", "rejected", "busy", None]


async def test_the_default_can_be_changed_for_everybody(world: World):
    await world.control("POST", "endpoints", {"*": {"on_ring": "reject", "after_ms": 0}})
    await agent_in(world, "r", "whoever")
    assert (await room_event(world, "participant-leave"))["ParticipantCallStatus"] == "busy"


async def test_it_hangs_up_after_its_talk(world: World):
    await world.endpoints(alice={"talk_s": 0.2})
    _, caller, agent = await talk(world)
    left = await room_event(world, "participant-leave")
    assert left["CallSid"] == agent
    leg = await world.leg(agent)
    (talked,) = [one for one in leg["segments"] if one["heard"] == "bridged"]
    assert 190 <= talked["end_ms"] - talked["start_ms"] <= 1000
    assert leg["ended_by"] == "callee"
    await world.hang_up(caller)


async def test_it_vanishes_without_a_word(make_world):
    world = await make_world(media_timeout_s=0.3, silence_limit_s=0.15)
    await world.endpoints(alice={"on_ring": "vanish", "vanish_after_s": 0.2})
    _, caller, agent = await talk(world)
    while heard(await world.leg(caller))[-1] != "silence":  # the line stays up, but nobody is there
        await world.control("GET", "settle?timeout_s=0.02")
    assert (await world.leg(agent))["ended_at"] is None
    assert (await room_event(world, "participant-leave"))["CallSid"] == agent
    leg = await world.leg(agent)
    assert leg["end_reason"] == "vanished; its media timed out"
    assert leg["ended_at"] - leg["answered_at"] >= 500
    assert (await world.verdict())["findings"]["silent"][0]["sids"] == [caller]
    await world.hang_up(caller)


async def test_one_call_at_a_time(world: World):
    await world.endpoints(alice={"one_call_at_a_time": True, "after_ms": 0})
    first = await agent_in(world, "r1")
    await room_event(world, "participant-join")
    await agent_in(world, "r2")
    assert (await room_event(world, "participant-leave"))["ParticipantCallStatus"] == "busy"
    await world.hang_up(first.call_sid)
    await agent_in(world, "r3")
    assert (await room_event(world, "participant-join"))["FriendlyName"] == "r3"


async def test_parameters_of_a_client_address_do_not_hide_it(world: World):
    await world.endpoints(alice={"on_ring": "reject", "after_ms": 0})
    await agent_in(world, "r", to="client:alice?ticket=7")
    assert (await room_event(world, "participant-leave"))["ParticipantCallStatus"] == "busy"


async def test_somebody_who_never_answers_rings_until_the_time_out(world: World):
    await world.endpoints(alice={"after_ms": 60_000})
    sid = await caller_in(world, "r", f"statusCallback='{world.toy.base}/room' statusCallbackEvent='join leave'")
    created = await agent_in(world, "r", timeout=5)
    await world.rest.calls(created.call_sid).update_async(status="canceled")
    left = await room_event(world, "participant-leave")
    assert (left["CallSid"], left["ParticipantCallStatus"]) == (created.call_sid, "canceled")
    await world.hang_up(sid)
