"""A supervisor's console for programs: the wallboard, and what a supervisor can ask for."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from cti.client.address import socket_address
from cti.client.errors import Closed
from cti.client.events import Unknown
from cti.client.inbox import Inbox, Lost
from cti.client.link import Backoff, Link, jittered
from cti.client.requests import Requests
from cti.client.wallboard import (
    AnyBoardEvent,
    BoardDone,
    BoardHello,
    BoardRefused,
    Wallboard,
    WholeBoard,
    decode,
)

PATH = "/api/v1/supervisor/socket"


class SupervisorClient:
    """Keeps a wallboard up to date, and asks in the supervisor's name, over lost connections too.

    >>> from cti.client import SupervisorClient
    >>>
    >>> async def watch(url: str, token: str) -> None:
    ...     async with SupervisorClient(url, token) as supervisor:
    ...         async for event in supervisor.events():
    ...             for queue in supervisor.wallboard.queues.values():
    ...                 print(queue.name, queue.waiting)
    ...             return

    Requests are answered before their methods return; they raise `Refused` if the server does not do it.
    """

    def __init__(self, url: str, token: str, *, backoff: Backoff = jittered) -> None:
        """`url` is the server's address, such as `https://cti.example.com`. Raises `ValueError` if it is none."""
        address = socket_address(url, PATH)
        self.wallboard = Wallboard()
        self.live = False
        """Connected; otherwise the wallboard is as it was when the connection was lost."""
        self.supervisor_id = ""
        """Whose token it is, and the `site`: known from the first connection on."""
        self.site = ""
        self._inbox: Inbox[AnyBoardEvent | Unknown] = Inbox()
        self._link = Link(token, lambda: address, self._received, self._lost, backoff)
        self._requests = Requests(self._link.send)
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

    async def supervise(self, contact_id: str, mode: str) -> None:
        """Hear a conversation on your own phone: `MONITOR` (nobody hears you), `WHISPER` (the agent does) or `BARGE`
        (everybody does). Asked again with another mode it changes the mode."""
        await self._requests.ask("supervise", contact_id=contact_id, mode=mode)

    async def end_supervision(self, contact_id: str) -> None:
        """Out of it again."""
        await self._requests.ask("end_supervision", contact_id=contact_id)

    async def force_state(self, agent_id: str, state: str, reason: str = "") -> None:
        """Put an agent into a state: `ready`, `not_ready` (for a configured reason, or none) or `signed_out`."""
        await self._requests.ask("force_state", agent_id=agent_id, state=state, reason=reason)

    async def resume_dials(self) -> None:
        """Let outside numbers be rung again, after `wallboard.dials.stopped`."""
        await self._requests.ask("resume_dials")

    def _received(self, frame: bytes) -> None:
        event = decode(frame)
        self.wallboard.apply(event)
        if isinstance(event, BoardDone):
            self._requests.done(event)
        elif isinstance(event, BoardRefused) and event.request_id:
            self._requests.refused(event)
        elif isinstance(event, BoardHello):
            self.supervisor_id, self.site = event.supervisor_id, event.site
        else:
            self._inbox.put(event)
        if isinstance(event, WholeBoard):
            self.live = True
            self._link.settled()
            self._requests.live()
            self._changed.set()

    def _lost(self) -> None:
        self.live = False
        self._requests.lost()
        if self._link.failure:
            self._requests.fail(self._link.failure)
            self._inbox.finish(self._link.failure)
        self._changed.set()
