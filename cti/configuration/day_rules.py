"""Which day of a year a rule names: a date, a week day of a month, one before or after a day, so many from Easter."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
SIDES = {"before": -1, "after": 1}
WORDS = (*PLACES, *WEEKDAYS, *MONTHS, *SIDES, "of")

LEAP_YEAR = 2000
DAY = timedelta(days=1)


class MonthDay(NamedTuple):
    """The same date each year; 02-29 in leap years only."""

    month: int
    day: int

    def of(self, year: int) -> date | None:
        """The day in this year, if there is one."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


class NthWeekday(NamedTuple):
    """`nth` from 1, or -1 for the last; 0 is Monday. Not every month has a fifth."""

    nth: int
    weekday: int
    month: int

    def of(self, year: int) -> date | None:
        """The day in this year, if there is one."""
        if self.nth < 0:
            after = date(year + self.month // 12, self.month % 12 + 1, 1)
            return beside(after, self.weekday, -1)
        found = beside(date(year, self.month, 1) - DAY, self.weekday, 1) + 7 * DAY * (self.nth - 1)
        return found if found.month == self.month else None


class Beside(NamedTuple):
    """The nearest such week day before (`side` -1) or after (1) a day, never that day itself."""

    weekday: int
    side: int
    anchor: MonthDay | NthWeekday

    def of(self, year: int) -> date | None:
        """The day in this year, if there is one."""
        anchor = self.anchor.of(year)
        return anchor and beside(anchor, self.weekday, self.side)


class FromEaster(NamedTuple):
    """So many days from Easter Sunday."""

    days: int

    def of(self, year: int) -> date:
        """The day in this year."""
        return easter(year) + DAY * self.days


DayRule = MonthDay | NthWeekday | Beside | FromEaster


def beside(day: date, weekday: int, side: int) -> date:
    """The nearest such week day before (-1) or after (1) the day."""
    return day + DAY * side * ((side * (weekday - day.weekday()) - 1) % 7 + 1)


def observed(day: date, weekday: int) -> date:
    """The nearest such week day, on either side."""
    return day + DAY * ((weekday - day.weekday() + 3) % 7 - 3)


def easter(year: int) -> date:
    """Easter Sunday of the western churches: J. Meeus, Astronomical Algorithms, chapter 8, for the Gregorian calendar.
    The names are his."""
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741 - his name for it
    m = (a + 11 * h + 22 * l) // 451
    n, p = divmod(h + l - 7 * m + 114, 31)
    return date(year, n, p + 1)


def rhythm(years: Iterable[int]) -> int:
    """Every how many years a day comes that came in these: 1 for a single year, 0 when there is no saying."""
    steps = {after - before for before, after in pairwise(sorted(set(years)))} or {1}
    return min(steps) if len(steps) == 1 else 0


def month_day(text: str) -> MonthDay | None:
    """`12-25`, if some year has that day."""
    month, dash, day = text.partition("-")
    if not dash or len(month) != 2 or len(day) != 2 or not (month + day).isdecimal() or not text.isascii():
        return None
    found = MonthDay(int(month), int(day))
    return found if found.of(LEAP_YEAR) else None


def weekday_rule(text: str) -> NthWeekday | Beside | None:
    """`third monday of january`, `monday before 05-25`, `friday after fourth thursday of november`."""
    match text.lower().split():
        case [weekday, side, *anchor] if weekday in WEEKDAYS and side in SIDES:
            found = _nth(anchor) or (month_day(anchor[0]) if len(anchor) == 1 else None)
            return found and Beside(WEEKDAYS.index(weekday), SIDES[side], found)
        case words:
            return _nth(words)


def _nth(words: list[str]) -> NthWeekday | None:
    match words:
        case [place, weekday, "of", month] if place in PLACES and weekday in WEEKDAYS and month in MONTHS:
            return NthWeekday(PLACES[place], WEEKDAYS.index(weekday), MONTHS.index(month) + 1)
    return None
