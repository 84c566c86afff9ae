"""Recording the customer's leg: by the queue's rule or the agent's wish, paused while a card number is said."""

from cti.conversation.taking_part import accept, asking, refuse
from cti.core.commands import RecordLeg
from cti.core.contact import Contact
from cti.core.events import ContactConnected, RecordingAsked, RecordingRequested, RecordingStarted
from cti.core.states import ContactState, RecordingAction, RecordingState
from cti.core.turn import Turn

NEVER, ALWAYS = "never", "always"


def decide_connected(turn: Turn, event: ContactConnected) -> None:
    """Where every conversation is recorded it begins with the talk; what runs already goes on."""
    contact = turn.state.contacts[event.contact_id]
    queue = turn.state.config.queues.get(contact.queue_id)
    if queue and queue.recording == ALWAYS and contact.recording is RecordingState.OFF:
        _start(turn, contact)


def _start(turn: Turn, contact: Contact) -> None:
    turn.emit(RecordingAsked(contact_id=contact.contact_id, leg_id=contact.leg_id))
    _ask(turn, contact, RecordingAction.START)


def _ask(turn: Turn, contact: Contact, action: RecordingAction) -> None:
    leg = turn.state.legs[contact.leg_id]
    turn.ask(
        RecordLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, action=action, recording_id=contact.recording_id)
    )


_DONE = {
    RecordingAction.START: (RecordingState.ON, RecordingState.ASKED, RecordingState.PAUSED),
    RecordingAction.PAUSE: (RecordingState.PAUSED,),
    RecordingAction.RESUME: (RecordingState.ON,),
    RecordingAction.STOP: (RecordingState.OFF,),
}


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
    elif contact.recording in _DONE[action]:
        accept(turn, event)
    elif action is RecordingAction.START:
        _start(turn, contact)
    elif contact.recording not in (RecordingState.ON, RecordingState.PAUSED):
        refuse(turn, event, "not_recording", "Nothing is being recorded now.")
    else:
        _ask(turn, contact, action)


def decide_started(turn: Turn, event: RecordingStarted) -> None:
    """It began only after the conversation was over: there is nothing to hear."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact and contact.state in (ContactState.QUEUED, ContactState.IN_FLOW):
        _ask(turn, contact, RecordingAction.STOP)
