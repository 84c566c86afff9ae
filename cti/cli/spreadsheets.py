"""Cells of CSV files that people open in spreadsheets: what a program would take for a formula is made a text."""

import re

FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@＝＋－＠]|[\t\r\n]")
HARMLESS = re.compile(r"[+\-][0-9 ().,?/\-]*")
"""Numbers, signed or of telephones, and patterns of them: whatever a program makes of these, it is no more than a
number."""
MARK = "'"
"""What makes a text of a cell, and is not shown."""


def harmless(cell: str) -> str:
    """The cell as it may be written into a CSV file."""
    return f"{MARK}{cell}" if FORMULA.match(cell) and not HARMLESS.fullmatch(cell) else cell


def bare(cell: str) -> str:
    """The cell that was written so."""
    rest = cell.removeprefix(MARK)
    return rest if rest != cell and FORMULA.match(rest) else cell
