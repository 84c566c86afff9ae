"""Opening hours: in their own zone, through clock changes, past midnight, on holidays."""

from datetime import UTC as UTC_CLOCK
from datetime import date, datetime, timedelta

import pytest

from cti.core import opening
from cti.core.config import HoursConfig, HoursStep, PlayStep
from cti.core.times import OpeningSpan, ZoneTable
from cti.core.zone import date_of, offset_s
from tests.centre import centre, flow, say
from tests.site import STARTED_AT, Site

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
UTC = ZoneTable(name="UTC", starts_at=(0,), offsets_s=(0,))


def utc(text: str) -> int:
    """ms of an ISO time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC_CLOCK).timestamp() * 1_000)


BERLIN = ZoneTable(
    name="Europe/Berlin",
    starts_at=(0, utc("2025-03-30T01:00"), utc("2025-10-26T01:00")),
    offsets_s=(3_600, 7_200, 3_600),
)
KOLKATA = ZoneTable(name="Asia/Kolkata", starts_at=(0,), offsets_s=(19_800,))
SAMOA = ZoneTable(name="Pacific/Apia", starts_at=(0, utc("2011-12-30T10:00")), offsets_s=(-36_000, 50_400))


def is_open(config, zone, at):
    return opening.is_open(config.spans, zone, at, config.holidays)


def hours(*spans: tuple[int, str, str], holidays: tuple[str, ...] = (), zone: str = "any") -> HoursConfig:
    """`("Monday's number", "09:00", "17:30")`; 26:00 is two o'clock the next day."""

    def minutes(clock: str) -> int:
        hour, _, minute = clock.partition(":")
        return 60 * int(hour) + int(minute)

    found = tuple(OpeningSpan(weekday=day, opens=minutes(a), closes=minutes(b)) for day, a, b in spans)
    return HoursConfig(hours_id="office", zone=zone, spans=found, holidays=holidays)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-06-16T08:59:59", False),
        ("2025-06-16T09:00:00", True),
        ("2025-06-16T16:59:59", True),
        ("2025-06-16T17:00:00", False),
        ("2025-06-17T12:00:00", False),  # a Tuesday
        ("2025-06-15T12:00:00", False),  # a Sunday
    ],
)
def test_a_span_holds_its_beginning_but_not_its_end(at, expected):
    assert is_open(hours((MONDAY, "09:00", "17:00")), UTC, utc(at)) is expected


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        (BERLIN, "2025-06-16T06:59", False),  # 8:59 in summer
        (BERLIN, "2025-06-16T07:00", True),
        (BERLIN, "2025-01-13T07:00", False),  # 8:00 in winter
        (BERLIN, "2025-01-13T08:00", True),
        (KOLKATA, "2025-06-16T03:29", False),
        (KOLKATA, "2025-06-16T03:30", True),
        (KOLKATA, "2025-06-16T11:30", False),
        (SAMOA, "2025-06-15T19:00", True),  # already Monday there
        (SAMOA, "2025-06-16T19:00", False),
    ],
)
def test_the_hours_are_those_of_their_zone(zone, at, expected):
    assert is_open(hours((MONDAY, "09:00", "17:00")), zone, utc(at)) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-03-30T00:29", False),  # 1:29
        ("2025-03-30T00:30", True),
        ("2025-03-30T00:59", True),  # 1:59, then it is 3:00
        ("2025-03-30T01:00", True),  # 3:00
        ("2025-03-30T01:29", True),
        ("2025-03-30T01:30", False),
    ],
)
def test_a_span_over_the_hour_that_is_left_out(at, expected):
    assert is_open(hours((SUNDAY, "01:30", "03:30")), BERLIN, utc(at)) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-10-25T23:59", False),  # 1:59 in summer
        ("2025-10-26T00:00", True),  # 2:00 the first time
        ("2025-10-26T00:59", True),
        ("2025-10-26T01:00", True),  # 2:00 the second time
        ("2025-10-26T02:00", False),  # 3:00
    ],
)
def test_a_span_over_the_hour_that_comes_twice(at, expected):
    assert is_open(hours((SUNDAY, "02:00", "03:00")), BERLIN, utc(at)) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-06-20T21:59", False),
        ("2025-06-20T22:00", True),
        ("2025-06-20T23:59", True),
        ("2025-06-21T00:00", True),
        ("2025-06-21T01:59", True),
        ("2025-06-21T02:00", False),
        ("2025-06-20T01:00", False),  # Thursday's night is not Friday's
        ("2025-06-21T23:00", False),
    ],
)
def test_a_span_past_midnight_belongs_to_the_day_it_began(at, expected):
    assert is_open(hours((FRIDAY, "22:00", "26:00")), UTC, utc(at)) is expected


