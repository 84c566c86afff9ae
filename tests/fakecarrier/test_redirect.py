"""REST takes a leg elsewhere: out of queue, room and document at once, and nothing of the old comes back."""

import asyncio

from tests.fakecarrier.rooms import caller_in, room_event, talk
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World, heard

MUSIC = twiml("<Play>http://127.0.0.1/music-30s.mp3</Play>")


async def test_out_of_the_room_at_once(world: World):
    _room, caller, agent = await talk(world, dial=f"action='{world.toy.base}/action'")
    world.toy.door("/elsewhere", MUSIC)
    await world.rest.calls(caller).update_async(url=f"{world.toy.base}/elsewhere")
    assert (await world.control("GET", "rooms"))["talk"]["hears"] == {agent: []}  # already, when REST has answered
    left = await room_event(world, "participant-leave")
    assert (left["CallSid"], left["ReasonParticipantLeft"]) == (caller, "participant_updated_via_api")
    assert left["ParticipantCallStatus"] == "in-progress"
    await world.toy.knock("/elsewhere")
    await world.hang_up(caller)
    await world.hang_up(agent)
    await world.settled()
    assert world.toy.at("/action") == []  # nobody waits for that answer any more


async def test_leaving_by_redirect_can_end_the_room(world: World):
    _, caller, agent = await talk(world, caller="endConferenceOnExit='true'")
    await world.rest.calls(caller).update_async(twiml=MUSIC)
    ended = await room_event(world, "conference-end")
    assert ended["CallSidEndingConference"] == caller
    await world.hang_up(caller)
    await world.settled()
    assert (await world.leg(agent))["ended_by"] == "room"


async def test_from_room_to_room(world: World):
    _, caller, agent = await talk(world, "first")
    inside = "<Dial><Conference>second</Conference></Dial>"
    await world.rest.calls(caller).update_async(twiml=twiml(inside))
    await world.rest.calls(agent).update_async(twiml=twiml(inside))
    rooms = await world.control("GET", "rooms")
    assert set(rooms) == {"second"}
    assert rooms["second"]["hears"] == {caller: [agent], agent: [caller]}
    assert heard(await world.leg(caller))[-1] == "bridged"


async def test_a_document_still_on_its_way_is_discarded(world: World):
    hold = asyncio.Event()

    async def late(_) -> str:
        await hold.wait()
        return twiml("<Redirect>/zombie</Redirect>")

    world.toy.door("/voice", twiml("<Say>x</Say><Redirect>/late</Redirect>"))
    world.toy.door("/late", late)
    await world.number("/voice")
    sid = await world.call()
    await world.toy.knock("/late")
    world.toy.door("/new", MUSIC)
    await world.rest.calls(sid).update_async(url=f"{world.toy.base}/new")
    await world.toy.knock("/new")
    hold.set()
    await world.hang_up(sid)
    await world.settled()
    assert world.toy.at("/zombie") == []
    (record,) = [one for one in await world.ledger("webhooks", sid) if one["door"] == "/late"]
    assert (record["discarded"], record["status"]) == (True, 200)


async def test_many_redirects_at_once_leave_one_document(world: World):
    sid = await caller_in(world, "r")
    for n in range(5):
        world.toy.door(f"/to{n}", MUSIC)
    await asyncio.gather(*(world.rest.calls(sid).update_async(url=f"{world.toy.base}/to{n}") for n in range(5)))
    await world.hang_up(sid)
    await world.settled()
    (room,) = await world.ledger("rooms")
    assert [stay["reason"] for stay in room["stays"]] == ["participant_updated_via_api"]
    assert (await world.leg(sid))["ended_by"] == "caller"


async def test_a_menu_does_not_hear_keys_after_the_redirect(world: World):
    world.toy.door("/voice", twiml("<Gather numDigits='1' action='/menu'><Play>/p-30s.mp3</Play></Gather>"))
    world.toy.door("/other", twiml("<Play>/q-30s.mp3</Play>"))
    await world.number("/voice")
    sid = await world.call()
    await world.toy.knock("/voice")
    await world.rest.calls(sid).update_async(url=f"{world.toy.base}/other")
    await world.toy.knock("/other")
    await world.press(sid, "1")
    await world.hang_up(sid)
    await world.settled()
    assert world.toy.at("/menu") == []
