"""Recording a leg: begun once, paused, resumed, stopped. What the carrier answers is a report."""

from cti.core.commands import RecordLeg
from cti.core.events import AnyEvent, RecordingPaused, RecordingResumed, RecordingStarted
from cti.core.states import RecordingAction
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.resources import Recording, RecordingPage
from cti.telephony.twilio.rest import Parameters, Refused, Rest, segment
from cti.telephony.twilio.rooms import GONE_CODES
from cti.telephony.twilio.twiml import RECORDING_EVENTS

NOW_RUNNING = "Twilio.CURRENT"
"""The carrier's name for the one recording of a call that is on."""

PAUSED, RUNNING = "paused", "in-progress"

_CHANGES: dict[RecordingAction, Parameters] = {
    # Silence keeps the recording as long as the talk, so that a moment in one is the same moment in the other.
    RecordingAction.PAUSE: [("Status", PAUSED), ("PauseBehavior", "silence")],
    RecordingAction.RESUME: [("Status", RUNNING)],
    RecordingAction.STOP: [("Status", "stopped")],
}


async def record(rest: Rest, addresses: Addresses, command: RecordLeg) -> tuple[AnyEvent, ...]:
    """Do it, and say what is so now. Raises `RestError`."""
    if command.action is RecordingAction.START:
        return (await _start(rest, addresses, command),)
    recording_id = command.recording_id or NOW_RUNNING
    try:
        changed = await rest.post(
            f"{_recordings(command)}/{segment(recording_id)}", _CHANGES[command.action], Recording
        )
    except Refused as error:
        if command.action is RecordingAction.STOP and (error.code in GONE_CODES or error.status == 404):
            return ()  # it is not on, which is what was wanted
        raise
    if command.action is RecordingAction.PAUSE:
        return (RecordingPaused(leg_id=command.leg_id, recording_id=changed.sid),)
    if command.action is RecordingAction.RESUME:
        return (RecordingResumed(leg_id=command.leg_id, recording_id=changed.sid),)
    return ()  # its end is reported when it can be fetched


async def _start(rest: Rest, addresses: Addresses, command: RecordLeg) -> RecordingStarted:
    """A leg that is recorded already, because an answer was lost, is not recorded twice. A pause in that is over."""
    page = await rest.get(_recordings(command), [("PageSize", "50")], RecordingPage)
    running = next((one for one in page.recordings if one.status in (RUNNING, PAUSED)), None)
    if running is None:
        form = [
            ("RecordingChannels", "dual"),
            ("RecordingStatusCallback", addresses.recording(command.leg_id, "conversation")),
            ("RecordingStatusCallbackMethod", "POST"),
            *(("RecordingStatusCallbackEvent", event) for event in RECORDING_EVENTS),
        ]
        running = await rest.post(_recordings(command), form, Recording)
    elif running.status == PAUSED:
        path = f"{_recordings(command)}/{segment(running.sid)}"
        running = await rest.post(path, _CHANGES[RecordingAction.RESUME], Recording)
    return RecordingStarted(leg_id=command.leg_id, recording_id=running.sid)


def _recordings(command: RecordLeg) -> str:
    return f"/Calls/{segment(command.provider_ref)}/Recordings"
