"""What has happened, in sentences with their time: the newest last, where the eye is."""

import textwrap
import time
from collections import deque

from rich.text import Text
from textual.widget import Widget

MESSAGES_MAX = 200
INDENT = " " * 10


class Messages(Widget):
    """The last sentences that fit. What needs attention begins with an exclamation mark, and is bold."""

    DEFAULT_CSS = "Messages { height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[tuple[str, str]] = deque(maxlen=MESSAGES_MAX)

    def say(self, words: str, *, urgent: bool = False) -> None:
        """One sentence."""
        self.lines.append((time.strftime("%H:%M:%S"), f"! {words}" if urgent else words))
        self.refresh()

    @property
    def text(self) -> str:
        """Everything that was said, for whoever reads it as text."""
        return "\n".join(words for _, words in self.lines)

    def render(self) -> Text:
        """From the newest upwards, until the space is full."""
        width, height = self.content_size
        found: list[str] = []
        for at, words in reversed(self.lines):
            lines = textwrap.wrap(words, max(20, width), initial_indent=f"{at}  ", subsequent_indent=INDENT)
            found = lines + found
            if len(found) >= height:
                break
        text = Text("\n".join(found[-height:] if height else []))
        text.highlight_regex(r"(?m)(?<=^\d\d:\d\d:\d\d  )!.*$", "bold")
        return text
