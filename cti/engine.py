"""The core's only door: `advance` decides a turn, `fold` repeats a recorded one without deciding.

Both apply the same events with the same functions, so what was decided and what is recovered cannot differ.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from cti.acd import rules as acd_rules
from cti.acd.state import AcdState
from cti.conversation import rules as conversation_rules
from cti.core import lifecycle, reports, snapshot
from cti.core.apply import APPLY as CORE_APPLY
from cti.core.apply import Apply, calling, campaigns, claims, promised
from cti.core.base import Moment
from cti.core.commands import AnyCommand
from cti.core.deadlines import Promised
from cti.core.errors import reason_of
from cti.core.events import AnyEvent, DeadlinesReached, Due, InputRejected, ReportIgnored
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.turn import Reply, Turn
from cti.dialer import rules as dialer_rules
from cti.dialer.state import DialerState
from cti.ivr import rules as ivr_rules
from cti.screenpop import rules as screenpop_rules

LOGIC = "3"
"""The version of the rules. Within one, the same inputs give the same events; recorded with every turn."""

Rule = Callable[[Turn, Any], None]

_ROOMS = (screenpop_rules, ivr_rules, conversation_rules, acd_rules, dialer_rules, lifecycle)
"""Asked in this order. Who is calling is asked before the flow that may wait for the answer begins; who has a
conversation gives it up before somebody else is offered it. The lifecycle comes last: it forgets contacts, after
everybody has had a look."""

RULES: dict[type, tuple[Rule, ...]] = {}
APPLY: dict[type, tuple[Apply, ...]] = {event_type: (function,) for event_type, function in CORE_APPLY.items()}
PROMISES: dict[str, Promised] = {}
DUE: dict[str, Callable[[Turn, str], None]] = {}

for _room in _ROOMS:
    for _event_type, _rules in _room.RULES.items():
        RULES[_event_type] = RULES.get(_event_type, ()) + tuple(_rules)
    PROMISES |= _room.PROMISES
    DUE |= _room.DUE
for _index in (calling, promised, claims, campaigns, AcdState, DialerState):
    for _event_type, _function in _index.APPLY.items():
        APPLY[_event_type] = (*APPLY.get(_event_type, ()), _function)


class Outcome(msgspec.Struct):
    """What a turn came to. `replies` answer open requests of the carrier, in the order they were decided."""

    events: tuple[AnyEvent, ...]
    commands: tuple[AnyCommand, ...]
    replies: tuple[Reply, ...]


def new_state(site: str) -> State:
    """An empty site, with every room's index in place."""
    state = State(site)
    state.rooms[AcdState] = AcdState(state.undo)
    state.rooms[DialerState] = DialerState(state.undo)
    return state


def advance(state: State, event: AnyEvent, now: Moment, seal: Callable[[Outcome], None] | None = None) -> Outcome:
    """Take one input. `seal` gets the outcome while the turn can still be taken back: there a shell makes what must not
    fail later. Whatever goes wrong, `state` is as before and the error is raised."""
    turn = Turn(state, now, APPLY)
    try:
        reason = reports.unfit(state, event)
        if reason:
            turn.emit(ReportIgnored(about=type(event).__name__, reason=reason))
            reports.answer_stale(turn, event)
        elif type(event) is DeadlinesReached:
            _keep_promises(turn, event.due)
        else:
            turn.apply(event)
            turn.pending.append(event)
        _react(turn)
        outcome = Outcome(tuple(turn.events), turn.asked(), tuple(turn.replies))
        if seal is not None:
            seal(outcome)
    except BaseException:
        state.undo.roll_back()
        raise
    state.undo.forget()
    state.last = now
    return outcome


def _react(turn: Turn) -> None:
    """Ask every rule about everything that happened, until nothing new happens."""
    pending = turn.pending
    while pending:
        happened = pending.popleft()
        for rule in RULES.get(type(happened), ()):
            rule(turn, happened)


def _keep_promises(turn: Turn, due: tuple[Due, ...]) -> None:
    """One by one, so that one that makes the rules fail takes nothing from the others; as long as its row makes it, it
    is tried again later. A promise that an earlier one of the batch has overtaken no longer counts."""
    for promise in due:
        if PROMISES[promise.kind](turn.state, promise.key) != promise.at:
            continue
        mark = turn.mark()
        try:
            DUE[promise.kind](turn, promise.key)
            _react(turn)
        except Exception as error:  # noqa: BLE001 - whatever a rule raised, only its own contact may notice
            turn.back_to(mark)
            turn.state.deadlines.put_off(promise, turn.now.at)
            turn.emit(_broken(promise, reason_of(error)))
            _react(turn)


def _broken(promise: Due, reason: str) -> InputRejected:
    """The key of a promise names what promised: a contact, a leg, an agent, or two of them with a slash between; of
    an offer to a party its contact counts."""
    names = {"contact_id": promise.key, "leg_id": promise.key, "agent_id": promise.key}
    if "/" in promise.key:
        first, _, second = promise.key.partition("/")
        names = {"contact_id": second, "leg_id": "", "agent_id": first}
        if promise.kind == "relook" or promise.kind.startswith("offer_"):
            names = {"contact_id": first, "leg_id": "", "agent_id": second}
    return InputRejected(input_type=f"Due:{promise.kind}", reason=reason, **names)


def fold(state: State, record: TurnRecord) -> None:
    """Take in a recorded turn. Raises whatever an `apply` raises: a record that does not fold is damage."""
    now = Moment(record.seq, record.at)
    events = record.events
    if not (events and type(events[0]) is ReportIgnored):
        _apply(state, record.input, now)
    for event in events:
        _apply(state, event, now)
    state.undo.forget()
    state.last = now


def _apply(state: State, event: AnyEvent, now: Moment) -> None:
    for function in APPLY.get(type(event), ()):
        function(state, event, now)


def rejected(event: AnyEvent, reason: str, key: str) -> InputRejected:
    """The input to record in place of one that made the rules fail."""
    if isinstance(event, DeadlinesReached):
        return _broken(event.due[0], reason)
    return InputRejected(
        input_type=type(event).__name__,
        reason=reason,
        key=key,
        leg_id=getattr(event, "leg_id", ""),
        provider_ref=getattr(event, "provider_ref", ""),
        agent_id=getattr(event, "agent_id", ""),
        request_id=getattr(event, "request_id", ""),
        supervisor_id=getattr(event, "supervisor_id", ""),
    )


def capture(state: State) -> bytes:
    """The whole state as bytes: equal states give equal bytes."""
    return snapshot.capture(state)


def restore(site: str, content: bytes) -> State:
    """The state that `capture` saw, with every index and deadline built anew. Raises `JournalDamaged`."""
    state = new_state(site)
    snapshot.restore(state, content)
    state.room(AcdState).place_all(state)
    state.room(DialerState).place_all(state)
    state.undo.forget()
    return state
