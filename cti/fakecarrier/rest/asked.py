"""What several kinds of REST request ask for in the same words: recordings, machine detection, time limits."""

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.detection import BOUNDS, Detection, detection_from
from cti.fakecarrier.ledger.wire import RecordingSource
from cti.fakecarrier.legs.leg import CALL_S_MAX
from cti.fakecarrier.recordings.order import DEFAULT_RECORDING_EVENTS, RECORDING_EVENTS, TRACKS, RecordingOrder
from cti.fakecarrier.rest.errors import Refusal
from cti.fakecarrier.rest.form import Form

DAY_MS = 24 * 3600 * 1000


def recording_order(form: Form, source: RecordingSource, prefix: str = "") -> RecordingOrder:
    """How to record; the callback's parameters begin with `<prefix>Recording`."""
    channels = form.choice("RecordingChannels", ("mono", "dual"), "mono")
    track = form.choice("RecordingTrack", TRACKS, "both")
    form.choice(f"{prefix}Trim", ("trim-silence", "do-not-trim"), "do-not-trim")
    return RecordingOrder(
        source=source,
        channels=2 if channels == "dual" else 1,
        track=track,
        subscription=form.subscription(f"{prefix}Recording", RECORDING_EVENTS, DEFAULT_RECORDING_EVENTS),
    )


def detection_asked(form: Form, *, asynchronous: bool, callback: str) -> Detection | None:
    """Machine detection as this request wants it; `callback` is the name of its URL."""
    mode = form.text("MachineDetection")
    if mode not in {"", "Enable", "DetectMessageEnd"}:
        raise Refusal(400, 21263, "MachineDetection must be Enable or DetectMessageEnd")

    def number(name: str) -> int:
        default, least, most = BOUNDS[name]
        return form.whole(f"MachineDetection{name}", default, 21263, least=least, most=most)

    link = form.link(callback, f"{callback}Method", 21262)
    return detection_from(mode, number, asynchronous=asynchronous, callback=link)


def time_limit_s(form: Form) -> int:
    """After how long the call is ended."""
    return form.whole("TimeLimit", CALL_S_MAX, 20001, least=1, most=CALL_S_MAX)


def check_rate(carrier: Carrier, request: web.Request) -> None:
    """Refuse a call that would wait for longer than a day (22005)."""
    if carrier.call_rate.expected_wait_ms() > DAY_MS:
        raise Refusal(400, 22005, f"{request.path}: the queue of calls to be placed is longer than 24 hours")


def check_destination(carrier: Carrier, from_party: str, to_party: str) -> None:
    """Refuse a destination that the account may not call (21215), and a caller id that is not its own (21210)."""
    if not carrier.account.permissions.permits(to_party):
        raise Refusal(
            400, 21215, f"Account not authorized to call {to_party}. Perhaps you need to enable some geo permissions"
        )
    if not carrier.account.may_show(from_party):
        raise Refusal(
            400, 21210, f"The source phone number provided, {from_party}, is not yet verified for your account"
        )
