"""One HTTP exchange with the server: signed, bounded in time and size, redirects followed as the carrier does."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.loopback import NotLoopback, require_loopback
from cti.fakecarrier.webhooks.request import WebhookFailed, WebhookReply, WebhookRequest
from cti.fakecarrier.webhooks.signature import sign

USER_AGENT = "TwilioProxy/1.1"
BODY_BYTES_MAX = 64 * 1024
REDIRECTS_MAX = 10
TRICKLE_PIECES = 8
MISTRUST_S = 5.0
"""After a connection broke, those that lie idle beside it may be dead as well: for so long none of them is used again,
as a good HTTP client does. Otherwise a dead connection could cost a call its request and its fallback at once."""


class ConnectFailed(WebhookFailed):
    """The connection could not be made, so the server cannot have seen the request."""


class Exchange:
    """The HTTP client side of the carrier. `open` it inside the running loop, `close` it at the end."""

    def __init__(self, clock: Clock, auth_token: str, connect_timeout_s: float, total_timeout_s: float) -> None:
        self._clock = clock
        self._auth_token = auth_token
        self._total_timeout_s = total_timeout_s
        self._timeout = aiohttp.ClientTimeout(total=None, connect=clock.wall_s(connect_timeout_s))
        self._pooled: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None
        self._broke_at = -MISTRUST_S

    def open(self) -> None:
        """Be ready to send. Cookies are kept by call, not by session, and connections are not limited."""
        self._pooled = self._new_session(aiohttp.TCPConnector(limit=0))
        self._fresh = self._new_session(aiohttp.TCPConnector(limit=0, force_close=True))

    def _new_session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            auto_decompress=True,
        )

    async def close(self) -> None:
        """Let go of every connection."""
        for session in (self._pooled, self._fresh):
            if session is not None:
                await session.close()

    def _session(self) -> aiohttp.ClientSession:
        mistrusted = asyncio.get_running_loop().time() - self._broke_at < MISTRUST_S
        session = self._fresh if mistrusted else self._pooled
        assert session is not None, "open() comes first"
        return session

    async def send(self, request: WebhookRequest, token: str, *, slow_ms: int = 0) -> WebhookReply:
        """Send once and read the answer, whatever its status; WebhookFailed if there is none within the time."""
        try:
            async with self._clock.timeout(self._total_timeout_s):
                return await self._follow(request, token, slow_ms)
        except TimeoutError as error:
            raise WebhookFailed(11200, f"no answer within {self._total_timeout_s:g} s") from error

    async def _follow(self, request: WebhookRequest, token: str, slow_ms: int) -> WebhookReply:
        method, url, form = request.link.method, request.url, request.form
        for _ in range(REDIRECTS_MAX + 1):
            reply, location = await self._once(method, url, form, token, request.leg, slow_ms)
            if location is None:
                return reply
            if reply.status not in {307, 308}:
                method, form = "GET", []  # as browsers do: the fields of the POST are dropped
            url = str(URL(url, encoded=True).join(URL(location, encoded=True)))
        raise WebhookFailed(11215, f"more than {REDIRECTS_MAX} redirects")

    async def _once(
        self, method: str, url: str, form: list[tuple[str, str]], token: str, leg: Leg | None, slow_ms: int
    ) -> tuple[WebhookReply, str | None]:
        """One request and its answer, with the place it redirects to, if it does."""
        try:
            require_loopback(url)
        except NotLoopback as error:
            raise WebhookFailed(11100, str(error)) from error
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "X-Twilio-Signature": sign(self._auth_token, url, form),
            "I-Twilio-Idempotency-Token": token,
        }
        body = urlencode(form).encode()
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            headers["Content-Length"] = str(len(body))
        target = URL(url, encoded=True)
        cookies = leg.cookies.filter_cookies(target) if leg is not None and leg.cookies is not None else None
        try:
            async with self._session().request(
                method,
                target,
                data=(_trickle(self._clock, body, slow_ms) if slow_ms else body) if method == "POST" else None,
                headers=headers,
                cookies=cookies,
                allow_redirects=False,
            ) as response:
                _keep_cookies(leg, response)
                location = response.headers.get("Location") if 300 <= response.status < 400 else None
                return await _read(response, url), location
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ConnectFailed(11205, f"could not connect: {error}") from error
        except (aiohttp.ClientError, ConnectionError) as error:
            self._broke_at = asyncio.get_running_loop().time()
            raise WebhookFailed(11200, f"{type(error).__name__}: {error}") from error


async def _read(response: aiohttp.ClientResponse, url: str) -> WebhookReply:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            raise WebhookFailed(11750, f"the answer is larger than {BODY_BYTES_MAX} bytes")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return WebhookReply(status=response.status, content_type=content_type, body=bytes(body), url=url)


async def _trickle(clock: Clock, body: bytes, slow_ms: int) -> AsyncIterator[bytes]:
    """The body in a few pieces, spread over the time."""
    size = max(1, -(-len(body) // TRICKLE_PIECES))
    for start in range(0, len(body), size):
        await clock.sleep(slow_ms / 1000 / TRICKLE_PIECES)
        yield body[start : start + size]


def _keep_cookies(leg: Leg | None, response: aiohttp.ClientResponse) -> None:
    if leg is not None and response.cookies:
        if leg.cookies is None:
            leg.cookies = aiohttp.CookieJar(unsafe=True)  # loopback addresses have no domain
        leg.cookies.update_cookies(response.cookies, response.url)
