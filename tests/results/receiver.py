"""Another system, on this machine: it takes results, checks with code of its own who signed them, and answers."""

import asyncio
import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, NamedTuple

from aiohttp import web

SECRET = "whsec_" + b64encode(b"0123456789abcdef0123456789abcdef").decode()
IN_TIME_S = 30


class Taken(NamedTuple):
    """A request, and what was answered."""

    id: str
    body: bytes
    status: int

    @property
    def said(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """`answer` is asked for the status, and the words, of each request."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.answer: Callable[[Any], tuple[int, str]] = lambda said: (204, "")
        self.port = 0
        self.checks = True
        self.holds: asyncio.Event | None = None
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/calls"

    async def open(self) -> None:
        """At the same port as before, if there was one."""
        application = web.Application()
        application.router.add_post("/hooks/calls", self._take)
        self._runner = web.AppRunner(application, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.checks:
            check(request.headers, body)
        status, words = self.answer(json.loads(body))
        async with self._news:
            self.taken.append(Taken(request.headers.get("webhook-id", ""), body, status))
            self._news.notify_all()
        if self.holds:
            await self.holds.wait()
        location = {"Location": self.url} if 300 <= status < 400 else {}
        return web.Response(status=status, text=words or None, headers=location)

    async def until(self, is_enough: Callable[[], bool]) -> None:
        """Until something can be said of what was taken."""
        async with asyncio.timeout(IN_TIME_S), self._news:
            await self._news.wait_for(is_enough)

    @property
    def accepted(self) -> list[Any]:
        """What was said in the requests that were answered well."""
        return [each.said for each in self.taken if each.status < 300]


def check(headers: Any, body: bytes) -> None:
    """By the words of the specification, with no code of the sender's."""
    key = b64decode(SECRET.removeprefix("whsec_"))
    content = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    ours = b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    assert f"v1,{ours}" in headers["webhook-signature"].split(" ")
    assert headers["webhook-timestamp"].isdecimal()
    assert headers["content-type"] == "application/json"
