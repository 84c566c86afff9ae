"""Lines to rows of cells. A row that cannot be read costs one line, and the next line begins a new row.

That is what a missing quote makes necessary: to the standard reader everything up to the next quote, many rows on, is
one cell. So a row that does not come out right is given back but for its first line.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from cti.store.customer_csv.lines import LINE_CHARACTERS_MAX
from cti.store.customer_csv.report import Rejection

ROW_LINES_MAX = 50
"""A cell in quotes may have several lines, such as an address."""

DELIMITERS = ",;\t|"

MEND_QUOTES = 'put the whole cell in quotes and write each quote inside it as ""'


class Row(NamedTuple):
    """The cells of a row, and the line (from 1) where it begins."""

    line: int
    cells: list[str]


class _Unreadable(Exception):
    """The lines of this row make no row: what is wrong, and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class _Feed:
    """The lines on their way to the reader, remembered until their row is whole."""

    def __init__(self, lines: Iterator[str], first_line: int) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self.line = first_line

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self._taken) == ROW_LINES_MAX:
            raise _Unreadable(f"a quote is opened and not closed within {ROW_LINES_MAX} lines", MEND_QUOTES)
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        if len(line) > LINE_CHARACTERS_MAX:
            raise _Unreadable(f"the line has more than {LINE_CHARACTERS_MAX} characters", "shorten its cells")
        return line + "\n"

    def keep(self) -> None:
        """The row is whole: its lines are done."""
        self.line += len(self._taken)
        self._taken = []

    def skip_first(self) -> None:
        """The row is not one: only its first line is done, the others come again."""
        self._again.extendleft(reversed(self._taken[1:]))
        self._taken = self._taken[:1]
        self.keep()


def rows(lines: Iterator[str], delimiter: str, width: int, first_line: int) -> Iterator[Row | Rejection]:
    """Each row with exactly `width` cells; empty lines are passed over, and so are empty cells beyond the last column.
    `first_line` is the number of the next line."""
    feed = _Feed(lines, first_line)
    # Strict: a quote in the wrong place is an error, not a guess.
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        line = feed.line
        try:
            cells = next(reader)
            _check_width(cells, width)
        except StopIteration:
            return
        except csv.Error:
            feed.skip_first()
            yield Rejection(line, "its quotes do not match", MEND_QUOTES)
        except _Unreadable as error:
            feed.skip_first()
            yield Rejection(line, error.what, error.remedy)
        else:
            feed.keep()
            if any(cells):
                yield Row(line, cells[:width])


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line; none when it is not a row."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _check_width(cells: list[str], width: int) -> None:
    if any(cells[width:]) or (any(cells) and len(cells) < width):
        raise _Unreadable(
            f"it has {len(cells)} cells, but the first line names {width} columns",
            "put cells that contain a separator or a line break in quotes",
        )
