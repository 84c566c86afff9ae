"""What several tests do with conferences: join callers by document and agents by REST."""

import asyncio
from typing import Any

from tests.fakecarrier.toy import Knock, twiml
from tests.fakecarrier.world import NUMBER, World
from tests.patience import PATIENCE_S

EVENTS = ["start", "end", "join", "leave", "mute", "hold", "modify"]


async def caller_in(world: World, room: str, attributes: str = "", dial: str = "", *, joins: bool = True) -> str:
    """A caller whose document joins the room; returns its leg once it is in, or at once if it will not get in."""
    path = f"/join-{len(world.toy.knocks)}-{room}"
    noun = f"<Conference {attributes}>{room}</Conference>"
    world.toy.door(path, twiml(f"<Dial {dial}>{noun}</Dial>", "<Redirect>/after-dial</Redirect>"))
    world.toy.door("/after-dial", twiml("<Hangup/>"))
    await world.number(path)
    sid = await world.call()
    await world.toy.knock(path)
    async with asyncio.timeout(PATIENCE_S):
        while joins and sid not in await occupants(world, room):
            pass
    return sid


async def occupants(world: World, room: str) -> dict[str, list[str]]:
    """Who is in the room now, and whom each of them hears."""
    living = await world.control("GET", "rooms")
    return living[room]["hears"] if room in living else {}


def callback(world: World, path: str = "/room", events: str = " ".join(EVENTS)) -> str:
    """Attributes of a noun that tell the toy what happens in the room."""
    return f"statusCallback='{world.toy.base}{path}' statusCallbackEvent='{events}'"


async def agent_in(world: World, room: str, who: str = "alice", **terms: Any) -> Any:
    """Call a softphone into the room, as the official client does it."""
    fields = {
        "from_": NUMBER,
        "to": f"client:{who}",
        "wait_url": "",
        "conference_status_callback": f"{world.toy.base}/room",
        "conference_status_callback_event": EVENTS,
    } | terms
    return await world.rest.conferences(room).participants.create_async(**fields)


async def room_event(world: World, event: str, path: str = "/room") -> Knock:
    """The next callback of that kind; others before it are passed over."""
    while (knock := await world.toy.knock(path))["StatusCallbackEvent"] != event:
        pass
    assert knock.signed
    return knock


async def talk(
    world: World, room: str = "talk", caller: str = "", dial: str = "", **terms: Any
) -> tuple[str, str, str]:
    """A caller and an agent in a started room: the room's, the caller's and the agent's identifiers."""
    agent = await agent_in(world, room, **({"label": "agent"} | terms))
    await room_event(world, "participant-join")
    sid = await caller_in(world, room, caller or "participantLabel='customer'", dial)
    await room_event(world, "conference-start")
    return agent.conference_sid, sid, agent.call_sid
