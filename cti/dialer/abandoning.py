"""Nobody was there in time: it is counted, and whoever answered hears who called and how to be left alone."""

from cti.core.agent import takes_unasked
from cti.core.apply.campaigns import CONNECT, pool_of
from cti.core.calling import CampaignConfig
from cti.core.campaign import Line
from cti.core.contact import Contact
from cti.core.events import (
    AttemptAbandoned,
    AttemptClassified,
    AttemptConnected,
    ContactRequeued,
    LegAnswered,
    LiveAnswerCounted,
    MessageBegun,
)
from cti.core.exposure import NOBODY, at_work, is_late
from cti.core.pools import pools_of
from cti.core.state import State
from cti.core.states import ContactState, Outcome
from cti.core.tuning import tuned_campaign
from cti.core.turn import Turn
from cti.dialer.hasting import haste_of


def due_connect(turn: Turn, leg_id: str) -> None:
    """Whoever is on the way to an agent gets there, late: that counts all the same. What was told apart is nobody who
    could be left alone: its call is over."""
    line = turn.state.lines[leg_id]
    contact = turn.state.contacts.get(line.contact_id)
    late = contact is not None and contact.state is ContactState.CONNECTING
    if line.outcome in NOBODY:
        if not late:
            turn.release(leg_id)
        return
    turn.emit(AttemptAbandoned(attempt_id=leg_id, contact_id=line.contact_id, late=late))


def decide_abandoned(turn: Turn, event: AttemptAbandoned) -> None:
    """A machine that was not told apart counts as a person. Who waited hears the message at once, as
    the campaign had it when they answered or, where it is gone, when it called."""
    _count(turn, event.attempt_id, abandoned=True)
    contact = turn.state.contacts.get(event.contact_id)
    if contact and not event.late and contact.state is not ContactState.ENDED:
        _begin_message(turn, contact)


def decide_requeued(turn: Turn, event: ContactRequeued) -> None:
    """Whom time ran out for on the way to an agent, who did not come, hears it as well; unless another one takes them
    at once."""
    contact = turn.state.contacts[event.contact_id]
    line = turn.state.lines.get(contact.attempt_id)
    if line and line.abandoned_at and not line.connected_at and not _is_taken(turn.state, contact):
        _begin_message(turn, contact)


def _is_taken(state: State, contact: Contact) -> bool:
    """By an agent who is not asked."""
    if contact.offer is None:
        return False
    agent_id, queue = contact.offer.agent_id, state.config.queues.get(contact.queue_id)
    return takes_unasked(state.agents[agent_id], state.config.agents.get(agent_id), queue)


def _begin_message(turn: Turn, contact: Contact) -> None:
    campaign = turn.state.config_of(contact).calling.campaigns.get(contact.campaign_id)
    flow_id = campaign.dialling.abandoned_flow if campaign and campaign.dialling else ""
    turn.emit(MessageBegun(attempt_id=contact.attempt_id, contact_id=contact.contact_id, flow_id=flow_id))


def count_left_alone(turn: Turn, line: Line) -> None:
    """No agent is sent to whoever answered: it counts, unless it was told apart, or has a fate already."""
    if line.outcome not in NOBODY and not (line.abandoned_at or line.connected_at or line.ended_at):
        turn.emit(AttemptAbandoned(attempt_id=line.leg_id))


def decide_leg_answered(turn: Turn, event: LegAnswered) -> None:
    """In the moment in which it was given up: the carrier may hang up before it asks what they shall hear."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    line = turn.state.lines.get(leg.leg_id) if leg and leg.released else None
    if line:
        count_left_alone(turn, line)


def decide_connected(turn: Turn, event: AttemptConnected) -> None:
    """Where nobody tells people from machines, it was a person; else one is waited for."""
    line = turn.state.lines.get(event.attempt_id)
    campaign = turn.state.config.calling.campaigns.get(line.campaign_id) if line else None
    how = campaign.dialling if campaign else None
    if line and (line.outcome == Outcome.HUMAN or how is None or how.answering.detect == "off"):
        _count(turn, event.attempt_id, abandoned=False)


def decide_classified(turn: Turn, event: AttemptClassified) -> None:
    """A person, who talks with an agent already."""
    line = turn.state.lines.get(event.attempt_id)
    if line and line.connected_at and event.outcome == Outcome.HUMAN:
        _count_talk(turn, line)


def count_at_end(turn: Turn, line: Line) -> None:
    """Nobody ever said that it was a machine."""
    if line.connected_at and not line.counted and line.outcome not in NOBODY:
        _count_talk(turn, line)


def _count_talk(turn: Turn, line: Line) -> None:
    """When the greeting ended may be known only now: who then had to wait too long after it was left alone as well.
    Nobody waits for an agent who hears a broadcast."""
    campaign = turn.state.config.calling.campaigns.get(line.campaign_id)
    waited = line.greeting_at > 0 and (campaign is None or campaign.mode != "broadcast")
    late = waited and not line.counted and is_late(line, line.greeting_at)
    if late:
        turn.emit(AttemptAbandoned(attempt_id=line.leg_id, contact_id=line.contact_id, late=True))
    _count(turn, line.leg_id, abandoned=late)


def _count(turn: Turn, attempt_id: str, *, abandoned: bool) -> None:
    line = turn.state.lines.get(attempt_id)
    if line is None or line.counted:
        return
    campaign = tuned_campaign(turn.state, line.campaign_id)
    turn.emit(
        LiveAnswerCounted(
            attempt_id=attempt_id,
            pool_id=line.pool_id,
            abandoned=abandoned,
            target_ppm=_aim(turn.state, line, campaign, turn.now.at) if campaign else 0,
        )
    )


def _aim(state: State, line: Line, campaign: CampaignConfig, at: int) -> int:
    pool = pools_of(state).by_campaign.get(line.campaign_id)
    theta = pool_of(state, line.pool_id).theta
    return haste_of(state, campaign, line.bounds, theta, at_work(state, pool) if pool else 0, at).aim_ppm


def _connect_at(state: State, key: str) -> int:
    line = state.lines.get(key)
    return line.connect_by if line else 0


PROMISES = {CONNECT: _connect_at}
DUE = {CONNECT: due_connect}
