"""What the carrier is told when it shall ring somebody."""

from cti.core.commands import Originate
from cti.core.plan import Door
from cti.telephony.twilio.addresses import Addresses, DoorAddress
from cti.telephony.twilio.rest import Parameters
from cti.telephony.twilio.twiml import ROOM_EVENTS

LEG_EVENTS = ("initiated", "ringing", "answered", "completed")
RING_S_MIN, RING_S_MAX = 5, 600

TOLD_WITHIN_S = 10
"""How long the carrier may listen. It takes four seconds or so; its own limit, of thirty, is as long a silence for
somebody who was told nothing."""

BEEP_WITHIN_S = 45
"""The same where a machine's greeting is to be heard out. A person is told no later by that."""


def into_room(command: Originate, addresses: Addresses) -> Parameters:
    """For a participant of a room: whoever answers is in there at once."""
    return [
        *_ringing(command, addresses),
        ("Label", command.leg_id),
        ("StartConferenceOnEnter", "true"),
        ("EndConferenceOnExit", yes(command.ends_call)),
        ("Beep", "false"),
        ("EarlyMedia", "false"),
        ("WaitUrl", ""),
        *(part_taken(muted=command.muted, coaches=command.coaches) if command.muted or command.coaches else ()),
        ("ConferenceStatusCallback", addresses.room(command.call_id)),
        ("ConferenceStatusCallbackMethod", "POST"),
        *(("ConferenceStatusCallbackEvent", event) for event in ROOM_EVENTS),
    ]


def asked_first(command: Originate, addresses: Addresses) -> Parameters:
    """For a call of which is asked, once somebody has answered, what they shall hear. It has no plan yet, so its
    address has no nonce."""
    door = Door.ANSWERED if command.called else Door.SCREEN
    return [
        *_ringing(command, addresses),
        ("Url", addresses.door(DoorAddress(door=door, leg_id=command.leg_id, nonce=0))),
        ("Method", "POST"),
        ("FallbackUrl", addresses.fallback),
        ("FallbackMethod", "POST"),
        *(_told_apart(command, addresses) if command.called and command.detect != "off" else ()),
    ]


def _told_apart(command: Originate, addresses: Addresses) -> Parameters:
    """The carrier listens who or what has answered: `first`, while nobody is heard and the door is not asked, or beside
    the call, and then it reports."""
    within_s = BEEP_WITHIN_S if command.to_beep else TOLD_WITHIN_S
    detection = [
        ("MachineDetection", "DetectMessageEnd" if command.to_beep else "Enable"),
        ("MachineDetectionTimeout", str(within_s)),
    ]
    if command.detect == "first":
        return detection
    return [
        *detection,
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", addresses.detected(command.leg_id)),
        ("AsyncAmdStatusCallbackMethod", "POST"),
    ]


def part_taken(*, muted: bool, coaches: str) -> Parameters:
    """How a leg takes part: heard by nobody, by one (its reference at the carrier), or by all."""
    coaching = [("Coaching", "true"), ("CallSidToCoach", coaches)] if coaches else [("Coaching", "false")]
    return [("Muted", yes(muted)), *coaching]


def dialled(endpoint: str) -> str:
    """An endpoint as the carrier wants it: `client:` and `sip:` stay, a phone is its bare number."""
    return endpoint.removeprefix("tel:")


def yes(value: bool) -> str:  # noqa: FBT001  # it says a boolean
    """A boolean in the carrier's words."""
    return "true" if value else "false"


def _ringing(command: Originate, addresses: Addresses) -> Parameters:
    return [
        ("To", dialled(command.endpoint)),
        ("From", command.caller_id),
        ("Timeout", str(min(max(command.timeout_s, RING_S_MIN), RING_S_MAX))),
        ("StatusCallback", addresses.leg(command.leg_id)),
        ("StatusCallbackMethod", "POST"),
        *(("StatusCallbackEvent", event) for event in LEG_EVENTS),
    ]
