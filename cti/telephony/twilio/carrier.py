"""Commands carried out at the carrier. Each ends in a `Result`; nothing that the network does is raised."""

from collections.abc import Sequence
from typing import assert_never
from urllib.parse import quote

from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    ClaimLeads,
    EndCall,
    HangUpLeg,
    HoldLeg,
    LookUpCustomer,
    MuteLeg,
    Originate,
    RedirectLeg,
)
from cti.core.events import AnyEvent, LegEnded, LegPlaced
from cti.core.plan import Door, Join
from cti.core.ports import Result
from cti.telephony.twilio import causes, comparison
from cti.telephony.twilio.addresses import Addresses, DoorAddress
from cti.telephony.twilio.recent import Recent
from cti.telephony.twilio.resources import Call, Conference, Participant
from cti.telephony.twilio.rest import InDoubt, NotExecuted, Parameters, Refused, Rest, RestError
from cti.telephony.twilio.shelf import Shelf
from cti.telephony.twilio.twiml import INLINE_CHARACTERS_MAX, ROOM_EVENTS, Documents

GONE = "GONE"
REFUSED = "REFUSED"

LEG_EVENTS = ("initiated", "ringing", "answered", "completed")
RING_S_MIN, RING_S_MAX = 5, 600

# Call not in progress, resource not found, conference ended.
_GONE_CODES = frozenset({21220, 20404, 16022})
# The room has not begun yet; it takes commands on its legs when it has.
_NOT_BEGUN = 16099
_NOT_BEGUN_RETRY_S = 0.5
# Somebody with our label is in the room, and nobody else has our labels: the request was carried out before.
_LABELS_IN_USE = frozenset({16025, 16026})

_REMEMBERED_MAX = 10_000


