"""The tables of compliance cases and of cases of dialing name tests that exist."""

import pytest

from tests.tables import exists, named_in, numbered, rows

TABLE = rows("docs/reference/compliance-cases.md", "C")
DIALING = rows("docs/reference/dialer-cases.md", "D")


def named() -> list[tuple[str, str]]:
    """Each case with each of its tests."""
    return [(row[0], test) for row in (*TABLE, *DIALING) for test in named_in(row[3])]


@pytest.mark.parametrize(("case", "test"), named(), ids=str)
def test_the_test_of_a_case_exists(case: str, test: str):
    assert exists(test), f"{case} names {test}"


def test_the_cases_are_numbered_and_each_row_is_whole():
    assert len(TABLE) == 25
    assert all(len(row) == 4 and all(row) for row in DIALING)
    assert numbered(TABLE, "C")
    assert {len(row) for row in TABLE} == {4}
    assert all(all(row) for row in TABLE)
