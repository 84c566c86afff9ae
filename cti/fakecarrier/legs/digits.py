"""Keys that a party presses: kept as type-ahead until something listens."""

from collections import deque
from typing import Protocol

DIGITS = frozenset("0123456789*#ABCD")
TYPE_AHEAD_MAX = 128


class Listener(Protocol):
    """Whatever takes keys while it is attached."""

    def press(self, digit: str) -> bool:
        """Take one key; False means that the listener wants no more."""
        ...


class Digits:
    """A leg's keypad. Keys pressed while nothing listens are kept, in order, for the next listener."""

    def __init__(self) -> None:
        self._typed_ahead: deque[str] = deque(maxlen=TYPE_AHEAD_MAX)
        self._listener: Listener | None = None

    def attach(self, listener: Listener) -> None:
        """Give the listener what was typed ahead, then every key as it is pressed, until it wants no more."""
        self._listener = listener
        while self._typed_ahead and self._listener is listener:
            self.press(self._typed_ahead.popleft())

    def detach(self, listener: Listener) -> None:
        """Stop giving keys to this listener, if it still has them."""
        if self._listener is listener:
            self._listener = None

    def press(self, digit: str) -> None:
        """One key is pressed."""
        if self._listener is None:
            self._typed_ahead.append(digit)
        elif not self._listener.press(digit):
            self._listener = None


class DeafListener:
    """Takes every key and does nothing: while two parties talk, keys are just sounds."""

    def press(self, digit: str) -> bool:
        """Swallow the key."""
        return True
