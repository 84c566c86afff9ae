"""Machine detection: who or what has answered, found out by listening for a while."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from cti.fakecarrier.actors.endpoints import RingPlan
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.webhooks.request import WebhookRequest

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier

TIMEOUT_S = 30
BOUNDS: dict[str, tuple[int, int, int]] = {
    "Timeout": (TIMEOUT_S, 3, 59),
    "SpeechThreshold": (2400, 1000, 6000),
    "SpeechEndThreshold": (1200, 500, 5000),
    "SilenceTimeout": (5000, 2000, 10000),
}
"""Parameter (after `MachineDetection`) to default, least and most; Timeout in seconds, the others in milliseconds."""


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """How to listen. Unless `asynchronous`, the call's document waits for the result, and the callee hears nothing."""

    to_the_end: bool
    asynchronous: bool
    timeout_s: float = TIMEOUT_S
    callback: Link | None = None


def detection_from(
    mode: str, number: Callable[[str], int], *, asynchronous: bool, callback: Link | None
) -> Detection | None:
    """What these parameters ask for; `number` reads one of BOUNDS. None if the mode asks for nothing."""
    numbers = {name: number(name) for name in BOUNDS}
    if mode not in {"Enable", "DetectMessageEnd"}:
        return None
    return Detection(
        to_the_end=mode == "DetectMessageEnd",
        asynchronous=asynchronous,
        timeout_s=numbers["Timeout"],
        callback=callback,
    )


async def detect(carrier: "Carrier", leg: Leg, plan: RingPlan, detection: Detection) -> None:
    """Listen; the result stands in the leg's record and goes out as the detection says."""
    began_ms = carrier.clock.now_ms()
    answered_by, after_s = _finding(plan, detection)
    await carrier.clock.sleep(after_s)
    now_ms = carrier.clock.now_ms()
    leg.record.answered_by, leg.record.detected_at = answered_by, now_ms
    if not detection.asynchronous:
        leg.extra_parameters = leg.extra_parameters | {"AnsweredBy": answered_by}
        return
    if detection.callback is None:
        carrier.ledger.warn(21262, "no callback for the result of machine detection", sid=leg.sid)
        return
    parameters = {
        "CallSid": leg.sid,
        "AccountSid": carrier.options.account_sid,
        "AnsweredBy": answered_by,
        "MachineDetectionDuration": str(now_ms - began_ms),
    }
    request = WebhookRequest(
        kind="detection", event=answered_by, sid=leg.sid, link=detection.callback, parameters=parameters
    )
    carrier.sender.tell(request)


def _finding(plan: RingPlan, detection: Detection) -> tuple[str, float]:
    """The result and after how long it is there; what takes too long is `unknown`."""
    found: str
    after_s = plan.detected_after_s
    kind: Literal["human", "machine", "fax", "unknown"] = plan.answers_as
    if kind == "machine" and detection.to_the_end:
        found, after_s = f"machine_end_{plan.greeting_ends_with}", max(after_s, plan.greeting_s)
    elif kind == "machine":
        found = "machine_start"
    else:
        found = kind
    if kind == "unknown" or after_s > detection.timeout_s:
        return "unknown", detection.timeout_s
    return found, after_s
