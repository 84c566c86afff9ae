"""The server's doors: what the shell around the rules does with requests. It never leaves a caller without an answer:
after 2.5 s, or while nothing can be recorded, the answer is to hold, and to ask the same again."""

from collections import deque
from typing import Any

from cti.core.events import AnyEvent, CallArrived, PlanRequested
from cti.core.plan import Door, Plan
from cti.core.record import request_key
from cti.core.states import LeaveResult
from cti.sim.checks.journal import JournalChecks
from cti.sim.documents import Document, Documents, Holding, Request
from cti.sim.nature import Nature
from cti.sim.network import Exchange
from cti.sim.owner import Owner
from cti.sim.switches import Switches

HOLD_AFTER_MS = 2_500
DOORS_WAIT_MS = 2_000
"""How long requests wait for a worker that is starting before they are answered with music."""

NOTHING = Document(Plan(()), "", 0)

Report = tuple[AnyEvent, str, str]
"""An event, its key, and who brings it."""


class Edge:
    """`owner` serves; without one, requests wait in line, or are held while `holding` says why."""

    def __init__(self, nature: Nature, documents: Documents, checks: JournalChecks) -> None:
        self.owner: Owner | None = None
        self.holding = ""
        self.switches = Switches()
        self.serving_since: int | None = None
        """Since when (ms) there has been somebody awake to serve, without a break; None: there is nobody."""
        self._nature = nature
        self._documents = documents
        self._checks = checks
        self._waiting: deque[Exchange | Report] = deque()
        self._accepted: dict[Exchange, None] = {}

    def open(self, owner: Owner) -> None:
        """The worker is ready: serve everybody who waits."""
        self.owner, self.holding = owner, ""
        self.serving_since = self._nature.now
        while self._waiting and self.owner is owner and owner.alive:
            each = self._waiting.popleft()
            if isinstance(each, Exchange):
                self._post(owner, each)
            else:
                owner.post(each[0], key=each[1], actor=each[2])

    def close(self, *, gently: bool = False) -> None:
        """The worker is gone, and its connections with it, unless it found the time to say that nothing can be
        recorded. What the fallback asked is asked again by itself."""
        self.owner = self.serving_since = None
        self.switches.forget()
        accepted, self._accepted = self._accepted, {}
        for exchange in accepted:
            if gently:
                self._hold(exchange)
            elif exchange.is_last:
                self._waiting.append(exchange.again())
            else:
                exchange.cut()

    def hold(self, why: str) -> None:
        """Nothing can be recorded."""
        self.owner, self.holding, self.serving_since = None, why, None
        while self._waiting:
            each = self._waiting.popleft()
            if isinstance(each, Exchange):
                self._hold(each)

    def ask(self, exchange: Exchange) -> None:
        """A call request comes in."""
        if exchange.over:
            return
        if self.holding:
            self._hold(exchange)
        elif self.owner is None or self.owner.asleep:
            self._waiting.append(exchange)
            self._nature.timeline.after(DOORS_WAIT_MS, lambda: self._waited_long(exchange))
        else:
            self._post(self.owner, exchange)

    def report(self, event: AnyEvent, key: str, actor: str = "carrier") -> None:
        """A report that nothing can record is lost: the carrier sends nothing again. One that contradicts an answer
        since is late."""
        if self.switches.is_late(event):
            return
        if self.owner is not None and not self.owner.asleep:
            self.owner.post(event, key=key, actor=actor)
        elif not self.holding:
            self._waiting.append((event, key, actor))

    def open_requests(self) -> list[Exchange]:
        """Call requests that wait for their answer."""
        waiting = [each for each in self._waiting if isinstance(each, Exchange)]
        return [each for each in (*self._accepted, *waiting) if not each.over]

    def _hold(self, exchange: Exchange) -> None:
        self._nature.met["held"] += 1
        exchange.answer(Holding(exchange.request))

    def _waited_long(self, exchange: Exchange) -> None:
        if self.owner is None and not exchange.over and exchange in self._waiting:
            self._waiting.remove(exchange)
            self._hold(exchange)

    def _post(self, owner: Owner, exchange: Exchange) -> None:
        """Post the request, and see that it gets an answer in time."""
        self._accepted[exchange] = None
        request = exchange.request

        def answered(key: str, text: str) -> None:
            if not exchange.over:
                self._checks.acknowledged(owner, key)
                self._accepted.pop(exchange, None)
                exchange.answer(self._documents.read(text) if text else _nothing_to_do(request))

        def hold() -> None:
            if exchange in self._accepted:
                del self._accepted[exchange]
                self._hold(exchange)

        event, key = _report_of(request)
        owner.post(event, key=key, actor="carrier", token=exchange.token, answered=answered)
        owner.later(HOLD_AFTER_MS, hold)


def _report_of(request: Request) -> tuple[AnyEvent, str]:
    if request.door is Door.VOICE:
        arrived = CallArrived(
            provider="sim",
            provider_ref=request.ref,
            to_number=request.to_number,
            from_number=request.from_number,
        )
        return arrived, f"voice:{request.ref}"
    asked = PlanRequested(leg_id=request.leg_id, door=request.door, nonce=request.nonce, **_told(request))
    return asked, request_key(asked)


def _told(request: Request) -> dict[str, Any]:
    if request.door is Door.ANSWERED:
        return {"answered_by": request.answered_by, "result": request.told}
    if request.door is Door.DIGITS:
        return {"digits": request.told}
    if request.door is not Door.RECORDED:
        return {"result": request.told}
    recording_id, duration, over = (*request.told.split("_"), "", "")[:3]
    result = LeaveResult.HUNG_UP if over else ""
    return {"recording_id": recording_id, "duration_s": int(duration or 0), "result": result}


def _nothing_to_do(request: Request) -> Document | Holding:
    """There is no plan. An empty document ends a live call, so it is only for those that are over or elsewhere; any
    other starts again at its first answer, which leads to where it stands."""
    if request.told in (LeaveResult.REDIRECTED, LeaveResult.HUNG_UP):
        return NOTHING
    first = Request(door=Door.VOICE, ref=request.ref, from_number=request.from_number, to_number=request.to_number)
    return Holding(first)
