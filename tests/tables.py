"""Tables of the documentation whose cells name tests: reading them, and finding the tests."""

import ast
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


def rows(page: str, letter: str) -> list[list[str]]:
    """The cells of each row whose first is this letter and a number. `page` is a path below the project's root."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0].startswith(letter) and row[0][1:].isdecimal()]


def numbered(table: list[list[str]], letter: str) -> bool:
    """Whether the rows are numbered from 1, without a gap."""
    return [row[0] for row in table] == [f"{letter}{number}" for number in range(1, len(table) + 1)]


def named_in(cell: str) -> list[str]:
    """The tests that a cell names, as `path::function`, each in backticks and with a comma between."""
    return [name.strip().strip("`") for name in cell.split(",")]


def exists(test: str) -> bool:
    """Whether there is such a test, and it is one that is run."""
    path, _, name = test.partition("::")
    return name.startswith("test_") and Path(path).name.startswith("test_") and name in _functions(path)


@lru_cache
def _functions(path: str) -> frozenset[str]:
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
