"""Somebody else's customer system, as good or as hostile as a test wants it."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Crm:
    """Answers each request with `answer`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = said({"customers": []})
        self.asked: list[web.Request] = []
        self.stopping = asyncio.Event()
        self.app = web.Application()
        self.app.router.add_route("*", "/{path:.*}", self._handle)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answer(request)

    async def never(self, request: web.Request) -> web.StreamResponse:
        """Takes the request and says nothing."""
        await self.stopping.wait()
        return web.Response()

    async def endless(self, request: web.Request) -> web.StreamResponse:
        """Says more and more."""
        response = web.StreamResponse()
        await response.prepare(request)
        while not self.stopping.is_set():
            await response.write(b" " * 65_536)
        return response

    async def dripping(self, request: web.Request) -> web.StreamResponse:
        """Says a byte now and then."""
        response = web.StreamResponse()
        await response.prepare(request)
        while not self.stopping.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    async def cut(self, request: web.Request) -> web.StreamResponse:
        """Hangs up in the middle of its answer."""
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"customers": [')
        assert request.transport is not None
        request.transport.abort()
        return response


def said(document: object) -> Answer:
    """Answers with this document."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(document)

    return answer


def raw(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    """Answers with these bytes."""

    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers=named)

    return answer
