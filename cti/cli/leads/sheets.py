"""A spreadsheet, or JSON lines, as a wash reads files: by the reader of imports, each row with one number."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from cti.cli.leads.files.opening import OLD_SPREADSHEET, open_table
from cti.cli.leads.files.table import BadRow
from cti.cli.leads.importing import sample_of
from cti.cli.leads.mapping import NUMBERS, guess, said
from cti.core.errors import CtiError
from cti.lists.source import ZIP_MARKS, Source
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import Row

SAMPLE_ROWS = 200


def is_sheet(path: Path) -> bool:
    """Whether it is no text with a row a line. Raises `CtiError` where it cannot be read."""
    with Source(path) as source:
        head = source.head(8)
        old = head.startswith(OLD_SPREADSHEET)
        return old or head.lstrip()[:1] == b"{" or (head[:4] in ZIP_MARKS and source.is_spreadsheet())


class SheetTable:
    """As `cti.cli.tables.NumberTable`: as a context, the open file. What comes out of it is written with commas."""

    delimiter = ","

    def __init__(self, path: Path, is_number: Callable[[str], bool], column: str = "", sheet: str = "") -> None:
        """Raises `CtiError` for what cannot be read, or where no column has numbers."""
        self._table = open_table(path, is_number, sheet=sheet)
        try:
            told = [f"{column}=number"] if column else []
            columns = said(guess(self._table.headings, sample_of(self._table, SAMPLE_ROWS), is_number), told)
            every = [place for place, each in enumerate(columns.columns) if each.field in NUMBERS]
            named = [place for place in every if columns.columns[place].field == "number"]
            self._places = named if column else every
            if not self._places:
                raise CtiError(f"{path} was not read: no column is one of numbers. Say which with --column.")
        except BaseException:
            self._table.close()
            raise
        self.headings = list(self._table.headings)
        self.size = self._table.size

    @property
    def position(self) -> int:
        """How much of `size` was read."""
        return self._table.position

    @property
    def words(self) -> str:
        """What it is, and where its numbers are."""
        named = ", ".join(f'"{self.headings[place]}"' for place in self._places)
        return f"{self._table.words}; numbers in {named}"

    def rows(self) -> Iterator[Row | Rejection]:
        """Each row below the headings."""
        for row in self._table.rows():
            if isinstance(row, BadRow):
                yield Rejection(row.line, row.what, row.remedy)
            else:
                yield Row(row.line, list(row.cells))

    def number(self, row: Row) -> str:
        """The first one of the row, in the order of its columns."""
        return next((row.cells[place].strip() for place in self._places if row.cells[place].strip()), "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._table.close()
