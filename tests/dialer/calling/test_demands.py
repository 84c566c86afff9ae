"""What each kind of demand says: no, why, and until when to the millisecond."""

import msgspec
import pytest

from cti.core.calling import (
    AnyDemand,
    CampaignConfig,
    CapDemand,
    ClosedDemand,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    Listing,
    NeverDemand,
    RegistryDemand,
    RegistryFact,
)
from cti.dialer.calling.demands import READY
from cti.dialer.calling.week import CHANGES
from tests.dialer.calling.books import CHICAGO, LOS_ANGELES, NEW_YORK, Call, attempt, calendar, ms, rule, spans

ALWAYS = rule(HoursDemand(spans=spans(mon_sun="00:00-24:00")), "US-ALWAYS")
SIX = HoursDemand(spans=spans(mon_sat="08:00-20:00"))
GUAM, PAGO_PAGO, AUCKLAND = "Pacific/Guam", "Pacific/Pago_Pago", "Pacific/Auckland"


def test_every_demand_there_is_can_be_asked_and_says_when_it_changes():
    kinds = set(AnyDemand.__args__)
    assert set(READY) == kinds
    assert set(CHANGES) == kinds


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-11-24T07:59:59.999-05:00", False),
        ("2026-11-24T08:00:00-05:00", True),
        ("2026-11-24T19:59:30-05:00", True),
        ("2026-11-24T19:59:30.001-05:00", False),
        ("2026-11-22T12:00-05:00", False),  # a Sunday
    ],
)
def test_hours_hold_from_the_first_ring_to_the_last(at, allowed):
    assert Call(rule(SIX)).is_allowed(at) is allowed


def test_hours_say_what_the_clock_shows_what_is_allowed_and_when_next():
    (block,) = Call(rule(SIX, source="a statute")).blocks("2026-11-21T20:00-05:00")
    assert block.detail == "us-rule: it is sat 20:00 in America/New_York; allowed mon-sat 08:00-20:00"
    assert (block.source, block.until) == ("a statute", ms("2026-11-23T08:00-05:00"))


def test_hours_must_hold_in_every_zone():
    call = Call(rule(SIX), zones=(NEW_YORK, LOS_ANGELES))
    assert not call.is_allowed("2026-11-24T10:59:59-05:00")
    assert call.is_allowed("2026-11-24T11:00-05:00")
    assert not call.is_allowed("2026-11-24T19:59:31-05:00")


@pytest.mark.parametrize(
    ("zone", "at", "allowed"),
    [
        ("Asia/Kolkata", "2026-11-24T02:29:59Z", False),
        ("Asia/Kolkata", "2026-11-24T02:30:00Z", True),
        ("America/St_Johns", "2026-11-24T11:29:59Z", False),
        ("America/St_Johns", "2026-11-24T11:30:00Z", True),
        ("Australia/Eucla", "2026-11-23T23:14:59Z", False),
        ("Australia/Eucla", "2026-11-23T23:15:00Z", True),
        ("America/Phoenix", "2026-07-14T15:00:00Z", True),  # no summer time there,
        ("America/Denver", "2026-07-15T02:00:00Z", False),
        ("America/Phoenix", "2026-07-15T02:00:00Z", True),  # an hour behind Denver
    ],
)
def test_zones_of_half_and_quarter_hours_and_without_summer_time(zone, at, allowed):
    assert Call(rule(SIX), zones=(zone,)).is_allowed(at) is allowed


