"""Status callbacks about a leg: only the events that were asked for, each a request of its own."""

import math

from cti.fakecarrier.clock import Clock, rfc_2822
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.webhooks.parameters import voice_parameters
from cti.fakecarrier.webhooks.request import WebhookRequest
from cti.fakecarrier.webhooks.sender import Sender

EVENTS = ("initiated", "ringing", "answered", "completed")
DEFAULT_EVENTS = frozenset({"completed"})


class Progress:
    """Tells a leg's subscriber how the call goes."""

    def __init__(self, clock: Clock, sender: Sender, account_sid: str) -> None:
        self._clock = clock
        self._sender = sender
        self._account_sid = account_sid

    def tell(self, leg: Leg, event: str) -> None:
        """One of EVENTS has happened. A call cancelled before it was dialled is never heard of."""
        subscription = leg.progress
        if subscription is None or event not in subscription.events:
            return
        never_dialled = leg.record.direction != "inbound" and leg.record.dialled_at is None
        if event == "completed" and never_dialled:
            return
        status = {"initiated": "initiated", "answered": "in-progress"}.get(event, leg.status)
        parameters = voice_parameters(leg, self._account_sid, status) | {
            "Timestamp": rfc_2822(self._clock.now_ms()),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(leg.callbacks_sent),
        }
        if event == "completed":
            parameters |= _closing_parameters(leg)
        leg.callbacks_sent += 1
        self._sender.tell(
            WebhookRequest(
                kind="call-progress", event=event, sid=leg.sid, link=subscription.link, parameters=parameters
            )
        )


def _closing_parameters(leg: Leg) -> dict[str, str]:
    """What only the last callback carries: the length in seconds and in begun minutes, and the SIP code."""
    seconds = talk_seconds(leg) or 0
    return {
        "CallDuration": str(seconds),
        "Duration": str(math.ceil(seconds / 60)),
        "SipResponseCode": str(leg.record.sip_code),
    }


def talk_seconds(leg: Leg) -> int | None:
    """How long the call was answered, in begun seconds; None if it never was or still is."""
    record = leg.record
    if record.answered_at is None or record.ended_at is None:
        return None
    return math.ceil((record.ended_at - record.answered_at) / 1000)
