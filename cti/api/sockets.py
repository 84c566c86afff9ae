"""The connections that are open, so that they can be told when the server stops."""

import asyncio
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from cti.api.socket import CLOSE_S, Socket


class Sockets:
    """Hand `close` to the application's `on_shutdown`: without it, stopping waits for every peer to leave."""

    def __init__(self) -> None:
        self._open: WeakSet[Socket] = WeakSet()
        self.tokens_used: dict[str, int] = {}
        """When each token (by its hash) last opened a connection, in ms, as far as this process has seen."""

    def __len__(self) -> int:
        return len(self._open)

    def add(self, socket: Socket) -> None:
        """It is open from now on."""
        self._open.add(socket)

    def discard(self, socket: Socket) -> None:
        """It is closed."""
        self._open.discard(socket)

    async def close(self, application: web.Application | None = None) -> None:
        """Close all, with the word that the server will be back (1012)."""
        sockets = list(self._open)
        for socket in sockets:
            socket.end(WSCloseCode.SERVICE_RESTART, "the server is stopping")
        if sockets:
            closing = [asyncio.ensure_future(socket.closed.wait()) for socket in sockets]
            await asyncio.wait(closing, timeout=2 * CLOSE_S)
            for task in closing:
                task.cancel()
