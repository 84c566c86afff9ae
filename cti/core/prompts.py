"""What a caller hears when no flow has anything to say: something to wait by, or an apology."""

from cti.core.config import Prompt
from cti.core.contact import Contact, is_called
from cti.core.plan import Door, GoOn, HangUp, Park, Pause, Plan, Say
from cti.core.state import State


def filler(state: State, door: Door) -> Plan:
    """Something to hear, then come back."""
    music = state.config.hold_music or (Say(text="One moment, please.", language=state.config.language),)
    back = door if door in (Door.WAIT, Door.NEXT) else Door.NEXT
    return Plan((*music, GoOn(door=back)))


QUIET = Plan((Pause(seconds=1), GoOn(door=Door.WAIT)))
"""What whoever we called hears until an agent is there, or the time is up: nothing, second by second."""

SPOKEN_CHARACTER_MS = 200
"""Nobody speaks more slowly."""

PLAYED_MS = 60_000
"""How long a recording may be, by what we know of it."""


def longest_ms(prompt: Prompt) -> int:
    """How long it may take to hear all of it."""
    longest = 0
    for verb in prompt:
        if isinstance(verb, Say):
            longest += SPOKEN_CHARACTER_MS * len(verb.text)
        else:
            longest += 1_000 * verb.seconds if isinstance(verb, Pause) else PLAYED_MS * verb.loop
    return longest


def notice_due(state: State, contact: Contact) -> Prompt:
    """What a caller must hear before a conversation may be recorded; nothing where none is, or once it was heard."""
    queue = state.config.queues.get(contact.queue_id)
    if queue is None or queue.recording == "never" or contact.notice_given:
        return ()
    return queue.recording_notice


def back_in_line(contact: Contact, said: Prompt = ()) -> Plan:
    """Out of a room, or from the way there, to wait again: after what is to be `said` in the carrier's waiting room,
    from which no document leads into a room; or, whom we called, where the next one may lead straight to an agent."""
    return QUIET if is_called(contact) else Plan((*said, Park()))


def apology(state: State) -> Plan:
    prompt = state.config.apology or (Say(text="We are sorry, please call again later.", language="en-US"),)
    return Plan((*prompt, HangUp()))
