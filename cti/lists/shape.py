"""Where the numbers stand in the lines of a file, guessed from its first lines.

Registries publish a number a line, or the area code and the rest of it in two columns, or tables with much else in
them; changes come with a sign before the number, or with a column that says what to do.
"""

import csv
import re
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from cti.lists.errors import SourceRefused

SAMPLE_LINES = 200
DELIMITERS = ",;\t|"
COLUMNS_MAX = 100
HEADING_CHARACTERS_MAX = 40
USUAL = 0.9
"""The part of the lines in which a column has to be what it is taken for: there may be bad lines among the first,
too."""
POSSIBLE = 0.5
"""From this part on, it could be meant."""

LETTER, DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
NUMBER_HEADING = re.compile(r"phone|tel|number|numero|nummer|mobile|msisdn", re.IGNORECASE)
PLACES = re.compile(r"[1-9][0-9]?(\+[1-9][0-9]?)?")
AREA_CODE, REST_OF_NUMBER = re.compile(r"[2-9][0-9]{2}"), re.compile(r"[2-9][0-9]{6}")

ADD = {"+", "a", "add", "added", "addition"}
REMOVE = {"-", "d", "del", "delete", "deleted", "remove", "removed", "removal"}

Row = list[str]


class Shape(msgspec.Struct, frozen=True):
    """Which columns (from 0) hold the number: one, or two that make it together; none where the line is the number. The
    column `action` (-1: none) says what to do with it. `header`: the first line is only headings. `alone`: a line has
    nothing else in it."""

    delimiter: str = ""
    number: tuple[int, ...] = ()
    action: int = -1
    header: bool = False
    alone: bool = False

    def cells(self, line: str) -> Row:
        """The cells of a line; none when its quotes do not match."""
        return _cells(line, self.delimiter)

    def finder(self) -> re.Pattern[bytes]:
        """Finds the number's cells in lines; a line in which it finds nothing may still be readable."""
        mark = re.escape(self.delimiter)
        cell = rf'(?:"(?:[^"\n]|"")*+"|[^{mark}"\n][^{mark}\n]*+|)'
        cells = mark.join(f"({cell})" if column in self.number else cell for column in range(self.number[-1] + 1))
        return re.compile(rf"^{cells}(?:{mark}.*)?$".encode(), re.MULTILINE)

    def __str__(self) -> str:
        if not self.number:
            return "a number a line"
        return f"column {'+'.join(str(column + 1) for column in self.number)}"


