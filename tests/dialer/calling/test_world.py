"""Every zone of the world through ten years of clock changes, against clocks of Python's own.

The oracle knows nothing of tables and spans: it looks at the wall, minute by minute, for as long as it rings.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cti.configuration import zones
from cti.core.calling import CapDemand, ClosedDemand, HoursDemand
from cti.core.times import OpeningSpan
from cti.core.zone import date_of, local_day
from tests.dialer.calling.books import LENGTH_MS, NEW_YORK, Call, attempt, calendar, ms, rule

pytestmark = pytest.mark.thorough

YEAR = int(zones.data_version()[:4])
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1_000) for year in (YEAR, YEAR + 10))
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
CELL_MS = LENGTH_MS  # clocks and spans change at whole minutes, so between two half minutes nothing does
NIGHTLY = ((10, 50), (60, 120), (140, 180), (180, 240), (400, 401), (1_290, 1_330), (1_340, 1_370), (1_380, 1_440))
"""Minutes of each day: around the times at which clocks are changed, with gaps that a call may fall into."""


def content(name: str) -> bytes:
    return files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def different() -> dict[str, list[str]]:
    """Zones by continent, one of each content: many are other names of the same."""
    found: dict[bytes, str] = {}
    for name in zones.names():
        found.setdefault(content(name), name)
    continents: dict[str, list[str]] = {}
    for name in found.values():
        continents.setdefault(name.partition("/")[0] if "/" in name else "others", []).append(name)
    return continents


CONTINENTS = different()


@lru_cache(maxsize=600)
def wall(name: str) -> ZoneInfo:
    """From the package's data, like the tables: the machine's may be older."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def shows_open(name: str, at: int, minutes: tuple[tuple[int, int], ...], closed: set[str]) -> bool:
    local = datetime.fromtimestamp(at // 1_000, wall(name))
    minute = local.hour * 60 + local.minute
    return local.date().isoformat() not in closed and any(opens <= minute < closes for opens, closes in minutes)


def changes(name: str) -> list[int]:
    """When the clock is changed within the ten years; where it never is, one instant all the same."""
    return [at for at in zones.table(name).starts_at if FIRST <= at < LAST] or [FIRST + 5_000 * HOUR_MS]


def clocks(name: str) -> tuple[tuple[int, int], ...]:
    """What the zone's clocks show in these years: many zones differ only in what they did long ago."""
    zone = zones.table(name)
    later = [(max(at, FIRST), offset) for at, offset in zip(zone.starts_at, zone.offsets_s, strict=True) if at < LAST]
    return tuple(dict(later).items())


def every_day(minutes: tuple[tuple[int, int], ...]) -> tuple[OpeningSpan, ...]:
    return tuple(OpeningSpan(weekday=day, opens=opens, closes=closes) for day in range(7) for opens, closes in minutes)


@pytest.mark.parametrize("continent", CONTINENTS)
def test_around_every_clock_change_no_call_rings_when_a_clock_shows_a_closed_time(continent):
    checked = 0
    for name in {clocks(name): name for name in CONTINENTS[continent]}.values():
        for number, change in enumerate(changes(name)):
            today = local_day(zones.table(name), change)
            closed = {date_of(today + number % 3 - 1)} if number % 2 else set()
            call = Call(
                rule(HoursDemand(spans=every_day(NIGHTLY), closed_on=("closed",))),
                calendars=[calendar(*closed)],
                zones=(name,),
            )
            checked += agree(call, name, change, closed)
    assert checked


def agree(call: Call, name: str, change: int, closed: set[str]) -> int:
    """The judge and the wall agree at every half minute of some hours, and a millisecond later."""
    first = change - 150 * MINUTE_MS
    cells = [shows_open(name, first + number * CELL_MS, NIGHTLY, closed) for number in range(602)]
    for number, (now, then) in enumerate(pairwise(cells[:600])):
        at = first + number * CELL_MS
        if now:  # a call of exactly one cell, and one that reaches into the next
            assert call.is_allowed(at), (name, at)
            assert call.is_allowed(at + 1) is then, (name, at)
        else:
            assert not call.is_allowed(at), (name, at)
    return len(cells)


NAMES = sorted(name for names in CONTINENTS.values() for name in names)
INSTANTS = st.one_of(
    st.integers(FIRST, LAST),
    st.builds(
        lambda name, which, off: changes(name)[which % len(changes(name))] + off,
        st.sampled_from(NAMES),
        st.integers(0, 40),
        st.integers(-30 * HOUR_MS, 30 * HOUR_MS),
    ),
)
SPANS = st.lists(
    st.builds(
        lambda day, opens, length: OpeningSpan(weekday=day, opens=opens, closes=min(opens + length, 2_880)),
        st.integers(0, 6),
        st.integers(0, 1_439),
        st.integers(1, 1_500),
    ),
    min_size=1,
    max_size=8,
)
SOME = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)


