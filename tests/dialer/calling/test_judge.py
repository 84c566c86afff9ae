"""May it be rung: every rule of every place and zone is asked, the unknown is a no, the next instant is exact."""

import msgspec
import pytest

from cti.core.calling import (
    CampaignConfig,
    CapDemand,
    ConsentDemand,
    HoursDemand,
    Listing,
    NeverDemand,
    RegistryDemand,
)
from tests.dialer.calling.books import CHICAGO, LOS_ANGELES, NEW_YORK, Call, attempt, ms, rule, spans

NOON = "2026-11-24T12:00-05:00"
DAY_MS = 86_400_000
FEDERAL = rule(HoursDemand(spans=spans(mon_sun="08:00-21:00")), "US-HOURS", source="47 CFR 64.1200(c)(1)")
FLORIDA = rule(HoursDemand(spans=spans(mon_sun="08:00-20:00")), "US-FL-HOURS", jurisdiction="US-FL")
TEXAS = rule(HoursDemand(spans=spans(mon_sat="09:00-21:00", sun="12:00-21:00")), "US-TX-HOURS", jurisdiction="US-TX")
SALE = CampaignConfig(campaign_id="sale", name="Sale", seller="us", purpose="sales", countries=("US",), ring_s=25)


def sale(**fields) -> CampaignConfig:
    return msgspec.structs.replace(SALE, **fields)


def test_every_rule_that_says_no_is_named():
    call = Call(FEDERAL, FLORIDA, TEXAS, jurisdictions=("US", "US-FL", "US-TX"))
    assert call.rules("2026-11-24T07:00-05:00") == ["US-HOURS", "US-FL-HOURS", "US-TX-HOURS"]
    assert call.rules("2026-11-24T08:30-05:00") == ["US-TX-HOURS"]
    assert call.rules("2026-11-24T20:30-05:00") == ["US-FL-HOURS"]
    assert call.rules(NOON) == []


def test_rules_of_other_places_do_not_bind():
    assert Call(FEDERAL, FLORIDA, TEXAS, jurisdictions=("US", "US-TX")).is_allowed("2026-11-24T20:30-05:00")


def test_a_rule_for_everywhere_binds_everywhere():
    assert Call(FEDERAL, rule(NeverDemand(), "NEVER", jurisdiction="*")).rules(NOON) == ["NEVER"]


def test_the_next_instant_suits_every_rule_and_zone():
    call = Call(FEDERAL, FLORIDA, TEXAS, jurisdictions=("US", "US-FL", "US-TX"), zones=(NEW_YORK, CHICAGO, LOS_ANGELES))
    assert call.next("2026-11-28T20:00-05:00") == ms("2026-11-29T12:00-08:00")  # Sunday: noon comes last to the west
    assert call.next("2026-11-29T16:00-05:00") == ms("2026-11-29T16:00-05:00")
    assert call.next("2026-11-29T19:59:30.001-05:00") == ms("2026-11-30T09:00-08:00")


def test_there_is_no_next_instant_where_zones_never_open_together():
    short = rule(HoursDemand(spans=spans(mon_sun="08:00-10:00")))
    assert Call(short, zones=(NEW_YORK, LOS_ANGELES)).next(NOON) == -1


@pytest.mark.parametrize(
    ("fields", "binds"),
    [
        ({"purposes": ("sales", "survey")}, True),
        ({"purposes": ("collections",)}, False),
        ({"parties": ("consumer",)}, True),
        ({"parties": ("business",)}, False),
        ({"modes": ("predictive", "progressive")}, True),
        ({"modes": ("predictive",)}, False),
        ({"lines": ("mobile",)}, True),  # it may be one
        ({"lines": ("fixed",)}, True),
        ({"unless_consent": "express"}, False),
        ({"unless_consent": "written"}, True),
        ({"unless_opted_in": True}, True),
        ({"unless_guaranteed": True}, True),
        ({"unless_customer_days": 30}, True),
    ],
)
def test_whom_a_rule_binds(fields, binds):
    call = Call(FEDERAL, rule(NeverDemand(), "US-NEVER", **fields), consent="express")
    assert call.rules(NOON) == (["US-NEVER"] if binds else [])


