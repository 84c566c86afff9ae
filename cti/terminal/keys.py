"""What can be done now, and by which key: shown at the foot of the screen, as many lines as it takes."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

GAP = "  "


class Action(NamedTuple):
    """`key` is as textual names it; `name` is the method `_do_<name>` of the application."""

    key: str
    label: str
    name: str


def shown(action: Action) -> str:
    """As people read it."""
    return f"[{'/' if action.key == 'slash' else action.key}] {action.label}"


def laid_out(actions: Sequence[Action], width: int) -> list[str]:
    """Lines of whole entries, none wider than `width` unless a single entry is."""
    lines: list[str] = []
    for words in map(shown, actions):
        if lines and cell_len(lines[-1] + GAP + words) <= width:
            lines[-1] += GAP + words
        else:
            lines.append(words)
    return lines


class KeyBar(Widget):
    """The keys that make sense now."""

    DEFAULT_CSS = "KeyBar { height: auto; dock: bottom; background: $panel; color: $foreground; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.actions: tuple[Action, ...] = ()

    def show(self, actions: Sequence[Action]) -> None:
        """From now on these."""
        if tuple(actions) != self.actions:
            self.actions = tuple(actions)
            self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the keys need."""
        return max(1, len(laid_out(self.actions, width)))

    def render(self) -> Text:
        """Keys stand in brackets and in bold."""
        text = Text("\n".join(laid_out(self.actions, self.content_size.width or 1)))
        text.highlight_regex(r"\[[^\]]+\]", "bold")
        return text
