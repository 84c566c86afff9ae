"""Tables of text: cells between commas, semicolons, tabs or bars."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

from cti.cli.leads.files.table import CELLS_KEPT_CHARACTERS, TITLES_MAX, BadRow, Row, named, titles_above
from cti.cli.leads.files.text import Remembered, TextFile
from cti.lists.errors import SourceRefused
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import DELIMITERS, cells_of, rows

SAMPLE_LINES = 200


class CsvTable:
    """The first line that is not empty, below titles, has the headings, unless a number stands in it."""

    def __init__(self, path: Path, encoding: str, is_number: Callable[[str], bool]) -> None:
        self._file = TextFile(path, encoding)
        try:
            first = [line for line in islice(self._file.lines(), SAMPLE_LINES) if line.strip()]
            if not first:
                raise SourceRefused(f"{path} is empty.")
            if first[0].lstrip().startswith("<"):
                raise SourceRefused(f"{path} is a web page or XML, and no table. Save it as CSV.")
            self._delimiter = _delimiter(first[_undivided(first) :])
            self._titles = titles_in(first, self._delimiter, is_number)
            cells = cells_of(first[self._titles], self._delimiter) or [first[0]]
            while len(cells) > 1 and not cells[-1].strip():
                cells.pop()
            self._has_headings = not any(is_number(cell) for cell in cells)
            self.headings = named(cells if self._has_headings else [""] * len(cells), path)
        except BaseException:
            self.close()
            raise
        self.identity = self._file.source.identity
        self.size = self._file.source.size

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._file.source.position

    @property
    def words(self) -> str:
        """Its separator, and whether it has headings."""
        between = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[self._delimiter]
        titles = f", headings below {self._titles} lines of title" if self._titles > 1 else ", headings below a title"
        headings = (titles if self._titles else "") if self._has_headings else ", and no headings"
        return f"CSV, with {between} between cells{headings}"

    def rows(self) -> Iterator[Row | BadRow]:
        """Each row, from the first."""
        remembered = Remembered(self._file.lines(), 1)
        skipped = above = 0
        first = ""
        while self._has_headings or not first:
            first = next(remembered, "")
            skipped += 1
            above += bool(first.strip())
            if above > self._titles:
                break
        lines: Iterator[str] = remembered if self._has_headings else chain([first], remembered)
        begins_at = skipped + 1 if self._has_headings else skipped
        for found in rows(lines, self._delimiter, len(self.headings), begins_at):
            if isinstance(found, Rejection):
                stands_there = (remembered.at(found.line)[:CELLS_KEPT_CHARACTERS],)
                yield BadRow(found.line, found.what, found.remedy, stands_there)
            else:
                yield Row(found.line, found.cells)
        self._file.source.check_unchanged()

    def close(self) -> None:
        """Let go of the file."""
        self._file.source.close()


def lines_of_title(first: list[str], is_number: Callable[[str], bool]) -> int:
    """How many of a text's first lines, empty ones with them, stand above its headings."""
    filled = [place for place, line in enumerate(first) if line.strip()]
    texts = [first[place] for place in filled]
    titles = titles_in(texts, _delimiter(texts[_undivided(texts) :]), is_number) if texts else 0
    return filled[titles] if titles else 0


def titles_in(first: list[str], delimiter: str, is_number: Callable[[str], bool]) -> int:
    """How many of a text's first lines, of which none is empty, are titles."""
    return titles_above([cells_of(line, delimiter) for line in first[:TITLES_MAX]], is_number)


def _undivided(first: list[str]) -> int:
    """How many of the first lines no separator divides, while one divides the next."""
    divided = (any(len(cells_of(line, each)) > 1 for each in DELIMITERS) for line in first[:TITLES_MAX])
    return next((place for place, is_divided in enumerate(divided) if is_divided), 0)


def _delimiter(first: list[str]) -> str:
    """The one that makes the most columns of the headings, and is in the lines below as well."""

    def worth(delimiter: str) -> tuple[int, int]:
        widths = [len(cells_of(line, delimiter)) for line in first[:20]]
        return (sum(width == widths[0] for width in widths) if widths[0] > 1 else 0, widths[0])

    return max(DELIMITERS, key=worth)