@pytest.mark.parametrize(
    ("line", "binds"),
    [("mobile", True), ("unknown", True), ("fixed_or_mobile", True), ("fixed", False), ("voip", False)],
)
def test_a_line_that_may_be_mobile_is_taken_for_one(line, binds):
    call = Call(FEDERAL, rule(NeverDemand(), "US-MOBILE", lines=("mobile",)), line=line)
    assert call.rules(NOON) == (["US-MOBILE"] if binds else [])


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        ("2026-05-31T23:59:59.999Z", ["US-CUSTOMER"]),  # before they bought anything
        ("2026-06-01T00:00:00Z", []),
        ("2026-07-01T00:00:00Z", []),
        ("2026-07-01T00:00:00.001Z", ["US-CUSTOMER"]),
    ],
)
def test_customers_are_free_for_so_many_days(at, rules):
    call = Call(rule(NeverDemand(), "US-CUSTOMER", unless_customer_days=30), customer_at=ms("2026-06-01T00:00Z"))
    assert [each for each in call.rules(at) if each != "NO-HOURS"] == rules


def test_asked_about_the_past_who_became_a_customer_later_is_free_from_then_on():
    call = Call(FEDERAL, rule(NeverDemand(), unless_customer_days=30), customer_at=ms("2026-06-01T13:00:00.001-04:00"))
    assert call.next("2026-05-01T12:00-04:00") == ms("2026-06-01T13:00:00.001-04:00")


def test_the_uks_exemptions():
    opted = rule(NeverDemand(), "US-OPTED", unless_opted_in=True)
    guaranteed = rule(NeverDemand(), "US-GUARANTEED", unless_guaranteed=True)
    assert Call(FEDERAL, opted, guaranteed, opted_in=True, guaranteed=True).is_allowed(NOON)


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        ("2026-12-31T23:59:59.999-05:00", []),
        ("2027-01-01T00:00-05:00", ["US-DATED"]),  # begins in New York, two hours before Denver,
        ("2027-06-30T23:59:59.999-06:00", ["US-DATED"]),  # and ends in Denver, two hours after
        ("2027-07-01T00:00-06:00", []),
    ],
)
def test_a_dated_rule_is_in_force_on_the_local_dates_of_any_zone(at, rules):
    dated = rule(NeverDemand(), "US-DATED", effective_from="2027-01-01", effective_to="2027-07-01")
    call = Call(dated, rule(HoursDemand(spans=spans(mon_sun="00:00-24:00"))), zones=(NEW_YORK, "America/Denver"))
    assert call.rules(at) == rules
    if rules:
        assert call.next(at) == ms("2027-07-01T00:00-06:00")


def test_of_two_rows_that_follow_each_other_the_day_decides():
    old = rule(HoursDemand(spans=spans(mon_sun="08:00-21:00")), "US-OLD", effective_to="2027-01-01")
    new = rule(HoursDemand(spans=spans(mon_sun="10:00-18:00")), "US-NEW", effective_from="2027-01-01")
    call = Call(old, new)
    assert call.is_allowed("2026-12-31T20:00-05:00")
    assert call.rules("2027-01-01T20:00-05:00") == ["US-NEW"]
    assert call.next("2026-12-31T20:59:31-05:00") == ms("2027-01-01T10:00-05:00")


def test_where_no_rules_are_known_nothing_is_rung():
    (block,) = Call(FEDERAL, country="US", jurisdictions=("US", "MX")).blocks(NOON)
    assert (block.rule, block.detail, block.until) == ("NO-RULES", "no calling rules are known for MX", -1)
    assert Call(FEDERAL, jurisdictions=()).rules(NOON) == ["NO-RULES"]


def test_of_a_country_without_rules_no_clock_is_missed():
    assert Call(FEDERAL, country="MX", jurisdictions=("MX",), zones=("nowhere",)).rules(NOON) == [
        "CAMPAIGN-COUNTRY",
        "NO-RULES",
    ]


def test_where_no_hours_are_known_for_the_purpose_nothing_is_rung():
    hours = rule(HoursDemand(spans=spans(mon_sun="08:00-21:00")), purposes=("sales",))
    (block,) = Call(hours, purpose="survey").blocks(NOON)
    assert (block.rule, block.detail) == ("NO-HOURS", "no rule says at which hours calls for survey may be made")