def test_the_weekday_and_the_holiday_are_those_of_the_local_date():
    hours = HoursDemand(spans=spans(mon_sun="00:00-24:00"), closed_on=("closed",))
    thanksgiving = calendar("2026-11-26")
    at = "2026-11-25T20:00Z"  # Thursday morning in Guam, Wednesday morning in Pago Pago
    assert not Call(rule(hours), calendars=[thanksgiving], zones=(GUAM,)).is_allowed(at)
    assert Call(rule(hours), calendars=[thanksgiving], zones=(PAGO_PAGO,)).is_allowed(at)
    both = Call(rule(hours), calendars=[thanksgiving], zones=(PAGO_PAGO, GUAM))
    assert both.next(at) == ms("2026-11-27T11:00Z")  # midnight in Pago Pago, when its holiday ends, after Guam's
    assert [block.detail for block in both.blocks(at)] == [
        (
            "us-rule: it is thu 06:00 in Pacific/Guam; 2026-11-26 is a day of its holidays, calendar closed; "
            "allowed mon-sun 00:00-24:00, not on holidays"
        )
    ]


def test_across_the_date_line_hardly_an_hour_is_everywhere_between_eight_and_nine():
    nine = HoursDemand(spans=spans(mon_sun="08:00-21:00"))
    call = Call(rule(nine), zones=(PAGO_PAGO, AUCKLAND))  # 24 hours apart in summer
    assert call.is_allowed("2026-12-15T12:00-11:00")
    assert Call(rule(SIX), zones=(PAGO_PAGO, AUCKLAND)).next("2026-12-12T08:00-11:00") == ms("2026-12-14T08:00-11:00")


def test_a_call_that_the_clock_change_overtakes_must_be_allowed_before_and_after():
    night = HoursDemand(spans=spans(sun="01:00-02:00"))
    call = Call(rule(night), zones=(CHICAGO,))
    assert not call.is_allowed("2027-03-14T01:59:45-06:00")  # goes on at 03:00
    assert call.is_allowed("2026-11-01T01:59:45-05:00")  # goes on at 01:00
    assert not call.is_allowed("2026-11-01T01:59:45-06:00")
    assert call.next("2027-03-14T01:59:45-06:00") == ms("2027-03-21T01:00-05:00")


def test_a_day_that_is_closed_and_one_that_nobody_knows():
    closed = ClosedDemand(closed_on=("closed",))
    call = Call(ALWAYS, rule(closed), calendars=[calendar("2026-12-25", last=2026)])
    (block,) = call.blocks("2026-12-25T12:00-05:00")
    assert block.detail == (
        "us-rule: it is fri 12:00 in America/New_York; 2026-12-25 is a day of its holidays, calendar closed; "
        "not on a day of its holidays"
    )
    assert block.until == ms("2026-12-26T00:00-05:00")
    assert call.is_allowed("2026-12-26T12:00-05:00")
    (block,) = call.blocks("2027-01-01T00:00-05:00")
    assert block.until == -1
    assert "; calendar closed does not know the year 2027; " in block.detail


def test_a_holiday_is_told_by_its_name():
    christmas = msgspec.structs.replace(calendar("2026-12-25"), names=("Christmas Day",))
    call = Call(ALWAYS, rule(ClosedDemand(closed_on=("closed",))), calendars=[christmas])
    (block,) = call.blocks("2026-12-25T12:00-05:00")
    assert "; 2026-12-25 is Christmas Day, calendar closed; " in block.detail


def test_a_day_that_is_closed_stops_what_would_ring_into_it():
    call = Call(ALWAYS, rule(ClosedDemand(closed_on=("closed",))), calendars=[calendar("2026-12-25")])
    assert call.is_allowed("2026-12-24T23:59:30-05:00")
    assert not call.is_allowed("2026-12-24T23:59:30.001-05:00")


def capped(demand, *attempts, **facts) -> Call:
    return Call(ALWAYS, rule(demand), attempts=attempts, **facts)


def test_the_fourth_call_is_allowed_again_24_hours_after_the_first_to_the_millisecond():
    attempts = [attempt(f"2026-11-24T{hour}:00:00.500-05:00") for hour in ("09", "10", "11")]
    call = capped(CapDemand(most=3, hours=24), *attempts)
    (block,) = call.blocks("2026-11-25T09:00:00.499-05:00")
    assert block.detail == "us-rule: 3 calls to this number within 24 hours; at most 3 are allowed"
    assert block.until == ms("2026-11-25T09:00:00.500-05:00")
    assert call.is_allowed("2026-11-25T09:00:00.500-05:00")


