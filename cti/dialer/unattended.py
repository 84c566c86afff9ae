"""A campaign to whose calls the agents come too late, again and again, pauses itself: a line for each free agent is
lawful only where they are joined in time, and no ceiling can know that they will not be."""

from math import isqrt

from cti.core.apply.campaigns import FATES, run_of
from cti.core.campaign import Line, RunStatus
from cti.core.events import LiveAnswerCounted
from cti.core.ledger import MILLION
from cti.core.turn import Turn
from cti.dialer.control import pause

LEFT_LEAST, SIGMAS = 10, 5
"""So many of the last `FATES`, and so far beyond what the ceiling allows, are no chance: under 5 % that happens less
than once in a million answers, under 25 % about as seldom. A server that stood still is one of them: see `FATE_MS`."""

LATE = "do the agents' lines join too slowly, or not at all?"
HUNG_UP = "is it people on whom `unknown: hang_up` hangs up, or do the agents' lines join too slowly?"


def decide_counted(turn: Turn, event: LiveAnswerCounted) -> None:
    """One more may be one too many."""
    line = turn.state.lines.get(event.attempt_id)
    run = run_of(turn.state, line.campaign_id) if line else None
    if line is None or run is None or run.status is not RunStatus.RUNNING or not event.abandoned:
        return
    left = run.fates.bit_count()
    if left >= _too_many(line):
        campaign = turn.state.config.calling.campaigns.get(line.campaign_id)
        answering = campaign.dialling.answering if campaign and campaign.dialling else None
        cause = HUNG_UP if answering and answering.unknown == "hang_up" else LATE
        words = f"{left} of the last {FATES} people who answered were left alone, or found an agent too late: {cause}"
        pause(turn, run.campaign_id, words)


def _too_many(line: Line) -> int:
    """By the strictest of its ceilings: what is allowed of so many, and five standard deviations more."""
    ceiling_ppm = min((bound.ceiling_ppm for bound in line.bounds), default=0)
    allowed_u = FATES * ceiling_ppm
    deviation_u = isqrt(allowed_u * (MILLION - ceiling_ppm))
    return max(LEFT_LEAST, (allowed_u + SIGMAS * deviation_u) // MILLION + 1)
