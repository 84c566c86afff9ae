"""Questions to the person at the desk. They stand at the bottom, so that who is calling stays in sight; Escape takes
the question back."""

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple, TypeVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

AnswerT = TypeVar("AnswerT")

CSS = """
Question { background: transparent; align: center bottom; }
.dialog { width: 100%; height: auto; max-height: 75%; background: $surface; border-top: heavy $accent; padding: 0 1; }
.dialog OptionList { height: auto; max-height: 9; border: none; padding: 0; background: $surface; }
.dialog OptionList:focus { border: none; }
.dialog Input, .dialog Input:focus { border: none; height: 1; padding: 0; background: $boost; }
.dialog TextArea, .dialog TextArea:focus { height: 5; border: none; padding: 0; background: $boost; }
.dialog Label { width: 100%; }
.dialog .help { color: $text-muted; }
"""
"""For the application: it has the last word over what the parts bring along."""


class Question(ModalScreen[AnswerT]):
    """Something is asked. Escape takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "take_back")]

    def answer(self, value: AnswerT) -> None:
        """The question is closed."""
        _closing = self.dismiss(value)

    def warn(self, words: str) -> None:
        """Said above the question, which stays: who types must not find that the keys suddenly mean something else."""
        _mounting = self.query_one(".dialog", Vertical).mount(Label(f"! {words}", markup=False), before=0)

    def action_take_back(self) -> None:
        """Without an answer."""
        raise NotImplementedError


class Choice(NamedTuple):
    """A row to choose. One that cannot be chosen now is shown all the same, and says why."""

    value: str
    label: str
    possible: bool = True


class Marked(OptionList):
    """Rows of which the highlighted one is marked by more than a colour."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._labels: tuple[str, ...] = ()

    def show(self, rows: Sequence[Choice]) -> None:
        """These from now on, the first possible one highlighted."""
        self._labels = tuple(row.label if row.possible else f"{row.label}  (not now)" for row in rows)
        self.set_options(Option(self._prompt(place), disabled=not row.possible) for place, row in enumerate(rows))
        self.highlighted = next((place for place, row in enumerate(rows) if row.possible), None)

    def _prompt(self, place: int) -> Text:
        return Text(f"{'>' if place == self.highlighted else ' '} {self._labels[place]}")

    def on_option_list_option_highlighted(self) -> None:
        """The mark moves."""
        for place in range(self.option_count):
            self.replace_option_prompt_at_index(place, self._prompt(place))


class Ask(Question[str | None]):
    """A line of text, or None."""

    def __init__(self, title: str, help_: str, placeholder: str = "") -> None:
        super().__init__()
        self._title, self._help, self._placeholder = title, help_, placeholder

    def compose(self) -> ComposeResult:
        """Question, answer, keys."""
        with Vertical(classes="dialog"):
            yield Label(self._title)
            yield Input(placeholder=self._placeholder)
            yield Label(self._help, classes="help")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answered."""
        self.answer(event.value.strip() or None)

    def action_take_back(self) -> None:
        """Not asked."""
        self.answer(None)


class Choose(Question[str | None]):
    """One of `rows`, or None. With `typing` there is a line to type in, and `rows` are asked for anew for each text;
    without it the digits 1 to 9 choose at once."""

    def __init__(self, title: str, rows: Callable[[str], Sequence[Choice]], *, typing: str = "") -> None:
        super().__init__()
        self._title, self._typing, self._rows = title, typing, rows
        self._shown: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, and the line to type in above it."""
        with Vertical(classes="dialog"):
            yield Label(self._title)
            if self._typing:
                yield Input(placeholder=self._typing)
            yield Marked()
            yield Label("", classes="help")

    def on_mount(self) -> None:
        """Begin where people type."""
        self.update_rows()
        self.query_one(Input if self._typing else OptionList).focus()

    def update_rows(self) -> None:
        """Ask for the rows again: what is highlighted stays so, as long as it is there."""
        text = self.query_one(Input).value if self._typing else ""
        rows = tuple(self._rows(text))
        if rows == self._shown:
            return
        options = self.query_one(Marked)
        before = self._shown[options.highlighted].value if options.highlighted is not None else None
        self._shown = rows
        options.show([row if self._typing else self._numbered(place, row) for place, row in enumerate(rows, 1)])
        same = [place for place, row in enumerate(rows) if row.possible and row.value == before]
        options.highlighted = same[0] if same else options.highlighted
        help_ = "Arrows and Enter choose, Escape takes it back." if rows else "Nothing fits. Escape takes it back."
        self.query_one(".help", Label).update(help_)

    @staticmethod
    def _numbered(place: int, row: Choice) -> Choice:
        return row._replace(label=f"{place if place < 10 else ' '}  {row.label}")

    def on_input_changed(self) -> None:
        """Fewer rows, or others."""
        self.update_rows()

    def on_input_submitted(self) -> None:
        """Enter while typing chooses what is highlighted."""
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.answer(self._shown[event.option_index].value)

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while one types; digits choose where nothing is typed."""
        options = self.query_one(OptionList)
        moves = {"up": options.action_cursor_up, "down": options.action_cursor_down}
        if self._typing and event.key in moves:
            moves[event.key]()
            event.stop()
        elif not self._typing and event.key.isdecimal() and 0 < int(event.key) <= len(self._shown):
            row = self._shown[int(event.key) - 1]
            event.stop()
            if row.possible:
                self.answer(row.value)

    def action_take_back(self) -> None:
        """Not chosen."""
        self.answer(None)
