"""What to do with a command next. Pure: the dispatcher and the simulation both obey it.

    intent ──▶ sent ──▶ confirmed        it worked, or it failed for good (then an event says so)
                  └───▶ in_doubt ──▶ ... only a dial: it may have been carried out; the carrier is asked, not re-dialled
                                         (a report of the leg answers that, too)
    intent, in_doubt ──▶ void            not wanted any more

A dial is marked `sent` durably before the request leaves. So whatever dies, a dial without that mark was never sent,
and one with it is never sent again.

A caller's move into a room is not repeated in doubt either: the second one would take the caller out of the room again.
The promise that waits for the caller asks the carrier, and sends again if need be. Nor are keys pressed twice: who
misses them presses them again.
"""

import re
from enum import StrEnum

import msgspec

from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    CheckRecordings,
    ClaimLeads,
    Effect,
    FindSuppression,
    GatherCallFacts,
    LookUpCustomer,
    Originate,
    RecordLeg,
    RedirectLeg,
    SendDigits,
)
from cti.core.events import (
    AnyEvent,
    CallFactsGathered,
    CommandFailed,
    CustomersFound,
    LeadsClaimed,
    LegRefused,
    RecordingFailed,
    RecordingsChecked,
    SuppressionFound,
)
from cti.core.plan import Forward, Join
from cti.core.ports import Result
from cti.core.repeating import found_for
from cti.core.state import State
from cti.core.states import RecordingAction
from cti.core.wanted import still_wanted

TRIES_MAX = 8
"""How often a command on a leg, or a question, is repeated before it counts as failed."""

BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 5.0, 5.0)

RECONCILE_S = (2.0, 3.0, 5.0, 5.0, 10.0, 10.0, 20.0)
"""When to ask about a dial in doubt; the last one again and again until the leg is not wanted any more."""


DETAIL_CHARACTERS_MAX = 200

_NUMBERS = re.compile(r"\+?[0-9](?:[ ().-]*[0-9]){6,}")
"""What may be a telephone number. The carrier's own codes are shorter."""


class Status(StrEnum):
    """How far a command got. The picture above says what follows what."""

    INTENT = "intent"
    SENT = "sent"
    CONFIRMED = "confirmed"
    IN_DOUBT = "in_doubt"
    VOID = "void"


OPEN = (Status.INTENT, Status.SENT, Status.IN_DOUBT)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A command on its way. `sent_at` is ms; `tries` counts requests made, or questions asked once in doubt. `detail`
    is what the carrier said last, without what may be somebody's number."""

    command_id: str
    seq: int
    command: AnyCommand
    status: Status = Status.INTENT
    tries: int = 0
    sent_at: int = 0
    detail: str = ""


class Step(StrEnum):
    """What to do with an entry now."""

    MARK_SENT = "mark_sent"  # durably, then look again
    EXECUTE = "execute"
    RECONCILE = "reconcile"
    VOID = "void"  # nothing is left to do: see `voided`


class Next(msgspec.Struct, frozen=True):
    """What a result means: the entry as it is now, what to report, and how long to wait before the next step."""

    entry: Entry
    events: tuple[AnyEvent, ...] = ()
    wait_s: float = 0.0


def is_dial(entry: Entry) -> bool:
    """It rings somebody: at most once, whatever happens."""
    return entry.command.effect is Effect.DIAL


def harms_twice(entry: Entry) -> bool:
    """It takes a caller into a room, rings somebody outside, or presses keys."""
    command = entry.command
    if isinstance(command, RedirectLeg):
        return any(isinstance(verb, Join | Forward) for verb in command.plan.verbs)
    return isinstance(command, SendDigits)


def step_of(entry: Entry, state: State) -> Step:
    """The next step. A dial in doubt is asked about even when nobody wants it any more: it may be ringing."""
    if _may_have_left(entry):
        leg = state.legs.get(getattr(entry.command, "leg_id", ""))
        return Step.VOID if leg and leg.provider_ref else Step.RECONCILE
    if entry.status is Status.IN_DOUBT or not still_wanted(state, entry.command):
        return Step.VOID
    return Step.MARK_SENT if is_dial(entry) else Step.EXECUTE


def _may_have_left(entry: Entry) -> bool:
    return is_dial(entry) and entry.status in (Status.SENT, Status.IN_DOUBT)


def after_result(entry: Entry, result: Result) -> Next:
    """What became of a request."""
    if result.detail:
        entry = msgspec.structs.replace(entry, detail=_NUMBERS.sub("...", result.detail)[:DETAIL_CHARACTERS_MAX])
    if result.status == "done":
        return Next(msgspec.structs.replace(entry, status=Status.CONFIRMED), result.events)
    if result.status == "failed":
        return Next(msgspec.structs.replace(entry, status=Status.CONFIRMED), _failed(entry, result))
    if harms_twice(entry) and result.status == "unknown":
        return Next(msgspec.structs.replace(entry, status=Status.VOID))
    if isinstance(entry.command, CheckRecordings):  # the watch asks again, ever later; live calls need the requests
        return Next(msgspec.structs.replace(entry, status=Status.CONFIRMED))
    tries = entry.tries + 1
    if is_dial(entry):
        return _after_dial(entry, result, tries)
    if tries >= TRIES_MAX:
        gave_up = Result("failed", code="UNREACHABLE", detail=result.detail)
        return Next(msgspec.structs.replace(entry, status=Status.CONFIRMED), _failed(entry, gave_up))
    wait_s = max(result.retry_after_s, BACKOFF_S[min(tries, len(BACKOFF_S)) - 1])
    return Next(msgspec.structs.replace(entry, tries=tries), wait_s=wait_s)


