"""Customers looked up in somebody else's system, over HTTP. Whatever that system does, a look-up ends soon, stays small
and goes nowhere else."""

import asyncio
import socket
import time
from collections.abc import Callable

import aiohttp
from aiohttp.abc import AbstractResolver

from cti.core.addresses import is_loopback, is_permitted
from cti.core.errors import SettingsError
from cti.core.events import Customer
from cti.directory.breaker import Breaker
from cti.directory.errors import DirectoryUnavailable
from cti.directory.lookups import LOOK_UPS_MAX, LookUps
from cti.directory.mapping import customers_in
from cti.directory.service import Service

ANSWER_S_MAX = 0.8
BODY_BYTES_MAX = 1024 * 1024
NOBODY = (204, 404)


class HttpDirectory:
    """A `Directory` over a service. To be made while the event loop runs. Raises `SettingsError` with all that is wrong
    with `service`. `resolver` finds the addresses of hosts; without one the machine's own way is used."""

    def __init__(
        self,
        service: Service,
        *,
        region: str = "",
        clock: Callable[[], float] = time.monotonic,
        resolver: AbstractResolver | None = None,
    ) -> None:
        if mistakes := service.mistakes():
            raise SettingsError("\n".join(mistakes))
        self._service = service
        self._breaker = Breaker(clock)
        self._look_ups = LookUps(self._ask, region, clock)
        self._loopback = is_loopback(service.address("").host or "")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=LOOK_UPS_MAX, resolver=resolver, socket_factory=self._socket),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"} | service.headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a megabyte is a megabyte, not what it unpacks to
        )

    async def find(self, number: str) -> tuple[Customer, ...]:
        """Who has this number: at most 10 customers, as they were at most 30 s ago. Raises `DirectoryUnavailable`."""
        return await self._look_ups.find(number)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def _ask(self, number: str) -> tuple[Customer, ...]:
        self._breaker.admit()
        try:
            body = await self._body(number)
            found = () if body is None else customers_in(body, self._service.customers, self._service.fields)
        except DirectoryUnavailable:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return found

    async def _body(self, number: str) -> bytes | None:
        """The service's answer; None when it knows nobody."""
        try:
            async with (
                asyncio.timeout(ANSWER_S_MAX),
                self._session.get(self._service.address(number), allow_redirects=False) as response,
            ):
                if response.status in NOBODY:
                    return None
                if response.status != 200:
                    raise DirectoryUnavailable(f"the service answered with status {response.status}")
                return await _read(response)
        except TimeoutError as error:
            raise DirectoryUnavailable(f"the service did not answer within {ANSWER_S_MAX} s") from error
        except aiohttp.ClientConnectorError as error:
            raise DirectoryUnavailable(f"the service cannot be reached: {error.os_error}") from error
        except (aiohttp.ClientError, OSError) as error:
            # The texts of these repeat the address asked for, and in it the number.
            raise DirectoryUnavailable(f"the service cannot be understood: {type(error).__name__}") from None

    def _socket(self, candidate: aiohttp.AddrInfoType) -> socket.socket:
        """A socket for an address that is about to be connected to."""
        family, kind, protocol, _, address = candidate
        host = str(address[0])
        if not is_permitted(host, loopback=self._loopback, private=self._service.allow_private):
            raise OSError(f"its address {host} is not one where it may be")
        return socket.socket(family, kind, protocol)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise DirectoryUnavailable("the service packed its answer, though asked not to")
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            raise DirectoryUnavailable(f"the service's answer has more than {BODY_BYTES_MAX} bytes")
    return bytes(body)
