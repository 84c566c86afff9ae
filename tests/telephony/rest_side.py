"""The carrier's REST side: answers each request as the test says, and notes it."""

import asyncio
import time
from base64 import b64decode
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qsl

from aiohttp import web

BASE = "/2010-04-01/Accounts/AC00000000000000000000000000000abc"
DROP = object()


def problem(status: int, code: int = 0, text: str = "no") -> tuple[int, dict]:
    return status, {"code": code, "message": text, "more_info": "", "status": status}


def call(sid: str, status: str, *, to: str = "client:ann", age_s: float = 0, caller: str = "+12025550100") -> dict:
    """A call as the carrier lists it, made `age_s` seconds ago."""
    return {"sid": sid, "status": status, "to": to, "from": caller, "date_created": formatdate(time.time() - age_s)}


@dataclass
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    credentials: str


@dataclass
class RestSide:
    """`answers` go by `METHOD path`, below the account. A list is given one by one, its last for ever; DROP cuts the
    connection; an event is waited for; a function is asked."""

    answers: dict[str, object] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    arrivals: asyncio.Queue = field(default_factory=asyncio.Queue)
    under_way: int = 0
    under_way_max: int = 0
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(BASE).removesuffix(".json")
        form = parse_qsl((await request.read()).decode(), keep_blank_values=True)
        _, _, encoded = request.headers.get("Authorization", "").partition(" ")
        seen = Request(request.method, path, list(request.query.items()), form, b64decode(encoded).decode())
        self.requests.append(seen)
        self.arrivals.put_nowait(seen)
        self.under_way += 1
        self.under_way_max = max(self.under_way, self.under_way_max)
        try:
            return await self._answer(request, seen)
        finally:
            self.under_way -= 1

    async def _answer(self, request, seen):
        answer = self.answers.get(f"{seen.method} {seen.path}", problem(404, 20404, "not found"))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = problem(500)
        if callable(answer):
            answer = answer(seen)
        if answer is DROP:
            request.transport.abort()
            return web.Response()
        status, body, *headers = answer
        more = headers[0] if headers else None
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=more)
        return web.json_response(body, status=status, headers=more)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]
