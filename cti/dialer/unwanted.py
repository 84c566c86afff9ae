"""Somebody is put on a list while we call them: what is on its way is given up, as soon as the rules let it."""

from collections.abc import Iterator
from itertools import islice

from cti.core.call import Leg
from cti.core.events import AttemptUnwanted, SuppressionAdded
from cti.core.overlay import Attempt
from cti.core.state import State
from cti.core.states import LegState
from cti.core.suppression import SuppressionKey, covers
from cti.core.turn import Turn
from cti.dialer.clearance import ready_for

LEFT_MAX = 300
"""How many calls that are on their way are given up in the turn of an addition."""

UNANSWERED = (LegState.INITIATED, LegState.ALERTING)


def leave_alone(turn: Turn, event: SuppressionAdded, key: SuppressionKey) -> None:
    """A leg that is asked for and was not placed yet is given up. One that rings does so for as long as any rule wants
    that it does, and no longer. Of one that was answered those who talk are told."""
    for attempt, leg in list(islice(_covered(turn.state, key), LEFT_MAX)):
        if not leg.provider_ref:
            turn.release(leg.leg_id)
        elif not attempt.unwanted:
            _stop(turn, event, attempt, leg)


def _stop(turn: Turn, event: SuppressionAdded, attempt: Attempt, leg: Leg) -> None:
    rings = leg.state in UNANSWERED and "answers" not in attempt.told
    ring_by = _ring_by(turn, attempt) if rings else 0
    turn.emit(
        AttemptUnwanted(attempt_id=attempt.attempt_id, leg_id=attempt.leg_id, entry_id=event.entry_id, ring_by=ring_by)
    )
    if rings and ring_by <= turn.now.at:
        turn.release(leg.leg_id)


def _ring_by(turn: Turn, attempt: Attempt) -> int:
    """What does not ring yet, as far as anybody knows, need not ring at all."""
    campaign = turn.state.config.calling.campaigns.get(attempt.campaign_id)
    if campaign is None or not attempt.rings_at:
        return turn.now.at
    least_s = min(campaign.ring_s, ready_for(turn.state).book.ring_s_min(campaign))
    rung = max(turn.now.at, attempt.rings_at + least_s * 1_000)
    return min(rung, attempt.ring_by) if attempt.ring_by else rung


def _covered(state: State, key: SuppressionKey) -> Iterator[tuple[Attempt, Leg]]:
    for leg_id in sorted(state.overlay.live.rows):
        leg = state.legs.get(leg_id)
        attempt = state.overlay.attempts[state.overlay.live[leg_id]]
        about = covers(key, attempt.number, attempt.subject, attempt.campaign_id, attempt.seller)
        if about and leg and leg.state is not LegState.ENDED:
            yield attempt, leg
