"""What the carrier made out, against what an agent heard: told once nobody will say anything more of the call."""

from cti.core.campaign import Line
from cti.core.detection import Heard
from cti.core.events import AttemptEnded, ContactClosed, DetectionJudged
from cti.core.states import Outcome
from cti.core.turn import Turn


def decide_ended(turn: Turn, event: AttemptEnded) -> None:
    """Where no agent has anything left to say."""
    line = turn.state.lines.get(event.attempt_id)
    if line and line.contact_id not in turn.state.contacts:
        _judge(turn, line)


def decide_contact_closed(turn: Turn, event: ContactClosed) -> None:
    """An agent had the time to say."""
    line = turn.state.lines.get(event.attempt_id)
    if line and line.ended_at:
        _judge(turn, line)


def _judge(turn: Turn, line: Line) -> None:
    """Calls of which neither says that it was a machine are not told."""
    machine = line.outcome == Outcome.MACHINE
    heard = line.said.heard if line.said and line.connected_at else Heard.NOTHING
    if machine or heard is Heard.MACHINE:
        turn.emit(DetectionJudged(campaign_id=line.campaign_id, attempt_id=line.leg_id, machine=machine, heard=heard))
