"""A guard whose removal nobody notices is a finding: some seed of a small set misses each of them."""

import pytest

from cti.core.errors import Fenced
from cti.core.record import Batch
from cti.runtime.decider import Seen
from cti.sim.guards import Guard, journal_for, policy_for, seen_for
from cti.sim.run import run_seeds
from cti.sim.stepping import step

SEEDS = range(1, 26)

LETTERS = {
    Guard.FENCE: "J",
    Guard.DUPLICATES: "J",
    Guard.IN_DOUBT: "N",
    Guard.RESUME: "L",
    Guard.PROMISES: "L",
    Guard.WATCH: "L",
}
"""What goes wrong without it."""


@pytest.mark.parametrize("guard", Guard)
def test_a_guard_that_is_left_out_is_missed(guard):
    missed = next((outcome for outcome in run_seeds(SEEDS, guard) if outcome.letter == LETTERS[guard]), None)
    assert missed is not None
    assert missed.report.endswith(f"To see it again: cti sim --from {missed.seed} --seeds 1 --without {guard}")


def test_nothing_is_left_out_unless_it_is_asked_for():
    journal = journal_for("s", None)
    step(journal.take_over("one"))
    step(journal.take_over("two"))
    with pytest.raises(Fenced):
        step(journal.append(Batch(epoch=1)))
    seen = Seen()
    seen.add("key", "", 1)
    assert seen_for(seen, None).find("key", "") is not None
    assert type(policy_for(None)).__name__ == "Policy"
