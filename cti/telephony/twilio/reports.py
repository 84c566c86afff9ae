"""Requests of the carrier as events, each with the key that makes a second one a repeat. Pure."""

import re
from typing import Any

import msgspec

from cti.core.events import (
    AnyEvent,
    AttemptClassified,
    CallArrived,
    CallEnded,
    CallJoined,
    CallLeft,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegRetrieved,
    PlanRequested,
    RecordingEnded,
)
from cti.core.plan import Door
from cti.core.record import ARRIVAL, request_key
from cti.core.states import LeaveResult, Outcome
from cti.telephony.twilio import causes
from cti.telephony.twilio.addresses import DoorAddress
from cti.telephony.twilio.admission import Form
from cti.telephony.twilio.resources import moment

PROVIDER = "twilio"
TEXT_CHARACTERS_MAX = 64
"""Longer than any number or name that the carrier documents. What is longer is cut: a caller is not refused for it."""

QUIET_MS = 1_200
"""How long the carrier hears nothing after somebody's greeting before it takes them for a person."""

_TOLD_AT = (Door.DIGITS, Door.PARKED, Door.JOINED, Door.FORWARDED, Door.RECORDED, Door.ANSWERED)

_SID = re.compile(r"[0-9A-Za-z][0-9A-Za-z:._-]{0,127}")

_RECORDING_SID = re.compile(r"[0-9A-Za-z]{1,40}")


class MalformedReport(ValueError):
    """A request lacks what its kind always has. The text says what."""


class Report(msgspec.Struct, frozen=True):
    """An event to take in, and its key."""

    event: AnyEvent
    key: str


def arrival(form: Form) -> Report:
    """A call arrives: known by the carrier's id, so the fallback's request is the same arrival."""
    call_sid = _sid(form)
    event = CallArrived(
        provider=PROVIDER,
        provider_ref=call_sid,
        to_number=cleaned(form.get("To", "")),
        from_number=cleaned(form.get("From", "")),
        caller_name=cleaned(form.get("CallerName", "")),
    )
    return Report(event, f"{ARRIVAL}{call_sid}")


def told_at(address: DoorAddress, form: Form) -> str:
    """What the request tells beside having come: digits, why the leg left, or which message it left. A request that was
    put on hold comes again without it, and has it in its address instead."""
    door = address.door
    if door is Door.DIGITS and "Digits" in form:
        return cleaned(form["Digits"])
    if door is Door.PARKED and "QueueResult" in form:
        return causes.left_waiting_room(form["QueueResult"])
    if door is Door.JOINED and "DialCallStatus" in form:
        return causes.left_call(form["DialCallStatus"], form.get("CallStatus", ""))
    if door is Door.FORWARDED and "DialCallStatus" in form:
        return causes.came_back(form["DialCallStatus"], form.get("CallStatus", ""))
    if door is Door.ANSWERED and "AnsweredBy" in form:
        return causes.answered_by(form["AnsweredBy"])
    if door is Door.RECORDED and "RecordingUrl" in form:
        is_over = "_over" if form.get("CallStatus") in causes.ENDED else ""
        return f"{_message_sid(form)}_{_number(form.get('RecordingDuration', ''), 0)}{is_over}"
    return address.told if door in _TOLD_AT else ""


def request_at(address: DoorAddress, told: str) -> Report:
    """A leg comes to a door."""
    fields: dict[str, Any] = {"leg_id": address.leg_id, "door": address.door, "nonce": address.nonce}
    if address.door is Door.DIGITS:
        fields["digits"] = told
    elif address.door is Door.ANSWERED:
        fields |= _told_apart(told)
    elif address.door is Door.RECORDED:
        recording_id, duration, over = (*told.split("_"), "", "")[:3]
        fields |= {"recording_id": recording_id, "duration_s": _number(duration, 0)}
        fields["result"] = LeaveResult.HUNG_UP if over else ""
    else:
        fields["result"] = told
    event = PlanRequested(**fields)
    return Report(event, request_key(event))


def _told_apart(told: str) -> dict[str, Any]:
    """Nothing is told where nobody was to listen."""
    if told not in Outcome.__members__:
        return {}
    outcome = Outcome(told)
    return {"answered_by": outcome, "quiet_ms": QUIET_MS if outcome is Outcome.HUMAN else 0}


def detection_report(leg_id: str, form: Form) -> Report:
    """Who or what has answered a leg, found out beside the call. There is one finding a leg."""
    outcome = causes.answered_by(form.get("AnsweredBy", ""))
    quiet_ms = QUIET_MS if outcome is Outcome.HUMAN else 0
    event = AttemptClassified(attempt_id=leg_id, outcome=outcome, quiet_ms=quiet_ms)
    return Report(event, f"detected:{leg_id}")


def leg_report(leg_id: str, form: Form) -> Report | None:
    """What became of a leg that we placed, or None if it is nothing to us."""
    status = form.get("CallStatus", "")
    event = _leg_event(leg_id, status, form)
    return Report(event, f"leg:{leg_id}:{cleaned(status)}:{_sequence(form)}") if event else None


def number_report(form: Form) -> Report | None:
    """The end of a call to one of our numbers. It names the leg by the carrier's id only."""
    status = form.get("CallStatus", "")
    if status not in causes.ENDED:
        return None
    return Report(_leg_ended("", status, form), f"status:{_sid(form)}:{status}")


