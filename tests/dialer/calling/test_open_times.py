"""When a week leaves room for a call: edges, midnights, closed days, clock changes."""

import pytest

from cti.configuration import zones
from cti.core.zone import day_of, local_day
from cti.dialer.calling.demands import EVER
from cti.dialer.calling.open_times import ALWAYS, LocalTime, OpenTimes, week_of
from tests.dialer.calling.books import CHICAGO, NEW_YORK, ms, spans

MINUTE_MS, DAY_MS = 60_000, 86_400_000
EIGHT_TO_NINE = week_of(spans(mon_sun="08:00-21:00"))
MONDAY = day_of("2026-11-23")


def times(week=EIGHT_TO_NINE, *closed: str) -> OpenTimes:
    return OpenTimes(week, frozenset(map(day_of, closed)), -EVER, EVER)


def clock(hours: int, minutes: int = 0, seconds: int = 0) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (clock(8) - 1, False),
        (clock(8), True),
        (clock(20, 59, 30), True),  # half a minute of ringing ends with the hour
        (clock(20, 59, 30) + 1, False),
        (clock(21), False),
        (0, False),
    ],
)
def test_a_call_must_fit_in_before_the_hour_to_the_millisecond(at, expected):
    assert times().is_open(LocalTime(MONDAY, at), 30_000) is expected


def test_a_closed_day_and_a_day_nothing_is_known_of_are_closed():
    noon = LocalTime(MONDAY, clock(12))
    assert not times(EIGHT_TO_NINE, "2026-11-23").is_open(noon, 30_000)
    assert not times()._replace(first_day=MONDAY + 1).is_open(noon, 30_000)
    assert not times()._replace(last_day=MONDAY - 1).is_open(noon, 30_000)


def test_spans_that_touch_are_one_and_what_passes_midnight_is_the_next_days():
    week = week_of(spans(mon="09:00-12:00 12:00-13:00 20:00-26:00", sun="22:00-25:00"))
    minutes = [[(a // MINUTE_MS, b // MINUTE_MS) for a, b in day] for day in week]
    assert minutes[0] == [(0, 60), (540, 780), (1_200, 1_440)]
    assert minutes[1] == [(0, 120)]
    assert minutes[6] == [(1_320, 1_440)]


def test_room_is_found_now_later_or_never():
    zone = zones.table(NEW_YORK)
    assert times().room_at(zone, ms("2026-11-23T12:00-05:00"), 30_000) == ms("2026-11-23T12:00-05:00")
    assert times().room_at(zone, ms("2026-11-23T20:59:31-05:00"), 30_000) == ms("2026-11-24T08:00-05:00")
    closed = times(EIGHT_TO_NINE, "2026-11-24", "2026-11-25")
    assert closed.room_at(zone, ms("2026-11-23T21:00-05:00"), 30_000) == ms("2026-11-26T08:00-05:00")
    assert times(((),) * 7).room_at(zone, ms("2026-11-23T12:00-05:00"), 30_000) == -1
    assert times(week_of(spans(mon="08:00-08:01"))).room_at(zone, 0, 60_001) == -1


def test_open_past_midnight_is_one_stretch_unless_the_next_day_is_closed():
    zone, before = zones.table(NEW_YORK), ms("2026-11-23T23:59:45-05:00")
    assert times((ALWAYS,) * 7).room_at(zone, before, 30_000) == before
    holiday = times((ALWAYS,) * 7, "2026-11-24")
    assert holiday.room_at(zone, before, 30_000) == ms("2026-11-25T00:00-05:00")


def test_in_spring_the_hour_that_is_skipped_opens_with_the_next_one():
    week = week_of(spans(sun="02:15-02:45 05:00-06:00"))  # 2027-03-14, 02:00 becomes 03:00
    found = times(week).room_at(zones.table(CHICAGO), ms("2027-03-14T00:00-06:00"), 30_000)
    assert found == ms("2027-03-14T05:00-05:00")


def test_in_spring_what_lies_on_both_sides_of_the_skipped_hour_is_one_stretch():
    week = week_of(spans(sun="01:00-02:00 03:00-04:00"))
    just_before = ms("2027-03-14T01:59:50-06:00")
    assert times(week).room_at(zones.table(CHICAGO), just_before, 30_000) == just_before


def test_in_autumn_the_hour_that_comes_twice_is_open_twice():
    week, zone = week_of(spans(sun="01:30-02:00")), zones.table(CHICAGO)  # 2026-11-01, 02:00 becomes 01:00
    first, second = ms("2026-11-01T01:30-05:00"), ms("2026-11-01T01:30-06:00")
    assert times(week).room_at(zone, ms("2026-11-01T00:00-05:00"), 30_000) == first
    assert times(week).room_at(zone, ms("2026-11-01T01:59:31-05:00"), 30_000) == second
    found = list(times(week).spans(zone, first - DAY_MS, second + DAY_MS))
    assert found == [(first, first + 30 * MINUTE_MS), (second, second + 30 * MINUTE_MS)]


@pytest.mark.parametrize(
    ("name", "before", "day", "first"),
    [
        # The first instant of a day whose midnight does not exist.
        ("America/Santiago", "2027-09-04T23:59:59-04:00", "2027-09-05", "2027-09-05T01:00-03:00"),
        ("America/Havana", "2028-03-11T23:59:59-05:00", "2028-03-12", "2028-03-12T01:00-04:00"),
        ("Asia/Beirut", "2027-03-27T23:59:59+02:00", "2027-03-28", "2027-03-28T01:00+03:00"),
    ],
)
def test_a_day_whose_midnight_is_skipped_begins_an_hour_late(name, before, day, first):
    zone = zones.table(name)
    only_that_day = times((ALWAYS,) * 7)._replace(first_day=day_of(day), last_day=day_of(day))
    assert only_that_day.room_at(zone, ms(before), 30_000) == ms(first)
    assert local_day(zone, ms(first) - 1) == day_of(day) - 1


@pytest.mark.parametrize(
    ("name", "day", "first", "end"),
    [
        # The last hour, or the first, of these days comes twice: they have 25.
        ("America/Santiago", "2027-04-03", "2027-04-03T00:00-03:00", "2027-04-04T00:00-04:00"),
        ("America/Havana", "2027-11-07", "2027-11-07T00:00-04:00", "2027-11-08T00:00-05:00"),
        ("Asia/Beirut", "2026-10-24", "2026-10-24T00:00+03:00", "2026-10-25T00:00+02:00"),
    ],
)
def test_a_day_whose_midnight_comes_twice_has_25_hours(name, day, first, end):
    that_day = times((ALWAYS,) * 7)._replace(first_day=day_of(day), last_day=day_of(day))
    found = list(that_day.spans(zones.table(name), ms(first) - DAY_MS, ms(end) + DAY_MS))
    assert (found[0][0], found[-1][1]) == (ms(first), ms(end))
    assert sum(closes - opens for opens, closes in found) == 25 * 60 * MINUTE_MS
