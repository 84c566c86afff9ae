"""Pieces of a text to numbers: all at a glance where every line is plain, line by line where one is not."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from cti.lists.errors import SourceRefused
from cti.lists.pieces import LINE_BYTES_MAX, line_too_long
from cti.lists.shape import ADD, REMOVE, SAMPLE_LINES, Guess, Shape
from cti.lists.source import Source
from cti.lists.spelling import Spelling

REJECTIONS_KEPT_MAX = 1_000
REASON_CHARACTERS_MAX = 200

Change = tuple[int, bool]
"""A number, and whether it is added (True) or removed."""

Found = TypeVar("Found")


class Rejection(msgspec.Struct, frozen=True):
    """A line (from 1) that was not taken, and why. `text` is its file's name in an archive. What stands in the line is
    not repeated: it may be somebody's number."""

    line: int
    reason: str
    text: str = ""


class Counts(msgspec.Struct):
    """What was read so far: all lines, those that are numbers, and those that should be; empty ones are neither.
    `rejections` names the first 1,000 lines that were rejected, `shapes` says how the lines were understood."""

    lines: int = 0
    accepted: int = 0
    rejected: int = 0
    rejections: list[Rejection] = []
    shapes: list[str] = []
    lines_before: int = 0


class Reading:
    """Reads the texts of a source, piece by piece. `counts` may go on from an earlier run."""

    def __init__(self, source: Source, spelling: Spelling, column: str, counts: Counts) -> None:
        self.counts = counts
        self._source = source
        self._spelling = spelling
        self._column = column
        self._name = ""
        self._shape = Shape()
        self._finder: re.Pattern[bytes] | None = None

    def begin(self, name: str, first: bytes, *, changes: bool, again: bool) -> bytes:
        """Guess the shape of a text from its first piece; `again` when its beginning was read by an earlier run.
        Returns the piece, with nothing in the line where its headings were. Raises `SourceRefused`."""
        self._name, self._shape, self._finder = name, Shape(), None
        if not again:
            self.counts.lines_before = self.counts.lines
        lines = [line for line in first.split(b"\n") if line.strip()][:SAMPLE_LINES]
        if not lines:
            return first
        sample = [line.decode(errors="replace").strip() for line in lines]
        is_number = self._spelling.is_changed if changes else self._spelling.is_listed
        try:
            if not changes and any(line.startswith("-") for line in sample):
                raise SourceRefused("it has lines that begin with a minus. Import it as changes to a list.")
            self._shape = Guess(is_number, self._column).shape(sample)
            if not changes and not self._column and self._shape.action >= 0:
                raise SourceRefused(
                    f"its column {self._shape.action + 1} says what to add or remove. Import it as changes; or, if it "
                    "means something else, say which column has the numbers."
                )
        except SourceRefused as error:
            where = f"{self._source.path}{f' ({name})' if name else ''}"
            raise SourceRefused(f"{where} was not imported: {error}") from None
        if self._shape.number:
            self._finder = self._shape.finder()
        if str(self._shape) not in self.counts.shapes:
            self.counts.shapes.append(str(self._shape))
        return first.replace(lines[0], b"", 1) if self._shape.header else first

    def numbers(self, piece: bytes) -> Sequence[int]:
        """Each number of the lines. Raises `SourceRefused`."""
        count = piece.count(b"\n")
        lines = self._without_other_cells(piece, count)
        found = None if lines is None else self._spelling.all_at_a_glance(lines, count)
        if found is None:
            return self._one_by_one(piece, self._listed)
        self.counts.lines += count
        self.counts.accepted += count
        return found

    def changes(self, piece: bytes) -> Sequence[Change]:
        """What each of the lines adds or removes. Raises `SourceRefused`."""
        return self._one_by_one(piece, self._changed)

    def _without_other_cells(self, piece: bytes, count: int) -> bytes | None:
        """Only the numbers of so many lines; None when they are not all found."""
        if self._finder is None:
            return piece
        delimiter, several = self._shape.delimiter.encode(), len(self._shape.number) - 1
        if self._shape.alone and piece.count(delimiter) == several * count:
            return piece.replace(delimiter, b"")
        cells = self._finder.findall(piece)
        if len(cells) != count:
            return None
        return b"\n".join(map(b"".join, cells) if several else cells)

    def _one_by_one(self, piece: bytes, read: Callable[[str], Found]) -> list[Found]:
        found = []
        for line in piece.split(b"\n")[:-1]:
            self.counts.lines += 1
            if len(line) > LINE_BYTES_MAX:
                raise line_too_long(self._source)
            text = line.decode(errors="replace").strip()
            if text:
                try:
                    found.append(read(text))
                except ValueError as error:
                    self._reject(str(error))
        self.counts.accepted += len(found)
        return found

    def _listed(self, line: str) -> int:
        return self._spelling.listed(self._number(self._shape.cells(line)) if self._shape.number else line)

    def _changed(self, line: str) -> Change:
        if not self._shape.number:
            return self._spelling.changed(line)
        cells = self._shape.cells(line)
        number = self._number(cells)
        if self._shape.action < 0:
            return self._spelling.changed(number)
        action = self._action(cells)
        if action not in ADD | REMOVE:
            raise ValueError("it says neither that the number is added nor that it is removed")
        return self._spelling.listed(number), action in ADD

    def _number(self, cells: Sequence[str]) -> str:
        if not cells:
            raise ValueError("its quotes do not match")
        if len(cells) <= max(self._shape.number):
            raise ValueError(f"it has no {self._shape}")
        return "".join(cells[column].strip() for column in self._shape.number)

    def _action(self, cells: Sequence[str]) -> str:
        return cells[self._shape.action].strip().casefold() if len(cells) > self._shape.action else ""

    def _reject(self, reason: str) -> None:
        self.counts.rejected += 1
        if len(self.counts.rejections) < REJECTIONS_KEPT_MAX:
            line = self.counts.lines - self.counts.lines_before
            self.counts.rejections.append(Rejection(line, reason[:REASON_CHARACTERS_MAX], self._name))
