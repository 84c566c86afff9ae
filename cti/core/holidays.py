"""Which holiday a day is, and by which calendar."""

from bisect import bisect_left
from collections.abc import Iterable

from cti.core.calling import Calendar
from cti.core.zone import date_of


def holiday_of(calendars: Iterable[Calendar], day: int) -> str:
    """`2026-12-28 is Boxing Day (observed), calendar GB`, of a day (counted from 1970-01-01) that one of them has; or
    that it does not know the year; else nothing."""
    iso = date_of(day)
    for calendar in calendars:
        place = bisect_left(calendar.dates, iso)
        if place < len(calendar.dates) and calendar.dates[place] == iso:
            name = calendar.names[place] if calendar.names else f"a day of {calendar.name}"
            return f"{iso} is {name}, calendar {calendar.calendar_id}"
        if not calendar.first <= int(iso[:4]) <= calendar.last:
            return f"calendar {calendar.calendar_id} does not know the year {iso[:4]}"
    return ""
