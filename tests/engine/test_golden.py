"""Recorded days: they fold to the state they came to, and rules of the same logic decide them again the same way."""

import os
import subprocess
import sys

import msgspec
import pytest

from cti import engine
from cti.core.codec import decode
from tests import holds
from tests.engine.golden.replay import FOLDER, decide_again, digest, fold, read

pytestmark = pytest.mark.thorough

JOURNALS = sorted(FOLDER.glob("*.jsonl"))
OF_THIS_LOGIC = FOLDER / f"logic-{engine.LOGIC}.jsonl"


def expected(path):
    return path.with_suffix(".sha256").read_text(encoding="utf-8").strip()


def test_there_is_a_journal_of_this_logic():
    assert OF_THIS_LOGIC in JOURNALS


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_a_journal_folds_to_the_state_it_came_to(path):
    state = fold(read(path))
    assert digest(state) == expected(path)
    holds.check(state)


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_a_journal_whose_personal_values_were_emptied_still_verifies_and_folds(path):
    rows = [msgspec.structs.replace(row, personal=None) for row in read(path)]
    holds.check(fold(rows))


def test_the_rules_decide_again_what_is_recorded():
    assert digest(decide_again(read(OF_THIS_LOGIC))) == expected(OF_THIS_LOGIC)


def test_folding_from_any_snapshot_on_comes_to_the_same_state():
    rows = read(OF_THIS_LOGIC)
    for place in range(50, len(rows), 100):
        state = engine.restore("main", engine.capture(fold(rows[:place])))
        for row in rows[place:]:
            engine.fold(state, decode(row))
        assert digest(state) == expected(OF_THIS_LOGIC)


def test_hash_seeds_make_no_difference():
    """Three processes whose sets and dictionaries of text are ordered otherwise."""
    command = [sys.executable, "-m", "tests.engine.golden.replay", str(OF_THIS_LOGIC)]
    running = [
        subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for seed in ("0", "1", "4242")
    ]
    outputs = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert set(outputs) == {expected(OF_THIS_LOGIC)}
