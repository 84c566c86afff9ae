"""What may stand in a cell. Text stays text: a cell that a spreadsheet would compute is kept as it is written."""

import math
import re

CELL_CHARACTERS_MAX = 1_000

LOST = "\ufffd"
# Everything that is no character to look at, but for the tab and the line feed.
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?P<group>[., '’])[0-9]{3}((?P=group)[0-9]{3})*((?!(?P=group))[.,][0-9]+)?")


class BadCell(Exception):
    """A cell cannot be taken: what is wrong, and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def one_line(cell: str) -> str:
    """The text of a cell, its spaces and line breaks made single spaces."""
    return " ".join(_checked(cell).split())


def several_lines(cell: str) -> str:
    """The text of a cell, line by line."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in _checked(cell).split("\n"))))


def amount(cell: str) -> float | None:
    """A number with a point or a comma before its fraction, perhaps with its thousands apart; None for an empty cell.
    One that could be read either way is refused."""
    text = one_line(cell)
    if not text:
        return None
    bare = text
    if grouped := GROUPED.fullmatch(text):
        if grouped["group"] in ".," and text.count(grouped["group"]) == 1 and grouped[3] is None:
            raise BadCell(f"its value {text} can be read in two ways", "write it without a separator for thousands")
        bare = text.replace(grouped["group"], "")
    bare = bare.replace(",", ".")
    if not PLAIN.fullmatch(bare) or not math.isfinite(float(bare)):
        raise BadCell(f"its value {text[:40]!r} is no number", "write a plain number such as 1250.50")
    return float(bare)


def _checked(cell: str) -> str:
    if len(cell) > CELL_CHARACTERS_MAX:
        raise BadCell(f"a cell has more than {CELL_CHARACTERS_MAX} characters", "shorten it")
    if cell.isascii() and cell.isprintable():
        return cell  # as most are: nothing to look for
    if LOST in cell:
        raise BadCell("it has characters that are not UTF-8", 'save the file as "CSV UTF-8"')
    if UNWANTED.search(cell):
        raise BadCell("it has control characters", 'remove them, or save the file as "CSV UTF-8"')
    return cell
