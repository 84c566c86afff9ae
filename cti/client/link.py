"""A connection that comes back: it connects again for as long as it takes, and waits a little longer each time."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from cti.client.errors import ClientError, Closed, TokenRefused

FIRST_WAIT_S = 0.1
WAIT_S_MAX = 5.0
PING_S = 20.0
MESSAGE_BYTES_MAX = 64 * 1024 * 1024

log = logging.getLogger(__name__)

Backoff = Callable[[int], float]
"""Seconds to wait before attempt n (from 1) to connect again."""


def jittered(attempt: int) -> float:
    """Anywhere up to a bound that doubles, so that many clients do not come back at the same moment."""
    return random.uniform(0, min(WAIT_S_MAX, FIRST_WAIT_S * 2 ** min(attempt, 16)))  # noqa: S311 - no secret


class Link:
    """Runs in a task of its own. `address` gives the address for each attempt, `received` takes each frame, `lost` is
    told that a connection is gone. Once `failure` is set, it does not connect any more."""

    def __init__(
        self,
        token: str,
        address: Callable[[], str],
        received: Callable[[bytes], None],
        lost: Callable[[], None],
        backoff: Backoff = jittered,
    ) -> None:
        self.failure: ClientError | None = None
        self._headers = {"Authorization": f"Bearer {token}"}
        self._address = address
        self._received = received
        self._lost = lost
        self._backoff = backoff
        self._attempt = 0
        self._warned = False
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._connection: ClientConnection | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Leave in good order."""
        self.failure = self.failure or Closed("the client is closed")
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def send(self, message: bytes) -> None:
        """Put a message in line on this connection. It is forgotten if the connection is lost before."""
        self._outgoing.put_nowait(message)

    def settled(self) -> None:
        """The connection works: should it be lost, begin with short waits again."""
        self._attempt = 0

    def reconnect(self) -> None:
        """Drop the connection without a farewell and connect again: when the network has changed, say."""
        if self._connection:
            self._connection.transport.abort()

    async def _run(self) -> None:
        while self.failure is None:
            try:
                await self._one_connection()
            except InvalidStatus as error:
                if error.response.status_code in (401, 403):
                    self.failure = TokenRefused(_detail(error))
                else:
                    self._warn(error)
            except (OSError, TimeoutError, WebSocketException) as error:
                self._warn(error)  # not there, or not any more
            except Exception as error:  # noqa: BLE001 - who waits must hear of whatever it was
                self.failure = ClientError(f"what the server said cannot be used: {type(error).__name__}: {error}")
            self._outgoing = asyncio.Queue()
            self._lost()
            if self.failure is None:
                self._attempt += 1
                await asyncio.sleep(self._backoff(self._attempt))

    def _warn(self, error: Exception) -> None:
        """Once, and only for a client that never had a connection: who waits for the first one may have the wrong
        address. Later ones come back by themselves."""
        if not self._warned:
            self._warned = True
            where = self._address().partition("?")[0]
            log.warning("no connection to %s (%s); trying again for as long as it takes", where, error)

    async def _one_connection(self) -> None:
        async with connect(
            self._address(),
            additional_headers=self._headers,
            compression=None,
            max_size=MESSAGE_BYTES_MAX,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=2,
        ) as connection:
            self._connection = connection
            self._warned = True
            sending = asyncio.get_running_loop().create_task(self._send_all(connection, self._outgoing))
            try:
                while True:
                    self._received(await connection.recv(decode=False))
            finally:
                self._connection = None
                sending.cancel()
                with suppress(asyncio.CancelledError, ConnectionClosed):
                    await sending

    async def _send_all(self, connection: ClientConnection, outgoing: "asyncio.Queue[bytes]") -> None:
        while True:
            await connection.send(await outgoing.get(), text=True)


class _Problem(msgspec.Struct):
    detail: str = ""


def _detail(error: InvalidStatus) -> str:
    """The reason that the server gives, or at least the status."""
    try:
        return msgspec.json.decode(error.response.body or b"{}", type=_Problem).detail or str(error)
    except msgspec.MsgspecError:
        return str(error)
