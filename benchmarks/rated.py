"""`rated_connects_per_min`: do callers reach agents who need no ringing, while thirty telephones wait for the rate?

The carrier places one call a second. Six agents are nailed up, thirty have telephones that must be rung for each call,
and more callers come than all of them can take. First the six work alone: that is the baseline. Then the thirty sign in
beside them.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from benchmarks.figure import AT_LEAST, Figure
from benchmarks.pops import fake_carrier, issue_token
from benchmarks.serving import Serving
from benchmarks.webhook import CONFIG, NUMBER
from cti.client import AgentClient, ClientError, Connected, Offer, SupervisorClient

NAILED_UP, TELEPHONES = 6, 30
CALLS_PER_S = 2
TALK_MS = 6_000
WRAP_UP_S = 2
SETTLE_S = 8
"""From when agents begin until all of them are at work."""


def _number(agent: int) -> str:
    return f"+12025551{agent:03d}"


def _agents() -> str:
    nailed_up = [
        f'n{agent}:\n  name: Nailed {agent}\n  endpoint: "tel:{_number(agent)}"\n  nailed_up: true\n  queues: [sales]\n'
        for agent in range(NAILED_UP)
    ]
    telephones = [
        f't{agent}:\n  name: Telephone {agent}\n  endpoint: "tel:{_number(100 + agent)}"\n  queues: [sales]\n'
        for agent in range(TELEPHONES)
    ]
    return "".join(nailed_up + telephones)


RATED_CONFIG = {
    **CONFIG,
    "site.yaml": CONFIG["site.yaml"].replace("calls_per_second: 0", "calls_per_second: 1")
    + f'dial_prefixes: ["+1202"]\ncaller_id: "{NUMBER}"\n',
    "queues.yaml": f"sales:\n  name: Sales\n  wrap_up_s: {WRAP_UP_S}\n  music: {{play: music-20s.wav}}\n",
    "agents.yaml": _agents(),
    "flows/main.yaml": (
        "start: sales\nsteps:\n  sales:\n    enqueue: sales\n    full: bye\n  bye:\n    hang_up: Good bye.\n"
    ),
}


@dataclass
class Count:
    """Who was connected when, and the longest wait for the rate that supervisors were shown."""

    nailed_up: list[float] = field(default_factory=list)
    telephones: list[float] = field(default_factory=list)
    wait_ms: int = 0


def measure(quick: bool) -> list[Figure]:
    """Connections a minute by the agents who are nailed up, with the telephones beside them against without."""
    seconds = 16 if quick else 60
    count, alone, together = asyncio.run(_measure(seconds))
    by_telephones = len(count.telephones) * 60 / seconds
    return [
        Figure(
            name="rated_connects_per_min",
            value=round(together, 1),
            unit="connections/min",
            baseline=round(alone, 1),
            ratio=round(together / alone, 2),
            goal=0.85,
            bound=AT_LEAST,
            detail=(
                f"{NAILED_UP} agents nailed up, {TELEPHONES} telephones at one call a second, which connected "
                f"{by_telephones:.0f} a minute; longest wait for the rate shown: {count.wait_ms / 1_000:.0f} s"
            ),
        )
    ]


async def _measure(seconds: int) -> tuple[Count, float, float]:
    async with fake_carrier("--calls-per-second", "1", "--ring-buffer-s", "0") as carrier_url:
        serving = Serving(RATED_CONFIG, api_url=carrier_url)
        try:
            await asyncio.to_thread(serving.__enter__)
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
                return await _play(serving, session, f"{carrier_url}/_control", seconds)
        finally:
            await asyncio.to_thread(serving.__exit__, None, None, None)


async def _play(
    serving: Serving, session: aiohttp.ClientSession, control: str, seconds: int
) -> tuple[Count, float, float]:
    async def told(path: str, body: object) -> None:
        async with session.post(f"{control}/{path}", json=body) as response:
            assert response.status < 300, await response.text()

    urls = {"voice_url": f"{serving.url}/twilio/voice", "fallback_url": f"{serving.url}/twilio/fallback"}
    await told("numbers", {NUMBER: urls})
    await told(
        "endpoints", {"*": {"on_ring": "answer", "after_ms": [400, 900], "presses": "1", "presses_after_ms": 400}}
    )
    count = Count()
    async with contextlib.AsyncExitStack() as people:
        working = [asyncio.create_task(_watch(serving, count, people))]
        nailed_up = [f"n{agent}" for agent in range(NAILED_UP)]
        working += [await _begin(serving, agent_id, count.nailed_up, people) for agent_id in nailed_up]
        await asyncio.sleep(NAILED_UP + SETTLE_S)
        calling = asyncio.create_task(_callers(told))
        await asyncio.sleep(SETTLE_S)
        alone = await _per_minute(count.nailed_up, seconds)
        telephones = [f"t{agent}" for agent in range(TELEPHONES)]
        working += [await _begin(serving, agent_id, count.telephones, people) for agent_id in telephones]
        await asyncio.sleep(SETTLE_S)
        count.telephones.clear()
        together = await _per_minute(count.nailed_up, seconds)
        for task in (calling, *working):
            task.cancel()
        await asyncio.gather(calling, *working, return_exceptions=True)
    return count, alone, together


async def _per_minute(connected: list[float], seconds: int) -> float:
    began_at = time.monotonic()
    await asyncio.sleep(seconds)
    return sum(1 for at in connected if at >= began_at) * 60 / seconds


async def _callers(told: Callable[[str, object], Awaitable[None]]) -> None:
    script = [{"wait": "bridged", "timeout_ms": 600_000}, {"after_ms": TALK_MS}, {"hang_up": True}]
    placed = 0
    while True:
        placed += 1
        await told("calls", {"from": f"+1415{placed:07d}", "to": NUMBER, "script": script})
        await asyncio.sleep(1 / CALLS_PER_S)


async def _begin(
    serving: Serving, agent_id: str, connected: list[float], people: contextlib.AsyncExitStack
) -> "asyncio.Task[None]":
    """Signs in and works until cancelled: takes what is offered at the desk, notes who was connected."""
    client = await people.enter_async_context(AgentClient(serving.url, await issue_token(serving, agent=agent_id)))
    await client.sign_in()
    await client.ready()

    async def work() -> None:
        async for event in client.events():
            await _react(client, event, connected)

    return asyncio.create_task(work())


async def _react(client: AgentClient, event: object, connected: list[float]) -> None:
    if isinstance(event, Connected):
        connected.append(time.monotonic())
    elif isinstance(event, Offer):
        with contextlib.suppress(ClientError):
            await client.accept(event.offer_id)


async def _watch(serving: Serving, count: Count, people: contextlib.AsyncExitStack) -> None:
    token = await issue_token(serving, supervisor="nora")
    supervisor = await people.enter_async_context(SupervisorClient(serving.url, token))
    async for _ in supervisor.events():
        count.wait_ms = max(count.wait_ms, supervisor.wallboard.dials.wait_ms)
