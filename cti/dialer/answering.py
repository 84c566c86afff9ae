"""Somebody, or something, answers a line: a person goes to the campaign's agents or into its flow, anything else as the
campaign says."""

from cti.core.call import Leg, is_answer
from cti.core.campaign import Line
from cti.core.campaign_config import Answering, CampaignDialling, leaves_messages
from cti.core.contact import Contact, is_called
from cti.core.events import (
    AnswerAwaited,
    AttemptAbandoned,
    AttemptClassified,
    ContactQueued,
    ContactStarted,
    GreetingEnded,
    MessageBegun,
    PlanRequested,
    QueueRequested,
)
from cti.core.exposure import NOBODY
from cti.core.ids import CONTACT
from cti.core.placing import caller_id_of
from cti.core.plan import HangUp, Plan, Say
from cti.core.prompts import QUIET
from cti.core.state import State
from cti.core.states import ContactState, Direction, LeaveResult, OfferState, Outcome
from cti.core.turn import Turn
from cti.dialer.abandoning import count_left_alone

PARDON = "We are sorry to have disturbed you. You will not be called again. Good bye."


def decide_answered(turn: Turn, event: PlanRequested) -> None:
    """The carrier asks what the one who answered shall hear. By now it may have said who that is."""
    line, leg = turn.state.lines.get(event.leg_id), turn.state.legs.get(event.leg_id)
    if leg is None or not is_answer(leg, event) or not leg.awaiting or leg.contact_id:
        return
    if line is None or event.result == LeaveResult.HUNG_UP:
        turn.plan(leg.leg_id, Plan((HangUp(),)))
        return
    attempt = turn.state.overlay.attempts.get(leg.leg_id)
    if event.answered_by:
        told = AttemptClassified(attempt_id=leg.leg_id, outcome=event.answered_by, quiet_ms=event.quiet_ms)
        turn.emit(told)
    unwanted = attempt is not None and attempt.unwanted
    if leg.released or unwanted:  # given up, or whoever this is asked not to be called while it rang
        count_left_alone(turn, turn.state.lines[leg.leg_id])
        pardon = unwanted and event.answered_by not in NOBODY
        words = (Say(text=PARDON, language=turn.state.config.language),) if pardon else ()
        turn.plan(leg.leg_id, Plan((*words, HangUp())))
        return
    line = turn.state.lines[leg.leg_id]
    how = how_of(turn.state, line)
    is_served = how is not None and (not line.outcome or _policy(line, how) == "queue")
    turn.emit(
        ContactStarted(
            contact_id=turn.new_id(CONTACT),
            direction=Direction.OUTBOUND,
            leg_id=leg.leg_id,
            to_number=caller_id_of(turn.state, line.campaign_id),
            from_number=leg.endpoint.removeprefix("tel:"),
            flow_id=how.flow_id if how and is_served else "",
            campaign_id=line.campaign_id,
            attempt_id=leg.leg_id,
        )
    )


def decide_contact_started(turn: Turn, event: ContactStarted) -> None:
    """Into the queue of the campaign's agents, unless the carrier said before that nobody is there. A broadcast has
    begun its flow by now."""
    line = turn.state.lines.get(event.attempt_id)
    how = how_of(turn.state, line) if line else None
    if line is None or event.agent_id:
        return
    if how is None and line.outcome in NOBODY:
        _hang_up(turn, turn.state.legs.get(line.leg_id))
    elif how is None:  # the campaign was removed meanwhile: nobody will come
        turn.emit(AttemptAbandoned(attempt_id=line.leg_id, contact_id=line.contact_id))
    elif line.outcome:
        _by_outcome(turn, line, how)
    elif not event.flow_id:
        turn.emit(QueueRequested(contact_id=line.contact_id, queue_id=how.queue_id))


def how_of(state: State, line: Line) -> CampaignDialling | None:
    """How the line's campaign dials, if it still does."""
    campaign = state.config.calling.campaigns.get(line.campaign_id)
    return campaign.dialling if campaign else None