def _after_dial(entry: Entry, result: Result, tries: int) -> Next:
    if result.status == "retry" and entry.status is not Status.IN_DOUBT:  # surely not carried out
        if tries >= TRIES_MAX:
            refused = Result("failed", code="UNREACHABLE", detail=result.detail)
            return Next(msgspec.structs.replace(entry, status=Status.CONFIRMED), _failed(entry, refused))
        wait_s = max(result.retry_after_s, BACKOFF_S[min(tries, len(BACKOFF_S)) - 1])
        return Next(msgspec.structs.replace(entry, status=Status.INTENT, tries=tries), wait_s=wait_s)
    asked = tries if entry.status is Status.IN_DOUBT else 1
    wait_s = RECONCILE_S[min(asked, len(RECONCILE_S)) - 1]
    return Next(msgspec.structs.replace(entry, status=Status.IN_DOUBT, tries=asked), wait_s=wait_s)


def voided(entry: Entry) -> Next:
    """Nobody wants it any more. Of a dial that was never sent nobody will ever hear: so that is said. One that may have
    left has: a report tells what the carrier calls its leg."""
    if _may_have_left(entry):
        return Next(msgspec.structs.replace(entry, status=Status.CONFIRMED))
    return Next(msgspec.structs.replace(entry, status=Status.VOID), _withdrawn(entry))


def _withdrawn(entry: Entry) -> tuple[AnyEvent, ...]:
    if not isinstance(entry.command, Originate):
        return ()
    return (LegRefused(leg_id=entry.command.leg_id, code="WITHDRAWN", detail="it was not wanted any more"),)


def is_late(entry: Entry, now: int) -> bool:
    """It must not leave any more: what it was cleared by may not hold at `now` (ms)."""
    command = entry.command
    return isinstance(command, Originate) and 0 < command.leave_by < now


def is_overtaken(entry: Entry, state: State, now: int) -> bool:
    """Marked as sent, and about to be, but by now it must not be: while the mark became durable it grew late, or
    somebody said not to call."""
    command = entry.command
    if not isinstance(command, Originate) or not command.leave_by:
        return False
    return is_late(entry, now) or not still_wanted(state, command)


def unsent(entry: Entry) -> Next:
    """It did not leave, whatever its mark says: nobody will ever hear of it."""
    return Next(msgspec.structs.replace(entry, status=Status.VOID), _withdrawn(entry))


def after_restart(entry: Entry) -> Entry:
    """A dial that was marked sent may have been carried out, and so may any move and any key. Anything else can simply
    be done again."""
    if harms_twice(entry):
        return msgspec.structs.replace(entry, status=Status.IN_DOUBT)
    if _may_have_left(entry):
        return msgspec.structs.replace(entry, status=Status.IN_DOUBT, tries=0)
    return msgspec.structs.replace(entry, status=Status.INTENT, tries=0)


def not_found(command: FindSuppression, error: str) -> SuppressionFound:
    """The answer where nobody could look."""
    return found_for(command, error=error)


def _failed(entry: Entry, result: Result) -> tuple[AnyEvent, ...]:
    command = entry.command
    if isinstance(command, Originate):
        return (LegRefused(leg_id=command.leg_id, code=result.code, detail=result.detail),)
    if isinstance(command, RecordLeg) and command.action is RecordingAction.START:
        return (RecordingFailed(leg_id=command.leg_id, reason=result.code),)
    if isinstance(command, GatherCallFacts):
        return (CallFactsGathered(dial_id=command.dial_id, missing=result.detail or result.code or "failed"),)
    if isinstance(command, FindSuppression):
        return (not_found(command, result.code or "failed"),)
    if isinstance(command, ClaimLeads):
        error = result.code or "failed"
        return (LeadsClaimed(campaign_id=command.campaign_id, claim_id=command.claim_id, as_of_seq=0, error=error),)
    if isinstance(command, LookUpCustomer):
        return (CustomersFound(contact_id=command.contact_id, error=result.code or "failed"),)
    if isinstance(command, CheckRecordings):
        return (RecordingsChecked(leg_id=command.leg_id, refused=True),)
    if isinstance(command, CheckLeg) and result.code != "GONE":
        return ()  # the watch over legs asks again
    leg_id = getattr(command, "leg_id", "")
    return (CommandFailed(command_id=entry.command_id, leg_id=leg_id, code=result.code, detail=result.detail),)
