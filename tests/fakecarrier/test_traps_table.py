"""The table of carrier traps names tests that exist: of the fake carrier, and of the server."""

import re

import pytest

from tests.tables import exists, named_in, numbered, rows

TABLE = rows("docs/reference/carrier-traps.md", "T")
CARRIER_ONLY = re.compile(r"carrier only: \w+")


def named(column: int) -> list[tuple[str, str]]:
    """Each trap with each test that this column names."""
    cells = [(row[0], row[column]) for row in TABLE if not CARRIER_ONLY.fullmatch(row[column])]
    return [(trap, test) for trap, cell in cells for test in named_in(cell)]


@pytest.mark.parametrize(("trap", "test"), named(3), ids=str)
def test_the_test_of_the_fake_carrier_exists(trap: str, test: str):
    assert test.startswith("tests/fakecarrier/")
    assert exists(test), f"{trap} names {test}"


@pytest.mark.parametrize(("trap", "test"), named(4), ids=str)
def test_the_test_of_the_server_exists(trap: str, test: str):
    assert not test.startswith("tests/fakecarrier/")
    assert exists(test), f"{trap} names {test}"


def test_the_traps_are_numbered_and_each_row_is_whole():
    assert len(TABLE) > 50
    assert numbered(TABLE, "T")
    assert {len(row) for row in TABLE} == {5}
    assert all(all(row) for row in TABLE)


def test_only_the_column_of_the_server_may_say_that_a_trap_is_not_its_own():
    assert not any(CARRIER_ONLY.match(row[3]) for row in TABLE)


@pytest.mark.parametrize("test", ["-", "", "tests/none.py::test_x", "tests/tables.py::exists", "carrier only"])
def test_a_test_that_is_none_is_found(test: str):
    assert not exists(test)
