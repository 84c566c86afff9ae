"""`pop_ms_p99`: from the webhook that makes an offer possible to the pop on the agent's socket.

500 agents are connected through the real socket, 20 calls a second come from the fake carrier (its calls per second are
unlimited here), every call is answered, talked and wrapped up. Both ends of the span are taken outside the server.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from benchmarks.figure import Figure
from benchmarks.serving import ACCOUNT, ROOT, TOKEN, Serving
from benchmarks.webhook import CONFIG, NUMBER
from cti.cli.local import request_local
from cti.client import AgentClient, ClientError, Connected, Offer, Pop, WrapUp

AGENTS = 500
CALLS_PER_S = 20
POP_CONFIG = {
    **CONFIG,
    "queues.yaml": "sales:\n  name: Sales\n  wrap_up_s: 5\n  music: {play: music-20s.wav}\n  dispositions: [done]\n",
    "agents.yaml": "".join(f"a{number}:\n  name: Agent {number}\n  queues: [sales]\n" for number in range(AGENTS)),
    "flows/main.yaml": (
        "start: sales\nsteps:\n  sales:\n    enqueue: sales\n    full: bye\n  bye:\n    hang_up: Good bye.\n"
    ),
}


def measure(quick: bool) -> list[Figure]:
    """The median and the 99th percentile, in milliseconds."""
    spans = asyncio.run(_measure(8 if quick else 30))
    spans.sort()
    p50, p99 = spans[len(spans) // 2], spans[min(len(spans) - 1, int(0.99 * len(spans)))]
    detail = f"{len(spans)} pops, {AGENTS} agents, {CALLS_PER_S} calls/s"
    return [
        Figure(name="pop_ms_p50", value=round(p50, 2), unit="ms", goal=15, detail=detail),
        Figure(name="pop_ms_p99", value=round(p99, 2), unit="ms", goal=100, detail=detail),
    ]


@contextlib.asynccontextmanager
async def fake_carrier(*options: str) -> AsyncIterator[str]:
    """A carrier process with these options; yields its address."""
    carrier = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti.fakecarrier", "--listen", "127.0.0.1:0",
        "--account-sid", ACCOUNT, "--auth-token", TOKEN, *options, "--die-with-parent",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        assert carrier.stdout is not None
        yield f"http://127.0.0.1:{json.loads(await carrier.stdout.readline())['port']}"
    finally:
        carrier.terminate()
        await carrier.wait()


async def issue_token(serving: Serving, **whose: str) -> str:
    """A token for an `agent` or a `supervisor`."""
    answer = await request_local(serving.data_dir / "admin.sock", "POST", "/tokens", json={**whose, "days": 1})
    return str(answer["token"])


async def _measure(seconds: int) -> list[float]:
    async with fake_carrier("--calls-per-second", "0", "--ring-buffer-s", "0") as carrier_url:
        serving = Serving(POP_CONFIG, api_url=carrier_url)
        try:
            await asyncio.to_thread(serving.__enter__)
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
                return await _play(serving, session, carrier_url, seconds)
        finally:
            await asyncio.to_thread(serving.__exit__, None, None, None)


async def _play(serving: Serving, session: aiohttp.ClientSession, carrier_url: str, seconds: int) -> list[float]:
    popped: dict[str, float] = {}
    tokens = [await issue_token(serving, agent=f"a{number}") for number in range(AGENTS)]
    ready = asyncio.Semaphore(0)
    agents = [asyncio.create_task(_agent(serving.url, token, popped, ready)) for token in tokens]
    for _ in agents:
        await ready.acquire()

    async def control(method: str, path: str, body: Any = None) -> Any:
        async with session.request(method, f"{carrier_url}/_control/{path}", json=body) as response:
            return await response.json()

    urls = {"voice_url": f"{serving.url}/twilio/voice", "fallback_url": f"{serving.url}/twilio/fallback"}
    await control("POST", "numbers", {NUMBER: {**urls, "status_callback": f"{serving.url}/twilio/status"}})
    script = [{"wait": "bridged", "timeout_ms": 20_000}, {"after_ms": 2_000}, {"hang_up": True}]
    source = random.Random(7)
    began_at, placed = time.monotonic(), 0
    while time.monotonic() - began_at < seconds:
        placed += 1
        await control("POST", "calls", {"from": f"+1415{placed:07d}", "to": NUMBER, "script": script})
        await asyncio.sleep(max(0.0, began_at + placed / CALLS_PER_S - time.monotonic() + source.uniform(-0.01, 0.01)))
    await control("GET", "settle?timeout_s=40")
    verdict = await control("GET", "verdict")
    assert verdict["lost"] == 0, verdict["findings"]["lost"][:3]
    ledger = await control("GET", "ledger")
    for agent in agents:
        agent.cancel()
    await asyncio.gather(*agents, return_exceptions=True)
    return _spans(ledger, popped)


def _spans(ledger: dict[str, Any], popped: dict[str, float]) -> list[float]:
    """Milliseconds from the sending of a call's voice request to its pop. Agents are free all the time, so that the
    request that puts the caller into the queue is the one that makes the offer possible."""
    callers = {leg["sid"]: leg["from"] for leg in ledger["legs"] if leg["direction"] == "inbound"}
    return [
        popped[callers[webhook["sid"]]] - webhook["sent_at"]
        for webhook in ledger["webhooks"]
        if webhook["door"] == "/twilio/voice" and callers.get(webhook["sid"]) in popped
    ]


async def _agent(url: str, token: str, popped: dict[str, float], ready: asyncio.Semaphore) -> None:
    async with AgentClient(url, token) as desk:
        await desk.sign_in()
        await desk.ready()
        ready.release()
        async for event in desk.events():
            with contextlib.suppress(ClientError):
                if isinstance(event, Pop) and event.pop:
                    popped.setdefault(event.pop.from_number, time.time() * 1_000)
                elif isinstance(event, Offer):
                    await desk.accept(event.offer_id)
                elif isinstance(event, Connected):
                    pass
                elif isinstance(event, WrapUp):
                    await desk.dispose(event.contact_id, "done")
