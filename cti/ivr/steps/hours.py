"""Branch by opening hours, in the hours' own time zone."""

from cti.core.config import HoursConfig, HoursStep, ZoneTable
from cti.core.contact import Contact
from cti.core.plan import AnyVerb
from cti.core.turn import Turn
from cti.core.zone import offset_s

DAY_MIN = 24 * 60
DAYS_FROM_MONDAY = 3  # 1970-01-01 was a Thursday
EPOCH_SHIFT_DAYS = 719_468
"""Days from 0000-03-01 to 1970-01-01, for the civil calendar below."""


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
        weekday = (began + DAYS_FROM_MONDAY) % 7
        now = minute + days_back * DAY_MIN
        if any(span.weekday == weekday and span.opens <= now < span.closes for span in hours.spans):
            return True
    return False


def date_of(day: int) -> str:
    """ISO date of a day counted from 1970-01-01. The algorithm is Howard Hinnant's `civil_from_days`."""
    shifted = day + EPOCH_SHIFT_DAYS
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day_of_month = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return f"{year:04d}-{month:02d}-{day_of_month:02d}"
