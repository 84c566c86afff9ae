"""Callbacks about a conference: to the one subscriber, for the events it asked for, numbered in order."""

from typing import TYPE_CHECKING

from cti.fakecarrier.clock import Clock, rfc_2822
from cti.fakecarrier.legs.leg import Subscription
from cti.fakecarrier.rooms.participant import Participant, flag_word
from cti.fakecarrier.webhooks.request import WebhookRequest
from cti.fakecarrier.webhooks.sender import Sender

if TYPE_CHECKING:
    from cti.fakecarrier.rooms.conference import Conference

GROUPS = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
"""What a server can subscribe to; `mute` and `hold` bring the undoing as well."""

REST_DEFAULT_GROUPS = frozenset({"start", "end"})

_GROUP_OF = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}


class RoomEvents:
    """Tells a conference's subscriber what happens in it."""

    def __init__(self, clock: Clock, sender: Sender, account_sid: str) -> None:
        self._clock = clock
        self._sender = sender
        self._account_sid = account_sid

    def tell(
        self,
        conference: "Conference",
        event: str,
        participant: Participant | None = None,
        details: dict[str, str] | None = None,
        *,
        subscription: Subscription | None = None,
    ) -> None:
        """One event; `subscription` stands in while the conference has no subscriber of its own."""
        to = conference.subscription or subscription
        if to is None or _GROUP_OF[event] not in to.events:
            return
        conference.callbacks_sent += 1
        parameters = {
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.name,
            "AccountSid": self._account_sid,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(conference.callbacks_sent),
            "Timestamp": rfc_2822(self._clock.now_ms()),
        }
        if participant is not None:
            parameters |= _participant_parameters(participant)
        parameters |= details or {}
        self._sender.tell(
            WebhookRequest(kind="conference", event=event, sid=conference.sid, link=to.link, parameters=parameters)
        )


def _participant_parameters(participant: Participant) -> dict[str, str]:
    parameters = {
        "CallSid": participant.sid,
        "Muted": flag_word(flag=participant.muted),
        "Hold": flag_word(flag=participant.hold),
        "Coaching": flag_word(flag=participant.coach is not None),
        "EndConferenceOnExit": flag_word(flag=participant.end_on_exit),
        "StartConferenceOnEnter": flag_word(flag=participant.terms.start_on_enter),
    }
    if participant.coach is not None:
        parameters["CallSidToCoach"] = participant.coach
    if participant.label:
        parameters["ParticipantLabel"] = participant.label
    return parameters