def test_a_span_from_sunday_reaches_into_the_new_week():
    week = hours((SUNDAY, "20:00", "32:00"))
    assert is_open(week, UTC, utc("2025-06-16T07:59"))
    assert not is_open(week, UTC, utc("2025-06-16T08:00"))


def test_a_day_around_the_clock_and_a_week_without_an_hour():
    every_day = hours(*[(day, "00:00", "24:00") for day in range(7)])
    for hour in range(0, 24 * 7, 5):
        assert is_open(every_day, BERLIN, utc("2025-03-28T00:30") + hour * 3_600_000)
        assert not is_open(hours(), BERLIN, utc("2025-03-28T00:30") + hour * 3_600_000)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-12-26T12:00", False),  # the holiday, a Friday
        ("2025-12-26T23:00", False),
        ("2025-12-27T01:00", False),  # its night goes with it
        ("2025-12-19T23:00", True),
        ("2025-12-20T01:00", True),
        ("2026-01-02T23:00", True),
    ],
)
def test_a_holiday_closes_what_begins_on_it(at, expected):
    nights = hours((FRIDAY, "10:00", "14:00"), (FRIDAY, "22:00", "26:00"), holidays=("2025-12-26",))
    assert is_open(nights, UTC, utc(at)) is expected


def test_a_night_that_began_before_the_holiday_is_kept():
    nights = hours((FRIDAY, "22:00", "26:00"), (SATURDAY, "10:00", "12:00"), holidays=("2025-06-21",))
    assert is_open(nights, UTC, utc("2025-06-21T01:00"))
    assert not is_open(nights, UTC, utc("2025-06-21T11:00"))


def test_a_holiday_is_a_date_of_the_zone():
    office = hours((MONDAY, "00:00", "24:00"), (SUNDAY, "00:00", "24:00"), holidays=("2025-06-16",))
    assert is_open(office, KOLKATA, utc("2025-06-15T18:29"))
    assert not is_open(office, KOLKATA, utc("2025-06-15T18:30"))


def test_dates_agree_with_the_calendar():
    day = date(1970, 1, 1)
    for days in [*range(0, 40_000, 97), *range(19_000, 20_500)]:
        assert date_of(days) == (day + timedelta(days=days)).isoformat()
    assert date_of(-1) == "1969-12-31"
    assert date_of(11_016) == "2000-02-29"


def test_before_the_tables_first_change_its_first_offset_counts():
    table = ZoneTable(name="x", starts_at=(1_000, 2_000), offsets_s=(60, 120))
    assert [offset_s(table, at) for at in (-5, 0, 999, 1_000, 1_999, 2_000, 9_999)] == [60, 60, 60, 60, 60, 120, 120]


def test_a_flow_branches_by_the_hours_of_the_moment():
    steps = {
        "hours": HoursStep(hours_id="office", open="open", closed="closed"),
        "open": PlayStep(prompt=say("We are open."), next="hours2"),
        "hours2": HoursStep(hours_id="office", open="bye", closed="bye"),
        "closed": PlayStep(prompt=say("We are closed."), next="bye"),
    }
    from cti.core.config import HangUpStep

    day = datetime.fromtimestamp(STARTED_AT / 1_000, tz=UTC_CLOCK)
    config = centre(
        flows=(flow("office", "hours", bye=HangUpStep(), **steps),),
        numbers={"+1777": "office"},
        hours={"office": hours((day.weekday(), "00:00", f"{day.hour + 1}:00"), zone="UTC")},
        zones={"UTC": UTC},
    )
    site = Site(config)
    caller = site.call(to="+1777")
    assert [verb.text for verb in site.heard(caller)[:-1]] == ["We are open."]
    site.wait(3_600_000)
    caller = site.call(to="+1777")
    assert [verb.text for verb in site.heard(caller)[:-1]] == ["We are closed."]
    site.hang_up(caller)
    assert site.closed(caller).outcome == "flow_ended"
