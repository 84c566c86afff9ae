"""The table of faults names tests that exist, and every long fault run is in it."""

import ast
import re
from pathlib import Path

import pytest

from cti.engine import PROMISES
from tests.tables import ROOT, exists, named_in, numbered, rows

TABLE = rows("docs/reference/faults.md", "F")
PAIRS = [(row[0], test) for row in TABLE for test in named_in(row[3])]


@pytest.mark.parametrize(("fault", "test"), PAIRS, ids=str)
def test_the_test_exists(fault: str, test: str):
    assert exists(test), f"{fault} names {test}"


def test_the_faults_are_numbered_and_each_row_is_whole():
    assert len(TABLE) >= 40
    assert numbered(TABLE, "F")
    assert {len(row) for row in TABLE} == {4}
    assert all(all(row) for row in TABLE)


def test_every_promise_of_the_engine_is_in_its_table_and_no_other():
    page = (ROOT / "docs/reference/faults.md").read_text(encoding="utf-8")
    table = page.partition("## When a promise cannot be kept")[2]
    named = [name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert len(named) == len(set(named))
    assert set(named) == set(PROMISES)


def test_every_fault_run_is_in_the_table():
    path = Path(__file__).parent / "test_faults.py"
    runs = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.AsyncFunctionDef)}
    named = {test.partition("::")[2] for _, test in PAIRS if test.startswith("tests/chaos/test_faults.py::")}
    assert named == runs
