"""One websocket connection: jobs run side by side on it until one of them, or somebody else, ends it.

A reader that is slow, or gone without a word, costs its own connection only: nothing waits for it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from cti.api.problems import problem

log = structlog.get_logger()

HEARTBEAT_S = 20.0
CLOSE_S = 2.0
"""How long a peer may take over the closing handshake, or over what it has not read yet."""

MESSAGE_BYTES_MAX = 1024 * 1024
"""More than this in one message ends the connection (1009); smaller nonsense is only refused."""

REQUESTS_PER_S_MAX = 50
REASON_BYTES_MAX = 123  # what a close frame has room for

Refuse = Callable[[str, str], None]
"""Say that something cannot be used: code and detail."""


class Socket:
    """Ends once, with the first reason given. Close codes are those of RFC 6455."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._ws = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, compress=False, max_msg_size=MESSAGE_BYTES_MAX, timeout=CLOSE_S
        )
        self._ending: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()

    def end(self, code: int, reason: str) -> None:
        """Close the connection, as soon as this turn of the loop is over."""
        if not self._ending.done():
            self._ending.set_result((code, reason))

    async def accept(self) -> None:
        """Shake hands. Raises a problem (426) when this is no websocket request, and one that nobody reads
        when the client has gone."""
        if not self._ws.can_prepare(self._request):
            raise problem(426, "not_a_websocket", "Open this address as a websocket.", {"Upgrade": "websocket"})
        try:
            await self._ws.prepare(self._request)
        except ConnectionError as error:  # the client gave up first: no fault of ours, and nobody left to tell
            raise problem(400, "gone", "The connection was closed before it was answered.") from error

    async def send(self, frame: bytes) -> None:
        """Send a text frame; waits while the peer does not read."""
        await self._ws.send_frame(frame, WSMsgType.TEXT)

    async def messages(self, refuse: Refuse) -> AsyncIterator[str]:
        """Text frames as they come, until the peer closes. What else comes is refused; too much of it is the end."""
        window_began, taken = 0.0, 0
        while True:
            message = await self._ws.receive()
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            now = asyncio.get_running_loop().time()
            if now - window_began >= 1:
                window_began, taken = now, 0
            taken += 1
            if taken > REQUESTS_PER_S_MAX:
                self.end(WSCloseCode.POLICY_VIOLATION, f"more than {REQUESTS_PER_S_MAX} requests a second")
                return
            if message.type is WSMsgType.TEXT:
                yield message.data
            else:
                refuse("not_text", "Send requests as text frames that hold JSON.")

    async def run(self, *jobs: Coroutine[None, None, None]) -> web.WebSocketResponse:
        """Until the end. A job that returns ends the connection in good order."""
        tasks = [asyncio.get_running_loop().create_task(job) for job in jobs]
        for task in tasks:
            task.add_done_callback(self._job_done)
        try:
            code, reason = await self._ending
        except asyncio.CancelledError:
            await self._close(WSCloseCode.SERVICE_RESTART, "the server is stopping")
            raise
        else:
            await self._close(code, reason)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.closed.set()
        return self._ws

    def _job_done(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is None or isinstance(error, ConnectionError):
            self.end(WSCloseCode.OK, "")
        else:
            log.error("socket_failed", path=self._request.path, exc_info=error)
            self.end(WSCloseCode.INTERNAL_ERROR, "the server met a fault; connect again")

    async def _close(self, code: int, reason: str) -> None:
        """With a handshake if the peer takes part in it; a connection whose peer does not is dropped."""
        transport = self._request.transport
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._ws.close(code=code, message=reason.encode()[:REASON_BYTES_MAX])
        except TimeoutError:
            pass
        if transport is not None and transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(CLOSE_S, transport.abort)
