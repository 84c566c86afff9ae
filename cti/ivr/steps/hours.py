"""Branch by opening hours, in the hours' own time zone."""

from cti.core.config import HoursStep
from cti.core.contact import Contact
from cti.core.opening import is_open
from cti.core.plan import AnyVerb
from cti.core.turn import Turn


def enter(turn: Turn, contact: Contact, step: HoursStep, verbs: list[AnyVerb]) -> str:
    """`open` or `closed`, by the clock of the hours' zone."""
    config = turn.state.config_of(contact)
    hours = config.hours[step.hours_id]
    zone = config.zones[hours.zone]
    return step.open if is_open(hours.spans, zone, turn.now.at, hours.holidays) else step.closed
