"""What is known of a number comes back: the dial may leave, waits for the carrier's rate, or is refused."""

from cti.core.dial import FACTS
from cti.core.events import CallFactsGathered
from cti.core.state import State
from cti.core.turn import Turn
from cti.dialer.compliance import Refusal, may_dial
from cti.dialer.rate import ask_again, asked_for, due_token, leave, refuse

MISSING = "FACTS-MISSING"


def decide_facts_gathered(turn: Turn, event: CallFactsGathered) -> None:
    """What may not be rung does not even wait; what cannot be known is a no."""
    state = turn.state
    if event.missing:
        dial = state.gathering[event.dial_id]
        refuse(turn, asked_for(dial), Refusal(MISSING, f"What is to be known of the number is not: {event.missing}."))
        return
    dial = state.dials[event.dial_id]
    if not dial.leg_id:  # the carrier dials it, and it needs no token
        leave(turn, dial)
        return
    verdict = may_dial(state, asked_for(dial), dial.facts, turn.now.at)
    if verdict.refusal:
        refuse(turn, asked_for(dial), verdict.refusal, verdict.proof)
    elif verdict.lacking:
        ask_again(turn, dial, verdict.lacking)
    else:
        due_token(turn, "")


def due_facts(turn: Turn, key: str) -> None:
    """Nobody has said what is known of the number."""
    dial = turn.state.gathering.get(key)
    if dial:
        refuse(turn, asked_for(dial), Refusal(MISSING, "What is to be known of the number took too long to find out."))


def _facts_by(state: State, key: str) -> int:
    dial = state.gathering.get(key)
    return dial.facts_by if dial else 0


PROMISES = {FACTS: _facts_by}
DUE = {FACTS: due_facts}
