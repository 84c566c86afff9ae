"""The table of carrier traps names tests that exist."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "reference" / "carrier-traps.md"


def rows() -> list[list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.read_text().splitlines()]
    return [row for row in cells if row[0].startswith("T") and row[0][1:].isdecimal()]


def named_tests() -> list[tuple[str, str]]:
    """Each trap with each test that its last two columns name; `-` names none."""
    return [
        (row[0], name.strip().strip("`"))
        for row in rows()
        for cell in row[3:5]
        for name in cell.split(",")
        if name.strip() != "-"
    ]


@pytest.mark.parametrize(("trap", "test"), named_tests(), ids=lambda value: value.rpartition("::")[2])
def test_the_test_exists(trap: str, test: str):
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in functions, f"{trap} names {test}"


def test_the_traps_are_numbered_and_each_has_a_test_of_the_fake():
    table = rows()
    assert [row[0] for row in table] == [f"T{number}" for number in range(1, len(table) + 1)]
    assert all(len(row) == 5 and row[3].startswith("`tests/fakecarrier/") for row in table)