def test_24_hours_are_hours_that_passed_not_a_day():
    call = capped(CapDemand(most=1, hours=24), attempt("2027-03-13T20:00-05:00"))
    assert call.next("2027-03-13T21:00-05:00") == ms("2027-03-14T21:00-04:00")  # the clock was set forward


def test_more_calls_than_allowed_wait_for_as_many_to_pass():
    attempts = [attempt(f"2026-11-24T{hour}:00-05:00") for hour in ("09", "10", "11", "12")]
    call = capped(CapDemand(most=3, hours=24), *attempts)
    assert call.next("2026-11-24T13:00-05:00") == ms("2026-11-25T10:00-05:00")


def test_local_days_begin_at_the_local_midnight_of_every_zone():
    demand = CapDemand(most=3, days=1)
    attempts = [attempt(f"2026-11-24T{hour}:30-05:00") for hour in ("09", "10", "23")]
    call = capped(demand, *attempts)
    assert call.next("2026-11-24T23:45-05:00") == ms("2026-11-25T00:00-05:00")
    assert call.is_allowed("2026-11-25T00:00-05:00")
    wide = capped(demand, *attempts, zones=(NEW_YORK, CHICAGO))
    assert wide.next("2026-11-24T23:45-05:00") == ms("2026-11-25T00:00-06:00")


def test_a_rest_of_seven_days_counts_the_day_of_the_conversation():
    call = capped(
        CapDemand(most=1, of="conversations", per="debt", days=7), attempt("2026-11-24T17:00-05:00", "conversations")
    )
    (block,) = call.blocks("2026-11-30T23:59:59.999-05:00")
    assert block.detail == "us-rule: 1 conversation with this debt within 7 local days"
    assert block.until == ms("2026-12-01T00:00-05:00")
    assert call.is_allowed("2026-12-01T00:00-05:00")


def test_days_in_a_row():
    days = [attempt(f"2026-11-{day}T12:00-05:00") for day in ("21", "22", "23")]
    call = capped(CapDemand(most=1, days=3, in_a_row=True), *days)
    (block,) = call.blocks("2026-11-24T12:00-05:00")
    assert block.detail == "us-rule: called on 3 days in a row"
    assert block.until == ms("2026-11-25T00:00-05:00")
    assert call.is_allowed("2026-11-25T12:00-05:00")
    assert call.is_allowed("2026-11-23T13:00-05:00")
    assert capped(CapDemand(most=1, days=3, in_a_row=True), *days[1:]).is_allowed("2026-11-24T12:00-05:00")


@pytest.mark.parametrize(
    ("demand", "earlier", "allowed"),
    [
        (CapDemand(most=1, hours=24, per="person"), attempt("2026-11-24T09:00-05:00", same="person"), False),
        (CapDemand(most=1, hours=24, per="person"), attempt("2026-11-24T09:00-05:00", same="number"), True),
        (
            CapDemand(most=1, hours=24, across="seller"),
            attempt("2026-11-24T09:00-05:00", same="number seller"),
            False,
        ),
        (CapDemand(most=1, hours=24, across="seller"), attempt("2026-11-24T09:00-05:00", same="number"), True),
        (CapDemand(most=1, hours=24, across="campaign"), attempt("2026-11-24T09:00-05:00", same="number seller"), True),
        # When they call us it is no call of ours, but a conversation.
        (CapDemand(most=1, hours=24), attempt("2026-11-24T09:00-05:00", "conversations", called=False), True),
        (
            CapDemand(most=1, hours=24, of="conversations"),
            attempt("2026-11-24T09:00-05:00", "conversations", called=False),
            False,
        ),
        # What came of it is not known: a call it was.
        (CapDemand(most=1, hours=24), attempt("2026-11-24T09:00-05:00"), False),
        (CapDemand(most=1, hours=72, of="abandoned"), attempt("2026-11-24T09:00-05:00", "answers"), True),
        (CapDemand(most=1, hours=72, of="abandoned"), attempt("2026-11-24T09:00-05:00", "abandoned"), False),
        # Of the future nobody knows, at the instant asked about.
        (CapDemand(most=1, hours=24), attempt("2026-11-24T12:00:00.001-05:00"), True),
    ],
)
def test_which_calls_count(demand, earlier, allowed):
    assert capped(demand, earlier).is_allowed("2026-11-24T12:00-05:00") is allowed


