"""The server's requests to the carrier: carried out, refused, turned away, or nobody knows.

`retry` results surely were not executed, or may safely be executed again; `unknown` ones may have been executed.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

import msgspec

from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    CheckRecordings,
    EndCall,
    HangUpLeg,
    Originate,
    RecordLeg,
    RedirectLeg,
    SendDigits,
)
from cti.core.events import AnyEvent, LegChecked, LegEnded, LegPlaced, RecordingsChecked
from cti.core.plan import Forward, Join
from cti.core.ports import Result
from cti.core.states import EndCause
from cti.sim.carrier import Carrier
from cti.sim.documents import Document
from cti.sim.line import Line, Terms
from cti.sim.nature import Nature
from cti.sim.switches import InRoom, Switches, change, press

TOTAL_MS = 8_000
"""How long a request may take before the server gives up waiting for its answer."""

ABSENCE_PROVED_AFTER_MS = TOTAL_MS + 7_000
SHOWN_AFTER_MS = 1_000
"""The carrier's lists lag behind what happens."""

OUTLIVES_MS = 2_000
"""How long a request may still be carried out once the worker is dead that made it."""

Done = Callable[[Result], None]


class Asking(Protocol):
    """Who makes a request."""

    alive: bool
    died_at: int


class _Request(msgspec.Struct, frozen=True):
    command: AnyCommand
    asking: Asking
    done: Done


