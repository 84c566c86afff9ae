"""A long list of which only what is seen is drawn, and one row of which is chosen."""

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

HEAD_ROWS = 2
GAP = "  "
LEAST = 8


class Column(NamedTuple):
    """`width` in columns of the screen; 0 takes a share of what is left."""

    title: str
    width: int = 0


Cells = tuple[str, ...]
GONE: Cells = ()
"""Of a row that is no more: it is blank until the list is shown anew."""


class RowList(ScrollView, can_focus=True):
    """Rows by id. `cells` is asked for the words of a row when it is seen, so a row that nobody sees costs nothing; for
    a row that has gone since `show_rows` it answers `GONE`."""

    DEFAULT_CSS = "RowList { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end", "move(1000000)", show=False),
    ]

    def __init__(self, title: str, columns: Sequence[Column], cells: Callable[[str], Cells], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._title, self._columns, self._cells = title, tuple(columns), cells
        self._ids: Sequence[str] = ()
        self._place = 0

    @property
    def chosen(self) -> str:
        """The id of the chosen row; empty if there is none."""
        return self._ids[self._place] if self._ids else ""

    def show_rows(self, ids: Sequence[str]) -> None:
        """These, in this order. The chosen row stays chosen wherever it moves; if it is gone, its neighbour is."""
        before = self.chosen
        longer = len(ids) != len(self._ids)
        if ids != self._ids:
            self._ids = ids
            try:
                self._place = ids.index(before)
            except ValueError:
                self._place = max(0, min(self._place, len(ids) - 1))
            self.virtual_size = Size(self.size.width, len(ids) + HEAD_ROWS)
        self.refresh(layout=longer)

    def action_move(self, rows: int) -> None:
        """Choose another row, and keep it in sight."""
        self._place = max(0, min(len(self._ids) - 1, self._place + rows))
        self.refresh()
        self.call_after_refresh(self._bring_into_sight)  # a list that has just grown can be scrolled only then

    def choose_next(self) -> None:
        """The row below, and after the last one the first."""
        self.action_move(1 if self._place + 1 < len(self._ids) else -len(self._ids))

    def _bring_into_sight(self) -> None:
        seen = max(1, self.size.height - HEAD_ROWS)
        top = self.scroll_offset.y
        if self._place < top:
            self.scroll_to(y=self._place, animate=False)
        elif self._place >= top + seen:
            self.scroll_to(y=self._place - seen + 1, animate=False)

    def on_focus(self) -> None:
        """The mark shows where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """The mark goes with the focus."""
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Where a list may be as high as it likes: all rows."""
        return len(self._ids) + HEAD_ROWS

    def render_line(self, y: int) -> Strip:
        """Title and column names stay where they are; the rows move below them."""
        base, width = self.rich_style, self.scrollable_content_region.width  # what is under the scrollbar nobody sees
        if y == 0:
            mark = ">" if self.has_focus else " "
            words = f"{mark} {self._title} ({len(self._ids)})"
            return _strip(words, width, base + Style(bold=True, reverse=self.has_focus))
        if y == 1:
            titles = tuple(column.title for column in self._columns)
            return _strip(f"  {self._laid_out(titles, width - 2)}", width, base + Style(underline=True))
        place = y - HEAD_ROWS + self.scroll_offset.y
        if place >= len(self._ids):
            return Strip.blank(width, base)
        chosen = place == self._place
        words = f"{self._mark(chosen=chosen)} {self._laid_out(self._cells(self._ids[place]), width - 2)}"
        return _strip(words, width, base + Style(bold=chosen, reverse=chosen and self.has_focus))

    def _mark(self, *, chosen: bool) -> str:
        """Only where the keys go is an arrow."""
        return (">" if self.has_focus else "·") if chosen else " "

    def _laid_out(self, cells: Cells, width: int) -> str:
        """Each cell in its column; what is too long ends in an ellipsis."""
        cells = cells or ("",) * len(self._columns)
        fixed = sum(column.width for column in self._columns) + len(GAP) * (len(self._columns) - 1)
        shares = sum(not column.width for column in self._columns) or 1
        share = max(LEAST, (width - fixed) // shares)
        words = [_fitted(cell, column.width or share) for cell, column in zip(cells, self._columns, strict=True)]
        return GAP.join(words)


def _strip(words: str, width: int, style: Style) -> Strip:
    return Strip([Segment(set_cell_size(words, width), style)], width)


def _fitted(cell: str, width: int) -> str:
    return cell[: width - 1] + "…" if len(cell) > width else set_cell_size(cell, width)
