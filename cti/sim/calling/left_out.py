"""What keeps calls lawful in the very turn in which they leave, and the server without it."""

from types import ModuleType
from typing import Any

from cti.core.dial import GatheredFacts
from cti.core.events import DialRequested
from cti.core.overlay import Overlay
from cti.core.state import State
from cti.dialer import clearance, gathering, rate
from cti.dialer.compliance import Verdict, may_dial
from cti.sim.guards import Guard

Change = tuple[ModuleType | type, str, Any]


class JudgedOnce:
    """`may_dial` for who asks it once, as soon as the facts are there, and lets that stand however long the leg waits:
    for the carrier's rate, or for the hours to end."""

    def __init__(self) -> None:
        self._verdicts: dict[str, Verdict] = {}

    def may_dial(self, state: State, asked: DialRequested, gathered: GatheredFacts | None, at: int) -> Verdict:
        """The first verdict, again and again."""
        if gathered is None:
            return may_dial(state, asked, gathered, at)
        if asked.dial_id not in self._verdicts:
            verdict = may_dial(state, asked, gathered, at)
            if verdict.lacking:
                return verdict
            self._verdicts[asked.dial_id] = verdict
        return self._verdicts[asked.dial_id]


def _without_overlay() -> list[Change]:
    """Facts as they were gathered, however far behind the store was."""
    return [
        (clearance, "laid_over", lambda overlay, listed, about, as_of_seq: listed),
        (clearance, "attempts_laid_over", lambda overlay, attempts, about: attempts),
        (Overlay, "live_with", lambda overlay, number, subject: None),
    ]


def _not_at_leaving() -> list[Change]:
    once = JudgedOnce()
    return [(rate, "may_dial", once.may_dial), (gathering, "may_dial", once.may_dial)]


CHANGES = {Guard.OVERLAY: _without_overlay, Guard.AT_LEAVING: _not_at_leaving}
