"""The week of a number: exact to the millisecond, whole, and each stretch closed by the rules that close it."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.configuration import zones
from cti.core.calling import CapDemand, ClosedDemand, HoursDemand, NeverDemand, RegistryDemand, RegistryFact
from cti.core.zone import date_of
from cti.dialer.calling.week import local_days, week
from tests.dialer.calling.books import CHICAGO, LOS_ANGELES, NEW_YORK, Call, attempt, calendar, ms, rule, spans

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
FEDERAL = rule(HoursDemand(spans=spans(mon_sun="08:00-21:00")), "US-HOURS")
FLORIDA = rule(HoursDemand(spans=spans(mon_sun="08:00-20:00")), "US-FL-HOURS", jurisdiction="US-FL")
ALWAYS = rule(HoursDemand(spans=spans(mon_sun="00:00-24:00")), "US-ALWAYS")


def drawn(call: Call, at: str, days: int = 7):
    return week(call.book, call.facts, call.campaign, ms(at), days)


def told(call: Call, at: str, days: int = 1) -> list[tuple[str, ...]]:
    """Each stretch as its first instant in UTC, and who closes it."""
    return [(span.begins, *span.rules) for span in drawn(call, at, days)]


def test_a_day_of_two_rules():
    call = Call(FEDERAL, FLORIDA, jurisdictions=("US", "US-FL"))
    assert told(call, "2026-11-24T15:00-05:00") == [
        (ms("2026-11-24T00:00-05:00"), "US-HOURS", "US-FL-HOURS"),
        (ms("2026-11-24T08:00-05:00"),),
        (ms("2026-11-24T19:59:30.001-05:00"), "US-FL-HOURS"),
        (ms("2026-11-24T20:59:30.001-05:00"), "US-HOURS", "US-FL-HOURS"),
    ]


def test_a_week_is_seven_local_days_whatever_the_clock_does():
    spring, autumn = drawn(Call(FEDERAL), "2027-03-12T12:00-05:00"), drawn(Call(FEDERAL), "2026-10-30T12:00-04:00")
    assert spring[-1].ends - spring[0].begins == 7 * DAY_MS - HOUR_MS
    assert autumn[-1].ends - autumn[0].begins == 7 * DAY_MS + HOUR_MS


def test_several_zones_are_told_in_the_first_ones_days():
    call = Call(FEDERAL, zones=(CHICAGO, LOS_ANGELES))
    assert told(call, "2026-11-24T00:30-06:00")[:3] == [
        (ms("2026-11-24T00:00-06:00"), "US-HOURS"),
        (ms("2026-11-24T08:00-08:00"),),
        (ms("2026-11-24T20:59:30.001-06:00"), "US-HOURS"),
    ]


def test_a_place_that_cannot_be_told_is_one_stretch():
    (only,) = drawn(
        Call(place_rule="TOLL-FREE", place_detail="anywhere", zones=(), jurisdictions=()), "2026-11-24T12:00Z"
    )
    assert (only.begins, only.ends) == (ms("2026-11-24T00:00Z"), ms("2026-12-01T00:00Z"))
    assert only.rules == ("TOLL-FREE",)


def test_what_begins_within_the_week():
    """Caps, stale registries, ended custom, rules that come into force, calendars and tables that end."""
    dated = rule(NeverDemand(), "US-DATED", effective_from="2026-11-26", effective_to="2026-11-27")
    custom = rule(NeverDemand(), "US-CUSTOM", unless_customer_days=10)
    registry = rule(RegistryDemand(registry_id="list", days=31), "US-LIST")
    cap = rule(CapDemand(most=1, hours=24), "US-CAP")
    call = Call(
        ALWAYS,
        dated,
        custom,
        registry,
        cap,
        known={"zones_until": ms("2026-11-30T00:00Z")},
        customer_at=ms("2026-11-18T10:00Z"),
        registries=(RegistryFact(registry_id="list", version="1", as_of=ms("2026-10-29T07:00Z")),),
        attempts=(attempt("2026-11-24T09:00-05:00"),),
    )
    assert told(call, "2026-11-24T12:00-05:00", 7) == [
        (ms("2026-11-24T00:00-05:00"),),
        (ms("2026-11-24T09:00-05:00"), "US-CAP"),
        (ms("2026-11-25T09:00-05:00"),),
        (ms("2026-11-26T00:00-05:00"), "US-DATED"),
        (ms("2026-11-27T00:00-05:00"),),
        (ms("2026-11-28T10:00:00.001Z"), "US-CUSTOM"),
        (ms("2026-11-29T07:00:00.001Z"), "US-CUSTOM", "US-LIST"),
        (ms("2026-11-30T00:00Z"), "ZONE-DATA", "US-CUSTOM", "US-LIST"),
    ]


def test_a_holiday_begins_so_early_that_nothing_rings_into_it():
    call = Call(ALWAYS, rule(ClosedDemand(closed_on=("closed",)), "US-CLOSED"), calendars=[calendar("2026-11-26")])
    assert told(call, "2026-11-25T12:00-05:00", 3) == [
        (ms("2026-11-25T00:00-05:00"),),
        (ms("2026-11-25T23:59:30.001-05:00"), "US-CLOSED"),
        (ms("2026-11-27T00:00-05:00"),),
    ]


WORLD = (NEW_YORK, LOS_ANGELES, "America/St_Johns", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe")
SPANS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 40)).map(
        lambda drawn: (drawn[0], drawn[1] * 15, min((drawn[1] + drawn[2]) * 15, 2_880))
    ),
    min_size=1,
    max_size=6,
)
STARTS = st.sampled_from(["2026-03-06T12:00Z", "2026-10-23T12:00Z", "2026-10-30T01:00Z", "2027-04-01T12:00Z"])


def open_between(written) -> HoursDemand:
    from cti.core.times import OpeningSpan

    return HoursDemand(spans=tuple(OpeningSpan(weekday=a, opens=b, closes=c) for a, b, c in written))


@settings(max_examples=60, deadline=None)
@given(
    first=SPANS,
    second=SPANS,
    zone_names=st.lists(st.sampled_from(WORLD), min_size=1, max_size=3, unique=True),
    start=STARTS,
    ago=st.lists(st.integers(0, 200), max_size=4),
    asked=st.lists(st.integers(0, 7 * DAY_MS), min_size=20, max_size=20),
)
def test_within_a_stretch_the_same_rules_say_no_and_at_its_edge_others(first, second, zone_names, start, ago, asked):
    attempts = [attempt("2026-10-25T12:00Z")] if not ago else []
    call = Call(
        rule(open_between(first), "US-ONE"),
        rule(open_between(second), "US-TWO"),
        rule(CapDemand(most=2, hours=30), "US-HOURLY"),
        rule(CapDemand(most=1, days=2), "US-DAILY"),
        rule(ClosedDemand(closed_on=("closed",)), "US-CLOSED"),
        calendars=[calendar("2026-10-25", "2026-11-01", "2026-03-08", "2027-04-04")],
        zones=tuple(zone_names),
        attempts=(*attempts, *(attempt("2026-11-01T09:30Z") for _ in ago)),
    )
    found = drawn(call, start)
    assert all(before.ends == after.begins and before.rules != after.rules for before, after in pairwise(found))
    edges = [edge for span in found for edge in (span.begins, span.ends - 1)]
    for at in [*edges, *(found[0].begins + each for each in asked)]:
        (span,) = [each for each in found if each.begins <= at < each.ends] or [None]
        if span:
            assert set(call.rules(at)) == set(span.rules)


@pytest.mark.parametrize(
    ("zone", "at", "lengths"),
    [
        (NEW_YORK, "2026-11-24T12:00Z", {"2026-11-24": 24, "2026-11-25": 24}),
        (NEW_YORK, "2027-03-14T12:00Z", {"2027-03-14": 23, "2027-03-15": 24}),
        (NEW_YORK, "2026-11-01T12:00Z", {"2026-11-01": 25, "2026-11-02": 24}),
        ("America/Santiago", "2027-04-03T12:00Z", {"2027-04-03": 25, "2027-04-04": 24}),
        ("America/Santiago", "2027-09-05T12:00Z", {"2027-09-05": 23, "2027-09-06": 24}),
        ("Australia/Lord_Howe", "2027-04-04T00:00Z", {"2027-04-04": 24.5, "2027-04-05": 24}),
    ],
)
def test_local_days_have_all_their_hours(zone, at, lengths):
    call = Call(FEDERAL, zones=(zone,))
    days = local_days(drawn(call, at, 2), zones.table(zone))
    assert {date_of(day): sum(p.ends - p.begins for p in pieces) / HOUR_MS for day, pieces in days.items()} == lengths


def test_the_hour_that_comes_twice_is_told_twice():
    call = Call(FEDERAL)
    (pieces, *_) = local_days(drawn(call, "2026-11-01T12:00Z", 1), zones.table(NEW_YORK)).values()
    assert [(p.begins / HOUR_MS, p.ends / HOUR_MS) for p in pieces if p.again] == [(1, 2)]
    assert pieces[0] == pieces[0]._replace(begins=0, ends=2 * HOUR_MS, again=False)
