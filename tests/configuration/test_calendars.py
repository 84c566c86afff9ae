"""Calendars become local dates: by rules, from Easter, one by one, moved, and only as far as they are known."""

from datetime import date, timedelta

import pytest

from cti.configuration import calendar_dates
from cti.configuration.day_rules import MonthDay, beside, easter, month_day, observed, rhythm, weekday_rule
from cti.configuration.document import parse
from cti.configuration.written.calendars import CalendarWritten

FIRST, LAST = 2025, 2040


def calendar(days, moves="{}"):
    root, _ = parse(f"name: N\nsource: S\nmoves: {moves}\ndays: {days}\n", "f")
    return calendar_dates.resolve("GB", CalendarWritten.model_validate(root.plain()), FIRST, LAST)


def test_each_date_has_its_name_also_where_it_is_observed_and_where_two_fall_together():
    days = "[{date: 12-25, name: Christmas}, {date: 12-26, name: Boxing Day}, {date: 12-28, name: Innocents}]"
    found = calendar(days, moves="{sat: mon}")
    named = {iso: name for iso, name in zip(found.dates, found.names, strict=True) if iso[:4] == "2026"}
    assert named == {
        "2026-12-25": "Christmas",
        "2026-12-26": "Boxing Day",
        "2026-12-28": "Boxing Day (observed), Innocents",
    }


def dates_in(found, year):
    return [iso for iso in found.dates if iso.startswith(str(year))]


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        ("date: 12-25", 2026, ["2026-12-25"]),
        ("date: 02-29", 2027, []),
        ("date: 02-29", 2028, ["2028-02-29"]),
        ("weekday: first monday of january", 2028, ["2028-01-03"]),
        ("weekday: third monday of january", 2026, ["2026-01-19"]),
        ("weekday: Third Monday of January", 2027, ["2027-01-18"]),
        ("weekday: fourth thursday of november", 2026, ["2026-11-26"]),
        ("weekday: fifth monday of june", 2026, ["2026-06-29"]),
        ("weekday: fifth monday of may", 2026, []),
        ("weekday: last monday of may", 2026, ["2026-05-25"]),
        ("weekday: last monday of may", 2027, ["2027-05-31"]),
        ("weekday: last friday of december", 2026, ["2026-12-25"]),
        ("weekday: monday before 05-25", 2026, ["2026-05-18"]),  # the 25th is a Monday itself
        ("weekday: monday before 05-25", 2027, ["2027-05-24"]),
        ("weekday: monday after 05-25", 2026, ["2026-06-01"]),
        ("weekday: friday after fourth thursday of november", 2026, ["2026-11-27"]),
        ("weekday: friday after fourth thursday of november", 2029, ["2029-11-23"]),
        ("weekday: tuesday after first monday of november", 2026, ["2026-11-03"]),
        ("weekday: tuesday after first monday of november", 2032, ["2032-11-02"]),
        ("weekday: monday after 02-29", 2027, []),
        ("easter: 0", 2026, ["2026-04-05"]),
        ("easter: -2", 2026, ["2026-04-03"]),
        ("easter: 1", 2027, ["2027-03-29"]),
        ("easter: -47", 2027, ["2027-02-09"]),
        ("date: 06-19, since: 2028", 2027, []),
        ("date: 06-19, since: 2028", 2028, ["2028-06-19"]),
    ],
)
def test_a_day_is_found(day, year, expected):
    assert dates_in(calendar(f"[{{{day}, name: D}}]"), year) == expected


@pytest.mark.parametrize(
    ("moves", "day", "expected"),
    [
        # The fourth of July is a Saturday in 2026 and a Sunday in 2027; the year after it is a Tuesday.
        ("{sat: fri, sun: mon}", "date: 07-04", {2026: ["07-03", "07-04"], 2027: ["07-04", "07-05"], 2028: ["07-04"]}),
        ("{sun: mon}", "date: 07-04", {2026: ["07-04"], 2027: ["07-04", "07-05"]}),
        ("{sat: mon, sun: tue}", "date: 07-04", {2026: ["07-04", "07-06"], 2027: ["07-04", "07-06"]}),
        ("{sat: fri}", "date: 07-04, moves: {sat: mon}", {2026: ["07-04", "07-06"]}),
        ("{sat: fri}", "date: 07-04, moves: {}", {2026: ["07-04"]}),
        # New Year's Day of 2028 is a Saturday, observed in the old year.
        ("{sat: fri}", "date: 01-01", {2027: ["01-01", "12-31"], 2028: ["01-01"]}),
        ("{tue: mon}", "weekday: tuesday after first monday of november", {2026: ["11-02", "11-03"]}),
    ],
)
def test_a_day_that_moves_is_closed_as_well_as_the_one_on_which_it_is_observed(moves, day, expected):
    found = calendar(f"[{{{day}, name: D}}]", moves)
    assert {year: [iso[5:] for iso in dates_in(found, year)] for year in expected} == expected


