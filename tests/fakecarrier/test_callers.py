"""Callers: scripts, personas, random arrivals."""

import asyncio

import pytest

from tests.fakecarrier.toy import Knock, twiml
from tests.fakecarrier.world import CALLER, NUMBER, World

CLOSED = "+15550009999"
HABITS = {
    "talk_s": 0.05,
    "patience_s": 1.5,
    "impatience_s": 0.03,
    "think_ms": [5, 20],
    "menu_digits": ["1"],
    "wrong_digits": ["9"],
}


async def centre(world: World) -> None:
    """A small centre in the toy: a menu, a queue, and an agent for everybody who waits."""

    async def menu(knock: Knock) -> str:
        if knock["Digits"] != "1":
            return twiml("<Redirect>/voice</Redirect>")
        return twiml("<Enqueue waitUrl='/wait'>line</Enqueue>")

    async def wait(knock: Knock) -> str:
        if knock["QueueTime"] == "0" and knock["CallSid"] not in served:
            served.add(knock["CallSid"])
            return twiml("<Play>/music-0.1s.mp3</Play>")
        return twiml("<Leave/>")

    served: set[str] = set()
    world.toy.door(
        "/voice",
        twiml("<Gather numDigits='1' action='/menu' timeout='0'><Play>/prompt-0.3s.mp3</Play></Gather>", "<Hangup/>"),
    )
    world.toy.door("/menu", menu)
    world.toy.door("/wait", wait)
    world.toy.door("/closed", twiml("<Say>closed</Say><Hangup/>"))
    await world.number("/voice")
    await world.number("/closed", number=CLOSED)


async def with_agents(world: World) -> None:
    """Let whoever leaves the queue talk to an agent."""
    world.toy.door(
        "/menu",
        lambda knock: twiml(
            "<Enqueue action='/agent' waitUrl='/wait'>line</Enqueue>"
            if knock["Digits"] == "1"
            else "<Redirect>/voice</Redirect>"
        ),
    )
    world.toy.door("/agent", twiml("<Dial action='/bye'><Client>alice</Client></Dial>"))
    world.toy.door("/bye", twiml("<Hangup/>"))


async def ended(world: World, persona: str, **more) -> dict:
    sid = await world.call(persona=persona, script=None, habits=HABITS, **more)
    await world.settled()
    return await world.leg(sid)


async def test_talks_then_hangs_up(world: World):
    await centre(world)
    await with_agents(world)
    leg = await ended(world, "talks_then_hangs_up")
    assert (leg["ended_by"], leg["persona"]) == ("caller", "talks_then_hangs_up")
    assert (await world.verdict())["connected"] == 1


async def test_talks_until_the_agent_hangs_up(world: World):
    await centre(world)
    await with_agents(world)
    await world.endpoints(alice={"talk_s": [0.05, 0.1]})
    leg = await ended(world, "talks_until_agent_hangs_up")
    assert (leg["ended_by"], leg["end_reason"]) == ("document", "hangup")
    assert (await world.verdict())["connected"] == 1


async def test_hangs_up_in_the_menu(world: World):
    await centre(world)
    assert (await ended(world, "hangs_up_in_menu"))["ended_by"] == "caller"
    assert (await world.verdict())["abandoned_in_menu"] == 1


async def test_hangs_up_in_the_queue(world: World):
    await centre(world)
    leg = await ended(world, "hangs_up_in_queue")
    assert leg["end_reason"] == "gave up waiting for bridged"
    assert (await world.verdict())["abandoned_in_queue"] == 1


async def test_presses_wrong_then_right(world: World):
    await centre(world)
    await with_agents(world)
    await ended(world, "presses_wrong_then_right")
    assert [knock["Digits"] for knock in world.toy.at("/menu")] == ["9", "1"]
    assert (await world.verdict())["connected"] == 1


async def test_presses_nothing(world: World):
    await centre(world)
    leg = await ended(world, "presses_nothing")
    assert (leg["ended_by"], leg["end_reason"]) == ("document", "hangup")
    assert world.toy.at("/menu") == []


async def test_calls_after_hours(world: World):
    await centre(world)
    leg = await ended(world, "calls_after_hours", to=CLOSED)
    assert (leg["to"], leg["end_reason"]) == (CLOSED, "hangup")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ([{"wait": "queue", "timeout_ms": 50}], "gave up waiting for queue"),
        ([{"wait": "menu"}, {"after_ms": [10, 20]}, {"press": "1"}, {"wait": "queue"}, {"hang_up": True}], "hung up"),
        ([{"navigate": ["1"], "think_ms": 5}, {"wait": "music"}, {"hang_up": True}], "hung up"),
        ([{"wait": "music"}, {"wait": "end"}], "hangup"),
    ],
)
async def test_scripts(world: World, script, reason):
    await centre(world)
    sid = await world.call(*script)
    await world.settled()
    assert (await world.leg(sid))["end_reason"] == reason


async def test_somebody_without_a_script_is_steered_by_hand(world: World):
    await centre(world)
    sid = await world.call(script=None)
    await world.toy.knock("/voice")
    while "menu" not in [one["heard"] for one in (await world.leg(sid))["segments"]]:
        await world.control("GET", "settle?timeout_s=0.01")
    await world.press(sid, "1")
    await world.toy.knock("/menu")
    await world.hang_up(sid)
    assert (await world.control("GET", "live"))["live"] == 0
    await world.control("POST", f"calls/{sid}/hangup", {}, status=404)
    await world.control("POST", f"calls/{sid}/digits", {"digits": "1"}, status=404)


