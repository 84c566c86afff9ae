"""Our policy: what the core folds and decides, without the core around it."""

import math

from benchmarks.pacing.floor import Floor
from cti.core.learning import Knowledge, answer_ppm, learnt_line, learnt_talk, learnt_wrap
from cti.core.ledger import MILLION, Ledger, counted, headroom, window
from cti.core.theta import decided, haste_of_hours, haste_of_room, starting, theta_after
from cti.dialer.pacing.decide import ANY_EXPOSURE, decide
from cti.dialer.pacing.observation import Observation
from cti.dialer.pacing.tables import Tables, tables_of

DAY = 20_000
WINDOW_DAYS = 30
GUARDED_DAYS = 4
"""From a Friday on until Monday, and a day more."""

SPACING_S = 0.5
TABLES_S = 30.0

SOFT, CERTIFICATE = "soft", "certificate"


class Ours:
    """Steered to the ceiling of the day in soft mode; asking the ledger before each line with a certificate. Decisions
    are made half a second apart."""

    def __init__(
        self, agents: int, *, ceiling_ppm: int, mode: str, ledger: Ledger | None = None, spacing_s: float = SPACING_S
    ) -> None:
        self.worst, self.was_over = 0.0, False
        self._ledger = ledger or Ledger(ledger_id="seller")
        self._ceiling_ppm, self._certified = ceiling_ppm, mode == CERTIFICATE
        self._agents = agents
        self._theta = starting(agents, ceiling_ppm)
        self._knowledge = Knowledge(pool_id="pool")
        self._tables: Tables | None = None
        self._tables_s = self._decided_s = -1e9
        self._spacing_s = spacing_s

    @property
    def counted(self) -> tuple[int, int]:
        """Answers and abandoned calls of the legal window."""
        return window(self._ledger, DAY, WINDOW_DAYS)

    def lines(self, at_s: float, floor: Floor) -> int:
        """As many as risk and ledger allow."""
        if at_s - self._decided_s < self._spacing_s:
            return 0
        self._decided_s = at_s
        if self._tables is None or at_s - self._tables_s >= TABLES_S:
            self._tables, self._tables_s = tables_of(self._knowledge), at_s
        theta = math.exp(self._theta.log_u / 1e6) * self._haste(floor.shift.seconds) / 1e6
        room = self._room() if self._certified else ANY_EXPOSURE
        decision = decide(self._observed(at_s, floor), self._tables, theta, room)
        self._theta = decided(self._theta, floor.exposure + decision.lines, blocked=decision.blocked)
        return decision.lines

    def _room(self) -> int:
        return headroom(self._ledger, DAY, ceiling_ppm=self._ceiling_ppm, days=WINDOW_DAYS, guard_days=GUARDED_DAYS)

    @property
    def _day(self) -> tuple[int, int]:
        return window(self._ledger, DAY, 1)

    def _haste(self, shift_s: float) -> int:
        if self._certified:
            return haste_of_room(self._theta, self._room(), agents=self._agents)
        # The campaign dials in the hours of the shift: it is known when they end.
        gone_ppm = round(min(1.0, max(0.0, self._decided_s / shift_s)) * MILLION)
        return haste_of_hours(*self._day, ceiling_ppm=self._ceiling_ppm, agents=self._agents, gone_ppm=gone_ppm)

    def _observed(self, at_s: float, floor: Floor) -> Observation:
        lines_max = floor.shift.tokens(at_s)
        next_leads = floor.next_leads(lines_max)
        kinds = {*next_leads, *(traits for _, traits in floor.ringing.values())}
        likely = {traits: answer_ppm(self._knowledge, traits) for traits in kinds}
        return Observation(
            at=round(at_s * 1_000),
            idle=len(floor.idle),
            waiting=len(floor.waiting),
            talking_ms=tuple(int((at_s - since_s) * 1e3) for since_s in floor.talking.values()),
            wrapping_ms=tuple(int((at_s - since_s) * 1e3) for since_s in floor.wrapping.values()),
            lines=tuple(
                (int((at_s - started_s) * 1e3), likely[traits]) for started_s, traits in floor.ringing.values()
            ),
            next_ppm=tuple(likely[traits] for traits in next_leads),
            lines_max=lines_max,
        )

    def line_over(self, at_s: float, age_s: float, traits: tuple[str, ...], *, answered: bool) -> None:
        """Learnt."""
        at, age_ms = round(at_s * 1_000), round(age_s * 1_000)
        self._knowledge = learnt_line(self._knowledge, at, age_ms, answered=answered, traits=traits)

    def fate_known(self, at_s: float, floor: Floor, *, abandoned: bool) -> None:
        """Counted, and theta follows."""
        target_ppm = self._ceiling_ppm * self._haste(floor.shift.seconds) // MILLION
        self._ledger = counted(self._ledger, DAY, answers=1, abandoned=int(abandoned))
        self._theta = theta_after(self._theta, abandoned=abandoned, target_ppm=target_ppm)
        answers, lost = self.counted
        self.worst = max(self.worst, lost / answers)
        self.was_over = self.was_over or lost > self._ceiling_ppm * answers // MILLION

    def talk_over(self, seconds: float) -> None:
        """Learnt."""
        self._knowledge = learnt_talk(self._knowledge, round(seconds * 1_000))

    def wrap_over(self, seconds: float) -> None:
        """Learnt."""
        self._knowledge = learnt_wrap(self._knowledge, round(seconds * 1_000))


def months_ledger(agents: int, ceiling_ppm: int) -> Ledger:
    """Of 22 shifts on the weekdays before, at 98.5 % of the ceiling: a hard start."""
    answers = 165 * agents
    ledger, told = Ledger(ledger_id="seller"), 0
    weekdays = [day for day in range(DAY - WINDOW_DAYS + 1, DAY) if day % 7 not in (2, 3)][-22:]
    weekdays = weekdays if len(weekdays) == 22 else [weekdays[0] - 1, *weekdays]
    for shift, day in enumerate(weekdays, 1):
        abandoned = answers * shift * ceiling_ppm * 985 // 1_000_000_000
        ledger = counted(ledger, day, answers=answers, abandoned=abandoned - told)
        told = abandoned
    return ledger
