"""What a caller hears when no flow has anything to say: something to wait by, or an apology."""

from cti.core.plan import Door, GoOn, HangUp, Plan, Say
from cti.core.state import State


def filler(state: State, door: Door) -> Plan:
    """Something to hear, then come back."""
    music = state.config.hold_music or (Say(text="One moment, please.", language=state.config.language),)
    back = door if door in (Door.WAIT, Door.NEXT) else Door.NEXT
    return Plan((*music, GoOn(door=back)))


def apology(state: State) -> Plan:
    prompt = state.config.apology or (Say(text="We are sorry, please call again later.", language="en-US"),)
    return Plan((*prompt, HangUp()))
