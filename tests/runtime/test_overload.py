"""Ten times the load for five seconds, over real connections: it passes, and takes nobody with it."""

import asyncio
import base64
import hashlib
import hmac
import re
import time
from statistics import quantiles
from urllib.parse import quote_plus, urlsplit

from cti.core.codec import decode
from cti.core.events import CallArrived
from tests.runtime.test_serve import journal_of
from tests.serving import ACCOUNT, TOKEN, parties, serving

PROBE_S, BURST_S, AFTER_S = 2.0, 5.0, 8.0
TIMES = 10
COME_AGAIN_S = 1.0
CONNECTIONS = 800
SHARE_OF_CAPACITY = 0.15
"""So much of what the server can do is its usual load; ten times that is half as much again as it can."""


class Crowd:
    """Callers who come whether the server keeps up or not. Each comes again while held, until the menu is heard."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.took: list[tuple[float, float]] = []
        """When each request was due, and how long after that it was answered, in seconds."""
        self.heard: set[int] = set()
        self.called = 0
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._calls: set[asyncio.Task[None]] = set()

    async def come(self, per_s: float, seconds: float) -> None:
        """New callers at this rate, evenly."""
        began, placed = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            while placed < passed * per_s:
                placed += 1
                self.called += 1
                task = asyncio.create_task(self._call(self.called))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
            await asyncio.sleep(0.005)

    async def capacity(self) -> float:
        """Callers a second when the next comes as soon as one is answered, on 32 connections."""
        ends_at = time.monotonic() + PROBE_S

        async def one_after_another() -> None:
            while time.monotonic() < ends_at:
                self.called += 1
                await self._call(self.called)

        await asyncio.gather(*(one_after_another() for _ in range(32)))
        return self.called / PROBE_S

    async def all_heard(self) -> None:
        """Until everybody who called has heard the menu."""
        while self._calls:
            await asyncio.wait(self._calls)
        for _, writer in self._idle:
            writer.close()

    async def _call(self, number: int) -> None:
        request = _signed(f"{self.url}/twilio/voice", {**parties(number), "CallStatus": "ringing"})
        while True:
            due = time.monotonic()
            status, document = await self._ask(request)
            self.took.append((due, time.monotonic() - due))
            assert status == 200
            if b"<Gather" in document:
                self.heard.add(number)
                return
            assert b"<Redirect" in document
            await asyncio.sleep(COME_AGAIN_S)

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        async with self._free:
            address = urlsplit(self.url)
            idle = self._idle.pop() if self._idle else None
            reader, writer = idle or await asyncio.open_connection(address.hostname, address.port)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"Content-Length: (\d+)", head)
            assert found
            document = await reader.readexactly(int(found.group(1)))
            self._idle.append((reader, writer))
            return int(head[9:12]), document


def _signed(url: str, fields: dict[str, str]) -> bytes:
    """The whole request, made at once: the crowd must cost less than the server."""
    form = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", **fields}
    text = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items())
    address = urlsplit(url)
    return (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def p95(crowd: Crowd, since: float, until: float) -> float:
    """Of the requests that were due in this time."""
    took = sorted(seconds for due, seconds in crowd.took if since <= due < until)
    assert len(took) > 20
    return quantiles(took, n=20)[-1]


async def test_a_burst_passes_and_leaves_no_trace(tmp_path):
    async with serving(tmp_path) as server, asyncio.timeout(55):
        await server.until("ready")
        crowd = Crowd(server.url)
        usual = await crowd.capacity() * SHARE_OF_CAPACITY
        await crowd.come(usual, 1.0)
        calm_at = time.monotonic()
        await crowd.come(usual, 2.0)
        burst_at = time.monotonic()
        await crowd.come(TIMES * usual, BURST_S)
        over_at = time.monotonic()
        await crowd.come(usual, AFTER_S)
        end = time.monotonic()
        await crowd.all_heard()
        before, after = p95(crowd, calm_at, burst_at), p95(crowd, end - 2.0, end)
        assert p95(crowd, burst_at, over_at) > 2 * before  # it was a burst
        assert after < 3 * before + 0.25  # and it is over
        assert crowd.heard == set(range(1, crowd.called + 1))
        load = (await server.health())["load"]
        assert set(load["waiting"].values()) == {0}
        async with journal_of(server) as journal:
            inputs = [decode(row).input async for row in journal.read(0)]
    arrived = [event.provider_ref for event in inputs if type(event) is CallArrived]
    assert len(arrived) == len(set(arrived)) == crowd.called
