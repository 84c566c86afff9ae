"""`overload_over_s`: ten times the usual load for five seconds; how long after it until all is as before?

The usual load is 15 % of what the server can do when the run begins, so ten times that is half as much again as it can.
Callers come whether it keeps up or not, and each comes again while held. It is over with the first whole second whose
every caller heard the menu at the first try, and as soon as before: its 95th percentile at most three times that of the
calm before, or 100 ms.
"""

import asyncio
import math
import re
import time
from statistics import quantiles
from urllib.parse import quote_plus, urlsplit

import msgspec

from benchmarks.calls import Webhooks, signature_of
from benchmarks.figure import Figure
from benchmarks.serving import ACCOUNT, Serving
from benchmarks.webhook import CONFIG, NUMBER

TIMES = 10
SHARE_OF_CAPACITY = 0.15
PROBE_S = 2.0
CALM_S = 3
BURST_S = 5
PATIENCE_S = 60
COME_AGAIN_S = 1.0
CONNECTIONS = 800
SOON_S = 0.1


class Caller(msgspec.Struct):
    """When the call came, how long the first answer took, in seconds, and whether it was the menu."""

    came_at: float
    took_s: float = math.inf
    at_once: bool = False


class Crowd:
    """Callers, until each has heard the menu."""

    def __init__(self, url: str) -> None:
        self.callers: list[Caller] = []
        self._url = url
        self._called = 0
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._calls: set[asyncio.Task[None]] = set()

    async def capacity(self) -> float:
        """Callers a second when the next comes as soon as one is answered, on 32 connections."""
        ends_at = time.monotonic() + PROBE_S

        async def one_after_another() -> None:
            while time.monotonic() < ends_at:
                self._called += 1
                await self._call(self._called)

        await asyncio.gather(*(one_after_another() for _ in range(32)))
        return self._called / PROBE_S

    async def come(self, per_s: float, seconds: int) -> float:
        """New callers at this rate, evenly; returns when the first of them came."""
        began_at = time.monotonic()
        for placed in range(round(per_s * seconds)):
            await asyncio.sleep(max(0.0, began_at + placed / per_s - time.monotonic()))
            self._called += 1
            task = asyncio.create_task(self._call(self._called))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        return began_at

    async def served(self) -> None:
        """Return when everybody has heard the menu."""
        await asyncio.gather(*self._calls)
        for _, writer in self._idle:
            writer.close()

    async def _call(self, number: int) -> None:
        request = _signed(f"{self._url}/twilio/voice", Webhooks.parties(number, NUMBER))
        caller = Caller(time.monotonic())
        self.callers.append(caller)
        while True:
            status, document = await self._ask(request)
            assert status == 200, status
            heard = b"<Gather" in document
            if caller.took_s is math.inf:
                caller.took_s, caller.at_once = time.monotonic() - caller.came_at, heard
            if heard:
                return
            await asyncio.sleep(COME_AGAIN_S)

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        """By hand, for the crowd must cost less than the server: a client of aiohttp's costs more."""
        async with self._free:
            address = urlsplit(self._url)
            idle = self._idle.pop() if self._idle else None
            reader, writer = idle or await asyncio.open_connection(address.hostname, address.port)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            assert length
            document = await reader.readexactly(int(length.group(1)))
            self._idle.append((reader, writer))
            return int(head[9:12]), document


def _signed(url: str, parties: dict[str, str]) -> bytes:
    """The whole request of an arriving call."""
    form = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallStatus": "ringing", **parties}
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items())
    address = urlsplit(url)
    return (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-Twilio-Signature: {signature_of(url, form)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def measure(quick: bool) -> list[Figure]:
    """The median of the runs, in seconds."""
    runs = sorted(_run() for _ in range(1 if quick else 3))
    span, detail = runs[len(runs) // 2]
    return [Figure(name="overload_over_s", value=span, unit="s", goal=15, runs=len(runs), detail=detail)]


def _run() -> tuple[float, str]:
    with Serving(CONFIG) as server:
        return asyncio.run(_measure(server.url))


async def _measure(url: str) -> tuple[float, str]:
    crowd = Crowd(url)
    usual = await crowd.capacity() * SHARE_OF_CAPACITY
    await crowd.come(usual, 1)
    calm_at = await crowd.come(usual, CALM_S)
    burst_at = await crowd.come(TIMES * usual, BURST_S)
    calm = [caller.took_s for caller in crowd.callers if calm_at <= caller.came_at < burst_at]
    soon_s = max(3 * _p95(calm), SOON_S)
    seconds = [await crowd.come(usual, 1)]
    while True:
        seconds.append(await crowd.come(usual, 1))
        if _as_before(crowd, seconds[-2], seconds[-1], soon_s):
            break
        assert len(seconds) < PATIENCE_S, "it is not over after a minute"
    await crowd.served()
    held = sum(not caller.at_once for caller in crowd.callers)
    longest_s = max(caller.took_s for caller in crowd.callers)
    assert longest_s > soon_s, "nobody waited: it was no burst"
    detail = (
        f"{usual:.0f} calls a second, {TIMES * usual:.0f} in the burst; {held} of {len(crowd.callers)} held at first, "
        f"longest wait for the first answer {longest_s:.1f} s"
    )
    return round(seconds[-2] - seconds[0], 1), detail


def _as_before(crowd: Crowd, since: float, until: float, soon_s: float) -> bool:
    """Whether all who came in this second were served at once, and as soon as before."""
    came = [caller for caller in crowd.callers if since <= caller.came_at < until]
    return all(caller.at_once for caller in came) and _p95([caller.took_s for caller in came]) <= soon_s


def _p95(spans_s: list[float]) -> float:
    return quantiles(spans_s, n=20)[-1]
