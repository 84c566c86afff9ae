"""A function is at most 70 lines, a file at most 500, unless `exceptions.py` says why not."""

import ast
from collections.abc import Iterator

import pytest

from tests.house import exceptions
from tests.house.sources import Source, sources

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500


def functions(source: Source) -> Iterator[tuple[str, int]]:
    """Every function as (`path::Class.function`, lines), from its `def` to its end, the functions inside included."""

    def inside(node: ast.AST, owner: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            name = owner
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{owner}.{child.name}" if owner else child.name
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{source.path}::{name}", (child.end_lineno or 0) - child.lineno + 1
            yield from inside(child, name)

    return inside(source.tree(), "")


def too_long(found: list[Source]) -> dict[str, str]:
    """What is too long, and how long it is, by the name that `exceptions.py` would give it."""
    files = {source.path: len(source.text.splitlines()) for source in found}
    lengths = dict(length for source in found for length in functions(source))
    return {name: f"{name} has {lines} lines" for name, lines in files.items() if lines > FILE_LINES_MAX} | {
        name: f"{name} has {lines} lines" for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX
    }


@pytest.fixture(scope="module")
def found():
    """What is too long in this repository."""
    return too_long(sources("cti", "tests", "benchmarks", "tools"))


def test_nothing_is_too_long_without_a_reason(found):
    excused = exceptions.FILES | exceptions.FUNCTIONS
    assert [what for name, what in found.items() if name not in excused] == []


def test_every_exception_is_needed_and_has_a_reason(found):
    excused = exceptions.FILES | exceptions.FUNCTIONS
    assert [name for name, reason in excused.items() if name not in found or not reason.strip()] == []


def test_a_long_function_and_a_long_file_are_found():
    method = "class A:\n    def f(self):\n" + "        pass\n" * 69
    assert too_long([Source("cti/x.py", method)]) == {}
    assert list(too_long([Source("cti/x.py", method + "        pass\n")])) == ["cti/x.py::A.f"]
    assert too_long([Source("cti/x.py", "x = 1\n" * 500)]) == {}
    assert list(too_long([Source("cti/x.py", "x = 1\n" * 501)])) == ["cti/x.py"]
