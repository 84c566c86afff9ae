"""`restart_ready_s`: the worker is killed with 5,000 live contacts; how long until the server is ready again?

Calls that arrive meanwhile must be served, and requests that the kill cut must be answered at the fallback.
"""

import asyncio
import contextlib
import os
import signal
import time
from statistics import median

import aiohttp

from benchmarks.calls import Webhooks
from benchmarks.figure import Figure
from benchmarks.serving import Serving
from benchmarks.webhook import CONFIG, NUMBER

LIVE = 5_000
AT_ONCE = 50
SETTLE_S = 3.0


def measure(quick: bool) -> list[Figure]:
    """The median of the runs, in seconds."""
    runs = 1 if quick else 3
    spans, served, fell_back = [], 0, 0
    with Serving(CONFIG) as server:
        asyncio.run(_fill(server.url))
        for run in range(runs):
            time.sleep(SETTLE_S)  # the follower takes its snapshot, the spare finishes starting
            span, served_now, fell_back_now = asyncio.run(_kill(server, run))
            spans.append(span)
            served += served_now
            fell_back += fell_back_now
    detail = (
        f"{LIVE} live contacts; {served} calls arrived meanwhile and were served, {fell_back} of them by the fallback"
    )
    return [Figure(name="restart_ready_s", value=round(median(spans), 3), unit="s", goal=2.0, runs=runs, detail=detail)]


async def _fill(url: str) -> None:
    """5,000 callers, through the menu, in the queue."""
    webhooks = Webhooks(url)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with turn:
            _, document = await webhooks.call(number, NUMBER)
            status, _ = await webhooks.press(number, NUMBER, document, "1")
            assert status == 200

    await asyncio.gather(*[one(number) for number in range(LIVE)])
    await webhooks.close()


async def _kill(server: Serving, run: int) -> tuple[float, int, int]:
    """Kill the worker while calls arrive. Returns the seconds until ready, and how the calls fared."""
    webhooks = Webhooks(server.url, connections=500)
    fell_back = 0

    async def one(number: int) -> None:
        nonlocal fell_back
        try:
            status, document = await webhooks.call(number, NUMBER)
        except aiohttp.ClientError:
            fell_back += 1
            status, document = await webhooks.fall_back(number, NUMBER, f"{server.url}/twilio/voice")
        assert status == 200, (status, document)
        assert "<Response>" in document

    first = 1_000_000 * (run + 1)
    calls = [asyncio.create_task(one(first + number)) for number in range(20)]
    await asyncio.sleep(0.005)
    pid = server.worker_pid()
    began_at = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    ready = asyncio.create_task(_until_ready(server.url))
    for number in range(20, 60):
        calls.append(asyncio.create_task(one(first + number)))
        await asyncio.sleep(0.01)
    await ready
    span = time.perf_counter() - began_at
    await asyncio.gather(*calls)
    await webhooks.close()
    return span, len(calls), fell_back


async def _until_ready(url: str) -> None:
    """Ask on a new connection, again and again; a connection waits in the backlog until somebody answers."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/api/v1/health", headers={"Connection": "close"}) as response:
                    if (await response.json())["status"] == "ready":
                        return
            await asyncio.sleep(0.002)
