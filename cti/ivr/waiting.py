"""What a waiting caller hears: the place in line, music, and again."""

from cti.core.contact import Contact, is_called
from cti.core.events import ContactQueued, PositionAsked, PositionTold, RecordingNoticeGiven
from cti.core.plan import AnyVerb, Door, GoOn, Join, Park, Pause, Plan, Say
from cti.core.prompts import QUIET, notice_due
from cti.core.state import State
from cti.core.states import ContactState
from cti.core.turn import Turn

QUIET_S = 10
"""A pause, where neither queue nor site has music. Shorter than what callers take for a dead line."""


def decide_contact_queued(turn: Turn, event: ContactQueued) -> None:
    """Into the carrier's waiting room, after whatever the flow still had to say, and what must be said before anything
    is recorded."""
    contact = turn.state.contacts[event.contact_id]
    if is_called(contact):  # whom we called waits for seconds only
        return
    said = turn.said.pop(event.contact_id, [])
    turn.plan(contact.leg_id, Plan((*said, *notice_due(turn.state, contact), Park())))


def tell_wait(turn: Turn, contact: Contact) -> None:
    """The waiting document ran out: ask for the place, which completes the next one."""
    if is_called(contact):
        turn.plan(contact.leg_id, _on_the_way(turn.state, contact) or QUIET)
    elif contact.state is ContactState.QUEUED:
        if notice_due(turn.state, contact):  # whoever waits has heard what came before
            turn.emit(RecordingNoticeGiven(contact_id=contact.contact_id))
        turn.emit(PositionAsked(contact_id=contact.contact_id))
    else:  # on the way to an agent
        turn.plan(contact.leg_id, Plan((*music(turn.state, contact), GoOn(door=Door.WAIT))))


def _on_the_way(state: State, contact: Contact) -> Plan | None:
    """Whom we called, and sent to an agent: a leg that asks again has not gone, and is told so once more."""
    plan = state.legs[contact.leg_id].plan
    sent = contact.state is ContactState.CONNECTING and plan and plan.verbs and isinstance(plan.verbs[-1], Join)
    return plan if sent else None


def decide_position_told(turn: Turn, event: PositionTold) -> None:
    """The next waiting document: the position, if the queue announces it, then music."""
    contact = turn.state.contacts[event.contact_id]
    queue = turn.state.config.queues.get(contact.queue_id)
    verbs: list[AnyVerb] = []
    if queue and queue.announce_position:
        text = queue.announcement.replace("{position}", str(event.position))
        verbs.append(Say(text=text, language=queue.language))
    verbs.extend(music(turn.state, contact))
    turn.plan(contact.leg_id, Plan((*verbs, GoOn(door=Door.WAIT))))


def music(state: State, contact: Contact) -> tuple[AnyVerb, ...]:
    """The queue's; else the site's; else silence, which also comes to an end."""
    queue = state.config.queues.get(contact.queue_id)
    return (queue.music if queue else ()) or state.config.hold_music or (Pause(seconds=QUIET_S),)
