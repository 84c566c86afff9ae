"""What every file of leads comes to: headings, and rows of cells under them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from cti.core.errors import CtiError
from cti.lists.source import Identity

COLUMNS_MAX = 200
ROWS_MAX = 5_000_000
CELLS_KEPT_CHARACTERS = 20_000
"""Of a row that is no row, this much is kept to be shown."""

TITLES_MAX = 20


class Row(NamedTuple):
    """The cells of a row, as many as there are headings, and the line (from 1) where it begins."""

    line: int
    cells: Sequence[str]


class BadRow(NamedTuple):
    """Lines that make no row: why, what to do, and what stands there."""

    line: int
    what: str
    remedy: str
    cells: Sequence[str]


class LeadTable(Protocol):
    """An open file. Its lines count upwards, and are the same whenever it is read again."""

    headings: tuple[str, ...]
    identity: Identity
    size: int

    @property
    def position(self) -> int:
        """How much of `size` was read, for who waits."""

    @property
    def words(self) -> str:
        """What kind of file it is taken for, for people."""

    def rows(self) -> Iterator[Row | BadRow]:
        """Each row below the headings, from the first on. Raises `CtiError` for a file that cannot be read on."""

    def close(self) -> None:
        """Let go of the file."""


def named(cells: Sequence[str], path: object) -> tuple[str, ...]:
    """Headings, each with a name of its own. Raises `CtiError` where there are too many."""
    if len(cells) > COLUMNS_MAX:
        raise CtiError(f"{path} has more than {COLUMNS_MAX} columns. Keep those that are needed.")
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:100] or f"column {place}"
        while name in names:
            name = f"{name} ({place})"
        names.append(name)
    return tuple(names)


def titles_above(rows: Sequence[Sequence[str]], is_number: Callable[[str], bool]) -> int:
    """How many of a file's first rows say what the file is, and stand above its headings: they have one cell, and no
    number, and below them is a row of several cells, and still no number."""
    for place, cells in enumerate(rows[:TITLES_MAX]):
        filled = [cell for cell in cells if cell.strip()]
        if any(is_number(cell) for cell in filled):
            return 0
        if len(filled) > 1:
            return place
    return 0
