"""A campaign to whose calls the agents come too late, one after the other, pauses itself: a line for each free agent is
lawful only where they are joined in time, and no ceiling can know that they will not be."""

from cti.core.apply.campaigns import run_of
from cti.core.campaign import RunStatus
from cti.core.events import LiveAnswerCounted
from cti.core.turn import Turn
from cti.dialer.control import pause

LEFT_MOST, LEFT_MS = 10, 60_000
"""So many in a row, over so long (ms), are no chance: where one answer in four may be abandoned that happens once in a
million answers; and a server that stood still does so for a shorter time."""

WORDS = (
    "{left} people in a row answered and were left alone, or found an agent too late: do the agents' lines join too"
    " slowly, or not at all?"
)


def decide_counted(turn: Turn, event: LiveAnswerCounted) -> None:
    """One more may be one too many."""
    line = turn.state.lines.get(event.attempt_id)
    run = run_of(turn.state, line.campaign_id) if line else None
    if run is None or run.status is not RunStatus.RUNNING:
        return
    if run.unattended >= LEFT_MOST and turn.now.at - run.unattended_since >= LEFT_MS:
        pause(turn, run.campaign_id, WORDS.format(left=run.unattended))