def listed(*entries, as_of="2026-11-01T00:00Z", example=False, **facts) -> Call:
    registry = RegistryFact(registry_id="us_national", version="1", as_of=ms(as_of), example=example)
    demand = RegistryDemand(registry_id="us_national", days=31)
    return Call(ALWAYS, rule(demand), listed=entries, registries=facts.pop("registries", (registry,)), **facts)


def test_who_is_on_a_registry_is_not_called_and_time_does_not_help():
    (block,) = listed(Listing(list_id="us_national", scope="registry")).blocks("2026-11-24T12:00-05:00")
    assert block.detail == "us-rule: the number is on the list us_national"
    assert block.until == -1


def test_on_an_old_copy_nobody_is_called():
    call = listed()
    assert call.is_allowed("2026-12-02T00:00:00Z")
    (block,) = call.blocks("2026-12-02T00:00:00.001Z")
    assert block.detail == "us-rule: our copy of us_national is older than 31 days: import a new one"
    assert block.until == -1
    assert listed(example=True).is_allowed("2026-12-24T12:00Z")


def test_without_a_copy_nobody_is_called():
    (block,) = listed(registries=()).blocks("2026-11-24T12:00-05:00")
    assert block.detail == "us-rule: nobody has looked into the list us_national: import it"


@pytest.mark.parametrize(
    ("asked", "given", "allowed"),
    [
        ("express", "none", False),
        ("express", "express", True),
        ("express", "written", True),
        ("written", "express", False),
    ],
)
def test_consent_must_be_as_good_or_better(asked, given, allowed):
    call = Call(ALWAYS, rule(ConsentDemand(consent=asked)), consent=given)
    assert call.is_allowed("2026-11-24T12:00-05:00") is allowed
    if not allowed:
        assert call.next("2026-11-24T12:00-05:00") == -1


def test_never_is_never():
    (block,) = Call(ALWAYS, rule(NeverDemand())).blocks("2026-11-24T12:00-05:00")
    assert (block.detail, block.until) == ("us-rule: calls of this kind are not allowed", -1)


@pytest.mark.parametrize(
    ("demand", "mode", "said"),
    [
        (ConductDemand(ring_s_min=30), "progressive", "the campaign rings for 25 s; at least 30 s are asked for"),
        (ConductDemand(ring_s_min=25), "progressive", ""),
        (ConductDemand(caller_id=True), "progressive", "the campaign has no caller id to show"),
        (
            ConductDemand(message=("seller", "number", "opt_out")),
            "predictive",
            "the campaign's recorded message does not say: number, opt_out",
        ),
        (
            ConductDemand(message=("opt_out",)),
            "progressive",  # in whichever mode: a row that means some names them
            "the campaign's recorded message does not say: opt_out",
        ),
        (ConductDemand(connect_ms=2_000, keep_years=5), "predictive", ""),  # binds the dialer, not the number
    ],
)
def test_what_the_campaigns_settings_break_stops_every_call(demand, mode, said):
    campaign = CampaignConfig(
        campaign_id="sale", name="Sale", seller="us", purpose="sales", countries=("US",), ring_s=25, message=("seller",)
    )
    call = Call(ALWAYS, rule(demand), campaign=campaign, mode=mode)
    assert [block.detail for block in call.blocks("2026-11-24T12:00-05:00")] == ([f"us-rule: {said}"] if said else [])
