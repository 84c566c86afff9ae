"""Whisper and press-1: what the callee of a Dial hears and does before the bridge."""

import pytest

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World, heard

PHONE = "+15550003000"
SCREEN = twiml(
    "<Gather numDigits='1' timeout='1' action='/accepted'><Say>a call for sales, press one</Say></Gather><Hangup/>"
)


async def dial(world: World, noun: str, *script, accepted: str = "<Say>thanks</Say>", **behaviour) -> str:
    world.toy.door("/voice", twiml(f"<Dial action='/action' timeout='5'>{noun}</Dial>"))
    world.toy.door("/action", twiml("<Hangup/>"))
    world.toy.door("/screen", SCREEN)
    world.toy.door("/accepted", twiml(accepted))
    address = f"{'' if PHONE in noun or 'sip:' in noun else 'client:'}{noun.partition('>')[2].partition('<')[0]}"
    quick = {"after_ms": 0, "presses_after_ms": 20}
    await world.control("POST", "endpoints", {address: quick | behaviour})
    await world.number("/voice")
    return await world.call(*script)


async def child_of(world: World, sid: str):
    (child,) = [leg for leg in await world.ledger("legs") if leg["parent_sid"] == sid]
    return child


@pytest.mark.parametrize(
    "noun",
    [
        f"<Number url='/screen'>{PHONE}</Number>",
        "<Client url='/screen'>alice</Client>",
        "<Sip url='/screen' username='u' password='p'>sip:bob@phones.example.com</Sip>",
    ],
)
async def test_whoever_presses_one_is_bridged(world: World, noun: str):
    sid = await dial(world, noun, {"wait": "bridged"}, {"after_ms": 50}, {"hang_up": True}, presses="1")
    assert (await world.toy.knock("/screen"))["ParentCallSid"] == sid
    assert (await world.toy.knock("/accepted"))["Digits"] == "1"
    await world.settled()
    child = await child_of(world, sid)
    assert [what for what in heard(child) if what != "silence"] == ["menu", "speech", "bridged"]
    assert heard(await world.leg(sid)) == ["ringing", "bridged"]  # the caller hears nothing of the screening


@pytest.mark.parametrize(
    "behaviour",
    [
        {},  # answered, and nothing pressed
        {"answers_as": "machine"},  # a voicemail never presses a key
        {"script": [{"wait": "menu"}, {"hang_up": True}]},
        {"presses": "9"},
    ],
)
async def test_whoever_does_not_is_not_bridged(world: World, behaviour):
    sid = await dial(world, f"<Number url='/screen'>{PHONE}</Number>", accepted="<Hangup/>", **behaviour)
    answer = await world.toy.knock("/action")
    assert answer["DialBridged"] == "false"
    await world.settled()
    assert await world.ledger("bridges") == []
    assert heard(await world.leg(sid))[:1] == ["ringing"]


async def test_the_first_to_accept_wins_not_the_first_to_answer(world: World):
    behaviours = {
        PHONE: {"after_ms": 0, "answers_as": "machine"},
        "+15550004000": {"after_ms": 100, "presses": "1", "presses_after_ms": 20},
    }
    await world.control("POST", "endpoints", behaviours)
    nouns = "".join(f"<Number url='/screen'>{number}</Number>" for number in behaviours)
    world.toy.door("/voice", twiml(f"<Dial>{nouns}</Dial>"))
    world.toy.door("/screen", SCREEN)
    world.toy.door("/accepted", twiml("<Pause length='0'/>"))
    await world.number("/voice")
    sid = await world.call({"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    (bridge,) = await world.ledger("bridges")
    (winner,) = set(bridge["sids"]) - {sid}
    assert (await world.leg(winner))["to"] == "+15550004000"


async def test_a_sip_endpoints_code_comes_with_the_action(world: World):
    await dial(world, "<Sip>sip:bob@phones.example.com</Sip>", on_ring="reject")
    answer = await world.toy.knock("/action")
    assert (answer["DialCallStatus"], answer["DialSipResponseCode"]) == ("busy", "603")


async def test_keys_are_sent_to_an_extension(world: World):
    noun = f"<Number sendDigits='wx12'>{PHONE}</Number>"
    sid = await dial(world, noun, {"wait": "bridged"}, {"hang_up": True})
    await world.settled()
    assert (await child_of(world, sid))["tones"] == "w12"
