"""Commands carried out at the carrier. Each ends in a `Result`; nothing that the network does is raised."""

import secrets
import time
from collections.abc import Callable, Sequence
from typing import assert_never

from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    CheckRecordings,
    ClaimLeads,
    CoachLeg,
    EndCall,
    FindSuppression,
    GatherCallFacts,
    HangUpLeg,
    HoldLeg,
    KeepCall,
    LookUpCustomer,
    MuteLeg,
    Originate,
    RecordLeg,
    RedirectLeg,
    SendDigits,
)
from cti.core.events import AnyEvent, LegEnded, LegHeld, LegMuted, LegPlaced, LegRetrieved
from cti.core.plan import Door, Forward, Join
from cti.core.ports import BLOCKED_NUMBER, CALLER_ID, INVALID_NUMBER, Result
from cti.telephony.twilio import causes, comparison, recordings
from cti.telephony.twilio.addresses import Addresses, DoorAddress
from cti.telephony.twilio.dialling import asked_first, into_room, part_taken, yes
from cti.telephony.twilio.memory import HELD, MUTED, Memory
from cti.telephony.twilio.resources import Call, Participant
from cti.telephony.twilio.rest import InDoubt, NotExecuted, Parameters, Refused, Rest, RestError, segment
from cti.telephony.twilio.rooms import GONE_CODES, Rooms
from cti.telephony.twilio.shelf import Shelf
from cti.telephony.twilio.twiml import INLINE_CHARACTERS_MAX, Documents

GONE = "GONE"
REFUSED = "REFUSED"

# The room has not begun yet, or whom to coach is not in it: it takes commands on its legs when that is so.
_NOT_YET = frozenset({16099, 16028})
_NOT_YET_RETRY_S = 0.5
# Somebody with our label is in the room, and nobody else has our labels: the request was carried out before.
_LABELS_IN_USE = frozenset({16025, 16026})
# What the carrier says of the number that was to be rung, that it cannot be one or is not to be rung by us; and of the
# one that we call from.
_ABOUT_NUMBERS = {
    **dict.fromkeys((21211, 21214, 21217, 13223, 13224), INVALID_NUMBER),
    **dict.fromkeys((21215, 21216, 13225, 13227), BLOCKED_NUMBER),
    **dict.fromkeys((21210, 21212, 21213), CALLER_ID),
}


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1_000)


class Carrier:
    """The port to the carrier, by REST."""

    def __init__(
        self,
        rest: Rest,
        addresses: Addresses,
        documents: Documents,
        shelf: Shelf,
        memory: Memory,
        now: Callable[[], int] = wall_clock,
    ) -> None:
        self._rest = rest
        self._addresses = addresses
        self._documents = documents
        self._shelf = shelf
        self._memory = memory
        self._now = now
        self._rooms = Rooms(rest, memory)

    async def execute(self, command: AnyCommand) -> Result:
        """Carry out a command. Results are as the port says; `failed` has code GONE (the leg or room is no more), one
        that tells of the number, or REFUSED, and the carrier's own code and text as detail."""
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
            return await comparison.find_dialled(self._rest, command, sent_at, self._now(), self._memory)
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
                return await self._hold(command)
            case MuteLeg():
                return await self._mute(command)
            case KeepCall():
                await self._rooms.change(command, [("EndConferenceOnExit", yes(command.ends_call))])
            case CoachLeg():
                await self._rooms.change(command, part_taken(muted=command.muted, coaches=command.coaches))
            case SendDigits():
                await self._rooms.change(command, self._announcement(command))
            case RecordLeg():
                return Result("done", await recordings.record(self._rest, self._addresses, command))
            case CheckRecordings():
                return Result("done", (await recordings.check(self._rest, command),))
            case EndCall():
                await self._rooms.end(command.call_id)
            case CheckLeg():
                return await self._check(command)
            case LookUpCustomer() | ClaimLeads() | GatherCallFacts() | FindSuppression():
                return Result("failed", code=REFUSED, detail=f"{type(command).__name__} is not for a carrier")
            case _:
                assert_never(command)
        return Result("done")

    async def _originate(self, command: Originate) -> Result:
        if command.screened or command.called:
            call = await self._rest.post("/Calls", asked_first(command, self._addresses), Call)
            call_sid = call.sid
        else:
            path = f"/Conferences/{segment(command.call_id)}/Participants"
            participant = await self._rest.post(path, into_room(command, self._addresses), Participant)
            call_sid = participant.call_sid
            if participant.conference_sid:
                self._memory.rooms.put(command.call_id, participant.conference_sid)
        self._memory.placed(call_sid, command.leg_id)
        return Result("done", (LegPlaced(leg_id=command.leg_id, provider_ref=call_sid),))

    def _redirection(self, command: RedirectLeg) -> Parameters:
        document = self._documents.document(command.plan, command.leg_id, command.nonce, command.endpoint)
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
        return await self._rest.post(f"/Calls/{segment(call_sid)}", form, Call)

    async def _hold(self, command: HoldLeg) -> Result:
        """The answer counts as the report; should that come too, or be lost, it is no loss."""
        leg_id, call_sid = command.leg_id, command.provider_ref
        music = [("HoldUrl", self._addresses.held), ("HoldMethod", "POST")] if command.held else []
        self._memory.switching(call_sid, HELD)
        await self._rooms.change(command, [("Hold", yes(command.held)), *music])
        self._memory.switched(call_sid, HELD, on=command.held)
        kind = LegHeld if command.held else LegRetrieved
        return Result("done", (kind(leg_id=leg_id, provider_ref=call_sid, call_id=command.call_id),))

    async def _mute(self, command: MuteLeg) -> Result:
        self._memory.switching(command.provider_ref, MUTED)
        await self._rooms.change(command, [("Muted", yes(command.muted))])
        self._memory.switched(command.provider_ref, MUTED, on=command.muted)
        ref, call_id = command.provider_ref, command.call_id
        muted = LegMuted(leg_id=command.leg_id, muted=command.muted, provider_ref=ref, call_id=call_id)
        return Result("done", (muted,))

    def _announcement(self, command: SendDigits) -> Parameters:
        """The keys are played to that one leg. They wait here to be fetched, and stand in no address."""
        number = secrets.randbits(53)
        self._shelf.put((command.leg_id, number), self._documents.tones(command.digits))
        return [("AnnounceUrl", self._addresses.tones(command.leg_id, number)), ("AnnounceMethod", "POST")]

    async def _check(self, command: CheckLeg) -> Result:
        return Result("done", (await comparison.check(self._rest, command, segment(command.provider_ref)),))


def _harms_twice(command: AnyCommand) -> bool:
    """A second dial rings a phone, a second way into a room leads out of it first, keys count each time they are
    pressed. Other redirects and hang-ups may be done again."""
    if isinstance(command, RedirectLeg):
        return any(isinstance(verb, Join | Forward) for verb in command.plan.verbs)
    return isinstance(command, Originate | SendDigits)


def _refusal(command: AnyCommand, error: Refused) -> Result:
    if error.code in _NOT_YET:
        return Result("retry", detail=error.detail, retry_after_s=_NOT_YET_RETRY_S)
    if isinstance(command, Originate):
        status = "unknown" if error.code in _LABELS_IN_USE else "failed"
        code = _ABOUT_NUMBERS.get(error.code, REFUSED)
        return Result(status, code=code if status == "failed" else "", detail=error.detail)
    is_gone = error.code in GONE_CODES or error.status == 404
    return Result("failed", code=GONE if is_gone else REFUSED, detail=error.detail)
