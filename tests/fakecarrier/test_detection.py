"""Machine detection: who or what has answered."""

import pytest

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.rooms import agent_in, room_event
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import NUMBER, World, heard

PHONE = "+15550003000"
MUSIC = twiml("<Play>http://127.0.0.1/music-30s.mp3</Play>")


async def phone(world: World, **behaviour) -> None:
    quick = {"after_ms": 0, "detected_after_ms": 100, "greeting_s": 0.3}
    await world.control("POST", "endpoints", {PHONE: quick | behaviour})


async def place(world: World, mode: str = "Enable", **fields):
    defaults = {"from_": NUMBER, "to": PHONE, "url": f"{world.toy.base}/answer", "machine_detection": mode}
    world.toy.door("/answer", MUSIC)
    return await world.rest.calls.create_async(**(defaults | fields))


def asynchronous(world: World) -> dict[str, object]:
    return {"async_amd": True, "async_amd_status_callback": f"{world.toy.base}/amd"}


@pytest.mark.parametrize(
    ("behaviour", "mode", "answered_by"),
    [
        ({}, "Enable", "human"),
        ({"answers_as": "machine"}, "Enable", "machine_start"),
        ({"answers_as": "machine"}, "DetectMessageEnd", "machine_end_beep"),
        ({"answers_as": "machine", "greeting_ends_with": "silence"}, "DetectMessageEnd", "machine_end_silence"),
        ({"answers_as": "fax"}, "Enable", "fax"),
    ],
)
async def test_the_document_waits_for_the_result(world: World, behaviour, mode, answered_by):
    await phone(world, **behaviour)
    call = await place(world, mode)
    knock = await world.toy.knock("/answer")
    assert knock["AnsweredBy"] == answered_by
    leg = await world.leg(call.sid)
    assert leg["detected_at"] - leg["answered_at"] >= (300 if mode == "DetectMessageEnd" else 100)
    assert heard(leg)[0] == "silence"  # and the callee hears nothing meanwhile
    assert world.toy.at("/amd") == []
    shown = "machine" if answered_by.startswith("machine") else answered_by
    assert (await call.fetch_async()).answered_by == shown


async def test_the_asynchronous_result_comes_by_a_callback(world: World):
    await phone(world, answers_as="machine", detected_after_ms=300)
    call = await place(world, **asynchronous(world))
    knock = await world.toy.knock("/answer")
    assert "AnsweredBy" not in knock.fields
    told = await world.toy.knock("/amd")
    assert world.toy.knocks.index(knock) < world.toy.knocks.index(told)
    assert (told["CallSid"], told["AnsweredBy"], told.signed) == (call.sid, "machine_start", True)
    assert int(told["MachineDetectionDuration"]) >= 300


async def test_without_a_callback_the_result_is_only_on_the_call(world: World):
    await phone(world)
    call = await place(world, async_amd=True)
    while (await call.fetch_async()).answered_by is None:
        pass
    assert await world.codes(call.sid) == [21262]


async def test_what_takes_too_long_is_unknown(make_world):
    world = await make_world(rate=10.0)
    await phone(world, detected_after_ms=60_000)
    await place(world, machine_detection_timeout=3, **asynchronous(world))
    told = await world.toy.knock("/amd")
    assert told["AnsweredBy"] == "unknown"
    assert 3000 <= int(told["MachineDetectionDuration"]) < 6000


async def test_a_call_that_ends_first_has_no_result(world: World):
    await phone(world, detected_after_ms=400)
    call = await place(world, **asynchronous(world))
    await world.toy.knock("/answer")
    await world.hang_up(call.sid)
    await world.settled()
    assert world.toy.at("/amd") == []


async def test_there_is_none_on_a_clients_leg(world: World):
    call = await place(world, to="client:alice", **asynchronous(world))
    knock = await world.toy.knock("/answer")
    assert "AnsweredBy" not in knock.fields
    assert await world.codes(call.sid) == [21263]


async def test_of_participants_it_is_always_asynchronous(world: World):
    await phone(world, answers_as="machine")
    created = await agent_in(
        world, "r", to=PHONE, machine_detection="Enable", amd_status_callback=f"{world.toy.base}/amd"
    )
    await room_event(world, "participant-join")
    assert (await world.toy.knock("/amd"))["CallSid"] == created.call_sid


async def test_of_a_dial_it_is_always_asynchronous(world: World):
    await phone(world, answers_as="machine")
    number = f"<Number machineDetection='Enable' amdStatusCallback='/amd'>{PHONE}</Number>"
    world.toy.door("/voice", twiml(f"<Dial>{number}</Dial>"))
    await world.number("/voice")
    sid = await world.call({"wait": "bridged"})
    told = await world.toy.knock("/amd")
    assert told["CallSid"] != sid  # it is about the child
    assert told["AnsweredBy"] == "machine_start"


@pytest.mark.parametrize(
    "fields",
    [
        {"machine_detection": "Maybe"},
        {"machine_detection_timeout": 2},
        {"machine_detection_timeout": 60},
        {"machine_detection_speech_threshold": 999},
        {"machine_detection_speech_end_threshold": 5001},
        {"machine_detection_silence_timeout": 1},
    ],
)
async def test_parameters_out_of_bounds(world: World, fields):
    with refused(400, 21263):
        await place(world, **fields)
