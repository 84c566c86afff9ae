"""Outbound legs: waiting for their turn, ringing, and what the other end does."""

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from cti.fakecarrier.actors.endpoints import RingPlan, live_the_call
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.ledger.records import LegRecord, RungRecord
from cti.fakecarrier.legs.leg import Leg, Link, Subscription
from cti.fakecarrier.legs.run import Ending, Opening, Run

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier

SETUP_S = 0.01
"""From dialling to the first ring."""

_DIALLABLE = re.compile(r"\+[1-9]\d{1,14}|client:[^\s/?]{1,256}(\?.*)?")

_REFUSALS = {
    "busy": Ending(by="callee", reason="busy", status="busy", sip_code=486),
    "reject": Ending(by="callee", reason="rejected", status="busy", sip_code=603),
    "unreachable": Ending(by="carrier", reason="unreachable", status="failed", sip_code=404),
}
_NO_ANSWER = Ending(by="carrier", reason="nobody answered", status="no-answer", sip_code=487)


class Dialling:
    """Places calls to endpoints."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier

    def is_diallable(self, address: str) -> bool:
        """True for E.164 numbers and client addresses."""
        return _DIALLABLE.fullmatch(address) is not None

    def place(
        self,
        *,
        direction: Literal["outbound-api", "outbound-dial"],
        origin: Literal["calls", "participants", "dial"],
        from_party: str,
        to_party: str,
        opening: Callable[[Leg], Opening],
        timeout_s: float,
        progress: Subscription | None = None,
        fallback: Link | None = None,
        parent_sid: str | None = None,
        label: str | None = None,
    ) -> Leg:
        """A new leg, queued; once answered it performs the opening. Calls placed by REST wait for their turn."""
        carrier = self._carrier
        record = LegRecord(
            sid=new_sid("CA"),
            direction=direction,
            origin=origin,
            from_party=from_party,
            to_party=to_party,
            created_at=carrier.clock.now_ms(),
            status="queued",
            parent_sid=parent_sid,
            label=label,
        )
        leg = Leg(record, carrier.clock)
        leg.progress, leg.fallback = progress, fallback
        if direction == "outbound-api":
            leg.queue_time_ms = carrier.call_rate.expected_wait_ms()
        carrier.adopt(leg)
        carrier.start(leg, self._dialled(leg, timeout_s, opening(leg)))
        return leg

    def _dialled(self, leg: Leg, timeout_s: float, opening: Opening) -> Opening:
        async def dial(run: Run) -> Ending:
            carrier = self._carrier
            if leg.record.direction == "outbound-api":
                await carrier.call_rate.turn()
            leg.move_to("initiated")
            carrier.progress.tell(leg, "initiated")
            plan = carrier.endpoints.ring(leg.record.to_party)
            await asyncio.sleep(SETUP_S)
            if plan.on_ring == "unreachable":
                return _REFUSALS["unreachable"]
            leg.move_to("ringing")
            now_ms = carrier.clock.now_ms()
            carrier.ledger.note_rung(RungRecord(to_party=leg.record.to_party, sid=leg.sid, at=now_ms))
            carrier.progress.tell(leg, "ringing")
            refusal = await _ring(plan, timeout_s + carrier.options.ring_buffer_s)
            if refusal is not None:
                return refusal
            leg.move_to("in-progress")
            leg.hear("silence")
            carrier.progress.tell(leg, "answered")
            carrier.endpoints.answered(leg)
            carrier.accompany(leg, self._live(leg, plan))
            return await opening(run)

        return dial

    async def _live(self, leg: Leg, plan: RingPlan) -> None:
        """The other end's part in an answered call."""
        deed = await live_the_call(leg, plan)
        if deed == "vanish":
            self._carrier.vanish(leg)
        elif deed == "hang up":
            self._carrier.hang_up(leg, "hung up")


async def _ring(plan: RingPlan, timeout_s: float) -> Ending | None:
    """Ring until somebody does something; None is an answer."""
    if plan.on_ring == "ignore" or plan.after_s > timeout_s:
        await asyncio.sleep(timeout_s)
        return _NO_ANSWER
    await asyncio.sleep(plan.after_s)
    return _REFUSALS.get(plan.on_ring)