class Guess:
    """Takes `is_number`, which says of a text whether it is a telephone number, and `column`, what somebody said of
    where the numbers are: a heading, a place from 1, or two of them."""

    def __init__(self, is_number: Callable[[str], bool], column: str) -> None:
        self._can_be_read = is_number
        self._column = column

    def shape(self, lines: Sequence[str]) -> Shape:
        """The shape of a text that begins with these lines, none of them empty. Raises `SourceRefused` where a guess
        could be wrong."""
        if lines[0].lstrip().startswith("<"):
            raise SourceRefused("it is a web page or XML. Download the list as plain text or CSV.")
        tables = [(delimiter, [_cells(line, delimiter) for line in lines]) for delimiter in DELIMITERS]
        tables = [(delimiter, rows) for delimiter, rows in tables if _part(rows, lambda row: len(row) > 1) >= USUAL]
        if any(len(row) > COLUMNS_MAX for _, rows in tables for row in rows):
            raise SourceRefused(f"it has more than {COLUMNS_MAX} columns.")
        found = [shape for delimiter, rows in tables if (shape := self._table(delimiter, rows))]
        if found:
            return found[0]
        if self._column and tables and not self._is_there(tables[0][1][0]):
            headings = ", ".join(_named(cell) for cell in tables[0][1][0])
            raise SourceRefused(f"it has no column {self._column}; its first line has {headings}.")
        if self._column or tables:
            column = f"column {self._column}" if self._column else "column"
            raise SourceRefused(f"it has no {column} with telephone numbers in its first {len(lines)} lines.")
        return self._plain(lines)

    def _plain(self, lines: Sequence[str]) -> Shape:
        header = self._is_heading(lines[0])
        if len(lines) > header and not any(self._is_number(line) for line in lines):
            raise SourceRefused(f"none of its first {len(lines)} lines is a telephone number.")
        return Shape(header=header)

    def _table(self, delimiter: str, rows: list[Row]) -> Shape | None:
        number = self._said(rows) if self._column else self._number(rows)
        if number is None:
            return None
        body = rows[1:] or rows
        width = max(len(row) for row in rows)
        actions = [column for column in range(width) if column not in number and _is_action(body, column)]
        header = self._is_heading(_text(rows[0], number))
        return Shape(delimiter, number, actions[0] if actions else -1, header, alone=width == len(number))

    def _number(self, rows: list[Row]) -> tuple[int, ...] | None:
        """The columns that are meant. Of several that could be, the one whose heading says so."""
        body = rows[1:] or rows
        width = max(len(row) for row in rows)
        for column in range(width - 1):
            if _part(body, partial(_is_in_two, column)) >= POSSIBLE:
                return column, column + 1
        parts = {(column,): _part(body, partial(self._has, (column,))) for column in range(width)}
        possible = [number for number, part in parts.items() if part >= POSSIBLE]
        named = [number for number in possible if NUMBER_HEADING.search(_text(rows[0], number))]
        if len(possible) > 1 and len(named) != 1:
            those = ", ".join(
                _named(_text(rows[0], number)) if self._is_heading(_text(rows[0], number)) else str(number[0] + 1)
                for number in possible
            )
            raise SourceRefused(
                f"several of its columns could be the numbers: {those}. Say which it is with --column: by its heading, "
                "or its place from 1."
            )
        best = named or possible or [number for number, part in parts.items() if part]
        return best[0] if best else None

    def _is_there(self, first: Row) -> bool:
        """Whether there is a column where somebody said that the numbers are."""
        if self._column.casefold() in (cell.strip().casefold() for cell in first):
            return True
        return bool(PLACES.fullmatch(self._column)) and max(map(int, self._column.split("+"))) <= len(first)

    def _said(self, rows: list[Row]) -> tuple[int, ...] | None:
        headings = [cell.strip().casefold() for cell in rows[0]]
        if self._column.casefold() in headings:
            number = [headings.index(self._column.casefold())]
        elif PLACES.fullmatch(self._column):
            number = sorted({int(place) - 1 for place in self._column.split("+")})
        else:
            return None
        return tuple(number) if any(self._has(number, row) for row in rows) else None

    def _is_number(self, text: str) -> bool:
        """A word is none, though telephones have letters on their keys, and "areanumber" could be dialled."""
        return DIGIT.search(text) is not None and self._can_be_read(text)

    def _is_heading(self, text: str) -> bool:
        return bool(LETTER.search(text)) and not self._is_number(text)

    def _has(self, number: Sequence[int], row: Row) -> bool:
        return self._is_number(_text(row, number))


def _cells(line: str, delimiter: str) -> Row:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _text(row: Row, number: Sequence[int]) -> str:
    return "".join(row[column].strip() for column in number if column < len(row))


def _named(heading: str) -> str:
    """As a sentence has it. Numbers are not repeated: they may be somebody's."""
    shown = heading.strip()[:HEADING_CHARACTERS_MAX]
    return f'"{shown}"' if LETTER.search(shown) and shown.isprintable() else "a column without a heading"


def _part(rows: list[Row], holds: Callable[[Row], bool]) -> float:
    return sum(map(holds, rows)) / len(rows)


def _is_in_two(at: int, row: Row) -> bool:
    area_code, rest = (row[at].strip(), row[at + 1].strip()) if len(row) > at + 1 else ("", "")
    return bool(AREA_CODE.fullmatch(area_code) and REST_OF_NUMBER.fullmatch(rest))


def _is_action(rows: list[Row], column: int) -> bool:
    return _part(rows, lambda row: len(row) > column and row[column].strip().casefold() in ADD | REMOVE) >= USUAL
