"""The carrier of this world: it rings telephones, and keeps a list of its legs. Requests to it fail as they do
elsewhere."""

from collections.abc import Callable

import msgspec

from cti.core.commands import AnyCommand, CheckLeg, HangUpLeg, Originate
from cti.core.events import AnyEvent, LegAlerting, LegAnswered, LegChecked, LegEnded, LegPlaced
from cti.core.ports import Result
from cti.core.states import EndCause
from cti.sim.calling.rings import Ring
from cti.sim.calling.truth import Truth
from cti.sim.edge import Edge
from cti.sim.ledger import Ledger
from cti.sim.nature import Nature
from cti.sim.rest import ABSENCE_PROVED_AFTER_MS, SHOWN_AFTER_MS, Asking, Done, Rest

BUFFER_MS = 5_000
"""How much longer it rings than it was told to."""

Answered = Callable[[Ring], None]


class Telephone(msgspec.Struct, kw_only=True):
    """Somebody's, which rings or rang."""

    ref: str
    leg_id: str
    placed_at: int
    ring: Ring
    over: bool = False
    cause: EndCause = EndCause.NORMAL


class Bells(Rest):
    """As `Rest`, for telephones outside and nothing else. `talks` hears of whoever answers."""

    def __init__(self, nature: Nature, edge: Edge, ledger: Ledger, truth: Truth) -> None:
        super().__init__(nature, None, edge.switches)  # type: ignore[arg-type]
        self.telephones: dict[str, Telephone] = {}
        self.talks: Answered = lambda ring: None
        self._edge = edge
        self._ledger = ledger
        self._truth = truth
        self._told = 0
        self.at_home = nature.pick((0.1, 0.4, 0.8))
        """How likely somebody answers."""

    def execute(self, command: AnyCommand, asking: Asking, done: Done) -> None:
        """What leaves us to ring somebody is judged as it leaves."""
        if isinstance(command, Originate):
            number = command.endpoint.removeprefix("tel:")
            self._ledger.note("asked", "", f"is to ring {number}", other=command.endpoint, label=command.leg_id)
            ring = self._truth.leaves(command.leg_id, number, self._nature.now)
            super().execute(command, asking, lambda result: self._placed(ring, asking, result, done))
            return
        if isinstance(command, HangUpLeg):
            telephone = self.telephones.get(command.provider_ref)
            if telephone:
                telephone.ring.released_at = telephone.ring.released_at or self._nature.now
        super().execute(command, asking, done)

    def _placed(self, ring: Ring, asking: Asking, result: Result, done: Done) -> None:
        if result.status == "done" and asking.alive:
            ring.known_at = ring.known_at or self._nature.now
        done(result)

    def _perform(self, command: AnyCommand) -> Result:
        match command:
            case Originate():
                return Result("done", (self._ring(command),))
            case HangUpLeg():
                telephone = self.telephones.get(command.provider_ref)
                if telephone is None or telephone.over:
                    return Result("failed", code="GONE", detail="the call is not in progress")
                self._end(telephone, EndCause.NORMAL if telephone.ring.answered_at else EndCause.CANCELLED)
                return Result("done")
            case CheckLeg():
                return Result("done", (self._check(command),))
            case _:
                raise NotImplementedError(f"{type(command).__name__} is nothing for a bell")

    def _ring(self, command: Originate) -> LegPlaced:
        nature, leg_id = self._nature, command.leg_id
        ref, ring = f"T{len(self.telephones) + 1}", self._truth.rings[leg_id]
        telephone = Telephone(ref=ref, leg_id=leg_id, placed_at=nature.now, ring=ring)
        self.telephones[ref] = telephone
        self._ledger.note("dialled", ref, f"rings {command.endpoint}", other=command.endpoint, label=leg_id)
        self._truth.begins(ring, nature.now)
        longest_ms = command.timeout_s * 1_000 + BUFFER_MS
        nature.after(100, 1_500, lambda: self._alert(telephone))
        if nature.chance(self.at_home):
            nature.after(2_000, longest_ms, lambda: self._picked_up(telephone))
        else:
            nature.timeline.after(longest_ms, lambda: self._end(telephone, EndCause.NO_ANSWER))
        return LegPlaced(leg_id=leg_id, provider_ref=ref)

    def _alert(self, telephone: Telephone) -> None:
        self._report(telephone, LegAlerting(leg_id=telephone.leg_id, provider_ref=telephone.ref))

    def _picked_up(self, telephone: Telephone) -> None:
        """Somebody is there, and talks for a while."""
        if telephone.over:
            return
        self._ledger.note("answered", telephone.ref, "is answered", label=telephone.leg_id)
        self._truth.answers(telephone.ring, self._nature.now)
        answered = LegAnswered(leg_id=telephone.leg_id, provider_ref=telephone.ref)
        self._tells_of_answer(telephone, self._report(telephone, answered))
        self._nature.after(1_000, 20_000, lambda: self._end(telephone, EndCause.NORMAL))
        self.talks(telephone.ring)

    def _end(self, telephone: Telephone, cause: EndCause) -> None:
        if telephone.over:
            return
        ended = LegEnded(leg_id=telephone.leg_id, provider_ref=telephone.ref, cause=cause)
        key = self._report(telephone, ended)
        if cause is EndCause.NORMAL:
            self._tells_of_answer(telephone, key)
        telephone.over, telephone.cause = True, cause
        self._ledger.note("ended", telephone.ref, f"is over: {cause}", label=telephone.leg_id)
        self._truth.ends(telephone.ring, self._nature.now)

    def _tells_of_answer(self, telephone: Telephone, key: str) -> None:
        if key:
            telephone.ring.answer_keys.append(key)

    def _report(self, telephone: Telephone, event: AnyEvent) -> str:
        """It comes late, twice, or never; by its key it is known whether it was taken."""
        nature = self._nature
        if telephone.over or nature.strikes("report_lost"):
            return ""
        self._told += 1
        key = f"status:{telephone.ref}:{self._told}"
        for _ in range(2 if nature.strikes("report_doubled") else 1):
            longest_ms = 4_000 if nature.strikes("report_late") else 300
            nature.after(5, longest_ms, lambda: self._edge.report(event, key))
        return key

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
