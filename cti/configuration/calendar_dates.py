"""A calendar as its local dates, for some years."""

from collections.abc import Iterator
from datetime import date

from cti.configuration.day_rules import DayRule, FromEaster, observed, rhythm
from cti.configuration.written.calendars import CalendarWritten, DayWritten
from cti.core.calling import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def resolve(calendar_id: str, written: CalendarWritten, first: int, last: int) -> Calendar:
    """Every date from the first year to the last, or as far as the lists of single dates go."""
    for day in written.days:
        if day.on and not day.once:
            years = day.years()
            between = rhythm(years) - 1  # a day of every other year is known for the years between as well
            first, last = max(first, years[0] - between), min(last, years[-1] + between)
    found: dict[date, str] = {}
    for entry in written.days:
        for when, name in _days(entry, written, range(first - 1, last + 2)):  # one near New Year may be observed then
            before = found.get(when, name)
            found[when] = before if name in before else f"{before}, {name}"
    known = [(day, found[day]) for day in sorted(found) if first <= day.year <= last]
    dates = tuple(day.isoformat() for day, _ in known)
    names = tuple(name for _, name in known)
    return Calendar(calendar_id=calendar_id, name=written.name, first=first, last=last, dates=dates, names=names)


def _days(entry: DayWritten, written: CalendarWritten, years: range) -> Iterator[tuple[date, str]]:
    """When it is, and when it is observed."""
    moves = written.moves if entry.moves is None else entry.moves
    for day in _falls_on(entry, years):
        if entry.since and day.year < entry.since:
            continue
        yield day, entry.name
        for on, to in moves.items():
            if on == DAYS[day.weekday()]:
                yield observed(day, DAYS.index(to)), f"{entry.name} (observed)"


def _falls_on(entry: DayWritten, years: range) -> Iterator[date]:
    if entry.on is not None:
        yield from map(date.fromisoformat, entry.on)
        return
    rule: DayRule | None = entry.date or entry.weekday
    if entry.easter is not None:
        rule = FromEaster(entry.easter)
    assert rule, "checked in the file"
    yield from (day for year in years if (day := rule.of(year)))
