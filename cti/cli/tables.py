"""Files with numbers in them, as people keep them: a number a line, or tables with a column of numbers, read row by row
and never much of them in memory."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, Self

from cti.cli.leads.files.csv_table import lines_of_title
from cti.core.errors import CtiError
from cti.lists.errors import SourceRefused
from cti.lists.shape import DELIMITERS, SAMPLE_LINES, Guess, Shape
from cti.lists.source import Readable, Reader, Source
from cti.store.customer_csv.lines import LINE_CHARACTERS_MAX, lines
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import ROW_LINES_MAX, Row, cells_of, rows

IsNumber = Callable[[str], bool]

COLUMNS_MAX = 200
"""Each could be the one with the numbers, and has to be looked at."""


class _Bounded(NamedTuple):
    """A text in a file, as something to read from."""

    reader: Reader
    stream: Readable

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        return self.reader.read(self.stream, size)


class NumberTable:
    """As a context: the open file. `headings` are empty where it has none. `position` of `size` bytes are read."""

    def __init__(self, path: Path, is_number: IsNumber, column: str = "") -> None:
        """Raises `CtiError` for what cannot be read, or where it is not plain which column is meant."""
        self._path = path
        self._source = Source(path)
        try:
            self._lines = lines(self._text())
            first = list(islice(self._lines, SAMPLE_LINES))
            self._above = lines_of_title(first, is_number)
            self._first = first[self._above :]
            self._shape = self._guess(is_number, column)
        except BaseException:
            self._source.close()
            raise
        self.size = self._source.size
        self.delimiter = self._shape.delimiter or ","
        top = next((line for line in self._first if line.strip()), "")
        cells = cells_of(top, self._shape.delimiter) if self._shape.number else [top]
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        self.width = len(cells)
        self.headings = cells if self._shape.header else []

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._source.position

    @property
    def words(self) -> str:
        """Where its numbers are, for people."""
        if not self._shape.number:
            return "a number a line"
        named = [self.headings[place] for place in self._shape.number] if self.headings else []
        return f'column "{" + ".join(named)}"' if all(named) and named else str(self._shape)

    def rows(self) -> Iterator[Row | Rejection]:
        """Each row below the headings; once only."""
        everything = chain(self._first, self._lines)
        self._first = []
        found = self._tabled(everything) if self._shape.number else self._plain(everything)
        yield from islice(found, 1 if self._shape.header else 0, None)

    def number(self, row: Row) -> str:
        """What stands where the number is."""
        return "".join(row.cells[place].strip() for place in self._shape.number) if self._shape.number else row.cells[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()

    def _text(self) -> _Bounded:
        self._texts = self._source.texts()  # kept: it closes what it unpacks when it goes
        text = next(self._texts, None)
        if text is None:
            raise SourceRefused(f"{self._path} has no file in it.")
        if text.name:
            raise SourceRefused(f"{self._path} is an archive. Unpack it, and give one file.")
        return _Bounded(Reader(self._source), text.stream)

    def _guess(self, is_number: IsNumber, column: str) -> Shape:
        sample = [line.strip() for line in _whole(self._first) if line.strip()]
        if not sample:
            raise SourceRefused(f"{self._path} is empty.")
        if any("\x00" in line for line in sample):
            raise SourceRefused(f"{self._path} is no text. Save it as CSV.")
        if max(line.count(delimiter) for line in sample for delimiter in DELIMITERS) >= COLUMNS_MAX:
            raise SourceRefused(f"{self._path} has more than {COLUMNS_MAX} columns. Keep those that are needed.")
        try:
            return Guess(is_number, column).shape(sample)
        except SourceRefused as error:
            raise CtiError(f"{self._path} was not read: {error}") from None

    def _tabled(self, everything: Iterator[str]) -> Iterator[Row | Rejection]:
        yield from rows(everything, self._shape.delimiter, self.width, 1 + self._above)

    def _plain(self, everything: Iterator[str]) -> Iterator[Row | Rejection]:
        for line, text in enumerate(everything, 1):
            if len(text) > LINE_CHARACTERS_MAX:
                yield Rejection(line, f"the line has more than {LINE_CHARACTERS_MAX} characters", "write one number")
            elif text.strip():
                yield Row(line, [text.strip()])


def _whole(found: list[str]) -> Iterator[str]:
    """Each row as one line, also where a cell in quotes has several. A quote that is never closed costs one line."""
    first = 0
    while first < len(found):
        end = first + 1
        while end - first < ROW_LINES_MAX and end < len(found) and "".join(found[first:end]).count('"') % 2:
            end += 1
        row = found[first:end]
        if "".join(row).count('"') % 2:
            row = row[:1]
        yield " ".join(row)
        first += len(row)
