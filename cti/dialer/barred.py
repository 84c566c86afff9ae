"""A campaign whose calls are not let through pauses itself, instead of spending its leads on calls that nobody hears:
the carrier does not take its caller id, or one call after the other is blocked or fails."""

from cti.core.apply.campaigns import run_of
from cti.core.campaign import RunStatus
from cti.core.events import AttemptEnded, LegRefused
from cti.core.ports import CALLER_ID
from cti.core.turn import Turn
from cti.dialer.control import pause

BARRED_MOST = 20
"""So many in a row are no chance: where three in ten numbers block calls, that happens once in thirty thousand million
times."""

NOT_OURS = "the carrier does not take the caller id {caller_id}: is it a number of this account, and verified?"
BARRED = (
    f"{BARRED_MOST} calls in a row were blocked or failed: is the caller id {{caller_id}} labelled or blocked, or does"
    " the carrier fail?"
)


def decide_refused(turn: Turn, event: LegRefused) -> None:
    """What the carrier says of the caller id holds for every lead."""
    line = turn.state.lines.get(event.leg_id)
    if line and event.code == CALLER_ID:
        _pause(turn, line.campaign_id, NOT_OURS)


def decide_ended(turn: Turn, event: AttemptEnded) -> None:
    """One more may be one too many."""
    line = turn.state.lines.get(event.attempt_id)
    if line and run_of(turn.state, line.campaign_id).barred >= BARRED_MOST:
        _pause(turn, line.campaign_id, BARRED)


def _pause(turn: Turn, campaign_id: str, reason: str) -> None:
    campaign = turn.state.config.calling.campaigns.get(campaign_id)
    if campaign and run_of(turn.state, campaign_id).status is RunStatus.RUNNING:
        pause(turn, campaign_id, reason.format(caller_id=campaign.caller_id or turn.state.config.caller_id))
