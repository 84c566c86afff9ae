"""A connection with somebody behind it: it lives as long as the token is in force and the outbox is read."""

import asyncio
from collections.abc import AsyncIterator, Coroutine

from aiohttp import WSCloseCode, web

from cti.api.ports import Clock, Delivery, Fanout
from cti.api.socket import Socket
from cti.api.sockets import Sockets
from cti.api.topics import token_topic
from cti.core.state import State, Token


class Session:
    """Listens to `topics` from the moment it is made, and to the token's end."""

    def __init__(
        self, request: web.Request, token: Token, fanout: Fanout, sockets: Sockets, clock: Clock, *topics: str
    ) -> None:
        self.socket = Socket(request)
        self._token = token
        self._fanout = fanout
        self._sockets = sockets
        self._clock = clock
        self._revoked = token_topic(token.token_hash)
        self._subscription = fanout.subscribe(*topics, self._revoked, overflowed=self._too_slow)

    async def run(self, *jobs: Coroutine[None, None, None]) -> web.StreamResponse:
        """Shake hands, then do the jobs until either side ends the connection. Raises a problem (426)."""
        expiry = None
        try:
            await self.socket.accept()
            self._sockets.add(self.socket)
            self._sockets.tokens_used[self._token.token_hash] = self._clock()
            if self._token.expires_at:
                left_s = (self._token.expires_at - self._clock()) / 1_000
                expiry = asyncio.get_running_loop().call_later(left_s, self._end_token, "the token has expired")
            return await self.socket.run(*jobs)
        finally:
            for job in jobs:
                job.close()
            if expiry:
                expiry.cancel()
            self._sockets.discard(self.socket)
            self._fanout.unsubscribe(self._subscription)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """What was published since the session was made, what is said in between, and `GAP` when something was lost."""
        while delivery := await self._subscription.next():
            if delivery.topic == self._revoked:
                self._end_token("the token was revoked")
            else:
                yield delivery

    def in_force(self, state: State) -> bool:
        """Whether the token still is: its end may have been among what was lost. If not, the connection ends."""
        found = state.tokens.get(self._token.token_hash) is not None
        if not found:
            self._end_token("the token was revoked")
        return found

    def say(self, frame: bytes) -> None:
        """Put in a frame that is not of the record."""
        self._subscription.say(frame)

    def _too_slow(self) -> None:
        self.socket.end(WSCloseCode.TRY_AGAIN_LATER, "too slow: connect again")

    def _end_token(self, why: str) -> None:
        self.socket.end(WSCloseCode.POLICY_VIOLATION, why)
