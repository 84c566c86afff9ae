"""Who hears whom under everything that can happen in a room: the ledger and the room must always agree."""

import asyncio
import random
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.fakecarrier.rooms import agent_in
from tests.fakecarrier.world import World
from tests.patience import PATIENCE_S

PEOPLE = ("ann", "bob", "cid", "dot")


async def agree(world: World, room: str) -> dict[str, list[str]]:
    """The room's own view of who hears whom, once the ledger has the same."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            rooms = await world.control("GET", "rooms")
            hears = rooms[room]["hears"] if room in rooms else {}
            seen = {listener: set(speakers) for listener, speakers in hears.items() if speakers}
            ledger = {listener: set(speakers) for listener, speakers in (await world.hears()).items()}
            if seen == ledger:
                return hears


async def filled(world: World, source: random.Random) -> tuple[list[str], str]:
    """Who is in the room, when at least four are, and the room's identifier; whoever is missing is called in."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            room = (await world.control("GET", "rooms")).get("r", {"hears": {}, "called": []})
            if len(room["hears"]) >= 4 and room["status"] == "in-progress":
                return list(room["hears"]), room["sid"]
            if len(room["hears"]) + len(room["called"]) < 4:
                await agent_in(world, "r", source.choice(PEOPLE), muted=source.random() < 0.3)


async def do(world: World, sid: str, deed: str) -> None:
    """The party on the leg does this, if it is still there."""
    async with world.http.post(f"{world.url}/_control/calls/{sid}/{deed}", json={}) as response:
        assert response.status in {200, 404}


async def change(world: World, room: Any, sids: list[str], source: random.Random) -> None:
    """One change to somebody at random, which may be refused."""
    sid, other = source.choice(sids), source.choice(sids)
    participant = world.rest.conferences(room).participants(sid)
    changes: list[dict[str, Any]] = [
        {"muted": source.random() < 0.5},
        {"hold": source.random() < 0.5},
        {"coaching": True, "call_sid_to_coach": other},
        {"coaching": False},
    ]
    try:
        match source.randrange(12):
            case 0:
                await participant.delete_async()
            case 1:
                await do(world, sid, "vanish")
            case 2:
                await do(world, sid, "hangup")
            case _:
                await participant.update_async(**source.choice(changes))
    except TwilioRestException as refusal:
        if refusal.code not in {13240, 16028, 16099, 20404}:
            raise


@pytest.mark.parametrize("seed", range(4))
async def test_the_ledger_and_the_room_agree_whatever_is_done(make_world, seed: int):
    world = await make_world(media_timeout_s=0.2)
    await world.endpoints(**{who: {"after_ms": 0, "one_call_at_a_time": False} for who in PEOPLE})
    source = random.Random(seed)
    talks = 0
    for _ in range(40):
        here, room = await filled(world, source)
        await change(world, room, here, source)
        hears = await agree(world, "r")
        talks += sum(map(len, hears.values()))
    assert talks > 40
    for leg in await world.ledger("legs"):
        await do(world, leg["sid"], "hangup")
    await world.settled()
    assert await world.hears() == {}
    for page in ("bridges", "hearing"):
        records = await world.ledger(page)
        assert records
        assert all(record["end_ms"] for record in records)
