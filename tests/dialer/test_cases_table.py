"""The tables of compliance cases and of cases of dialing name tests that exist."""

import pytest

from tests.tables import exists, named_in, numbered, rows

TABLE = rows("docs/reference/compliance-cases.md", "C")
DIALING = rows("docs/reference/dialer-cases.md", "D")
BAD_DAYS = rows("docs/reference/dialer-cases.md", "B")


def named() -> list[tuple[str, str]]:
    """Each case with each of its tests."""
    return [(row[0], test) for row in (*TABLE, *DIALING, *BAD_DAYS) for test in named_in(row[3])]


@pytest.mark.parametrize(("case", "test"), named(), ids=str)
def test_the_test_of_a_case_exists(case: str, test: str):
    assert exists(test), f"{case} names {test}"


def test_the_cases_are_numbered_and_each_row_is_whole():
    assert len(TABLE) == 25
    assert [row[0] for row in DIALING] == [f"D{number}" for number in range(26, 61)]
    assert all(len(row) == 4 and all(row) for row in (*DIALING, *BAD_DAYS))
    assert numbered(BAD_DAYS, "B")
    assert numbered(TABLE, "C")
    assert {len(row) for row in TABLE} == {4}
    assert all(all(row) for row in TABLE)


@pytest.mark.parametrize("row", DIALING, ids=lambda row: row[0])
def test_a_case_of_dialing_is_found_by_its_number(row: list[str]):
    """Some test of each has the number in its name."""
    assert any(f"test_{row[0].lower()}_" in test for test in named_in(row[3])), row[0]
