"""What we hold against what the carrier knows: dials in doubt, and legs that we believe to be alive.

Whether a dial was carried out, when its answer is lost:

* *Presence* is proved by a leg in the room with our label: labels are our leg ids, nobody else uses them, and a leg is
  listed in its room from the moment it is being rung.
* Its own reports prove the same, since their address carries the leg's id; they may well come first. For a leg that is
  screened before it comes into a room they are the only proof while it lives.
* A leg that has ended is in no room's list any more. The list of calls still has it, but without a label: there it is
  only known by whom it rang and when. One that ended, and that no other leg of ours is known to be, is taken for it:
  should it have been another's, then a dial is written off that never happened, and nobody is rung twice.
* Whom a campaign calls is in no room. One in that list that lives, and that no other leg of ours is known to be, is
  taken for it: nobody else rings that number from ours in those seconds. Should it be another's, then a lead is given
  up for as long as that call lasts, and nobody is rung twice.
* Another call in that list that still lives, and a minute later is not in the room under our label, is somebody else's.
  (A screened one that was ours after all asks at its door, and is hung up there.)
* *Absence* is proved by none of these, but only once the request cannot be carried out any more and the lists, which
  lag behind, show what was: our own time-out, and some seconds more. Before that, absence says nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

import structlog

from cti.core.commands import CheckLeg, Originate
from cti.core.events import AnyEvent, LegChecked, LegEnded, LegPlaced
from cti.core.ports import Result
from cti.core.states import EndCause
from cti.telephony.twilio import causes
from cti.telephony.twilio.dialling import dialled
from cti.telephony.twilio.memory import Memory
from cti.telephony.twilio.resources import Call, CallPage, Conference, ConferencePage, ParticipantPage
from cti.telephony.twilio.rest import TOTAL_S, Refused, Rest, RestError

ABSENT = "ABSENT"
ABSENCE_PROVED_AFTER_S = TOTAL_S + 7.0
STRANGERS_AFTER_S = 60.0
LOOK_AGAIN_AFTER_S = 2.0
CLOCKS_APART_S = 5.0
PAGE_SIZE = 1_000
PAGES_MAX = 50
CHECKS_MAX = 10
"""Legs asked about at once in a survey, so that calls get their share of the requests on their way."""

log = structlog.get_logger(__name__)


async def find_dialled(rest: Rest, command: Originate, sent_at: int, now: int, memory: Memory) -> Result:
    """What became of a dial asked for at `sent_at`, when it is `now` (both ms). `memory` has the legs of calls that are
    known, and takes in what is found. Results are those of the port; raises `RestError`."""
    call_sid = memory.call_of(command.leg_id) or (await _labelled(rest, command.call_id, command.leg_id))[0]
    if call_sid:
        memory.placed(call_sid, command.leg_id)
        return Result("done", (LegPlaced(leg_id=command.leg_id, provider_ref=call_sid),))
    age_s = (now - sent_at) / 1000
    if age_s < ABSENCE_PROVED_AFTER_S:
        return _unknown("the carrier may not show it yet", ABSENCE_PROVED_AFTER_S - age_s)
    calls = await _candidates(rest, command, sent_at, memory)
    for call in calls:
        if call.status in causes.ENDED:
            memory.placed(call.sid, command.leg_id)
            return Result("done", _placed_and_ended(command.leg_id, call), detail="found among the calls that ended")
    if calls and command.called:
        memory.placed(calls[0].sid, command.leg_id)
        placed = LegPlaced(leg_id=command.leg_id, provider_ref=calls[0].sid)
        return Result("done", (placed,), detail="found among the calls that live")
    if calls and age_s < STRANGERS_AFTER_S:
        return _unknown("a call to the same endpoint is in no room of ours yet", STRANGERS_AFTER_S - age_s)
    return Result("failed", code=ABSENT, detail="the carrier never had it")


def _unknown(detail: str, rest_s: float) -> Result:
    return Result("unknown", detail=detail, retry_after_s=min(rest_s, LOOK_AGAIN_AFTER_S))


def _placed_and_ended(leg_id: str, call: Call) -> tuple[AnyEvent, ...]:
    cause = causes.ended(call.status)
    return (
        LegPlaced(leg_id=leg_id, provider_ref=call.sid),
        LegEnded(leg_id=leg_id, cause=cause, provider_ref=call.sid, provider_status=call.status),
    )


async def check(rest: Rest, command: CheckLeg, call_sid: str) -> LegChecked:
    """Whether a leg still lives, and, when a room is named, whether it is in there. Raises `RestError`."""
    leg_id, call_id = command.leg_id, command.call_id
    try:
        call = await rest.get(f"/Calls/{call_sid}", (), Call)
    except Refused as error:
        if error.status != 404:
            raise
        return LegChecked(leg_id=leg_id, alive=False, cause=EndCause.LOST_SIGHT)
    if call.status in causes.ENDED:
        return LegChecked(leg_id=leg_id, alive=False, cause=causes.ended(call.status))
    if not call_id:
        return LegChecked(leg_id=leg_id, alive=True)
    found, room_sid = await _labelled(rest, call_id, leg_id)
    is_there = found == call_sid
    return LegChecked(
        leg_id=leg_id,
        alive=True,
        call_id=call_id if is_there else "",
        sought=call_id,
        nonce=command.nonce,
        room_ref=room_sid if is_there else "",
    )


async def survey(rest: Rest, legs: Sequence[tuple[str, str]]) -> list[AnyEvent]:
    """Compare legs, as (leg id, provider reference), with the carrier's live calls. Those that are not among them are
    asked about one by one; nothing is said of a leg about which the carrier gave no answer."""
    try:
        alive = await _live_calls(rest)
    except RestError as error:
        log.warning("the carrier cannot be asked for its live calls", error=error.detail)
        return []
    turns = asyncio.Semaphore(CHECKS_MAX)

    async def look(leg_id: str, call_sid: str) -> LegChecked | None:
        if call_sid in alive:
            return LegChecked(leg_id=leg_id, alive=True)
        async with turns:
            try:
                return await check(rest, CheckLeg(leg_id=leg_id, provider_ref=call_sid), call_sid)
            except RestError:
                return None

    answers = await asyncio.gather(*(look(leg_id, call_sid) for leg_id, call_sid in legs if call_sid))
    return [answer for answer in answers if answer]


async def rooms_named(rest: Rest, call_id: str) -> list[Conference]:
    """The rooms that have this name and are not over. Raises `RestError`."""
    found = []
    for status in ("in-progress", "init"):
        query = [("FriendlyName", call_id), ("Status", status), ("PageSize", "20")]
        found += (await rest.get("/Conferences", query, ConferencePage)).conferences
    return found


async def _labelled(rest: Rest, call_id: str, label: str) -> tuple[str, str]:
    """The carrier's ids of the leg with this label and of its room, among the rooms that have this name; empty when
    there is none. Who was called before a room was thought of is in none."""
    for room in await rooms_named(rest, call_id) if call_id else ():
        # A room holds at most 250, so the first page is all of it.
        page = await rest.get(f"/Conferences/{room.sid}/Participants", [("PageSize", "250")], ParticipantPage)
        for participant in page.participants:
            if participant.label == label:
                return participant.call_sid, room.sid
    return "", ""


async def _candidates(rest: Rest, command: Originate, sent_at: int, memory: Memory) -> list[Call]:
    """Calls that rang the same endpoint at the time, and are not known to be another leg."""
    earliest = sent_at - CLOCKS_APART_S * 1000
    latest = sent_at + (TOTAL_S + CLOCKS_APART_S) * 1000
    return [
        call
        async for call in _calls(rest, [("To", dialled(command.endpoint))], created_since=earliest)
        if earliest <= call.created_at <= latest
        and call.caller in (command.caller_id, None)
        and memory.leg_of(call.sid) in (command.leg_id, None)
    ]


async def _live_calls(rest: Rest) -> set[str]:
    async def having(status: str) -> set[str]:
        return {call.sid async for call in _calls(rest, [("Status", status)])}

    # A call may move on from one list to the next while we read; it is then in neither, and is asked about by itself.
    return set().union(*await asyncio.gather(*(having(status) for status in ("queued", "ringing", "in-progress"))))


async def _calls(rest: Rest, query: list[tuple[str, str]], created_since: float = 0) -> AsyncIterator[Call]:
    """Calls, newest first, as far back as `created_since` (ms)."""
    page = await rest.get("/Calls", [*query, ("PageSize", str(PAGE_SIZE))], CallPage)
    for _ in range(PAGES_MAX):
        for call in page.calls:
            if 0 < call.created_at < created_since:
                return
            yield call
        if not page.next_page_uri:
            return
        page = await rest.get_page(page.next_page_uri, CallPage)
