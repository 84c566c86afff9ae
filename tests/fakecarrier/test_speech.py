"""`<Gather input="speech">` and `"dtmf speech"`: words or keys, whichever come first."""

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World

PROMPT = "<Play>/prompt-20s.mp3</Play>"


async def ask(world: World, attributes: str, *script) -> str:
    gather = f"<Gather action='/action' {attributes}>{PROMPT}</Gather>"
    world.toy.door("/voice", twiml(gather, "<Redirect>/after</Redirect>"))
    world.toy.door("/action", twiml("<Hangup/>"))
    world.toy.door("/after", twiml("<Hangup/>"))
    await world.number("/voice")
    return await world.call(*script)


async def test_words_stop_the_prompt_and_go_to_the_action(world: World):
    await ask(world, "input='speech' speechTimeout='1'", {"wait": "menu"}, {"say": "my balance"})
    action = await world.toy.knock("/action")
    assert action["SpeechResult"] == "my balance"
    assert 0 <= float(action["Confidence"]) <= 1
    assert "Digits" not in action.fields


async def test_more_words_belong_to_it_until_there_is_silence(world: World):
    words = [{"say": "my"}, {"after_ms": 200}, {"say": "balance"}]
    await ask(world, "input='dtmf speech' speechTimeout='auto'", {"wait": "menu"}, *words)
    assert (await world.toy.knock("/action"))["SpeechResult"] == "my balance"


async def test_keys_first_and_words_do_not_count(world: World):
    script = [{"wait": "menu"}, {"press": "1"}, {"say": "no"}, {"press": "2#"}]
    await ask(world, "input='dtmf speech' numDigits='5'", *script)
    action = await world.toy.knock("/action")
    assert action["Digits"] == "12"
    assert "SpeechResult" not in action.fields


async def test_words_first_and_keys_do_not_count(world: World):
    script = [{"wait": "menu"}, {"say": "yes"}, {"press": "1#"}]
    await ask(world, "input='dtmf speech' speechTimeout='1'", *script)
    assert (await world.toy.knock("/action"))["SpeechResult"] == "yes"


async def test_words_to_a_menu_of_keys_are_not_heard(world: World):
    world.toy.door("/voice", twiml("<Gather action='/action' timeout='1'/>", "<Redirect>/after</Redirect>"))
    world.toy.door("/after", twiml("<Hangup/>"))
    await world.number("/voice")
    await world.call({"wait": "menu"}, {"say": "hello"})
    await world.toy.knock("/after")
    assert world.toy.at("/action") == []


async def test_words_so_far_go_to_their_own_callback(world: World):
    attributes = "input='speech' speechTimeout='1' partialResultCallback='/partial'"
    await ask(world, attributes, {"wait": "menu"}, {"say": "my"})
    assert (await world.toy.knock("/partial"))["UnstableSpeechResult"] == "my"
    assert (await world.toy.knock("/action"))["SpeechResult"] == "my"
