"""A leg that was cleared is asked of the carrier; one that was not counts as refused."""

from cti.core.events import DialCleared, DialRefused, LegRefused
from cti.core.placing import originate
from cti.core.states import LegState
from cti.core.turn import Turn


def decide_dial_cleared(turn: Turn, event: DialCleared) -> None:
    """Unless it was given up meanwhile."""
    leg = turn.state.legs.get(event.leg_id)
    if leg and leg.state is not LegState.ENDED:
        turn.ask(originate(turn.state, leg))


def decide_dial_refused(turn: Turn, event: DialRefused) -> None:
    """With the rule that says so."""
    if event.leg_id in turn.state.legs:
        turn.emit(LegRefused(leg_id=event.leg_id, code="NOT_ALLOWED", detail=f"{event.rule}: {event.detail}"))
