"""A wallboard for programs."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from cti.client.address import socket_address
from cti.client.errors import Closed
from cti.client.events import Unknown
from cti.client.inbox import Inbox, Lost
from cti.client.link import Backoff, Link, jittered
from cti.client.wallboard import AnyBoardEvent, BoardHello, Wallboard, WholeBoard, decode

PATH = "/api/v1/supervisor/socket"


class SupervisorClient:
    """Keeps a wallboard up to date, over lost connections too.

    >>> from cti.client import SupervisorClient
    >>>
    >>> async def watch(url: str, token: str) -> None:
    ...     async with SupervisorClient(url, token) as supervisor:
    ...         async for event in supervisor.events():
    ...             for queue in supervisor.wallboard.queues.values():
    ...                 print(queue.name, queue.waiting)
    ...             return
    """

    def __init__(self, url: str, token: str, *, backoff: Backoff = jittered) -> None:
        """`url` is the server's address, such as `https://cti.example.com`. Raises `ValueError` if it is none."""
        address = socket_address(url, PATH)
        self.wallboard = Wallboard()
        self.live = False
        """Connected; otherwise the wallboard is as it was when the connection was lost."""
        self._inbox: Inbox[AnyBoardEvent | Unknown] = Inbox()
        self._link = Link(token, lambda: address, self._received, self._lost, backoff)
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Connect. Raises `TokenRefused`; a server that is not there is waited for."""
        self._link.start()
        try:
            while not self.live:
                if self._link.failure:
                    raise self._link.failure
                self._changed.clear()
                await self._changed.wait()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave."""
        await self._link.close()
        self._lost()

    def reconnect(self) -> None:
        """Drop the connection and connect again: when the network has changed, say."""
        self._link.reconnect()

    async def events(self) -> AsyncIterator[AnyBoardEvent | Unknown | Lost]:
        """The board as a whole (again after each connection), its changes, and every contact that is closed, until the
        client is closed. Raises `TokenRefused` when the token is no longer accepted. For one consumer."""
        while True:
            try:
                event = await self._inbox.next()
            except Closed:
                return
            yield event

    def _received(self, frame: bytes) -> None:
        event = decode(frame)
        self.wallboard.apply(event)
        if not isinstance(event, BoardHello):
            self._inbox.put(event)
        if isinstance(event, WholeBoard):
            self.live = True
            self._link.settled()
            self._changed.set()

    def _lost(self) -> None:
        self.live = False
        if self._link.failure:
            self._inbox.finish(self._link.failure)
        self._changed.set()
