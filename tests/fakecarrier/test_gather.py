"""`<Gather>`: menus by key."""

import asyncio

import pytest

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World

FELL_THROUGH = "<Redirect>/fell-through</Redirect>"
BYE = twiml("<Hangup/>")


async def menu(world: World, attributes: str, prompt: str = "", *script) -> str:
    world.toy.door("/voice", twiml(f"<Gather action='/menu' {attributes}>{prompt}</Gather>", FELL_THROUGH))
    world.toy.door("/menu", BYE)
    world.toy.door("/fell-through", BYE)
    await world.number("/voice")
    return await world.call(*script)


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits", "finished_on"),
    [
        ("numDigits='1'", "1", "1", None),
        ("numDigits='3'", "123", "123", None),
        ("", "42#", "42", "#"),
        ("finishOnKey='*'", "4#2*", "4#2", "*"),
        ("finishOnKey='' numDigits='4'", "1#2*", "1#2*", None),
    ],
)
async def test_what_the_action_is_told(world: World, attributes, pressed, digits, finished_on):
    await menu(world, attributes, "", {"wait": "menu"}, {"press": pressed})
    knock = await world.toy.knock("/menu")
    assert knock["Digits"] == digits
    assert knock.get("FinishedOnKey") == finished_on
    assert knock["CallStatus"] == "in-progress"
    assert world.toy.at("/fell-through") == []


@pytest.mark.parametrize("script", [[], [{"wait": "menu"}, {"press": "#"}]], ids=["nothing", "only the finish key"])
async def test_without_digits_it_falls_through_and_asks_nobody(world: World, script):
    await menu(world, "timeout='0'", "<Play>/p-0.1s.mp3</Play>", *script)
    await world.toy.knock("/fell-through")
    await world.settled()
    assert world.toy.at("/menu") == []


async def test_action_on_empty_result(world: World):
    await menu(world, "timeout='0' actionOnEmptyResult='true'")
    assert (await world.toy.knock("/menu"))["Digits"] == ""


async def test_the_first_digit_stops_the_prompt(world: World):
    prompt = "<Say>one</Say><Play>/long-30s.mp3</Play><Say>two</Say>"
    sid = await menu(
        world, "numDigits='2'", prompt, {"wait": "music"}, {"press": "5"}, {"after_ms": 100}, {"press": "6"}
    )
    assert (await world.toy.knock("/menu"))["Digits"] == "56"
    await world.settled()
    (listening,) = [one for one in (await world.leg(sid))["segments"] if one["heard"] == "menu"]
    assert 100 <= listening["end_ms"] - listening["start_ms"] < 1000


async def test_the_time_out_starts_after_the_prompt_and_anew_with_each_key(world: World):
    loop = asyncio.get_running_loop()
    await menu(world, "timeout='1'", "<Play>/prompt-0.2s.mp3</Play>")
    began = loop.time()
    await world.call({"wait": "menu"}, {"after_ms": 300}, {"press": "7"}, {"after_ms": 300}, {"press": "7"})
    await world.toy.knock("/fell-through")
    assert 1.15 < loop.time() - began < 4
    assert world.toy.at("/menu") == []
    assert (await world.toy.knock("/menu"))["Digits"] == "77"
    assert loop.time() - began > 1.55


async def test_type_ahead_answers_the_next_menus(world: World):
    first = "<Say>welcome</Say><Play>/intro-0.2s.mp3</Play><Gather numDigits='1' action='/second'/>"
    world.toy.door("/voice", twiml(first, FELL_THROUGH))
    world.toy.door("/second", twiml("<Gather numDigits='2' action='/menu'><Play>/long-30s.mp3</Play></Gather>"))
    world.toy.door("/menu", BYE)
    await world.number("/voice")
    sid = await world.call({"wait": "music"}, {"press": "123"})
    assert (await world.toy.knock("/second"))["Digits"] == "1"
    assert (await world.toy.knock("/menu"))["Digits"] == "23"
    await world.settled()
    menus = [one for one in (await world.leg(sid))["segments"] if one["heard"] == "menu"]
    assert sum(one["end_ms"] - one["start_ms"] for one in menus) < 1000  # the second prompt alone would take 30 s


async def test_without_an_action_the_document_is_asked_again(world: World):
    world.toy.door("/voice", twiml("<Gather numDigits='1'/>", FELL_THROUGH), BYE)
    await world.number("/voice")
    await world.call({"wait": "menu"}, {"press": "8"})
    assert (await world.toy.knock("/voice")).get("Digits") is None
    assert (await world.toy.knock("/voice"))["Digits"] == "8"


async def test_a_gather_for_speech_takes_no_digits(world: World):
    await menu(world, "input='speech' timeout='0'", "<Play>/p-0.1s.mp3</Play>", {"wait": "menu"}, {"press": "1"})
    await world.toy.knock("/fell-through")
    assert world.toy.at("/menu") == []


async def test_hanging_up_at_a_menu_asks_nobody(world: World):
    sid = await menu(
        world, "", "<Say>hello</Say>", {"wait": "menu"}, {"press": "12"}, {"after_ms": 50}, {"hang_up": True}
    )
    await world.settled()
    assert [knock.path for knock in world.toy.knocks] == ["/voice"]
    verdict = await world.verdict()
    assert (verdict["abandoned"], verdict["abandoned_in_menu"], verdict["lost"]) == (1, 1, 0)
    assert verdict["findings"]["abandoned_in_menu"][0]["sids"] == [sid]


async def test_values_that_make_no_sense_are_warned_of(world: World):
    await menu(
        world,
        "timeout='soon' numDigits='0' finishOnKey='#x' method='PUT' colour='red'",
        "<Dial/>",
        {"wait": "menu"},
        {"press": "1#"},
    )
    await world.toy.knock("/menu")
    assert sorted(await world.codes()) == [12200, 12200, 13310, 13312, 13313, 13314]
