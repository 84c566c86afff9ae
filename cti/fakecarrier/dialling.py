"""Outbound legs: waiting for their turn, ringing, and what the other end does."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl

from cti.fakecarrier.actors.endpoints import RingPlan, live_the_call
from cti.fakecarrier.actors.script import follow
from cti.fakecarrier.clock import Clock
from cti.fakecarrier.detection import detect
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.ledger.records import LegRecord, RungRecord
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.legs.run import Ending, Opening, Run
from cti.fakecarrier.manner import Manner, keys_seconds

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier

SETUP_S = 0.01
"""From dialling to the first ring."""

_DIALLABLE = re.compile(r"\+[1-9]\d{1,14}|client:[^\s/?]{1,256}(\?.*)?|sips?:[^\s@?]{1,256}@[^\s@?]{1,256}(\?.*)?")

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
        """True for E.164 numbers, client and SIP addresses."""
        return _DIALLABLE.fullmatch(address) is not None

    def place(
        self,
        *,
        direction: Literal["outbound-api", "outbound-dial"],
        origin: Literal["calls", "participants", "dial"],
        from_party: str,
        to_party: str,
        opening: Callable[[Leg], Opening],
        manner: Manner,
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
            parameters=manner.parameters | address_parameters(to_party),
        )
        leg = Leg(record, carrier.clock)
        leg.progress, leg.fallback, leg.time_limit_s = manner.progress, manner.fallback, manner.time_limit_s
        if direction == "outbound-api":
            leg.record.queue_time_ms = carrier.call_rate.expected_wait_ms()
        carrier.adopt(leg)
        carrier.start(leg, self._dialled(leg, manner, opening(leg)))
        return leg

    def _dialled(self, leg: Leg, manner: Manner, opening: Opening) -> Opening:
        async def dial(run: Run) -> Ending:
            carrier = self._carrier
            if leg.record.direction == "outbound-api":
                await carrier.call_rate.turn(leg.sid)
            leg.move_to("initiated")
            carrier.progress.tell(leg, "initiated")
            plan = carrier.endpoints.ring(leg.record.to_party)
            leg.record.role = plan.role
            await carrier.clock.sleep(SETUP_S)
            if plan.on_ring == "unreachable":
                return _REFUSALS["unreachable"]
            leg.move_to("ringing")
            now_ms = carrier.clock.now_ms()
            carrier.ledger.note_rung(RungRecord(to_party=leg.record.to_party, sid=leg.sid, at=now_ms))
            carrier.progress.tell(leg, "ringing")
            refusal = await _ring(carrier.clock, plan, manner.timeout_s + carrier.options.ring_buffer_s)
            if refusal is not None:
                return refusal
            await self._answered(leg, plan, manner)
            return await opening(run)

        return dial

    async def _answered(self, leg: Leg, plan: RingPlan, manner: Manner) -> None:
        """What comes between the answer and the first document."""
        carrier = self._carrier
        carrier.pick_up(leg)
        leg.hear("silence")
        carrier.endpoints.answered(leg)
        carrier.accompany(leg, self._live(leg, plan))
        if plan.steps:
            carrier.accompany(leg, follow(carrier, leg, list(plan.steps), plan.source))
        if manner.recording is not None:
            carrier.recordings.start(manner.recording, call_sid=leg.sid)
        if manner.send_digits:
            await carrier.clock.sleep(keys_seconds(manner.send_digits))
            leg.play_tones(manner.send_digits)
        if manner.detection is None:
            return
        if leg.record.to_party.startswith("client:"):
            carrier.ledger.warn(21263, "there is no machine detection on a client's leg", sid=leg.sid)
        elif manner.detection.asynchronous:
            carrier.accompany(leg, detect(carrier, leg, plan, manner.detection))
        else:
            await detect(carrier, leg, plan, manner.detection)

    async def _live(self, leg: Leg, plan: RingPlan) -> None:
        """The other end's part in an answered call."""
        deed = await live_the_call(leg, plan)
        if deed == "vanish":
            self._carrier.vanish(leg)
        elif deed == "hang up":
            self._carrier.hang_up(leg, "hung up")


async def _ring(clock: Clock, plan: RingPlan, timeout_s: float) -> Ending | None:
    """Ring until somebody does something; None is an answer."""
    if plan.on_ring == "ignore" or plan.after_s > timeout_s:
        await clock.sleep(timeout_s)
        return _NO_ANSWER
    await clock.sleep(plan.after_s)
    return _REFUSALS.get(plan.on_ring)


def address_parameters(to_party: str) -> dict[str, str]:
    """The custom parameters in a client's address, or the headers in a SIP address."""
    return dict(parse_qsl(to_party.partition("?")[2])) if to_party.startswith(("client:", "sip:", "sips:")) else {}
