"""Branch by opening hours, in the hours' own time zone."""

from cti.core.config import HoursConfig, HoursStep
from cti.core.contact import Contact
from cti.core.plan import AnyVerb
from cti.core.times import ZoneTable
from cti.core.turn import Turn
from cti.core.zone import date_of, offset_s, weekday_of

DAY_MIN = 24 * 60


def enter(turn: Turn, contact: Contact, step: HoursStep, verbs: list[AnyVerb]) -> str:
    """`open` or `closed`, by the clock of the hours' zone."""
    config = turn.state.config_of(contact)
    hours = config.hours[step.hours_id]
    return step.open if is_open(hours, config.zones[hours.zone], turn.now.at) else step.closed


def is_open(hours: HoursConfig, zone: ZoneTable, at: int) -> bool:
    """Open at the instant `at` (ms UTC)? A span that reaches past midnight belongs to the day it began on, and so
    does that day's holiday."""
    local_min = (at // 1_000 + offset_s(zone, at)) // 60
    day, minute = divmod(local_min, DAY_MIN)
    for days_back in (0, 1):
        began = day - days_back
        if date_of(began) in hours.holidays:
            continue
        weekday = weekday_of(began)
        now = minute + days_back * DAY_MIN
        if any(span.weekday == weekday and span.opens <= now < span.closes for span in hours.spans):
            return True
    return False
