"""What became of a contact, and the note that goes with it."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList, TextArea

from cti.terminal.dialogs import Choice, Marked, Question
from cti.terminal.words import plain

NOTE_MAX = 4_000


class Answer(NamedTuple):
    """An empty `disposition`: the note is to be kept, and nothing to be said yet."""

    disposition: str
    note: str


class Outcome(Question[Answer]):
    """A note, and one of the queue's dispositions; any word where the queue names none."""

    def __init__(self, title: str, dispositions: Sequence[str], note: str, *, note_first: bool) -> None:
        super().__init__()
        self._title, self._dispositions = title, tuple(dispositions)
        self._note, self._note_first = note, note_first

    def compose(self) -> ComposeResult:
        """The note above, the outcome below."""
        with Vertical(classes="dialog"):
            yield Label(f"{self._title}. Your note:")
            yield TextArea(self._note, tab_behavior="focus", soft_wrap=True)
            yield Label("Outcome:")
            if self._dispositions:
                yield Marked()
            else:
                yield Input(placeholder="in a word")
            yield Label("Tab moves between note and outcome, Enter on an outcome saves both.", classes="help")
            yield Label("What you type is the note. Escape keeps it for later.", classes="help")

    def on_mount(self) -> None:
        """In a conversation one writes, afterwards one chooses."""
        if self._dispositions:
            self.query_one(Marked).show([Choice(word, plain(word)) for word in self._dispositions])
        self.query_one(TextArea if self._note_first else Marked if self._dispositions else Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Where one chooses nothing is typed: so it is the note."""
        area = self.query_one(TextArea)
        choosing = isinstance(self.focused, Marked)
        if choosing and event.is_printable and event.character and event.character != " ":
            event.stop()
            area.focus()
            area.move_cursor(area.document.end)
            area.insert(event.character)

    @property
    def note(self) -> str:
        """As it stands."""
        return self.query_one(TextArea).text.strip()[:NOTE_MAX]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.answer(Answer(self._dispositions[event.option_index], self.note))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Said in a word."""
        if event.value.strip():
            self.answer(Answer(event.value.strip(), self.note))

    def action_take_back(self) -> None:
        """Later."""
        self.answer(Answer("", self.note))
