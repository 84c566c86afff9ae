"""The manner in which a call is placed: everything asked for besides who calls whom."""

import msgspec

from cti.fakecarrier.detection import Detection
from cti.fakecarrier.legs.leg import CALL_S_MAX, Link, Subscription
from cti.fakecarrier.recordings.order import RecordingOrder

DIALLED_KEYS = frozenset("0123456789*#wW")
KEY_S = 0.1
WAIT_S = {"w": 0.5, "W": 1.0}


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """`send_digits` are pressed once it is answered (w waits half a second); `parameters` are for a client."""

    timeout_s: float
    progress: Subscription | None = None
    fallback: Link | None = None
    detection: Detection | None = None
    recording: RecordingOrder | None = None
    send_digits: str = ""
    time_limit_s: float = CALL_S_MAX
    parameters: dict[str, str] = {}


def keys_seconds(keys: str) -> float:
    """How long it takes to press them."""
    return sum(WAIT_S.get(key, KEY_S) for key in keys)
