"""Recording the customer's leg: by the queue's rule or the agent's wish, paused while a card number is said."""

from cti.conversation.taking_part import accept, asking, refuse
from cti.core.commands import RecordLeg
from cti.core.contact import Contact
from cti.core.events import (
    ContactConnected,
    ContactForwarded,
    ContactRequeued,
    ContactTransferred,
    RecordingAsked,
    RecordingRequested,
    RecordingStarted,
)
from cti.core.states import ContactState, RecordingAction, RecordingState
from cti.core.turn import Turn

NEVER, ALWAYS = "never", "always"


def decide_connected(turn: Turn, event: ContactConnected) -> None:
    """Where every conversation is recorded it begins with the talk."""
    contact = turn.state.contacts[event.contact_id]
    queue = turn.state.config.queues.get(contact.queue_id)
    if queue and queue.recording == ALWAYS and contact.recording is RecordingState.OFF:
        _start(turn, contact)


def _start(turn: Turn, contact: Contact) -> None:
    turn.emit(RecordingAsked(contact_id=contact.contact_id, leg_id=contact.leg_id))
    _ask(turn, contact, RecordingAction.START)


def _ask(turn: Turn, contact: Contact, action: RecordingAction, recording_id: str = "") -> None:
    leg = turn.state.legs[contact.leg_id]
    turn.ask(RecordLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, action=action, recording_id=recording_id))


_DONE = {
    RecordingAction.START: (RecordingState.ON, RecordingState.ASKED, RecordingState.PAUSED),
    RecordingAction.STOP: (RecordingState.OFF,),
}
"""What needs no asking. A pause is asked for again where one is known of: that it is over may be about to be told, and
a card's number would be in the recording."""


def decide_requested(turn: Turn, event: RecordingRequested) -> None:
    """An agent may pause and resume what is recorded always, and start and stop only what is recorded on request."""
    asked = asking(turn, event)
    if asked is None:
        return
    contact, action = asked.contact, event.action
    queue = turn.state.config.queues.get(contact.queue_id)
    rule = queue.recording if queue else NEVER
    if rule == NEVER:
        refuse(turn, event, "not_recorded", "Conversations of this queue are not recorded.")
    elif rule == ALWAYS and action is RecordingAction.STOP:
        refuse(turn, event, "always_recorded", "Conversations of this queue are recorded: pause it instead.")
    elif contact.recording in _DONE.get(action, ()):
        accept(turn, event)
    elif action is RecordingAction.START:
        _start(turn, contact)
    elif contact.recording is RecordingState.ASKED:
        refuse(turn, event, "not_recording", "The recording is just about to begin: try again in a moment.")
    elif contact.recording is RecordingState.OFF:
        refuse(turn, event, "not_recording", "Nothing is being recorded now.")
    else:
        _ask(turn, contact, action, contact.recording_id)


def decide_started(turn: Turn, event: RecordingStarted) -> None:
    """It began only after the conversation was over: there is nothing to hear."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact and contact.state not in (ContactState.CONNECTED, ContactState.ENDED):
        _ask(turn, contact, RecordingAction.STOP, event.recording_id)


def take_over(turn: Turn, leg_id: str, recording_id: str) -> None:
    """The carrier records the leg, and we did not know. It is ours now, so that it can be paused; and where nobody has
    reason to think that anything is recorded it is stopped: a card's number may be said any moment."""
    leg = turn.state.legs.get(leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    queue = turn.state.config.queues.get(contact.queue_id) if contact else None
    always = queue is not None and queue.recording == ALWAYS
    unexpected = contact is not None and contact.recording is RecordingState.OFF and not always
    turn.emit(RecordingStarted(leg_id=leg_id, recording_id=recording_id))
    if contact and unexpected and contact.state is ContactState.CONNECTED:  # elsewhere it is stopped anyway
        _ask(turn, contact, RecordingAction.STOP, recording_id)


def decide_over(turn: Turn, event: ContactTransferred | ContactForwarded | ContactRequeued) -> None:
    """The customer talks to none of our agents now: what is said elsewhere is not ours to record, nor music. The next
    conversation is recorded by the rule of its own queue."""
    contact = turn.state.contacts[event.contact_id]
    if contact.state is not ContactState.CONNECTED and contact.recording_id:
        _ask(turn, contact, RecordingAction.STOP, contact.recording_id)