def decide_queued(turn: Turn, event: ContactQueued) -> None:
    """From now on it is a matter of seconds."""
    contact = turn.state.contacts[event.contact_id]
    line = turn.state.lines.get(contact.attempt_id)
    how = how_of(turn.state, line) if line else None
    if line is None or how is None or not is_called(contact):
        return
    turn.emit(
        AnswerAwaited(attempt_id=line.leg_id, contact_id=event.contact_id, connect_by=connect_by(line, how.answering))
    )


def connect_by(line: Line, answering: Answering) -> int:
    """When an agent must be there (ms): from the end of the greeting, as far as it is known; at first it is
    taken to be as long as it may."""
    if not line.after_greeting:
        return line.answered_at + line.connect_ms
    greeted_at = line.greeting_at or line.answered_at + answering.greeting_ms
    return greeted_at + line.connect_ms


def decide_greeting_ended(turn: Turn, event: GreetingEnded) -> None:
    """Now it is known how long there is."""
    line = turn.state.lines.get(event.leg_id)
    how = how_of(turn.state, line) if line else None
    if line and how and line.connect_by:
        by = connect_by(line, how.answering)
        turn.emit(AnswerAwaited(attempt_id=line.leg_id, contact_id=line.contact_id, connect_by=by))


def decide_awaited(turn: Turn, event: AnswerAwaited) -> None:
    """Who cannot go straight to an agent hears nothing for a moment."""
    contact = turn.state.contacts[event.contact_id]
    leg = turn.state.legs.get(contact.leg_id)
    taken = contact.offer is not None and contact.offer.state is OfferState.ACCEPTED
    if leg and leg.awaiting and not taken:
        turn.plan(leg.leg_id, QUIET)


def decide_classified(turn: Turn, event: AttemptClassified) -> None:
    """The carrier says what answered, before anybody was sent there or beside it. By that it also says when a person's
    greeting was over."""
    line = turn.state.lines.get(event.attempt_id)
    how = how_of(turn.state, line) if line else None
    if line and event.quiet_ms and not line.greeting_at:
        turn.emit(GreetingEnded(leg_id=line.leg_id, ago_ms=event.quiet_ms))
    begins = any(isinstance(each, ContactStarted) for each in turn.events)  # else see there
    if line and how and line.contact_id and not begins:
        _by_outcome(turn, line, how)


def _by_outcome(turn: Turn, line: Line, how: CampaignDialling) -> None:
    """A machine is hung up on, hears a message in a flow, or is somebody's to talk to; a fax is always hung up on."""
    contact = turn.state.contacts.get(line.contact_id)
    if contact is None or contact.state is ContactState.ENDED:
        return
    policy = _policy(line, how)
    if policy == "hang_up":
        count_left_alone(turn, line)  # what was not told apart may be a person
        _hang_up(turn, turn.state.legs.get(line.leg_id))
    elif policy == "flow":
        _leave_message(turn, contact, line, how.answering.machine_flow)
    elif not contact.queue_id and not contact.flow_id:
        turn.emit(QueueRequested(contact_id=line.contact_id, queue_id=how.queue_id))


def _policy(line: Line, how: CampaignDialling) -> str:
    """Where nobody waits for the beep a message would be spoken into the greeting: then none is left."""
    answering = how.answering
    if line.outcome == Outcome.HUMAN:
        return "queue"
    if line.outcome == Outcome.FAX:
        return "hang_up"
    if line.outcome != Outcome.MACHINE:  # an agent who talks with them can tell
        return "queue" if line.connected_at else answering.unknown
    return answering.machine if answering.machine != "flow" or leaves_messages(how) else "hang_up"


def _leave_message(turn: Turn, contact: Contact, line: Line, flow_id: str) -> None:
    """An agent who was sent there is free again."""
    if contact.state in (ContactState.IN_FLOW, ContactState.QUEUED):
        turn.emit(MessageBegun(attempt_id=line.leg_id, contact_id=contact.contact_id, flow_id=flow_id))
    else:
        _hang_up(turn, turn.state.legs.get(line.leg_id))


def _hang_up(turn: Turn, leg: Leg | None) -> None:
    if leg and leg.awaiting:
        turn.plan(leg.leg_id, Plan((HangUp(),)))
    elif leg:
        turn.release(leg.leg_id)
