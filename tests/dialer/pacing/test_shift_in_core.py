"""Twenty minutes of a predictive campaign in the real core, in the world that its figures are from: agents are kept
busy, each answer counts, and the ceiling holds at every instant. One line for each free agent keeps 66 % busy."""

from typing import Any

from benchmarks.pacing.core import Core
from benchmarks.pacing.places import Drifting
from benchmarks.pacing.shift import Outcome, Shift
from cti.core.ledger import MILLION, Ledger

AGENTS, SECONDS = 10, 1_200
CEILING_PPM = 30_000


class Watched(Core):
    """Looks at the ledger after each turn."""

    greatest_ppm, was_blocked = 0, False

    def _take(self, event: Any) -> None:
        super()._take(event)
        answers, abandoned = self.counted
        self.greatest_ppm = max(self.greatest_ppm, abandoned * MILLION // max(1, answers))
        pool = self.state.pools.get("b1")
        self.was_blocked = self.was_blocked or (pool is not None and pool.theta.blocked)


def ledger(answers: int, abandoned: int) -> Ledger:
    """What came before."""
    return Ledger(ledger_id="seller", days=((20_000, answers, abandoned),))


def played(before: Ledger) -> tuple[Watched, Outcome]:
    core = Watched(AGENTS, ceiling_ppm=CEILING_PPM, certain=True, ledger=before)
    return core, Shift(Drifting(5), AGENTS, seconds=SECONDS).run(core)


def test_agents_are_busy_and_every_answer_counts() -> None:
    core, outcome = played(ledger(answers=36_000, abandoned=1_060))
    assert outcome.busy_s > 0.75 * AGENTS * SECONDS
    assert core.counted == (36_000 + outcome.joined + outcome.abandoned, 1_060 + outcome.abandoned)
    assert core.greatest_ppm <= CEILING_PPM


def test_a_ceiling_that_is_near_holds_at_every_instant() -> None:
    core, outcome = played(ledger(answers=1_000, abandoned=24))
    assert core.was_blocked
    assert outcome.abandoned
    assert core.greatest_ppm <= CEILING_PPM
    assert outcome.busy_s > 0.6 * AGENTS * SECONDS