async def test_a_vanished_caller_is_missed_by_the_carrier(make_world):
    world = await make_world(media_timeout_s=0.05)
    await centre(world)
    sid = await world.call({"wait": "menu"}, {"vanish": True})
    await world.settled()
    leg = await world.leg(sid)
    assert (leg["ended_by"], leg["end_reason"]) == ("caller", "vanished; its media timed out")


async def test_who_has_vanished_can_be_neither_lost_nor_kept_in_silence(make_world):
    world = await make_world(media_timeout_s=30, silence_limit_s=0.2)
    world.toy.door("/voice", twiml("<Enqueue waitUrl='/wait'>sales</Enqueue>"))
    world.toy.door("/wait", twiml("<Pause length='1'/>"))
    await world.number("/voice")
    sid = await world.call({"wait": "queue"}, {"vanish": True})
    await world.toy.knock("/wait")
    while not (await world.leg(sid))["vanished_at"]:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    await world.rest.calls(sid).update_async(status="completed")
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["abandoned_in_queue"], verdict["lost"], verdict["silent"]) == (1, 0, 0)


async def test_random_callers_are_who_they_are_asked_to_be(world: World):
    await centre(world)
    await with_agents(world)
    await world.endpoints(alice={"talk_s": 0.05, "one_call_at_a_time": False})
    await world.control(
        "POST",
        "callers",
        HABITS
        | {
            "numbers": [NUMBER],
            "after_hours_number": CLOSED,
            "rate_per_s": 80,
            "calls_max": 24,
            "from_numbers": [CALLER],
            "seed": 3,
        },
    )
    while len(legs := [leg for leg in await world.ledger("legs") if leg["direction"] == "inbound"]) < 24:
        await world.control("GET", "settle?timeout_s=0.1")
    await world.settled()
    personas = {leg["persona"] for leg in legs}
    assert len(personas) >= 6
    odd = [leg["from"] for leg in legs if leg["persona"] == "odd_caller_id"]
    assert odd
    assert CALLER not in odd
    assert {leg["from"] for leg in legs if leg["persona"] != "odd_caller_id"} == {CALLER}
    assert {leg["to"] for leg in legs if leg["persona"] == "calls_after_hours"} <= {CLOSED}
    verdict = await world.verdict()
    assert (verdict["contacts"], verdict["lost"], verdict["silent"]) == (24, 0, 0)


async def test_the_same_seed_brings_the_same_people(make_world):
    async def people() -> list[tuple[str, str]]:
        world = await make_world(seed=11)
        world.toy.door("/voice", twiml("<Reject/>"))
        await world.number("/voice")
        await world.control("POST", "callers", HABITS | {"numbers": [NUMBER], "rate_per_s": 500, "calls_max": 8})
        while len(legs := await world.ledger("legs")) < 8:
            pass
        return [(leg["persona"], leg["from"]) for leg in legs]

    assert await people() == await people()


async def test_random_callers_stop_when_told(world: World):
    await centre(world)
    weights = {"hangs_up_in_menu": 1.0}
    await world.control("POST", "callers", HABITS | {"numbers": [NUMBER], "rate_per_s": 100, "weights": weights})
    await world.toy.knock("/voice")
    await world.control("DELETE", "callers")
    await world.settled()
    count = len(await world.ledger("legs"))
    await world.control("GET", "settle?timeout_s=0.1")
    assert len(await world.ledger("legs")) == count
    assert {leg["persona"] for leg in await world.ledger("legs")} == {"hangs_up_in_menu"}


@pytest.mark.parametrize(
    ("path", "body", "what"),
    [
        ("calls", {"from": CALLER, "to": NUMBER, "script": [{"wait": "godot"}]}, "godot"),
        ("calls", {"from": CALLER, "to": NUMBER, "script": [{"wait": "menu", "hang_up": True}]}, "exactly one"),
        ("calls", {"from": CALLER, "to": NUMBER, "script": [{"press": "x"}]}, "no telephone"),
        ("calls", {"from": CALLER, "to": NUMBER, "script": [], "persona": "presses_nothing"}, "not both"),
        ("callers", {"numbers": [NUMBER]}, "rate_per_s"),
        ("callers", {"numbers": ["+1"], "rate_per_s": 1}, "'+1'"),
        ("callers", {"numbers": [NUMBER], "rate_per_s": 1, "weights": {"calls_after_hours": 1}}, "after_hours_number"),
        ("callers", {"numbers": [NUMBER], "rate_per_s": 1, "talk_s": [3, 2]}, "talk_s"),
        ("calls", {"from": CALLER, "to": NUMBER, "persona": "presses_nothing", "habits": {"talk": 1}}, "talk"),
        ("endpoints", {"client:a": {"on_ring": "dance"}}, "dance"),
        ("endpoints", {"client:a": []}, "empty"),
        ("numbers", {NUMBER: {"voice_url": "http://127.0.0.1/", "voice": 1}}, "voice"),
    ],
)
async def test_mistakes_are_answered_with_one_sentence(world: World, path, body, what):
    await centre(world)
    answer = await world.control("POST", path, body, status=400)
    assert what in answer["error"]
