"""Recording a leg: begun once, paused, resumed, stopped. What the carrier answers is a report."""

from cti.core.commands import CheckRecordings, RecordLeg
from cti.core.events import (
    AnyEvent,
    RecordingPaused,
    RecordingResumed,
    RecordingsChecked,
    RecordingSeen,
    RecordingStarted,
)
from cti.core.recorded import CONVERSATION, VOICEMAIL
from cti.core.states import RecordingAction
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.resources import Recording, RecordingPage, moment
from cti.telephony.twilio.rest import Parameters, Refused, Rest, segment
from cti.telephony.twilio.rooms import GONE_CODES
from cti.telephony.twilio.twiml import RECORDING_EVENTS

NOW_RUNNING = "Twilio.CURRENT"
"""The carrier's name for the one recording of a call that is on."""

PAUSED, RUNNING, COMPLETE = "paused", "in-progress", "completed"

_NOTHING = ("absent", "deleted", "failed")
"""How a recording may end so that there is nothing to fetch."""

_OF_MESSAGES = "RecordVerb"

_FIRST_PAGE: Parameters = [("PageSize", "50")]
"""More recordings no leg has."""

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
    page = await rest.get(_recordings(command), _FIRST_PAGE, RecordingPage)
    running = next((one for one in page.recordings if one.status in (RUNNING, PAUSED)), None)
    if running is None:
        form = [
            ("RecordingChannels", "dual"),
            ("RecordingStatusCallback", addresses.recording(command.leg_id, CONVERSATION)),
            ("RecordingStatusCallbackMethod", "POST"),
            *(("RecordingStatusCallbackEvent", event) for event in RECORDING_EVENTS),
        ]
        running = await rest.post(_recordings(command), form, Recording)
    elif running.status == PAUSED:
        path = f"{_recordings(command)}/{segment(running.sid)}"
        running = await rest.post(path, _CHANGES[RecordingAction.RESUME], Recording)
    return RecordingStarted(leg_id=command.leg_id, recording_id=running.sid)


async def check(rest: Rest, command: CheckRecordings) -> RecordingsChecked:
    """All recordings of the leg that the carrier shows; none of one that it does not know. Raises `RestError`."""
    try:
        page = await rest.get(_recordings(command), _FIRST_PAGE, RecordingPage)
    except Refused as error:
        if error.status != 404:
            raise
        page = RecordingPage([])
    return RecordingsChecked(leg_id=command.leg_id, recordings=tuple(_seen(one) for one in page.recordings))


def _seen(one: Recording) -> RecordingSeen:
    duration = str(one.duration or "")
    return RecordingSeen(
        recording_id=one.sid,
        over=one.status == COMPLETE or one.status in _NOTHING,
        absent=one.status in _NOTHING,
        duration_s=int(duration) if duration.isdecimal() else 0,
        kind=VOICEMAIL if one.source == _OF_MESSAGES else CONVERSATION,
        started_at=moment(one.start_time or ""),
        channels=one.channels or 0,
    )


def _recordings(command: RecordLeg | CheckRecordings) -> str:
    return f"/Calls/{segment(command.provider_ref)}/Recordings"