def call_of(written, more, zone_names, ago: list[int], at: int) -> Call:
    """Some hours, holidays, caps; calls so many minutes ago."""
    rules = [rule(HoursDemand(spans=tuple(spans)), f"US-{number}") for number, spans in enumerate([written, *more])]
    today = (at // DAY_MS) * DAY_MS
    attempts = [attempt((datetime.fromtimestamp((at - each * MINUTE_MS) / 1_000, UTC)).isoformat()) for each in ago]
    return Call(
        *rules,
        rule(CapDemand(most=2, hours=24), "US-24H"),
        rule(CapDemand(most=1, days=3), "US-3D"),
        rule(CapDemand(most=1, days=2, in_a_row=True), "US-ROW"),
        rule(ClosedDemand(closed_on=("closed",)), "US-CLOSED"),
        calendars=[calendar(date_of(today // DAY_MS + 1), first=YEAR - 1, last=YEAR + 15)],
        zones=tuple(zone_names),
        attempts=attempts,
    )


def looked_at(at: int, until: int) -> Iterator[int]:
    """Instants from `at` to before `until`: the last millisecond, close ones near both ends, others in between."""
    yield until - 1
    yield from range(at, min(until, at + 90 * MINUTE_MS), MINUTE_MS)
    yield from range(max(at, until - 90 * MINUTE_MS), until, MINUTE_MS)
    yield from range(at, until, max(MINUTE_MS, (until - at) // 200))


ALL_DAY = [OpeningSpan(weekday=day, opens=0, closes=1_440) for day in range(7)]


@settings(max_examples=120, deadline=None)
@given(written=SPANS, more=st.lists(SPANS, max_size=1), names=SOME, at=INSTANTS, ago=st.lists(st.integers(0, 9_000)))
@example(written=ALL_DAY, more=[], names=["America/Santiago"], at=ms("2027-09-04T23:59:50-04:00"), ago=[600])
@example(written=ALL_DAY, more=[], names=["Pacific/Kiritimati", "Pacific/Pago_Pago"], at=FIRST, ago=[1, 1_500, 3_000])
def test_the_next_allowed_instant_is_allowed_and_nothing_before_it_is(written, more, names, at, ago):
    call = call_of(written, more, names, ago, at)
    found = call.next(at)
    if found >= 0:
        assert call.is_allowed(found)
    for instant in looked_at(at, found) if found > at else looked_at(at, at + 400 * DAY_MS) if found < 0 else ():
        assert not call.is_allowed(instant), datetime.fromtimestamp(instant / 1_000, UTC)


@settings(max_examples=120, deadline=None)
@given(
    written=SPANS,
    more=SPANS,
    names=SOME,
    other=st.sampled_from(NAMES),
    at=INSTANTS,
    ago=st.lists(st.integers(0, 9_000), max_size=3),
)
def test_more_zones_or_rules_or_calls_never_allow_more(written, more, names, other, at, ago):
    fewer = call_of(written, [], names, [], at)
    others = [
        call_of(written, [], [*names, *({other} - {*names})], [], at),
        call_of(written, [more], names, [], at),
        call_of(written, [], names, ago, at),
    ]
    for instant in (at + number * 41 * MINUTE_MS for number in range(150)):
        if not fewer.is_allowed(instant):
            assert not any(call.is_allowed(instant) for call in others)


@settings(max_examples=150, deadline=None)
@given(written=SPANS, names=SOME, at=INSTANTS)
@example(written=ALL_DAY, names=[NEW_YORK], at=ms("2026-11-01T01:59:45-04:00"))
def test_what_is_allowed_is_open_on_every_wall_for_as_long_as_it_rings(written, names, at):
    call = Call(rule(HoursDemand(spans=tuple(written))), zones=tuple(names))
    for begins in (at, max(call.next(at), 0), *(at + number * 7 * HOUR_MS for number in range(20))):
        if not call.is_allowed(begins):
            continue
        for name in names:
            for instant in (begins, begins + LENGTH_MS // 2, begins + LENGTH_MS - 1):
                local = datetime.fromtimestamp(instant // 1_000, wall(name))
                minutes = [minute_of(local, span) for span in written]
                assert any(span.opens <= minute < span.closes for span, minute in zip(written, minutes, strict=True))


def minute_of(local: datetime, span: OpeningSpan) -> int:
    """The minute after the midnight of the span's day, in this night or the last one."""
    minute = local.hour * 60 + local.minute
    if local.weekday() == span.weekday:
        return minute
    yesterday = (local - timedelta(days=1)).weekday()
    return minute + 1_440 if yesterday == span.weekday else -1
