"""One request to another system. Whatever that system does, it ends soon, stays small and goes nowhere else."""

import socket
from collections.abc import Callable
from typing import NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver

from cti.core.addresses import is_permitted
from cti.results.destination import is_here

ANSWER_S_MAX = 15.0
WORDS_BYTES_MAX = 200
RETRY_AFTER_S_MAX = 3_600.0
CONNECTIONS_MAX = 20


class Unreachable(Exception):
    """There was no answer. The text says why."""


class Answer(NamedTuple):
    """What the system said: a status, the beginning of its words, and how long (seconds, 0: nothing) to leave it
    alone."""

    status: int
    words: str
    retry_after_s: float


class Poster:
    """To be made while the event loop runs. `private`: addresses of private networks may be connected to as well.
    `resolver` finds the addresses of hosts; without one the machine's own way is used."""

    def __init__(self, *, private: bool, resolver: AbstractResolver | None = None) -> None:
        self._elsewhere = _session(_sockets(here=False, private=private), resolver)
        self._here = _session(_sockets(here=True, private=False), resolver)

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Raises `Unreachable`."""
        session = self._here if is_here(url) else self._elsewhere
        try:
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                words = await response.content.read(WORDS_BYTES_MAX)
                return Answer(response.status, _printable(words), _seconds(response.headers.get("Retry-After", "")))
        except TimeoutError:
            raise Unreachable(f"no answer within {ANSWER_S_MAX:g} s") from None
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"it cannot be reached: {error.os_error.strerror or error.os_error}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"its answer cannot be understood: {type(error).__name__}") from None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._elsewhere.close()
        await self._here.close()


def _session(
    sockets: Callable[[aiohttp.AddrInfoType], socket.socket], resolver: AbstractResolver | None
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, resolver=resolver, socket_factory=sockets),
        headers={"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "cti"},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=ANSWER_S_MAX),
        auto_decompress=False,
    )


def _sockets(*, here: bool, private: bool) -> Callable[[aiohttp.AddrInfoType], socket.socket]:
    def made(candidate: aiohttp.AddrInfoType) -> socket.socket:
        """For the very address that is about to be connected to."""
        family, kind, protocol, _, address = candidate
        host = str(address[0])
        if not is_permitted(host, loopback=here, private=private):
            raise OSError(f"its address {host} is not one where it may be")
        return socket.socket(family, kind, protocol)

    return made


def _printable(words: bytes) -> str:
    text = words.decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _seconds(written: str) -> float:
    """A date is not looked at: our own waits do."""
    return min(float(written), RETRY_AFTER_S_MAX) if written.isascii() and written.isdecimal() else 0.0
