"""What the dialer does when something happens: one table from event type to functions."""

from collections.abc import Callable

from cti.core import events as e
from cti.core.deadlines import Promised
from cti.core.turn import Turn
from cti.dialer import compliance, placing

RULES = {
    e.DialRequested: (compliance.decide_dial_requested,),
    e.DialCleared: (placing.decide_dial_cleared,),
    e.DialRefused: (placing.decide_dial_refused,),
}

PROMISES: dict[str, Promised] = {}

DUE: dict[str, Callable[[Turn, str], None]] = {}
