"""Is something open? By spans of a week, in one zone."""

from collections.abc import Iterable

from cti.core.times import OpeningSpan, ZoneTable
from cti.core.zone import date_of, offset_s, weekday_of

DAY_MIN = 24 * 60


def is_open(spans: Iterable[OpeningSpan], zone: ZoneTable, at: int, holidays: tuple[str, ...] = ()) -> bool:
    """Open at the instant `at` (ms UTC)? A span that reaches past midnight belongs to the day it began on, and so
    does that day's holiday (ISO dates)."""
    local_min = (at // 1_000 + offset_s(zone, at)) // 60
    day, minute = divmod(local_min, DAY_MIN)
    for days_back in (0, 1):
        began = day - days_back
        if date_of(began) in holidays:
            continue
        weekday = weekday_of(began)
        now = minute + days_back * DAY_MIN
        if any(span.weekday == weekday and span.opens <= now < span.closes for span in spans):
            return True
    return False
