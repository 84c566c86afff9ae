"""Spreadsheets (XLSX). They are archives of XML, so they are looked over before the library opens them.

A workbook of a few kilobytes can claim a billion rows, hold a text of gigabytes, or unpack without an end. Sizes are
taken from the archive's own directory, beyond which its members are not read; rows and columns are counted here.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cti.cli.leads.files.table import COLUMNS_MAX, TITLES_MAX, BadRow, Row, named, titles_above
from cti.core.errors import CtiError
from cti.lists.source import EXPANSION_FREE_BYTES, EXPANSION_MAX, MEMBERS_MAX, Source

ROWS_MAX = 1_048_576
"""As many as a sheet may have."""
EMPTY_ROWS_MAX = 10_000
"""Behind so many rows with nothing in them, nothing is looked for any more."""
MEMBER_BYTES_MAX = 2 * 1024**3
TEXTS_BYTES_MAX = 256 * 1024**2
"""Of the texts that cells share: the library holds all of them in memory."""
TEXTS, SHEETS = "xl/sharedStrings.xml", "xl/worksheets/"
LOOK_BYTES = 64 * 1024
COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
ROOT = re.compile(rb"<[A-Za-z]")

BROKEN = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    EOFError, OSError, NotImplementedError, OverflowError, RecursionError, AssertionError,
)  # fmt: skip
"""What the library raises over workbooks that are none."""


class XlsxTable:
    """One sheet: the first that can be seen, or the one that is named. Its first row that is not empty, below titles,
    has the headings, unless a number stands in it."""

    def __init__(self, path: Path, sheet: str, is_number: Callable[[str], bool]) -> None:
        self._path = path
        self._source = Source(path)
        self.identity = self._source.identity
        self.size = 1
        try:
            self._look_over()
            self._sheet = self._opened(sheet)
            self.size = max(1, min(self._sheet.max_row or ROWS_MAX, ROWS_MAX))
            self._row = 0
            first = list(islice(self._cells(), TITLES_MAX))
            if not first:
                raise CtiError(f"{path}: the sheet {self._sheet.title!r} is empty.")
            line, cells = first[titles_above([cells for _, cells in first], is_number)]
            self._has_titles = line != first[0][0]
            self._has_headings = not any(is_number(cell) for cell in cells)
            self._headings_line = line if self._has_headings else 0
            self.headings = named(cells if self._has_headings else [""] * len(cells), path)
        except BaseException:
            self.close()
            raise

    @property
    def position(self) -> int:
        """How many rows were read."""
        return self._row

    @property
    def words(self) -> str:
        """Which sheet it is, which others there are to be named, and where it has headings."""
        others = [name for name in self._others if name != self._sheet.title]
        beside = f" (others: {', '.join(others)})" if others else ""
        headings = f", headings in row {self._headings_line}" if self._has_titles else ""
        headings = headings if self._has_headings else ", and no headings"
        return f"XLSX, sheet {self._sheet.title!r}{beside}{headings}"

    def rows(self) -> Iterator[Row | BadRow]:
        """Each row, from the first."""
        width = len(self.headings)
        for line, cells in self._cells():
            if line <= self._headings_line:
                continue
            if len(cells) > width:
                what = f"it has {len(cells)} cells, but the headings name {width} columns"
                yield BadRow(line, what, "give every column a heading", cells)
            else:
                yield Row(line, cells + [""] * (width - len(cells)))

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    def _look_over(self) -> None:
        self._source.check_directory()
        try:
            with zipfile.ZipFile(self._source.whole()) as archive:
                members = archive.infolist()
                if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > self._unpacked_max():
                    raise CtiError(f"{self._path} unpacks to far more than a list of leads needs. Save it as CSV.")
                for member in members:
                    most = TEXTS_BYTES_MAX if member.filename == TEXTS else MEMBER_BYTES_MAX
                    if member.file_size > most:
                        raise CtiError(f"{self._path} is too large for a spreadsheet. Save it as CSV.")
                    if member.filename.endswith((".xml", ".rels")):
                        _check_plain(archive, member, self._path)
        except BROKEN as error:
            raise self._broken() from error

    def _unpacked_max(self) -> int:
        return EXPANSION_FREE_BYTES + EXPANSION_MAX * self._source.size

    def _opened(self, wanted: str) -> Any:
        try:
            book = load_workbook(self._source.whole(), read_only=True, data_only=True, keep_links=False)
        except BROKEN as error:
            raise self._broken() from error
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if wanted and wanted not in book.sheetnames:
            raise CtiError(f"{self._path} has no sheet {wanted!r}; it has {', '.join(book.sheetnames)}.")
        if not wanted and not visible:
            raise CtiError(f"{self._path} has no sheet that can be seen.")
        self._others = () if wanted else tuple(sheet.title for sheet in visible)
        return book[wanted] if wanted else visible[0]

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not empty, with its number and its cells as text."""
        empty = 0
        try:
            found = self._sheet.iter_rows(max_row=ROWS_MAX, max_col=COLUMNS_MAX + 1, values_only=True)
            for line, values in enumerate(found, 1):
                self._row = line
                cells = [_text(value) for value in values]
                while cells and not cells[-1].strip():
                    cells.pop()
                empty = 0 if cells else empty + 1
                if empty > EMPTY_ROWS_MAX:
                    return
                if cells:
                    yield line, cells
        except BROKEN as error:
            raise self._broken() from error

    def _broken(self) -> CtiError:
        return CtiError(f"{self._path} is cut off or damaged: it is no spreadsheet. Save it again, or as CSV.")


def _check_plain(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """XML may declare names for text that is much longer, or is in other files. Spreadsheets declare nothing, and begin
    with what they are."""
    with archive.open(member) as stream:
        head = COMMENT.sub(b"", stream.read(LOOK_BYTES).replace(b"\x00", b""))
    if b"<!DOCTYPE" in head or b"<!--" in head or not ROOT.search(head):
        raise CtiError(f"{path} begins as no spreadsheet does. Save it again, or as CSV.")


def _text(value: Any) -> str:
    """A cell as people see it: whole numbers without a point, dates as they are written everywhere."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime):
        is_day = value.time() == time() and value.tzinfo is None
        return value.date().isoformat() if is_day else value.isoformat(sep="T", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
