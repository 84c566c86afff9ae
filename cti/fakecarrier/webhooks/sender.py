"""Sends webhooks, meets the faults of the plan on the way, and keeps the ledger of it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.faults.dice import Dice, WebhookMishap
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import WebhookRecord
from cti.fakecarrier.tasks import Tasks
from cti.fakecarrier.webhooks.exchange import ConnectFailed, Exchange
from cti.fakecarrier.webhooks.request import WebhookFailed, WebhookReply, WebhookRequest

ATTEMPTS_MAX = 2
"""The carrier tries once more, with the same token, if it could not connect; nothing else is repeated."""

CALLBACK_REFUSED = {"call-progress": 15003, "conference": 16011, "recording": 15003, "detection": 15003}


class Sender:
    """The way from the carrier to the server. Documents are awaited, callbacks go out on their own."""

    def __init__(self, clock: Clock, ledger: Ledger, dice: Dice, exchange: Exchange) -> None:
        self._clock = clock
        self._ledger = ledger
        self._dice = dice
        self._exchange = exchange
        self._held_back: dict[str, list[asyncio.Event]] = defaultdict(list)
        self.tasks = Tasks()
        self.late = Tasks()

    async def ask(self, request: WebhookRequest) -> WebhookReply:
        """Send and return the answer, whatever its status; WebhookFailed if none came.

        If the caller of this is cancelled the request goes on and its answer is discarded, as on the real carrier.
        """
        records: list[WebhookRecord] = []
        delivery = self.tasks.spawn(self._settle(self._deliver(request, records)))
        try:
            outcome = await asyncio.shield(delivery)
        except asyncio.CancelledError:
            for record in records:
                record.discarded = True
            raise
        if isinstance(outcome, WebhookFailed):
            raise outcome
        return outcome

    def tell(self, request: WebhookRequest) -> None:
        """Send on its own, in no order with anything else; the answer matters only to the debugger."""
        self.tasks.start(self._tell(request))

    async def _tell(self, request: WebhookRequest) -> None:
        outcome = await self._settle(self._deliver(request, []))
        if request.kind == "document":
            return  # a question whose answer no longer matters
        code = CALLBACK_REFUSED[request.kind]
        if isinstance(outcome, WebhookFailed):
            if outcome.code != 15002:
                self._ledger.warn(code, outcome.reason, sid=request.sid, url=request.url)
        elif outcome.status >= 400:
            self._ledger.warn(code, f"answered {outcome.status}", sid=request.sid, url=request.url)

    async def _settle(self, delivery: Coroutine[Any, Any, WebhookReply]) -> WebhookReply | WebhookFailed:
        """The answer, or the failure as a value, so that a discarded one is nobody's unhandled error."""
        try:
            return await delivery
        except WebhookFailed as failure:
            return failure

    async def _deliver(self, request: WebhookRequest, records: list[WebhookRecord]) -> WebhookReply:
        mishap = self._dice.for_webhook(request.door, is_callback=request.kind != "document")
        if mishap.dropped:
            self._expire(request)
        if mishap.late_by_s is not None:
            self.late.start(self._come_late(request, mishap.late_by_s))
            raise WebhookFailed(15002, "comes late")
        await self._clock.sleep(mishap.delay_ms / 1000)
        if mishap.hold_back_ms is not None:
            await self._hold_back(request.sid, mishap.hold_back_ms)
        token = new_sid("")
        if mishap.duplicate_after_ms is not None:
            self.tasks.start(self._repeat(request, token, mishap.duplicate_after_ms))
        try:
            return await self._attempts(request, token, mishap, records)
        finally:
            if request.kind != "document":
                self._let_go(request.sid)

    async def _attempts(
        self, request: WebhookRequest, token: str, mishap: WebhookMishap, records: list[WebhookRecord]
    ) -> WebhookReply:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            record = self._open_record(request, token, repeat=attempt > 1)
            records.append(record)
            try:
                reply = await self._recorded(record, request, token, mishap.slow_ms)
            except ConnectFailed:
                if attempt == ATTEMPTS_MAX:
                    raise
                continue
            if mishap.reply_lost:
                record.error = "the reply was lost"
                raise WebhookFailed(11200, "the reply was lost")
            return reply
        raise AssertionError("every attempt returns or raises")

    async def _recorded(
        self, record: WebhookRecord, request: WebhookRequest, token: str, slow_ms: int = 0
    ) -> WebhookReply:
        began_s = time.perf_counter()
        try:
            reply = await self._exchange.send(request, token, slow_ms=slow_ms)
            record.status = reply.status
            return reply
        except WebhookFailed as failure:
            record.error = failure.reason
            raise
        finally:
            record.ms = round((time.perf_counter() - began_s) * 1000, 3)
            record.answered_at = self._clock.now_ms()
            self._ledger.complete(record)

    async def _repeat(self, request: WebhookRequest, token: str, after_ms: int) -> None:
        """The same request a second time, token and all; nobody looks at the answer."""
        await self._clock.sleep(after_ms / 1000)
        record = self._open_record(request, token, repeat=True)
        record.discarded = True
        await self._settle(self._recorded(record, request, token))

    async def _come_late(self, request: WebhookRequest, late_by_s: float) -> None:
        """The callback goes out when nobody reckons with it any more; nobody waits for that."""
        await self._clock.sleep(late_by_s)
        await self._settle(self._attempts(request, new_sid(""), WebhookMishap(), []))

    def _expire(self, request: WebhookRequest) -> None:
        record = self._open_record(request, token="", repeat=False)
        record.error = "expired unsent"
        self._ledger.complete(record)
        self._ledger.error(15002, "callback expired in the queue, unsent", sid=request.sid, url=request.url)
        raise WebhookFailed(15002, "expired unsent")

    async def _hold_back(self, sid: str, within_ms: int) -> None:
        """Wait until a later callback about the same leg or room has gone out, but not for ever."""
        overtaken = asyncio.Event()
        self._held_back[sid].append(overtaken)
        try:
            async with self._clock.timeout(within_ms / 1000):
                await overtaken.wait()
        except TimeoutError:
            waiting = self._held_back.get(sid, [])
            if overtaken in waiting:
                waiting.remove(overtaken)

    def _let_go(self, sid: str) -> None:
        for overtaken in self._held_back.pop(sid, []):
            overtaken.set()

    def _open_record(self, request: WebhookRequest, token: str, *, repeat: bool) -> WebhookRecord:
        record = WebhookRecord(
            number=len(self._ledger.webhooks) + 1,
            kind=request.kind,
            event=request.event,
            door=request.door,
            url=request.url,
            method=request.link.method,
            sid=request.sid,
            token=token,
            repeat=repeat,
            sent_at=self._clock.now_ms(),
        )
        self._ledger.open_webhook(record)
        return record
