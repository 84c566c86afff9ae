"""The simulation finds nothing wrong, and would: take a guard away and it does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KEPT = [
    int(line.split()[0])
    for line in (Path(__file__).parent / "seeds" / "kept.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
FRESH = 40


def sim(*arguments: str) -> tuple[int, dict[str, int], str]:
    """Run `cti sim`; its exit status, its last line, and what it told of violations."""
    command = [sys.executable, "-m", "cti", "sim", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr


@pytest.mark.parametrize("seed", KEPT)
def test_kept_seeds_pass(seed: int) -> None:
    status, result, told = sim("--from", str(seed), "--seeds", "1")
    assert (status, result["violations"]) == (0, 0), told


def test_fresh_seeds_pass() -> None:
    first = int.from_bytes(os.urandom(4), "big")
    status, result, told = sim("--from", str(first), "--seeds", str(FRESH))
    assert (status, result["violations"]) == (0, 0), told
    assert result["contacts"] > 5 * FRESH


@pytest.mark.parametrize(("guard", "seed"), [("fence", 5), ("duplicates", 2), ("in-doubt", 7)])
def test_a_missing_guard_is_noticed_and_the_failure_can_be_repeated(guard: str, seed: int) -> None:
    status, result, told = sim("--from", str(seed), "--seeds", "1", "--without", guard)
    assert (status, result["violations"]) == (1, 1)
    assert f"again: cti sim --from {seed} --seeds 1 --without {guard}" in told


def test_a_seed_tells_the_same_story_under_every_hash_seed() -> None:
    stories = set()
    for hash_seed in ("0", "1", "77"):
        command = [sys.executable, "-m", "cti", "sim", "--json", "--from", "7", "--seeds", "1", "--without", "in-doubt"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
        stories.add(done.stderr)
    assert len(stories) == 1
