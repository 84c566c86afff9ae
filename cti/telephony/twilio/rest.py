"""The carrier's REST interface: one session, bounded in time and number, and three ways to fail.

RestError
 +-- NotExecuted     surely nothing happened: not connected, or turned away before it was looked at
 +-- InDoubt         it may have happened: no answer, a broken one, or an error on the carrier's side
 +-- Refused         the carrier looked at it and said no
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Self, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from yarl import URL

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.resources import Problem

TOTAL_S = 8.0
CONNECT_S = 2.0
REQUESTS_MAX = 30
MEDIA_MAX = 5
"""How many recordings are listened to at once: calls must get through beside them."""
RETRY_FIRST_S = 0.25
RETRY_LAST_S = 8.0
RETRY_AFTER_MAX_S = 60.0

Parameters = Sequence[tuple[str, str]]
Answer = TypeVar("Answer")


class RestError(Exception):
    """A request that did not succeed. `retry_after_s` is when to try again, if at all."""

    def __init__(self, detail: str, retry_after_s: float = 0.0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s


class NotExecuted(RestError):
    """Surely nothing happened."""


class InDoubt(RestError):
    """It may have happened."""


class Refused(RestError):
    """The carrier said no, with its own `code` (0 if it gave none) and the HTTP `status`."""

    def __init__(self, detail: str, status: int, code: int) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code


class NoPlace(RestError):
    """As many recordings as may be are read already; nothing was asked of the carrier."""


class Rest:
    """Sends requests for one account. `open` it inside the event loop; `close` it at the end."""

    def __init__(
        self, account: Account, session: aiohttp.ClientSession, requests_max: int, answered: Callable[[], None]
    ) -> None:
        self._session = session
        self._answered = answered
        self._passwords = [aiohttp.encode_basic_auth(account.rest_user, token) for token in account.auth_tokens]
        self._origin = account.api_url.rstrip("/")
        self._base = f"/2010-04-01/Accounts/{quote(account.account_sid, safe='')}"
        self._in_flight = asyncio.Semaphore(requests_max)
        self._media = asyncio.Semaphore(MEDIA_MAX)
        self._failures = 0
        self.date = ""
        """When the carrier last answered, by its own clock, as its header says it."""

    @classmethod
    async def open(
        cls,
        account: Account,
        *,
        total_s: float = TOTAL_S,
        connect_s: float = CONNECT_S,
        requests_max: int = REQUESTS_MAX,
        answered: Callable[[], None] = lambda: None,
    ) -> Self:
        """`total_s` bounds each request from connecting to the last byte; at most `requests_max` are on their way.
        `answered` is called when an answer comes, before anything is known of it."""
        session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=total_s, connect=connect_s),
            connector=aiohttp.TCPConnector(limit=requests_max),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return cls(account, session, requests_max, answered)

    async def close(self) -> None:
        """Give up what is on its way."""
        await self._session.close()

    async def post(self, path: str, form: Parameters, answer: type[Answer]) -> Answer:
        """Do something. `path` is below the account's, as `/Calls/CA..`. Raises `RestError`."""
        return await self._send("POST", f"{self._base}{path}.json", form, answer)

    async def get(self, path: str, query: Parameters, answer: type[Answer]) -> Answer:
        """Ask something. Raises `RestError`."""
        suffix = f"?{urlencode(query)}" if query else ""
        return await self._send("GET", f"{self._base}{path}.json{suffix}", (), answer)

    async def get_page(self, uri: str, answer: type[Answer]) -> Answer:
        """A further page, by the path that the page before gave. Raises `RestError`."""
        if not uri.startswith(f"{self._base}/"):
            raise InDoubt(f"the carrier sends us on to {uri!r}, which is not below {self._base}")
        return await self._send("GET", uri, (), answer)

    async def get_beside(self, path: str, query: Parameters, answer: type[Answer]) -> Answer:
        """Ask for what is not below the account, by its whole path. Raises `RestError`."""
        return await self._send("GET", f"{path}?{urlencode(query)}" if query else path, (), answer)

    @asynccontextmanager
    async def media(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """What is no document: the sound below `path`, read by whoever asks, only from the carrier's own address. Long
        ones are bounded by the time without a byte, so nobody waits for a place: it may take hours. Raises `RestError`;
        `NoPlace` when all are taken."""
        if self._media.locked():
            raise NoPlace(f"{MEDIA_MAX} recordings are listened to at once, which is as many as may be")
        url = URL(f"{self._origin}{self._base}{path}", encoded=True)
        async with self._media, AsyncExitStack() as stack:
            try:
                first, *others = self._passwords
                response = await stack.enter_async_context(self._get_media(url, first))
                while response.status == 401 and others:  # while the token is rotated one of two is refused
                    response = await stack.enter_async_context(self._get_media(url, others.pop(0)))
                if 300 <= response.status < 400:
                    raise Refused("the carrier sends us on to another address, where we do not go", 502, 0)
                if response.status != 200:
                    retry_after = response.headers.get("Retry-After", "")
                    raise self._error(response.status, retry_after, await response.content.read(4_096))
                yield response
            except (aiohttp.ClientError, TimeoutError) as error:
                raise InDoubt(f"the carrier's audio ended: {_words(error)}", 0.0) from error

    def _get_media(self, url: URL, password: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        patience = aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=TOTAL_S)
        headers = {"Authorization": password}
        return self._session.get(url, headers=headers, allow_redirects=False, timeout=patience)

    async def _send(self, method: str, path: str, form: Parameters, answer: type[Answer]) -> Answer:
        async with self._in_flight:
            try:
                status, headers, body = await self._exchange(method, path, form)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                raise NotExecuted(f"no connection to the carrier: {_words(error)}", self._back_off("")) from error
            except (aiohttp.ClientError, TimeoutError) as error:
                raise InDoubt(f"no answer from the carrier: {_words(error)}", self._back_off("")) from error
        self.date = headers.get("Date", "")
        if not 200 <= status < 300:
            raise self._error(status, headers.get("Retry-After", ""), body)
        try:
            decoded = msgspec.json.decode(body, type=answer)
        except msgspec.DecodeError as error:
            raise InDoubt(f"the carrier's answer cannot be read: {error}", self._back_off("")) from error
        self._failures = 0
        return decoded

    async def _exchange(self, method: str, path: str, form: Parameters) -> tuple[int, Mapping[str, str], bytes]:
        """While the token is rotated one of two is refused, before or after; the other then comes first. Nothing was
        done by a request that was not let in."""
        answer = await self._request(method, path, form, self._passwords[0])
        for password in self._passwords[1:]:
            if answer[0] != 401:
                break
            answer = await self._request(method, path, form, password)
            if answer[0] != 401:
                self._passwords = [password, *(other for other in self._passwords if other != password)]
        return answer

    async def _request(
        self, method: str, path: str, form: Parameters, password: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        data = urlencode(form).encode() if method == "POST" else None
        headers = {"Authorization": password}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        url = URL(f"{self._origin}{path}", encoded=True)
        async with self._session.request(method, url, data=data, headers=headers, allow_redirects=False) as response:
            self._answered()
            return response.status, response.headers, await response.read()

    def _error(self, status: int, retry_after: str, body: bytes) -> RestError:
        problem = _problem(body)
        detail = f"HTTP {status}, carrier's code {problem.code or 'none'}: {problem.message or 'no text'}"
        if status == 429:  # too many at once: turned away before it was looked at
            return NotExecuted(detail, self._back_off(retry_after))
        if status >= 500:
            return InDoubt(detail, self._back_off(retry_after))
        if status == 401:
            detail = f"the carrier does not accept our account SID and auth token ({detail})"
        return Refused(detail, status, problem.code or 0)

    def _back_off(self, retry_after: str) -> float:
        """Seconds to wait: what the carrier says, or twice as long each time, spread so that not all come at once."""
        self._failures = min(self._failures + 1, 16)
        doubled = min(RETRY_LAST_S, RETRY_FIRST_S * 2.0 ** (self._failures - 1))
        spread = doubled * random.uniform(0.5, 1.0)  # noqa: S311  # nobody gains by guessing it
        return max(spread, min(_seconds(retry_after), RETRY_AFTER_MAX_S))


def segment(value: str) -> str:
    """One segment of a path, whatever the value holds. An empty one would address something else altogether."""
    if not value:
        raise Refused("what the carrier calls it is not known", 0, 0)
    return quote(value, safe="")


def _problem(body: bytes) -> Problem:
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return Problem(message=body[:200].decode("utf-8", "replace"))


def _seconds(retry_after: str) -> float:
    """A Retry-After in seconds; 0 for none, and for a date, which nobody sends here."""
    return float(retry_after) if retry_after.replace(".", "", 1).isdecimal() else 0.0


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