class Carrier:
    """The port to the carrier, by REST."""

    def __init__(self, rest: Rest, addresses: Addresses, documents: Documents, shelf: Shelf) -> None:
        self._rest = rest
        self._addresses = addresses
        self._documents = documents
        self._shelf = shelf
        self._rooms: Recent[str, str] = Recent(_REMEMBERED_MAX)
        """The carrier's id of a room, by our call's id. Only a shortcut: it is looked up when it is not here."""
        self._placed: Recent[str, str] = Recent(_REMEMBERED_MAX)
        """Our leg's id, by the carrier's: these calls are no answer to the question for another leg."""

    async def execute(self, command: AnyCommand) -> Result:
        """Carry out a command. Results are as the port says; `failed` has code GONE (the leg or room is no more) or
        REFUSED, and the carrier's own code and text as detail."""
        try:
            return await self._execute(command)
        except NotExecuted as error:
            return Result("retry", detail=error.detail, retry_after_s=error.retry_after_s)
        except InDoubt as error:
            status = "unknown" if _harms_twice(command) else "retry"
            return Result(status, detail=error.detail, retry_after_s=error.retry_after_s)
        except Refused as error:
            return _refusal(command, error)

    async def reconcile(self, command: Originate, sent_at: int) -> Result:
        """Find out what became of a dial that may have been executed."""
        try:
            return await comparison.find_dialled(self._rest, command, dialled(command.endpoint), sent_at, self._placed)
        except RestError as error:
            return Result("unknown", detail=error.detail, retry_after_s=error.retry_after_s)

    async def survey(self, legs: Sequence[tuple[str, str]]) -> list[AnyEvent]:
        """`LegChecked` for each leg (id, provider reference) about which the carrier could say something."""
        return await comparison.survey(self._rest, legs)

    async def _execute(self, command: AnyCommand) -> Result:
        match command:
            case Originate():
                return await self._originate(command)
            case RedirectLeg():
                await self._update_call(command.provider_ref, self._redirection(command))
            case HangUpLeg():
                return await self._hang_up(command)
            case HoldLeg():
                await self._update_participant(command, [("Hold", _yes(command.held))])
            case MuteLeg():
                await self._update_participant(command, [("Muted", _yes(command.muted))])
            case EndCall():
                await self._end_room(command.call_id)
            case CheckLeg():
                return await self._check(command)
            case LookUpCustomer() | ClaimLeads():
                return Result("failed", code=REFUSED, detail=f"{type(command).__name__} is not for a carrier")
            case _:
                assert_never(command)
        return Result("done")

    async def _originate(self, command: Originate) -> Result:
        form = [
            ("To", dialled(command.endpoint)),
            ("From", command.caller_id),
            ("Label", command.leg_id),
            ("Timeout", str(min(max(command.timeout_s, RING_S_MIN), RING_S_MAX))),
            ("StartConferenceOnEnter", "true"),
            ("EndConferenceOnExit", _yes(command.ends_call)),
            ("Beep", "false"),
            ("EarlyMedia", "false"),
            ("WaitUrl", ""),
            ("StatusCallback", self._addresses.leg(command.leg_id)),
            ("StatusCallbackMethod", "POST"),
            *(("StatusCallbackEvent", event) for event in LEG_EVENTS),
            ("ConferenceStatusCallback", self._addresses.room(command.call_id)),
            ("ConferenceStatusCallbackMethod", "POST"),
            *(("ConferenceStatusCallbackEvent", event) for event in ROOM_EVENTS),
        ]
        participant = await self._rest.post(f"/Conferences/{_segment(command.call_id)}/Participants", form, Participant)
        if participant.conference_sid:
            self._rooms.put(command.call_id, participant.conference_sid)
        self._placed.put(participant.call_sid, command.leg_id)
        return Result("done", (LegPlaced(leg_id=command.leg_id, provider_ref=participant.call_sid),))

    def _redirection(self, command: RedirectLeg) -> Parameters:
        document = self._documents.document(command.plan, command.leg_id, command.nonce)
        if len(document) <= INLINE_CHARACTERS_MAX:
            return [("Twiml", document)]
        self._shelf.put((command.leg_id, command.nonce), document)
        address = DoorAddress(door=Door.NEXT, leg_id=command.leg_id, nonce=command.nonce, pushed=True)
        return [("Url", self._addresses.door(address)), ("Method", "POST")]

    async def _hang_up(self, command: HangUpLeg) -> Result:
        """End it in any state. A leg still waiting to be dialled is never reported on, so the answer counts."""
        call = await self._update_call(command.provider_ref, [("Status", "completed")])
        if not command.leg_id or call.status not in causes.ENDED:
            return Result("done")
        ended = LegEnded(
            leg_id=command.leg_id,
            cause=causes.ended(call.status),
            provider_ref=command.provider_ref,
            provider_status=call.status,
        )
        return Result("done", (ended,))

    async def _update_call(self, call_sid: str, form: Parameters) -> Call:
        return await self._rest.post(f"/Calls/{_segment(call_sid)}", form, Call)

    async def _update_participant(self, command: HoldLeg | MuteLeg, form: Parameters) -> None:
        remembered = self._rooms.get(command.call_id)
        room = remembered or await self._look_up_room(command.call_id)
        try:
            await self._rest.post(_participant(room, command.provider_ref), form, Participant)
        except Refused as error:
            if not remembered or error.code not in _GONE_CODES:
                raise
            # The room may have ended and begun again under its name: look once whether it has another id now.
            room = await self._look_up_room(command.call_id)
            await self._rest.post(_participant(room, command.provider_ref), form, Participant)

    async def _end_room(self, call_id: str) -> None:
        room = await self._look_up_room(call_id)
        await self._rest.post(f"/Conferences/{_segment(room)}", [("Status", "completed")], Conference)
        self._rooms.forget(call_id)

    async def _look_up_room(self, call_id: str) -> str:
        """The carrier's id of the room that has this name now. Raises `Refused` when there is none."""
        self._rooms.forget(call_id)
        rooms = await comparison.rooms_named(self._rest, call_id)
        if not rooms:
            raise Refused(f"the carrier has no room {call_id}", 404, 20404)
        self._rooms.put(call_id, rooms[0].sid)
        return rooms[0].sid

    async def _check(self, command: CheckLeg) -> Result:
        return Result("done", (await comparison.check(self._rest, command, _segment(command.provider_ref)),))


def _harms_twice(command: AnyCommand) -> bool:
    """A second dial rings a phone, a second way into a room leads out of it first. Other redirects and hang-ups may be
    done again."""
    if isinstance(command, RedirectLeg):
        return any(isinstance(verb, Join) for verb in command.plan.verbs)
    return isinstance(command, Originate)


def dialled(endpoint: str) -> str:
    """An endpoint as the carrier wants it: `client:` and `sip:` stay, a phone is its bare number."""
    return endpoint.removeprefix("tel:")


def _refusal(command: AnyCommand, error: Refused) -> Result:
    if error.code == _NOT_BEGUN:
        return Result("retry", detail=error.detail, retry_after_s=_NOT_BEGUN_RETRY_S)
    if isinstance(command, Originate):
        status = "unknown" if error.code in _LABELS_IN_USE else "failed"
        return Result(status, code=REFUSED if status == "failed" else "", detail=error.detail)
    is_gone = error.code in _GONE_CODES or error.status == 404
    return Result("failed", code=GONE if is_gone else REFUSED, detail=error.detail)


def _participant(conference_sid: str, call_sid: str) -> str:
    return f"/Conferences/{_segment(conference_sid)}/Participants/{_segment(call_sid)}"


def _segment(value: str) -> str:
    """One segment of a path, whatever the value holds. An empty one would address something else altogether."""
    if not value:
        raise Refused("what the carrier calls it is not known", 0, 0)
    return quote(value, safe="")


def _yes(value: bool) -> str:  # noqa: FBT001  # it says a boolean
    return "true" if value else "false"
