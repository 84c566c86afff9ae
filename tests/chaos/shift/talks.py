"""What an agent does in a talk: one thing or several, at random, or nothing at all; and then it ends somehow."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from cti.client import AgentClient, DeskContact
from tests.chaos.shift.floor import OUTSIDE

if TYPE_CHECKING:
    from tests.chaos.shift.agents import ShiftAgent

Deed = Callable[["ShiftAgent", AgentClient, str], Awaitable[object]]

TALKS_MAX_S = 150
"""When an agent has had enough of a caller who stays on the line."""


async def talk(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """From its beginning to its end, or until the contact is somebody else's."""
    floor = agent.floor
    began_at = asyncio.get_running_loop().time()
    for _ in range(floor.source.choice((0, 1, 1, 2, 3))):
        await floor.pause(1, 8)
        if floor.closing or agent.contact(desk, contact_id) is None:
            break
        await DEEDS[floor.choose(tuple(DEEDS))](agent, desk, contact_id)
    await floor.pause(2, 15)
    if floor.chance(0.4) or floor.closing:
        await agent.ask(desk.hang_up(contact_id))
    while agent.contact(desk, contact_id) is not None:
        late = asyncio.get_running_loop().time() - began_at > TALKS_MAX_S / floor.rate
        if late or floor.closing:
            await _end(agent, desk, contact_id)
        await floor.pause(5, 10)


async def _end(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    contact = agent.contact(desk, contact_id)
    for party in contact.talk.parties if contact and contact.talk else ():
        if party.state != "HERE":
            await agent.ask(desk.end_consult(contact_id, party.party_id))
    await agent.ask(desk.hang_up(contact_id))


async def take_part(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """Who was asked in says something, and leaves; unless the contact was given to them meanwhile."""
    floor = agent.floor
    if floor.chance(0.4):
        await floor.pause(1, 4)
        await agent.ask(desk.mute(contact_id))
        await floor.pause(1, 4)
        await agent.ask(desk.unmute(contact_id))
    await floor.pause(5, 30)
    contact = agent.contact(desk, contact_id)
    if contact and contact.talk and contact.talk.party_id:
        await agent.ask(desk.hang_up(contact_id))


async def _hold(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    await agent.ask(desk.hold(contact_id))
    await agent.floor.pause(2, 10)
    await agent.ask(desk.retrieve(contact_id))


async def _hold_and_go(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """The caller is on hold when the agent hangs up."""
    await agent.ask(desk.hold(contact_id))
    await agent.floor.pause(0, 3)
    await agent.ask(desk.hang_up(contact_id))


async def _hold_at_once(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """A nervous finger."""
    requests = (desk.hold, desk.retrieve, desk.hold, desk.retrieve)
    await asyncio.gather(*(_asked(agent, request, contact_id) for request in requests))


async def _asked(agent: "ShiftAgent", request: Callable[..., Awaitable[None]], *about: str) -> None:
    await agent.ask(request(*about))


async def _mute(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    await agent.ask(desk.mute(contact_id))
    await agent.floor.pause(1, 5)
    await agent.ask(desk.unmute(contact_id))


async def _digits(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    await agent.ask(desk.digits(contact_id, "12w3#"))


async def _record(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """Where conversations are recorded on request it begins here; where they always are, it is only paused."""
    for action in ("START", "PAUSE", "RESUME", "STOP"):
        await agent.ask(desk.record(contact_id, action))
        await agent.floor.pause(2, 6)


async def _to_queue(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    queue_id = agent.floor.source.choice(("sales", "support", "club", "tiny"))
    await agent.ask(desk.transfer(contact_id, f"queue:{queue_id}"))


async def _to_agent(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    if who := _somebody_free(agent, desk):
        await agent.ask(desk.transfer(contact_id, f"agent:{who}"))


async def _to_number(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    await agent.ask(desk.transfer(contact_id, f"number:{agent.floor.source.choice(OUTSIDE)}"))


def _somebody_free(agent: "ShiftAgent", desk: AgentClient) -> str:
    rows = desk.directory.agents.values() if desk.directory else ()
    free = sorted(row.agent_id for row in rows if row.state == "READY" and row.agent_id != agent.agent_id)
    return agent.floor.source.choice(free) if free else ""


async def _consult(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> bool:
    """Whether somebody was asked in."""
    who = _somebody_free(agent, desk)
    outside = f"number:{agent.floor.source.choice(OUTSIDE)}"
    return await agent.ask(desk.consult(contact_id, f"agent:{who}" if who and agent.floor.chance(0.7) else outside))


def _parties(contact: DeskContact | None, state: str = "") -> list[str]:
    parties = contact.talk.parties if contact and contact.talk else ()
    return [party.party_id for party in parties if state in ("", party.state)]


async def _answered(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> bool:
    """Whether whom the agent asked in is there. Else the caller is taken off hold again."""
    await agent.until(lambda: _parties(agent.contact(desk, contact_id), "HERE") != [], 20)
    if not _parties(agent.contact(desk, contact_id), "HERE"):
        await _give_up(agent, desk, contact_id)
        return False
    await agent.floor.pause(2, 8)
    return True


async def _give_up(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    for party_id in _parties(agent.contact(desk, contact_id)):
        await agent.ask(desk.end_consult(contact_id, party_id))
    await agent.ask(desk.retrieve(contact_id))


async def _consult_and_cancel(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    if await _consult(agent, desk, contact_id):
        await agent.floor.pause(0, 3)
        await _give_up(agent, desk, contact_id)


async def _consult_and_return(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    if await _consult(agent, desk, contact_id) and await _answered(agent, desk, contact_id):
        await _give_up(agent, desk, contact_id)


async def _consult_and_transfer(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    if await _consult(agent, desk, contact_id) and await _answered(agent, desk, contact_id):
        await agent.ask(desk.transfer(contact_id))


async def _conference(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    if await _consult(agent, desk, contact_id) and await _answered(agent, desk, contact_id):
        await agent.ask(desk.conference(contact_id))
        await agent.floor.pause(3, 10)
        if agent.floor.chance(0.5):
            await _consult(agent, desk, contact_id)  # one more
            await agent.floor.pause(5, 15)
        if agent.floor.chance(0.3):
            for party_id in _parties(agent.contact(desk, contact_id), "HERE"):
                await agent.ask(desk.hold(contact_id, party_id))


async def _consult_and_go(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """The agent hangs up, or transfers, while somebody is being asked."""
    if await _consult(agent, desk, contact_id):
        await agent.floor.pause(0, 2)
        if agent.floor.chance(0.5):
            await agent.ask(desk.transfer(contact_id, "queue:support"))
        else:
            await agent.ask(desk.hang_up(contact_id))


async def _all_at_once(agent: "ShiftAgent", desk: AgentClient, contact_id: str) -> None:
    """Two requests that cannot both be done."""
    await asyncio.gather(
        _asked(agent, desk.transfer, contact_id, "queue:sales"),
        _asked(agent, desk.hold, contact_id),
        _asked(agent, desk.hang_up, contact_id),
    )


DEEDS: dict[str, Deed] = {
    "hold": _hold,
    "hold_and_go": _hold_and_go,
    "hold_at_once": _hold_at_once,
    "mute": _mute,
    "digits": _digits,
    "record": _record,
    "to_queue": _to_queue,
    "to_agent": _to_agent,
    "to_number": _to_number,
    "consult_and_cancel": _consult_and_cancel,
    "consult_and_return": _consult_and_return,
    "consult_and_transfer": _consult_and_transfer,
    "conference": _conference,
    "consult_and_go": _consult_and_go,
    "all_at_once": _all_at_once,
}
