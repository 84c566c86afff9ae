"""calling_rules/calendars/*.yaml: the days on which something is closed, by rules where there are any."""

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from cti.configuration.day_rules import WORDS, Beside, MonthDay, NthWeekday, month_day, rhythm, weekday_rule
from cti.configuration.document import kind_of
from cti.configuration.mistake import printable, suggest
from cti.configuration.written.base import Omissible, Written, wrong, wrong_inside
from cti.configuration.written.values import Date, Line, Name, Text, check_unlike

CALENDAR_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")
ID_CHARACTERS_MAX = 64

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _check_id(value: str) -> str:
    if CALENDAR_ID.fullmatch(value) and len(value) <= ID_CHARACTERS_MAX:
        return value
    remedy = "write capital letters, digits and hyphens, such as US-AL"
    raise wrong(f'"{printable(value)}" is not a possible name of a calendar', remedy)


def _shown(value: Any) -> str:
    return f'"{printable(value)}"' if isinstance(value, str) else kind_of(value)


def _month_day(value: Any) -> MonthDay:
    found = month_day(value) if isinstance(value, str) else None
    if found is None:
        raise wrong(f"{_shown(value)} is not a day of the year", "write month and day, such as 12-25")
    return found


def _weekday(value: Any) -> NthWeekday | Beside:
    found = weekday_rule(value) if isinstance(value, str) else None
    if found is None:
        words = value.lower().split() if isinstance(value, str) else []
        meant = [remedy for word in words if word not in WORDS and (remedy := suggest(word, WORDS, ""))]
        remedy = "write one such as third monday of january, last monday of may, or monday before 05-25"
        raise wrong(f"{_shown(value)} is not a rule for a day", meant[0] if meant else remedy)
    return found


def _check_moves(moves: dict[Day, Day]) -> dict[Day, Day]:
    for day, to in moves.items():
        if day == to:
            error = wrong(f"{day} moves to itself", "write the day on which it is observed")
            raise wrong_inside([((day,), error)], moves)
    return moves


CalendarId = Annotated[str, AfterValidator(_check_id)]
Moves = Annotated[dict[Day, Day], AfterValidator(_check_moves)]


class DayWritten(Written):
    """An entry of `days`: one way to say when it is."""

    ways: ClassVar[tuple[str, ...]] = ("date", "weekday", "easter", "on")

    date: Omissible[Annotated[MonthDay, PlainValidator(_month_day)]] = None
    weekday: Omissible[Annotated[NthWeekday | Beside, PlainValidator(_weekday)]] = None
    easter: Omissible[Annotated[int, Field(ge=-100, le=200)]] = None
    on: Omissible[Annotated[list[Date], Field(min_length=1, max_length=500), AfterValidator(check_unlike)]] = None
    name: Name
    since: Omissible[Annotated[int, Field(ge=1900, le=2200)]] = None
    moves: Omissible[Moves] = None
    once: bool = False

    @model_validator(mode="after")
    def _check_way(self) -> Self:
        used = [way for way in self.ways if getattr(self, way) is not None]
        if not used:
            raise wrong("this does not say when it is", f"write one of the keys {', '.join(self.ways)}")
        if len(used) > 1:
            what = f"this says when it is by {' and '.join(used)}"
            raise wrong_inside([((used[-1],), wrong(what, "make a day of each"))], self)
        return self

    @model_validator(mode="after")
    def _check_years(self) -> Self:
        """A list that skips a year may have been forgotten there, so it says what it means."""
        if self.once and self.on is None:
            error = wrong("only dates that are written one by one come once", "take the key out, or write on")
            raise wrong_inside([(("once",), error)], self)
        if self.on and not self.once and not rhythm(self.years()):
            years = self.years()
            gap = next(year for year in range(years[0], years[-1]) if year not in years)
            remedy = "add one, or once: true if these days will not come again"
            raise wrong_inside([(("on",), wrong(f"no date of {gap} is among them", remedy))], self)
        return self

    def years(self) -> list[int]:
        """Those of the dates that are written one by one."""
        return sorted({date.fromisoformat(iso).year for iso in self.on or ()})


class CalendarWritten(Written):
    """An entry of calling_rules/calendars/*.yaml."""

    name: Line
    source: Text
    read_on: Omissible[Date] = None
    days: Annotated[list[DayWritten], Field(min_length=1, max_length=500)]
    moves: Moves = {}
    note: Omissible[Text] = None
