"""Between carrier and server: requests that wait for an answer, and reports that do not. Both can be delayed, doubled
and lost; a request that fails is made once more, as the fallback."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from cti.core.events import AnyEvent
from cti.core.plan import Door
from cti.sim.documents import Answer, Request
from cti.sim.nature import Nature

ANSWER_WITHIN_MS = 15_000

Answered = Callable[[Answer], None]
Failed = Callable[[], None]


class Exchange:
    """One request on its way to an answer, or to being cut."""

    __slots__ = ("_answered", "_failed", "is_last", "over", "request", "token")

    def __init__(
        self, request: Request, token: str, answered: Answered, failed: Failed, *, is_last: bool = False
    ) -> None:
        self.request = request
        self.token = token
        self.over = False
        self.is_last = is_last
        """It is the fallback: should it fail, the line is lost."""
        self._answered = answered
        self._failed = failed

    def answer(self, answer: Answer) -> None:
        """What the server says. Only the first word counts."""
        if not self.over:
            self.over = True
            self._answered(answer)

    def again(self) -> "Exchange":
        """The same request on a new connection; on this one no answer gets through any more."""
        self.over = True
        return Exchange(self.request, self.token, self._answered, self._failed, is_last=self.is_last)

    def cut(self) -> None:
        """No answer will come: the connection broke, or it took too long."""
        if not self.over:
            self.over = True
            self._failed()


class Serving(Protocol):
    """The server, from outside."""

    def ask(self, exchange: Exchange) -> None:
        """A request that waits for its answer."""

    def report(self, event: AnyEvent, key: str) -> None:
        """A report."""


class Network:
    """Brings what the carrier sends to the server."""

    def __init__(self, nature: Nature, server: Serving) -> None:
        self._nature = nature
        self._server = server
        self._tokens = 0

    def request(self, request: Request, answered: Answered, failed: Failed) -> None:
        """Ask. Should that fail, ask once more by the fallback, which gets through; `failed` if that fails too."""
        nature = self._nature
        token = self._new_token()

        def fall_back() -> None:
            again = self._as_fallback(request)
            nature.after(5, 200, lambda: self._send(again, self._new_token(), answered, failed, is_last=True))

        if nature.strikes("request_cut"):
            nature.after(50, 5_000, fall_back)
            return
        self._send(request, token, answered, fall_back, is_last=False)
        if nature.strikes("request_doubled"):
            copy = Exchange(request, token, _ignore_answer, _ignore)
            nature.after(1, 4_000, lambda: self._server.ask(copy))

    def tell(self, request: Request) -> None:
        """A request whose answer nobody waits for."""
        nature = self._nature
        if not nature.strikes("report_lost"):
            exchange = Exchange(request, self._new_token(), _ignore_answer, _ignore)
            nature.after(10, self._latest_ms(), lambda: self._server.ask(exchange))

    def report(self, event: AnyEvent, key: str) -> None:
        """Something happened. Reports overtake each other."""
        nature = self._nature
        if nature.strikes("report_lost"):
            return
        nature.after(10, self._latest_ms(), lambda: self._server.report(event, key))
        if nature.strikes("report_doubled"):
            nature.after(10, self._latest_ms() * 3, lambda: self._server.report(event, key))

    def _send(self, request: Request, token: str, answered: Answered, failed: Failed, *, is_last: bool) -> None:
        nature = self._nature

        def come_back(answer: Answer) -> None:
            if not is_last and nature.strikes("answer_cut"):
                nature.after(10, 3_000, failed)
            else:
                nature.after(5, 60, lambda: answered(answer))

        exchange = Exchange(request, token, come_back, failed, is_last=is_last)
        nature.after(5, 120, lambda: self._server.ask(exchange))
        nature.timeline.after(ANSWER_WITHIN_MS, exchange.cut)

    def _as_fallback(self, request: Request) -> Request:
        """The same question; but what was told may be missing, and now and then nobody knows what had been asked: then
        it is a call that arrives."""
        if request.door is not Door.WAIT and self._nature.chance(0.1):
            return msgspec.structs.replace(request, door=Door.VOICE, told="")
        return msgspec.structs.replace(request, told="") if self._nature.chance(0.3) else request

    def _latest_ms(self) -> int:
        return 4_000 if self._nature.strikes("report_late") else 300

    def _new_token(self) -> str:
        self._tokens += 1
        return f"token-{self._tokens}"


def _ignore() -> None:
    pass


def _ignore_answer(answer: Answer) -> None:
    pass
