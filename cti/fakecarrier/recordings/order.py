"""What a server asks for when it wants something recorded, in a document or by REST."""

import msgspec

from cti.fakecarrier.ledger.wire import RecordingSource
from cti.fakecarrier.legs.leg import Subscription

RECORDING_EVENTS = ("in-progress", "completed", "absent")
DEFAULT_RECORDING_EVENTS = frozenset({"completed"})
TRACKS = ("both", "inbound", "outbound")


class RecordingOrder(msgspec.Struct, frozen=True, kw_only=True):
    """How to record, and whom to tell. `track` is `inbound`, `outbound` or `both`."""

    source: RecordingSource
    channels: int = 1
    track: str = "both"
    subscription: Subscription | None = None
