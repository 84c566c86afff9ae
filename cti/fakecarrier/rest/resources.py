"""Resources as the carrier shows them: RFC 2822 dates, numbers as strings, null for what is not known yet."""

from typing import Any

from cti.fakecarrier.clock import rfc_2822
from cti.fakecarrier.legs.leg import ENDED, Leg
from cti.fakecarrier.rooms.conference import Conference
from cti.fakecarrier.rooms.participant import Participant
from cti.fakecarrier.webhooks.parameters import API_VERSION, account_path
from cti.fakecarrier.webhooks.progress import talk_seconds

_CALL_PARTS = (
    "events", "notifications", "payments", "recordings", "siprec", "streams", "transcriptions", "user_defined_messages",
    "user_defined_message_subscriptions",
)  # fmt: skip
_REASONS_CONFERENCE_ENDED = frozenset(
    {
        "conference-ended-via-api",
        "participant-with-end-conference-on-exit-left",
        "participant-with-end-conference-on-exit-kicked",
        "last-participant-kicked",
        "last-participant-left",
    }
)
_PARTICIPANT_STATUS = {"queued": "queued", "initiated": "connecting", "ringing": "ringing", "in-progress": "connected"}


def call_resource(leg: Leg, account_sid: str, status: str | None = None) -> dict[str, Any]:
    """A call; `status` shows it as it was when it had that status."""
    record = leg.record
    status = status or record.status
    ended = status in ENDED
    seconds = talk_seconds(leg) if ended else None
    started_at = record.created_at if record.direction == "inbound" else record.dialled_at
    uri = f"{account_path(account_sid)}/Calls/{leg.sid}"
    changes = [at for at, known in leg.history if known == status]
    return {
        "sid": leg.sid,
        "account_sid": account_sid,
        "parent_call_sid": record.parent_sid,
        "date_created": rfc_2822(record.created_at),
        "date_updated": rfc_2822(changes[-1] if changes else record.created_at),
        "to": record.to_party,
        "to_formatted": record.to_party,
        "from": record.from_party,
        "from_formatted": record.from_party,
        "phone_number_sid": None,
        "status": "queued" if status == "initiated" else status,
        "start_time": rfc_2822(started_at) if started_at is not None and status != "queued" else None,
        "end_time": rfc_2822(record.ended_at) if ended and record.ended_at is not None else None,
        "duration": None if seconds is None else str(seconds),
        "price": None,
        "price_unit": "USD",
        "direction": record.direction,
        "answered_by": _answered_by(record.answered_by),
        "api_version": API_VERSION,
        "annotation": None,
        "forwarded_from": leg.extra_parameters.get("ForwardedFrom"),
        "group_sid": None,
        "caller_name": leg.extra_parameters.get("CallerName"),
        "queue_time": str(leg.record.queue_time_ms),
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {part: f"{uri}/{part.title().replace('_', '')}.json" for part in _CALL_PARTS},
    }


def conference_resource(conference: Conference, account_sid: str) -> dict[str, Any]:
    """A conference."""
    record = conference.record
    uri = f"{account_path(account_sid)}/Conferences/{conference.sid}"
    reason = record.end_reason
    return {
        "sid": conference.sid,
        "account_sid": account_sid,
        "friendly_name": conference.name,
        "status": conference.status,
        "date_created": rfc_2822(record.created_at),
        "date_updated": rfc_2822(conference.updated_at),
        "api_version": API_VERSION,
        "region": "us1",
        "reason_conference_ended": reason if reason in _REASONS_CONFERENCE_ENDED else None,
        "call_sid_ending_conference": conference.ended_by_sid,
        "uri": f"{uri}.json",
        "subresource_uris": {part: f"{uri}/{part.title()}.json" for part in ("participants", "recordings")},
    }


def participant_resource(
    participant: Participant, conference: Conference, account_sid: str, *, created: bool = False
) -> dict[str, Any]:
    """A participant; `queue_time` (ms) is known only in the answer that creates it."""
    leg = participant.leg
    uri = f"{account_path(account_sid)}/Conferences/{conference.sid}/Participants/{leg.sid}.json"
    return {
        "account_sid": account_sid,
        "call_sid": leg.sid,
        "conference_sid": conference.sid,
        "label": participant.label,
        "call_sid_to_coach": participant.coach,
        "coaching": participant.coach is not None,
        "muted": participant.muted,
        "hold": participant.hold,
        "start_conference_on_enter": participant.terms.start_on_enter,
        "end_conference_on_exit": participant.end_on_exit,
        "status": _PARTICIPANT_STATUS.get(leg.status, "complete"),
        "queue_time": str(leg.record.queue_time_ms) if created else None,
        "date_created": rfc_2822(participant.created_at),
        "date_updated": rfc_2822(participant.updated_at),
        "uri": uri,
    }


def _answered_by(found: str | None) -> str | None:
    """What machine detection found, in the few words that a call shows."""
    return "machine" if found is not None and found.startswith("machine") else found
