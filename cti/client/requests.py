"""Requests on their way: sent again after a lost connection, under the same id, until each has its answer."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from cti.client.errors import Refused

HOLDING = "holding"
HOLDING_S = 0.5
"""How long to wait before asking again while the server cannot record anything."""

OVERLOADED = "overloaded"
OVERLOADED_S = 0.25
OVERLOADED_S_MAX = 8.0
"""While it is busy with calls: up to the first, then up to twice as long each time, so that asking adds nothing to it.
"""


class Answer(Protocol):
    """Names the request that it answers."""

    @property
    def request_id(self) -> str:
        """Empty for none."""


class Refusal(Answer, Protocol):
    """An answer that says no."""

    @property
    def code(self) -> str:
        """For programs."""

    @property
    def detail(self) -> str:
        """For people."""


def request_of(kind: str, request_id: str, /, **fields: str | int) -> bytes:
    """A request as it goes over the wire."""
    return msgspec.json.encode({**fields, "type": kind, "request_id": request_id})


class Requests:
    """What was asked and not answered yet, in the order of asking."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._live = False
        self._failure: BaseException | None = None
        self._open: dict[str, tuple[bytes, asyncio.Future[None]]] = {}
        self._put_off: dict[str, int] = {}

    async def ask(self, kind: str, /, **fields: str | int) -> None:
        """Until the server has done it. Raises `Refused`, or why the client ended."""
        if self._failure:
            raise self._failure
        request_id = uuid4().hex
        message = request_of(kind, request_id, **fields)
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._open[request_id] = (message, answer)
        if self._live:
            self._send(message)
        try:
            await answer
        finally:
            self._open.pop(request_id, None)
            self._put_off.pop(request_id, None)

    def live(self) -> None:
        """A connection works: what has no answer yet is asked again. If it was done before, that is told."""
        self._live = True
        for message, _ in self._open.values():
            self._send(message)

    def lost(self) -> None:
        """The connection is gone."""
        self._live = False

    def done(self, answer: Answer) -> None:
        """A request was done. An answer to somebody else's, on another connection of the same person, is left alone."""
        waiting = self._waiting(answer)
        if waiting:
            waiting.set_result(None)

    def refused(self, answer: Refusal) -> None:
        """A request was not done; or cannot be now, and is asked again."""
        waiting = self._waiting(answer)
        if waiting and answer.code == HOLDING:
            asyncio.get_running_loop().call_later(HOLDING_S, self._again, answer.request_id)
        elif waiting and answer.code == OVERLOADED:
            times = self._put_off[answer.request_id] = self._put_off.get(answer.request_id, 0) + 1
            asyncio.get_running_loop().call_later(_busy_s(times), self._again, answer.request_id)
        elif waiting:
            waiting.set_exception(Refused(answer.code, answer.detail, getattr(answer, "next_allowed_at", 0)))

    def _waiting(self, answer: Answer) -> "asyncio.Future[None] | None":
        _, waiting = self._open.get(answer.request_id, (b"", None))
        return waiting if waiting and not waiting.done() else None

    def fail(self, error: BaseException) -> None:
        """No answer will come any more."""
        self._failure = error
        for _, waiting in self._open.values():
            if not waiting.done():
                waiting.set_exception(error)

    def _again(self, request_id: str) -> None:
        if self._live and request_id in self._open:
            self._send(self._open[request_id][0])


def _busy_s(times: int) -> float:
    """At least half of the bound, which doubles: many clients do not come back at once, nor does one at once."""
    bound = min(OVERLOADED_S_MAX, OVERLOADED_S * 2 ** min(times - 1, 10))
    return random.uniform(bound / 2, bound)  # noqa: S311 - no secret


def unanswered(send: Callable[[bytes], None], kind: str, **fields: Any) -> None:
    """Ask without waiting: what the desk shows next is answer enough."""
    send(request_of(kind, uuid4().hex, **fields))
