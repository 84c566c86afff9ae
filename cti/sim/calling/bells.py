"""The carrier of this world: it rings telephones, and keeps a ledger. Requests to it fail as they do elsewhere."""

import msgspec

from cti.core.commands import AnyCommand, CheckLeg, HangUpLeg, Originate
from cti.core.events import AnyEvent, LegAlerting, LegAnswered, LegChecked, LegEnded, LegPlaced
from cti.core.ports import Result
from cti.core.states import EndCause
from cti.sim.calling.truth import Ring, Truth
from cti.sim.edge import Edge
from cti.sim.ledger import Ledger
from cti.sim.nature import Nature
from cti.sim.rest import ABSENCE_PROVED_AFTER_MS, SHOWN_AFTER_MS, Asking, Done, Rest

BUFFER_MS = 5_000
"""How much longer it rings than it was told to."""


class Telephone(msgspec.Struct, kw_only=True):
    """Somebody's, which rings or rang."""

    ref: str
    leg_id: str
    placed_at: int
    over: bool = False
    cause: EndCause = EndCause.NORMAL


class Bells(Rest):
    """As `Rest`, for telephones outside and nothing else."""

    def __init__(self, nature: Nature, edge: Edge, ledger: Ledger, truth: Truth) -> None:
        super().__init__(nature, None, edge.switches)  # type: ignore[arg-type]
        self.telephones: dict[str, Telephone] = {}
        self._edge = edge
        self._ledger = ledger
        self._truth = truth
        self._told = 0

    def execute(self, command: AnyCommand, asking: Asking, done: Done) -> None:
        """What leaves us to ring somebody is judged as it leaves."""
        if isinstance(command, Originate):
            number = command.endpoint.removeprefix("tel:")
            self._ledger.note("asked", "", f"is to ring {number}", other=command.endpoint, label=command.leg_id)
            self._truth.rung(Ring(left_at=self._nature.now, number=number, leg_id=command.leg_id))
        super().execute(command, asking, done)

    def _perform(self, command: AnyCommand) -> Result:
        match command:
            case Originate():
                return Result("done", (self._ring(command),))
            case HangUpLeg():
                telephone = self.telephones.get(command.provider_ref)
                if telephone is None or telephone.over:
                    return Result("failed", code="GONE", detail="the call is not in progress")
                self._end(telephone, EndCause.CANCELLED)
                return Result("done")
            case CheckLeg():
                return Result("done", (self._check(command),))
            case _:
                raise NotImplementedError(f"{type(command).__name__} is nothing for a bell")

    def _ring(self, command: Originate) -> LegPlaced:
        nature = self._nature
        ref = f"T{len(self.telephones) + 1}"
        telephone = Telephone(ref=ref, leg_id=command.leg_id, placed_at=nature.now)
        self.telephones[ref] = telephone
        self._ledger.note("dialled", ref, f"rings {command.endpoint}", other=command.endpoint, label=command.leg_id)
        longest_ms = command.timeout_s * 1_000 + BUFFER_MS
        leg_id = command.leg_id
        nature.after(100, 1_500, lambda: self._report(telephone, LegAlerting(leg_id=leg_id, provider_ref=ref)))
        if nature.chance(0.4):
            answered = LegAnswered(leg_id=leg_id, provider_ref=ref)
            answers_ms, talks_ms = nature.between(2_000, longest_ms), nature.between(1_000, 20_000)
            nature.timeline.after(answers_ms, lambda: self._report(telephone, answered))
            nature.timeline.after(answers_ms + talks_ms, lambda: self._end(telephone, EndCause.NORMAL))
        else:
            nature.timeline.after(longest_ms, lambda: self._end(telephone, EndCause.NO_ANSWER))
        return LegPlaced(leg_id=command.leg_id, provider_ref=ref)

    def _end(self, telephone: Telephone, cause: EndCause) -> None:
        if not telephone.over:
            ended = LegEnded(leg_id=telephone.leg_id, provider_ref=telephone.ref, cause=cause)
            self._report(telephone, ended)
            telephone.over, telephone.cause = True, cause
            self._ledger.note("ended", telephone.ref, f"is over: {cause}", label=telephone.leg_id)

    def _report(self, telephone: Telephone, event: AnyEvent) -> None:
        """It comes late, twice, or never."""
        nature = self._nature
        if telephone.over or nature.strikes("report_lost"):
            return
        self._told += 1
        key = f"status:{telephone.ref}:{self._told}"
        for _ in range(2 if nature.strikes("report_doubled") else 1):
            longest_ms = 4_000 if nature.strikes("report_late") else 300
            nature.after(5, longest_ms, lambda: self._edge.report(event, key))

    def _check(self, command: CheckLeg) -> LegChecked:
        telephone = self.telephones.get(command.provider_ref)
        alive = telephone is not None and not telephone.over
        cause = telephone.cause if telephone else EndCause.LOST_SIGHT
        return LegChecked(leg_id=command.leg_id, alive=alive, cause=cause, nonce=command.nonce)

    def _look_for(self, command: Originate, sent_at: int) -> Result:
        age_ms = self._nature.now - sent_at
        for telephone in self.telephones.values():
            if telephone.leg_id == command.leg_id and self._nature.now - telephone.placed_at >= SHOWN_AFTER_MS:
                placed = LegPlaced(leg_id=command.leg_id, provider_ref=telephone.ref)
                ended = LegEnded(leg_id=command.leg_id, provider_ref=telephone.ref, cause=telephone.cause)
                return Result("done", (placed, ended) if telephone.over else (placed,))
        if age_ms < ABSENCE_PROVED_AFTER_MS:
            return Result("unknown", retry_after_s=(ABSENCE_PROVED_AFTER_MS - age_ms) / 1_000)
        return Result("failed", code="ABSENT", detail="the carrier never had it")