def recording_report(leg_id: str, kind: str, form: Form) -> Report | None:
    """A recording is complete, or there is nothing in it. Where it can be fetched is never taken from the request: it
    follows from the recording's id."""
    status = form.get("RecordingStatus", "")
    if status not in ("completed", "absent"):
        return None
    recording_id = _recording_sid(form)
    event = RecordingEnded(
        leg_id=leg_id,
        recording_id=recording_id,
        duration_s=_number(form.get("RecordingDuration", ""), 0),
        absent=status == "absent",
        kind=kind,
        started_at=moment(form.get("RecordingStartTime", "")),
        channels=_number(form.get("RecordingChannels", ""), 0),
    )
    return Report(event, f"recording:{leg_id}:{recording_id}:{status}")


def room_report(call_id: str, form: Form) -> Report | None:
    """What happened in a room, or None if it is nothing to us. A name may be used again by a later room of the
    carrier, whose numbering starts anew: so the key has the carrier's own id of the room, too."""
    kind = form.get("StatusCallbackEvent", "")
    event = _room_event(call_id, kind, form)
    if event is None:
        return None
    call_sid = cleaned(form.get("CallSid", ""))
    return Report(event, f"room:{call_id}:{_room_sid(form)}:{kind}:{_sequence(form)}:{call_sid}")


def _leg_event(leg_id: str, status: str, form: Form) -> AnyEvent | None:
    if status in causes.ENDED:
        return _leg_ended(leg_id, status, form)
    match status:
        case "queued" | "initiated":  # may overtake the answer to our own request
            return LegPlaced(leg_id=leg_id, provider_ref=_sid(form))
        case "ringing":
            return LegAlerting(leg_id=leg_id, provider_ref=_sid(form), sequence=_sequence(form))
        case "in-progress" | "answered":
            return LegAnswered(leg_id=leg_id, provider_ref=_sid(form), sequence=_sequence(form))
        case _:
            return None


def _leg_ended(leg_id: str, status: str, form: Form) -> LegEnded:
    sip_code = _number(form.get("SipResponseCode", ""), 0)
    return LegEnded(
        leg_id=leg_id,
        cause=causes.ended(status, sip_code),
        provider_ref=_sid(form),
        sequence=_sequence(form),
        provider_status=status,
        sip_code=sip_code,
    )


def _room_event(call_id: str, kind: str, form: Form) -> AnyEvent | None:
    leg_id, sequence = cleaned(form.get("ParticipantLabel", "")), _sequence(form)
    match kind:
        case "conference-end":
            ended_by = cleaned(form.get("ParticipantLabelEndingConference", ""))
            return CallEnded(call_id=call_id, sequence=sequence, leg_id=ended_by)
        case "participant-join":
            return CallJoined(
                call_id=call_id, leg_id=leg_id, provider_ref=_sid(form), sequence=sequence, room_ref=_room_sid(form)
            )
        case "participant-leave":
            cause = causes.left_room(form.get("ReasonParticipantLeft", ""), form.get("ParticipantCallStatus", ""))
            ref, room = _sid(form), _room_sid(form)
            return CallLeft(
                call_id=call_id, leg_id=leg_id, provider_ref=ref, cause=cause, sequence=sequence, room_ref=room
            )
        case _:
            # The rest knows legs by our label only; who has none is in the room without our doing.
            return _switched(call_id, kind, leg_id, form) if leg_id else None


def _switched(call_id: str, kind: str, leg_id: str, form: Form) -> AnyEvent | None:
    whose: dict[str, Any] = {"leg_id": leg_id, "provider_ref": _sid(form), "sequence": _sequence(form)}
    whose["call_id"] = call_id
    match kind:
        case "participant-hold":
            return LegHeld(**whose)
        case "participant-unhold":
            return LegRetrieved(**whose)
        case "participant-mute" | "participant-unmute":
            return LegMuted(muted=kind == "participant-mute", **whose)
        case _:
            return None


def cleaned(text: str) -> str:
    """The text cut to its limit, without what cannot be printed: line ends, control characters, broken UTF-8."""
    text = text[:TEXT_CHARACTERS_MAX]
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def _sid(form: Form) -> str:
    call_sid = form.get("CallSid", "")
    if not _SID.fullmatch(call_sid):
        raise MalformedReport("CallSid is missing or cannot be one")
    return call_sid


def _recording_sid(form: Form) -> str:
    recording_sid = form.get("RecordingSid", "")
    if not _RECORDING_SID.fullmatch(recording_sid):
        raise MalformedReport("RecordingSid is missing or cannot be one")
    return recording_sid


def _message_sid(form: Form) -> str:
    """A message's id, which is documented only as the end of the address where it is kept. Empty if it cannot be one:
    whoever left it is still on the line. The address itself is never used."""
    recording_sid = form.get("RecordingSid") or form["RecordingUrl"].rpartition("/")[2]
    return recording_sid if _RECORDING_SID.fullmatch(recording_sid) else ""


def _room_sid(form: Form) -> str:
    return cleaned(form.get("ConferenceSid", ""))


def _sequence(form: Form) -> int:
    return _number(form.get("SequenceNumber", ""), -1)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else otherwise