def test_a_zone_that_nobody_knows_is_a_no():
    (block,) = Call(FEDERAL, zones=(NEW_YORK, "nowhere")).blocks(NOON)
    assert (block.rule, block.detail) == ("ZONE-UNKNOWN", "the time zone is not known: nowhere")
    assert Call(FEDERAL, zones=()).rules(NOON) == ["ZONE-UNKNOWN"]


def test_a_place_that_cannot_be_told_is_a_no_with_its_reason():
    call = Call(FEDERAL, place_rule="TOLL-FREE", place_detail="it may be anywhere", zones=(), jurisdictions=())
    assert [(block.rule, block.detail) for block in call.blocks(NOON)] == [("TOLL-FREE", "it may be anywhere")]
    assert call.next(NOON) == -1


def test_a_campaign_calls_its_own_countries_only():
    (block,) = Call(FEDERAL, country="CA").blocks(NOON)
    assert block.rule == "CAMPAIGN-COUNTRY"
    assert block.detail == "the campaign calls US, and the number is of CA"
    assert block.source == "campaign sale"


@pytest.mark.parametrize("scope", ["company", "campaign", "area_code", "wildcard", "household", "wireless"])
def test_our_own_lists_stop_every_call(scope):
    (block,) = Call(FEDERAL, listed=(Listing(list_id="", scope=scope),)).blocks(NOON)
    assert (block.rule, block.until) == (f"DNC-{scope.upper().replace('_', '-')}", -1)


def test_a_registry_stops_only_whom_a_rule_binds_to_it():
    assert Call(FEDERAL, listed=(Listing(list_id="us_national", scope="registry"),)).is_allowed(NOON)


def test_a_campaigns_own_hours_and_caps():
    campaign = sale(spans=spans(mon_fri="10:00-18:00"), caps=(CapDemand(most=9, hours=1), CapDemand(most=1, days=30)))
    call = Call(FEDERAL, campaign=campaign, attempts=(attempt("2026-11-20T12:00-05:00"),))
    assert call.rules("2026-11-24T09:00-05:00") == ["CAMPAIGN-HOURS", "CAMPAIGN-CAP-2"]
    assert call.next(NOON) == ms("2026-12-21T10:00-05:00")  # a Monday, as the 20th of December is a Sunday


def test_of_years_without_clock_changes_nothing_is_known():
    begins, ends = ms("2026-01-01T00:00Z"), ms("2040-01-01T00:00Z")
    call = Call(FEDERAL, known={"zones_from": begins, "zones_until": ends})
    assert call.rules("2025-12-31T18:00Z") == ["ZONE-DATA"]
    assert call.next("2025-12-31T18:00Z") == begins  # seven in the evening in New York
    assert call.rules(ends) == ["ZONE-DATA"]
    assert call.next(ends) == -1


def test_nothing_helps_where_time_changes_nothing():
    call = Call(FEDERAL, rule(ConsentDemand(consent="written")), rule(RegistryDemand(registry_id="x", days=31)))
    assert call.next("2026-11-24T23:00-05:00") == -1


def test_a_rule_that_ends_is_waited_for():
    call = Call(FEDERAL, rule(ConsentDemand(consent="written"), effective_to="2027-02-01"))
    assert call.next(NOON) == ms("2027-02-01T08:00-05:00")


def test_further_than_400_days_ahead_nobody_looks():
    call = Call(FEDERAL, rule(NeverDemand(), effective_to="2028-02-01"))
    assert call.next(NOON) == -1


def test_a_longer_ring_needs_more_room():
    assert Call(FEDERAL, campaign=sale(ring_s=60)).rules("2026-11-24T20:58:55.001-05:00") == ["US-HOURS"]
    assert Call(FEDERAL, campaign=sale(ring_s=60)).is_allowed("2026-11-24T20:58:55-05:00")


def test_the_version_tells_rules_and_zone_data_apart():
    book = Call(FEDERAL).book
    assert book.version == Call(FEDERAL).book.version
    assert book.version != Call(FLORIDA).book.version
    assert book.version != Call(FEDERAL, zones=(CHICAGO,)).book.version
