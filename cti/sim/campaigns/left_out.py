"""What keeps campaigns to what was promised, and the server without it."""

from types import ModuleType
from typing import Any

from cti.acd import kept, matching, presence
from cti.core.air import Air
from cti.core.apply import claims
from cti.core.state import State
from cti.core.tables import Table
from cti.dialer import launching, previews
from cti.sim.guards import Guard

Change = tuple[ModuleType | type, str, Any]

ROOM = 1_000
"""More than there are lines."""


def _without_certificate() -> list[Change]:
    """Any number of answers may be abandoned."""
    return [(Air, "_headroom", lambda air, bound: ROOM)]


def _nobody_is_kept() -> list[Change]:
    """Whoever is counted on may be had by anybody, and may go."""
    return [(room, "is_kept", lambda state, agent_id: False) for room in (matching, presence, kept, previews)]


def _no_marks() -> list[Change]:
    """That a lead was called is known to a store alone which is behind."""

    def forget(state: State, _: Any) -> None:
        marks: Table[Any, Any] = state.lead_marks
        for key in list(marks.rows):
            marks.drop(key)

    return [(claims, "_forget_marks", forget)]


def _at_any_time() -> list[Change]:
    """Campaigns go on after their hours."""
    return [(launching, "dials_at", lambda how, config, at: True)]


CHANGES = {
    Guard.CERTIFICATE: _without_certificate,
    Guard.KEPT: _nobody_is_kept,
    Guard.MARKS: _no_marks,
    Guard.CALENDAR: _at_any_time,
}
