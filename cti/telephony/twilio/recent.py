"""A dictionary that remembers what was put last."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Holds at most `entries_max`; the one put longest ago makes room."""

    def __init__(self, entries_max: int) -> None:
        self._entries: OrderedDict[Key, Value] = OrderedDict()
        self._entries_max = entries_max

    def put(self, key: Key, value: Value) -> None:
        """Remember, or remember anew."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._entries_max:
            self._entries.popitem(last=False)

    def get(self, key: Key) -> Value | None:
        """What was put, unless it is forgotten."""
        return self._entries.get(key)

    def forget(self, key: Key) -> None:
        """Make it unknown, if it is known."""
        self._entries.pop(key, None)
