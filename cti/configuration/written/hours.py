"""hours.yaml: when something is open."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from cti.configuration.document import kind_of
from cti.configuration.mistake import printable, suggest
from cti.configuration.written.base import Location, Omissible, Written, wrong, wrong_inside
from cti.configuration.written.values import Date, Zone, check_unlike
from cti.core.times import OpeningSpan

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "24/7"
NEVER = "never"
DAY_MINUTES = 1_440
SPANS_MAX = 20

SPAN = re.compile(r"([0-9]{1,2}):([0-5][0-9]) ?[-–] ?([0-9]{1,2}):([0-5][0-9])")

Found = Iterator[tuple[Location, PydanticCustomError]]


def _open(value: Any) -> tuple[OpeningSpan, ...]:
    """`24/7`, `never`, or times by week days, as spans in the order of the week."""
    if value == ALWAYS:
        return tuple(OpeningSpan(weekday=weekday, opens=0, closes=DAY_MINUTES) for weekday in range(len(DAYS)))
    if value == NEVER:
        return ()
    if not isinstance(value, dict):
        shown = f'"{printable(value)}"' if isinstance(value, str) else kind_of(value)
        raise wrong(f"{shown} does not say when it is open", "write 24/7, never, or keys such as mon-fri: 08:00-17:30")
    spans: list[OpeningSpan] = []
    found = list(_read_week(value, spans))
    if found:
        raise wrong_inside(found, value)
    return tuple(sorted(spans, key=lambda span: (span.weekday, span.opens)))


def _read_week(week: dict[str, Any], spans: list[OpeningSpan]) -> Found:
    given: dict[int, str] = {}
    for key, written in week.items():
        weekdays = _weekdays(key)
        if not weekdays:
            remedy = suggest(key, DAYS, f"write {', '.join(DAYS)}, or mon-fri, or sat,sun")
            yield (key, "[key]"), wrong(f'"{printable(key)}" does not name week days', remedy)
        for weekday in weekdays:
            if weekday in given:
                what = f"the times of {DAYS[weekday]} are given twice, by {given[weekday]} and {key}"
                yield (key, "[key]"), wrong(what, "give them once")
            given[weekday] = key
        times: list[tuple[int, int]] = []
        yield from _read_day(key, written, times)
        spans += [OpeningSpan(weekday=day, opens=opens, closes=closes) for day in weekdays for opens, closes in times]


def _weekdays(key: str) -> list[int]:
    """Monday is 0; `sat-mon` goes over the end of the week. Empty when the key means no days."""
    found: list[int] = []
    for part in key.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return []
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % len(DAYS) + 1 if dash else 1
        found += [(start + step) % len(DAYS) for step in range(length)]
    return found


def _read_day(key: str, written: Any, times: list[tuple[int, int]]) -> Found:
    """Adds the times as minutes after midnight."""
    if isinstance(written, list) and len(written) > SPANS_MAX:
        yield (key,), wrong(f"these are {len(written)} times for one day", f"write at most {SPANS_MAX}")
        return
    every = written if isinstance(written, list) else [written]
    for position, item in enumerate(every):
        place: Location = (key, position) if isinstance(written, list) else (key,)
        match = SPAN.fullmatch(item) if isinstance(item, str) else None
        if match is None:
            shown = f'"{printable(item)}"' if isinstance(item, str) else kind_of(item)
            yield place, wrong(f"{shown} is not a time of opening", "write it as 08:00-17:30, or a list of these")
            continue
        hours_open, minutes_open, hours_close, minutes_close = map(int, match.groups())
        opens, closes = hours_open * 60 + minutes_open, hours_close * 60 + minutes_close
        if opens >= DAY_MINUTES:
            yield place, wrong(f'"{item}" opens after midnight', "write it under the day when it opens")
        elif closes <= opens:
            later = f"{match[1]}:{match[2]}-{hours_close + 24}:{match[4]}"
            remedy = f"write {later} if it closes on the next day"
            yield place, wrong(f'"{item}" closes before it opens', remedy)
        elif closes > 2 * DAY_MINUTES:
            yield place, wrong(f'"{item}" closes after the next day', "write at most 48:00")
        else:
            times.append((opens, closes))
    for (_, closes), (opens, _) in pairwise(sorted(times)):
        if opens < closes:
            yield (key,), wrong("two times of the day overlap", "write one for both")


Week = Annotated[tuple[OpeningSpan, ...], PlainValidator(_open)]


class HoursWritten(Written):
    """An entry of hours.yaml. Times are local times of `zone`, by default the site's."""

    open: Week
    zone: Omissible[Zone] = None
    holidays: Annotated[list[Date], Field(max_length=500), AfterValidator(check_unlike)] = []
