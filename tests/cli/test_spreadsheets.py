"""What spreadsheets would take for a formula is a text."""

import pytest

from cti.cli.spreadsheets import bare, harmless

FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "-A1",
    "+A1",
    "=",
    "@",
]
TEXTS = ["", "asked on the phone", "a=b", "13055550123", "O'Brien", "'tis", "été"]
NUMBERS = ["+13055550123", "+1305", "+1305555????", "+1 (305) 555-0123", "-12.50", "-", "+"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_made_a_text_and_comes_back(cell):
    assert harmless(cell) == f"'{cell}"
    assert bare(harmless(cell)) == cell


@pytest.mark.parametrize("cell", TEXTS + NUMBERS)
def test_texts_and_numbers_stay_as_they_are(cell):
    assert harmless(cell) == cell
    assert bare(cell) == cell
