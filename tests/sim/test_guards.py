"""A guard whose removal nobody notices is a finding: some seed of a small set misses each of them."""

import msgspec
import pytest

from cti.acd import nailed_up
from cti.conversation import parting
from cti.core.apply import contacts
from cti.core.errors import Fenced
from cti.core.placing import originate
from cti.core.record import Batch
from cti.dialer import placing
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


@pytest.mark.parametrize("guard", LETTERS)
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


def without_a_room_of_ones_own(monkeypatch):
    """Who gives a caller away stays in the room with it, and so does whoever was asked to go."""
    monkeypatch.setattr(contacts, "give_up_room", lambda *_: None)
    monkeypatch.setattr(nailed_up, "_somebody_stays", lambda *_: False)


def without_those_who_wait(monkeypatch):
    """Who was put on hold is done with when the agent is gone."""
    monkeypatch.setattr(parting, "_left_waiting", lambda *_: False)


def with_supervisors_who_come_in_unmuted(monkeypatch):
    """As they will be heard by what is known when they are rung."""

    def loud(state, leg):
        return msgspec.structs.replace(originate(state, leg), muted=False)

    monkeypatch.setattr(placing, "originate", loud)


@pytest.mark.parametrize(
    ("leave_out", "letter", "seeds"),
    [
        (without_a_room_of_ones_own, "B", range(37, 81)),
        (without_those_who_wait, "C", range(61, 81)),
        (with_supervisors_who_come_in_unmuted, "P", range(1, 11)),
    ],
)
def test_what_protects_conversations_is_missed(leave_out, letter, seeds, monkeypatch):
    leave_out(monkeypatch)
    assert any(outcome.letter == letter for outcome in run_seeds(seeds))