class Rest:
    """Carries out commands, as `cti.core.ports.Carrier` does, with the answer in a call-back. `switches` is what the
    worker that serves remembers of holding and muting."""

    def __init__(self, nature: Nature, carrier: Carrier, switches: Switches | None = None) -> None:
        self._nature = nature
        self._carrier = carrier
        self._switches = switches or Switches()
        self._failed: set[str] = set()
        """Legs about which the last request failed or took long."""

    def execute(self, command: AnyCommand, asking: Asking, done: Done) -> None:
        """Carry out a command; some day `done` hears of it. Of two requests in a row about a leg, one gets through; so
        does one of two questions."""
        nature = self._nature
        about = f"{command.effect} {getattr(command, 'leg_id', '')}"
        self._switches.begins(command)
        fault = "" if about in self._failed else next(filter(nature.strikes, self.FAULTS), "")
        if fault:
            self._failed.add(about)
        else:
            self._failed.discard(about)
        self._BY_FAULT[fault](self, _Request(command, asking, done))

    def _turn_away(self, request: "_Request") -> None:
        result = Result("retry", detail="too many at once", retry_after_s=self._nature.random.random())
        self._nature.after(20, 2_000, lambda: request.done(result))

    def _lose_request(self, request: "_Request") -> None:
        self._nature.timeline.after(TOTAL_MS, lambda: request.done(_in_doubt(request.command, "no answer")))

    def _lose_answer(self, request: "_Request") -> None:
        def carry_out() -> None:
            self._carry_out(request)

        self._nature.after(20, TOTAL_MS, carry_out)
        self._nature.timeline.after(TOTAL_MS, lambda: request.done(_in_doubt(request.command, "no answer")))

    def _break(self, request: "_Request") -> None:
        def fail_after_all() -> None:
            self._carry_out(request)
            request.done(_in_doubt(request.command, "HTTP 500"))

        self._nature.after(20, 500, fail_after_all)

    def _take_long(self, request: "_Request") -> None:
        self._nature.after(250, TOTAL_MS - 100, lambda: self._answer(request))

    def _succeed(self, request: "_Request") -> None:
        self._nature.after(20, 250, lambda: self._answer(request))

    def reconcile(self, command: Originate, sent_at: int, done: Done) -> None:
        """Find out what became of a dial, by the label of the leg."""
        self._nature.after(20, 250, lambda: done(self._look_for(command, sent_at)))

    def survey(self, legs: Sequence[tuple[str, str]], done: Callable[[list[AnyEvent]], None]) -> None:
        """What the carrier knows of legs, as (leg id, provider reference)."""
        self._nature.after(
            50, 1_000, lambda: done([self._check(CheckLeg(leg_id=leg_id, provider_ref=ref)) for leg_id, ref in legs])
        )

    def _answer(self, request: "_Request") -> None:
        result = self._carry_out(request)
        self._nature.after(5, 60, lambda: self._give(request, result))

    def _give(self, request: "_Request", result: Result) -> None:
        if request.asking.alive and result.status == "done":
            self._switches.done(request.command)
        request.done(result)

    def _carry_out(self, request: "_Request") -> Result:
        asking = request.asking
        if not asking.alive and self._nature.now > asking.died_at + OUTLIVES_MS:
            return Result("unknown", detail="it was never heard of")
        return self._perform(request.command)

    def _perform(self, command: AnyCommand) -> Result:
        match command:
            case Originate():
                return self._dial(command)
            case RedirectLeg():
                document = Document(command.plan, command.leg_id, command.nonce, command.endpoint)
                return _worked(self._carrier.redirect(command.provider_ref, document))
            case HangUpLeg():
                return _worked(self._carrier.release(command.provider_ref))
            case CheckLeg():
                return Result("done", (self._check(command),))
            case CheckRecordings():
                seen = self._carrier.recordings_of(command.leg_id)
                return Result("done", (RecordingsChecked(leg_id=command.leg_id, recordings=seen),))
            case RecordLeg():
                return self._record(command)
            case SendDigits():
                return press(self._carrier, command)
            case EndCall():
                return _worked(self._carrier.close_room(command.call_id))
            case command if isinstance(command, InRoom):
                return change(self._carrier, command)
            case _:
                raise NotImplementedError(f"{type(command).__name__} is nothing for a carrier")

    def _dial(self, command: Originate) -> Result:
        ring_ms = 1_000 * command.timeout_s
        if command.called:
            line = self._carrier.call_out(command.endpoint, command.leg_id, ring_ms, command.detect)
        elif command.screened:
            line = self._carrier.dial(command.endpoint, command.leg_id, "", ring_ms)
        else:
            terms = Terms(ends_room=command.ends_call, muted=command.muted, coaches=command.coaches)
            line = self._carrier.dial(command.endpoint, command.leg_id, command.call_id, ring_ms, terms)
        return Result("done", (LegPlaced(leg_id=command.leg_id, provider_ref=line.ref),))

    def _record(self, command: RecordLeg) -> Result:
        line = self._carrier.lines.get(command.provider_ref)
        done = None if line is None or line.over else self._carrier.record(line, command.action, command.recording_id)
        return _worked(it_did=False) if done is None else Result("done", done)

    def _check(self, command: CheckLeg) -> LegChecked:
        leg_id, sought = command.leg_id, command.call_id
        line = self._carrier.lines.get(command.provider_ref)
        if line is None:
            return LegChecked(leg_id=leg_id, alive=False, cause=EndCause.LOST_SIGHT)
        if line.over:
            return LegChecked(leg_id=leg_id, alive=False, cause=EndCause.NORMAL)
        if not sought or line.room is None or line.room.name != sought:
            return LegChecked(leg_id=leg_id, alive=True, sought=sought, nonce=command.nonce)
        return LegChecked(
            leg_id=leg_id, alive=True, call_id=sought, sought=sought, nonce=command.nonce, room_ref=line.room.ref
        )

    def _look_for(self, command: Originate, sent_at: int) -> Result:
        age_ms = self._nature.now - sent_at
        for line in self._carrier.lines.values():
            if line.label != command.leg_id or self._nature.now - line.placed_at < SHOWN_AFTER_MS:
                continue
            if not line.over:
                return Result("done", (LegPlaced(leg_id=command.leg_id, provider_ref=line.ref),))
            if age_ms >= ABSENCE_PROVED_AFTER_MS:
                return Result("done", _placed_and_ended(command, line))
        if age_ms < ABSENCE_PROVED_AFTER_MS:
            return Result("unknown", retry_after_s=(ABSENCE_PROVED_AFTER_MS - age_ms) / 1_000)
        return Result("failed", code="ABSENT", detail="the carrier never had it")

    _BY_FAULT: ClassVar[dict[str, Callable[["Rest", "_Request"], None]]] = {
        "": _succeed,
        "rest_turned_away": _turn_away,
        "rest_request_lost": _lose_request,
        "rest_answer_lost": _lose_answer,
        "rest_broken": _break,
        "rest_slow": _take_long,
    }
    FAULTS = tuple(filter(None, _BY_FAULT))


def _in_doubt(command: AnyCommand, detail: str) -> Result:
    return Result("unknown" if _harms_twice(command) else "retry", detail=detail)


def _harms_twice(command: AnyCommand) -> bool:
    """A second dial rings a telephone, a second way into a room leads out of it first, keys count each time they are
    pressed."""
    if isinstance(command, RedirectLeg):
        return any(isinstance(verb, Join | Forward) for verb in command.plan.verbs)
    return isinstance(command, Originate | SendDigits)


def _worked(it_did: bool) -> Result:  # noqa: FBT001 - it says a boolean
    return Result("done") if it_did else Result("failed", code="GONE", detail="the call is not in progress")


def _placed_and_ended(command: Originate, line: Line) -> tuple[AnyEvent, ...]:
    return (
        LegPlaced(leg_id=command.leg_id, provider_ref=line.ref),
        LegEnded(leg_id=command.leg_id, cause=EndCause.NORMAL, provider_ref=line.ref),
    )
