"""The gate of the REST interface: who may enter, how many at once, what goes wrong on the way out, and its record."""

import base64
import re
import time
from collections.abc import Awaitable, Callable
from hmac import compare_digest

import msgspec
from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.ledger.records import RestRecord
from cti.fakecarrier.rest.errors import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SID = web.RequestKey("sid", str)
"""The leg or room that a request turned out to be about, for its record."""


_NOT_FOR_KEYS = re.compile(r"/Accounts/[^/]+(/Keys.*)?\.json$")


class Gate:
    """Wraps every REST handler."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._inside = 0

    def guard(self, handler: Handler) -> Handler:
        """The handler with all that the gate does around it."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            began_s = time.perf_counter()
            self._inside += 1
            try:
                response, code = await self._answer(handler, request)
                return await self._mishap(request, response, code, began_s)
            finally:
                self._inside -= 1

        return guarded

    async def _answer(self, handler: Handler, request: web.Request) -> tuple[web.StreamResponse, int | None]:
        try:
            most = self._carrier.dice.plan.rest_concurrent_max
            if most is not None and self._inside > most:
                raise Refusal(429, 20429)
            self._authenticate(request)
            return await handler(request), None
        except Refusal as refusal:
            return _json(refusal.status, refusal.body()), refusal.code

    def _authenticate(self, request: web.Request) -> None:
        """Let in the account with its token, and its keys with their secrets; keys not to the account and its keys."""
        options = self._carrier.options
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic" or request.match_info.get("account_sid", options.account_sid) != (
            options.account_sid
        ):
            raise Refusal(401, 20003)
        if _is(given, options.account_sid, options.auth_token):
            return
        by_key = any(_is(given, key.sid, key.secret) for key in self._carrier.account.keys.values())
        if not by_key or _NOT_FOR_KEYS.search(request.path):
            raise Refusal(401, 20003)

    async def _mishap(
        self, request: web.Request, response: web.StreamResponse, code: int | None, began_s: float
    ) -> web.StreamResponse:
        """What the fault plan does to an answer, and the record of the request."""
        carrier = self._carrier
        mishap = carrier.dice.for_rest(request.method, request.path)
        fault = None
        if mishap.slow_ms:
            fault = "slow"
            await carrier.clock.sleep(mishap.slow_ms / 1000)
        if mishap.server_error:
            fault, code = "server_error", 20500
            response = _json(500, Refusal(500, 20500).body())
        if mishap.reply_lost:
            fault = "lost_reply"
            if request.transport is not None:
                request.transport.abort()
        record = RestRecord(
            method=request.method,
            path=str(request.rel_url),
            at=carrier.clock.now_ms(),
            ms=round((time.perf_counter() - began_s) * 1000, 3),
            status=response.status,
            code=code,
            sid=request.get(SID),
            fault=fault,
        )
        carrier.ledger.note_rest(record)
        return response


def _is(given: str, user: str, password: str) -> bool:
    return compare_digest(given.strip().encode(), base64.b64encode(f"{user}:{password}".encode()))


def _json(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")


def reply(resource: object, status: int = 200) -> web.Response:
    """A resource as JSON."""
    return _json(status, msgspec.json.encode(resource))
