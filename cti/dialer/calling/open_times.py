"""When a week's spans of local time leave room for a call, through clock changes and over closed days."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from cti.core.times import OpeningSpan, ZoneTable
from cti.core.zone import weekday_of

MINUTE_MS = 60_000
DAY_MS = 86_400_000
DAY_MIN = 1_440
HORIZON_MS = 400 * DAY_MS
"""Further ahead nobody plans a call: what has not opened by then is closed for good."""

Spans = tuple[tuple[int, int], ...]


class LocalTime(NamedTuple):
    """A clock on the wall: the day since 1970-01-01, and ms since its midnight."""

    day: int
    ms: int


class OpenTimes(NamedTuple):
    """The spans of each week day (ms of the day, ascending, apart), and the days that are closed. Nothing is known of
    days before `first_day` and after `last_day`: they are closed too."""

    week: tuple[Spans, ...]
    closed: frozenset[int]
    first_day: int
    last_day: int

    def is_open(self, local: LocalTime, length_ms: int) -> bool:
        """Whether there is room for `length_ms` from this time on, before the span ends."""
        day, begins = local
        if day in self.closed or not self.first_day <= day <= self.last_day:
            return False
        ends = begins + length_ms
        return any(opens <= begins and ends <= closes for opens, closes in self.week[weekday_of(day)])

    def room_at(self, zone: ZoneTable, at: int, length_ms: int) -> int:
        """The first instant (ms UTC) from `at` on with open time for `length_ms`; -1 when there is none."""
        begins = ends = -1
        for opens, closes in self.spans(zone, at, at + HORIZON_MS):
            if opens != ends:  # else it goes on: after midnight, or after the clock was changed
                begins = opens
            ends = closes
            if ends - begins >= length_ms:
                return begins
        return -1

    def spans(self, zone: ZoneTable, at: int, limit: int) -> Iterator[tuple[int, int]]:
        """Open time from `at` to before `limit`, in order; cut at midnights and where the clock is changed."""
        index = max(0, bisect_right(zone.starts_at, at) - 1)
        while at < limit:
            index += 1
            ends = zone.starts_at[index] if index < len(zone.starts_at) else limit
            yield from self._spans_between(at, min(ends, limit), zone.offsets_s[index - 1] * 1_000)
            at = ends

    def _spans_between(self, begins: int, ends: int, offset_ms: int) -> Iterator[tuple[int, int]]:
        for day in range((begins + offset_ms) // DAY_MS, (ends - 1 + offset_ms) // DAY_MS + 1):
            if day in self.closed or not self.first_day <= day <= self.last_day:
                continue
            midnight = day * DAY_MS - offset_ms
            for opens, closes in self.week[weekday_of(day)]:
                since, until = max(begins, midnight + opens), min(ends, midnight + closes)
                if since < until:
                    yield since, until


ALWAYS: Spans = ((0, DAY_MS),)


def week_of(spans: tuple[OpeningSpan, ...]) -> tuple[Spans, ...]:
    """Each week day's spans; what reaches past midnight is the next day's, what touches is one."""
    minutes = sorted(_by_day(spans))
    return tuple(
        _joined([(opens, closes) for weekday, opens, closes in minutes if weekday == each]) for each in range(7)
    )


def _by_day(spans: tuple[OpeningSpan, ...]) -> Iterator[tuple[int, int, int]]:
    for span in spans:
        yield span.weekday, span.opens, min(span.closes, DAY_MIN)
        if span.closes > DAY_MIN:
            yield (span.weekday + 1) % 7, 0, span.closes - DAY_MIN


def _joined(spans: list[tuple[int, int]]) -> Spans:
    joined: list[tuple[int, int]] = []
    for opens, closes in spans:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return tuple((opens * MINUTE_MS, closes * MINUTE_MS) for opens, closes in joined)