def test_two_days_that_become_one_are_one():
    found = calendar("[{date: 12-25, name: A}, {weekday: last friday of december, name: B}]")
    assert dates_in(found, 2026) == ["2026-12-25"]


def test_what_follows_a_rule_is_known_as_long_as_the_zones_are():
    found = calendar("[{date: 12-25, name: C}, {date: 01-01, name: N}]", "{sat: fri}")
    assert (found.first, found.last) == (FIRST, LAST)
    assert (found.dates[0], found.dates[-1]) == (f"{FIRST}-01-01", f"{LAST}-12-25")
    assert found.dates == tuple(sorted(set(found.dates)))


@pytest.mark.parametrize(
    ("days", "known"),
    [
        ("{on: [2026-11-08, 2027-10-29], name: D}", (2026, 2027)),
        ("{on: [2026-03-20, 2026-11-08], name: D}", (2026, 2026)),
        ("{on: [2026-11-03, 2028-11-07, 2030-11-05], name: D}", (FIRST, 2031)),  # of every other year
        ("{on: [2026-11-08, 2027-10-29], name: D}, {on: [2027-03-10, 2028-02-27], name: E}", (2027, 2027)),
        ("{on: [2026-12-24], once: true, name: D}", (FIRST, LAST)),
        ("{on: [2022-09-19, 2026-12-24], once: true, name: D}", (FIRST, LAST)),
    ],
)
def test_of_dates_without_a_rule_no_more_is_known_than_is_written(days, known):
    found = calendar(f"[{days}]")
    assert (found.first, found.last) == known
    assert all(known[0] <= int(iso[:4]) <= known[1] for iso in found.dates)


def test_dates_that_are_written_are_there():
    found = calendar("[{on: [2027-10-29, 2026-11-08], name: D}, {date: 01-26, name: E}]")
    assert found.dates == ("2026-01-26", "2026-11-08", "2027-01-26", "2027-10-29")


# Easter Sundays, the earliest and the latest that there can be among them.
EASTERS = """1818-03-22 1886-04-25 1900-04-15 1943-04-25 1954-04-18 1981-04-19 2000-04-23 2008-03-23 2011-04-24
2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2038-04-25 2049-04-18 2285-03-22"""


@pytest.mark.parametrize("iso", EASTERS.split())
def test_easter(iso):
    assert easter(int(iso[:4])).isoformat() == iso


def test_the_nearest_week_day():
    for offset in range(21):
        day = date(2026, 5, 11) + timedelta(days=offset)
        for weekday in range(7):
            before, after, near = beside(day, weekday, -1), beside(day, weekday, 1), observed(day, weekday)
            assert {before.weekday(), after.weekday(), near.weekday()} == {weekday}
            assert 1 <= (day - before).days <= 7
            assert 1 <= (after - day).days <= 7
            assert abs((near - day).days) <= 3


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "monday",
            "first monday",
            "first monday of",
            "first of january",
            "monday of january",
            "sixth monday of may",
        ),
        *("first monday in january", "monday before", "monday before 13-01", "monday before monday", "before 05-25"),
        *("monday before 05-25 05-26", "first monday of january of", "monday after sixth monday of may"),
    ],
)
def test_what_is_no_rule_for_a_day(text):
    assert weekday_rule(text) is None


@pytest.mark.parametrize("text", ["", "-", "1-1", "12-32", "00-01", "02-30", "12/25", "１２-25", "12-25-", "+1-25"])
def test_what_is_no_day_of_the_year(text):
    assert month_day(text) is None


def test_a_day_of_the_year():
    assert month_day("02-29") == MonthDay(2, 29)


@pytest.mark.parametrize(
    ("years", "step"), [([2026], 1), ([2026, 2027], 1), ([2030, 2026, 2028], 2), ([2026, 2027, 2029], 0)]
)
def test_the_years_between(years, step):
    assert rhythm(years) == step
