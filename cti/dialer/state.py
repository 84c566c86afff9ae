"""The dialer's index: the legs that wait for the carrier's rate, in the order in which they leave."""

from collections.abc import Callable
from typing import Any, ClassVar

from cti.core import events as e
from cti.core.base import Moment
from cti.core.dial import Dial
from cti.core.state import State
from cti.core.tables import Entry, SortedIndex, Table, Undo


def order_of(dial: Dial) -> Entry:
    """The least importance first, then the oldest."""
    return (dial.importance, dial.asked_at, dial.asked_seq, dial.dial_id)


class DialerState:
    """A view of the core's rows, built anew after a restart."""

    APPLY: ClassVar[dict[type, Callable[[State, Any, Moment], None]]] = {}

    def __init__(self, undo: Undo) -> None:
        self.waiting = SortedIndex(undo)
        self._places: Table[str, Entry] = Table(undo)

    def place_dial(self, state: State, dial_id: str) -> None:
        """Bring the dial's place in line with its row."""
        dial, placed = state.dials.get(dial_id), self._places.get(dial_id)
        wanted = order_of(dial) if dial else None
        if wanted == placed:
            return
        if placed:
            self.waiting.remove(placed)
            self._places.drop(dial_id)
        if wanted:
            self.waiting.add(wanted)
            self._places.put(dial_id, wanted)

    def place_all(self, state: State) -> None:
        """From nothing, after a restart."""
        for dial in state.dials.in_order():
            self.place_dial(state, dial.dial_id)


def _touch(state: State, event: Any, now: Moment) -> None:
    state.room(DialerState).place_dial(state, event.dial_id)


DialerState.APPLY.update(dict.fromkeys((e.DialQueued, e.DialCleared, e.DialRefused, e.DialWithdrawn), _touch))
