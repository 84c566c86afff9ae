"""`cti sim`, as a person or a program runs it."""

import json
import subprocess
import sys

import pytest


def sim(*arguments):
    command = [sys.executable, "-m", "cti", "sim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_ends_with_one_line_for_programs():
    done = sim("--seeds", "2", "--from", "7", "--json")
    assert done.returncode == 0
    [line] = done.stdout.splitlines()
    result = json.loads(line)
    assert list(result) == ["seeds", "contacts", "violations"]
    assert (result["seeds"], result["violations"]) == (2, 0)
    assert result["contacts"] > 20


def test_people_get_words():
    done = sim("--seeds", "1")
    assert done.returncode == 0
    assert done.stdout.endswith("no violations\n")


def test_what_became_of_calls_is_told_by_rule():
    done = sim("--seeds", "2", "--world", "calling", "--json")
    calls = json.loads(done.stdout)["calls"]
    assert calls["asked"] >= calls["allowed"] + sum(calls["refused"].values())
    assert calls["refused"]["HOURS"] > 0
    said = sim("--seeds", "2", "--world", "calling").stdout
    assert f"{calls['asked']} calls asked for, {calls['allowed']} allowed" in said


def test_a_violation_is_told_and_fails():
    done = sim("--seeds", "3", "--without", "duplicates", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["violations"] > 0
    assert "To see it again: cti sim --from" in done.stderr


@pytest.mark.parametrize("arguments", [("--without", "brakes"), ("--seeds", "many")])
def test_nonsense_is_refused(arguments):
    done = sim(*arguments)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert arguments[1] in said
    assert "Traceback" not in said
