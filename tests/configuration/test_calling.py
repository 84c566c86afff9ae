"""Calling rules that people wrote become what the judge reads."""

from datetime import UTC, datetime

import pytest

from cti.configuration import zones
from cti.configuration.digest import digest
from cti.configuration.dropped import dropped
from cti.configuration.load import check, load
from cti.core.calling import (
    CallingConfig,
    CallingRule,
    CampaignConfig,
    CapDemand,
    ClosedDemand,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    NeverDemand,
    Registry,
    RegistryDemand,
)
from cti.core.times import OpeningSpan
from tests.configuration.trees import CALLING, GOOD, mistakes, write


def rules(directory, written, **changed):
    """The rules of a file, by name."""
    calling = load(write(directory, **{**CALLING, "calling_rules/gb": written, "campaigns/uk-sales": None}, **changed))
    return {rule.rule_id: rule for rule in calling.calling.rules}


def demand(directory, written):
    row = f"GB-X:\n  jurisdiction: GB\n  title: T\n  source: S\n  confidence: statute\n  {written}\n"
    return rules(directory, row)["GB-X"].demand


def weekdays(first, last, opens, closes):
    return tuple(OpeningSpan(weekday=day, opens=opens, closes=closes) for day in range(first, last + 1))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("hours: {mon-fri: 08:00-20:00}", HoursDemand(spans=weekdays(0, 4, 480, 1_200))),
        ("hours: {mon-sun: 00:00-24:00}", HoursDemand(spans=weekdays(0, 6, 0, 1_440))),
        ("hours: 24/7", HoursDemand(spans=weekdays(0, 6, 0, 1_440))),
        (
            "{hours: {sat: 08:00-20:00}, closed_on: [GB]}",
            HoursDemand(spans=weekdays(5, 5, 480, 1_200), closed_on=("GB",)),
        ),
        ("closed_on: [GB]", ClosedDemand(closed_on=("GB",))),
        ("cap: {most: 3, within: 24h}", CapDemand(most=3, hours=24)),
        (
            "cap: {most: 7, within: 7 days, of: answers, per: debt, across: seller}",
            CapDemand(most=7, days=7, of="answers", per="debt", across="seller"),
        ),
        ("cap: {most: 1, within: 1 day}", CapDemand(most=1, days=1)),
        ("cap: {days_in_a_row: 3, per: person}", CapDemand(most=1, days=3, per="person", in_a_row=True)),
        (
            "rest: {after: conversations, for: 7 days, per: debt}",
            CapDemand(most=1, of="conversations", days=7, per="debt"),
        ),
        ("rest: {after: abandoned, for: 72h}", CapDemand(most=1, of="abandoned", hours=72)),
        ("registry: {list: gb_tps, within: 28d}", RegistryDemand(registry_id="gb_tps", days=28)),
        ("consent: express", ConsentDemand(consent="express")),
        ("never: true", NeverDemand()),
        ("conduct: {ring_at_least: 15s, caller_id: true}", ConductDemand(ring_s_min=15, caller_id=True)),
        ("conduct: {abandoned_at_most: 3}", ConductDemand(abandoned_ppm_max=30_000, abandoned_days=30)),
        (
            "conduct: {abandoned_at_most: 0.5, abandoned_days: 0}",
            ConductDemand(abandoned_ppm_max=5_000, abandoned_days=0),
        ),
        ("conduct: {abandoned_at_most: 0}", ConductDemand(abandoned_ppm_max=0)),
        (
            "conduct: {connect_within: 2s, connect_from: answer, message: [seller, number], keep_years: 5}",
            ConductDemand(connect_ms=2_000, connect_from="answer", message=("number", "seller"), keep_years=5),
        ),
    ],
)
def test_each_demand(tmp_path, written, expected):
    if written.startswith("{"):
        written = written[1:-1].replace("}, ", "}\n  ")
    assert demand(tmp_path, written) == expected


def test_every_key_of_a_rule(tmp_path):
    [rule] = rules(
        tmp_path,
        """
US-FL-X:
  jurisdiction: US-FL
  title: Nobody in Florida
  purposes: [survey, sales]
  parties: [consumer]
  modes: [predictive, broadcast]
  lines: [mobile]
  unless_consent: written
  unless_customer_days: 548
  unless_opted_in: true
  unless_guaranteed: true
  never: true
  source: An act
  read_on: 2026-11-22
  confidence: conflict
  effective_from: 2021-07-01
  effective_to: 2030-01-01
  note: Others say otherwise.
""",
    ).values()
    assert rule == CallingRule(
        rule_id="US-FL-X",
        jurisdiction="US-FL",
        title="Nobody in Florida",
        demand=NeverDemand(),
        purposes=("sales", "survey"),
        parties=("consumer",),
        modes=("broadcast", "predictive"),
        lines=("mobile",),
        unless_consent="written",
        unless_customer_days=548,
        unless_opted_in=True,
        unless_guaranteed=True,
        effective_from="2021-07-01",
        effective_to="2030-01-01",
        source="An act",
        read_on="2026-11-22",
        confidence="conflict",
    )


def test_a_rule_may_hold_everywhere(tmp_path):
    row = 'ALL-X: {jurisdiction: "*", title: T, source: S, confidence: statute, consent: written}\n'
    assert rules(tmp_path, row)["ALL-X"].jurisdiction == "*"


def test_a_campaign_and_a_registry(tmp_path):
    campaign = """
name: Spring sale
seller: Corner Shop
purpose: sales
party: business
mode: preview
countries: [GB]
consent: written
opted_in: true
ring: 30s
caller_id: "+442079460100"
message: [seller, number, opt_out]
hours: {mon-fri: 09:00-17:00}
caps:
  - {most: 6, of: calls, within: 30 days, per: lead, across: campaign}
"""
    calling = load(write(tmp_path, **{**CALLING, "campaigns/uk-sales": campaign})).calling
    assert calling.campaigns == {
        "uk-sales": CampaignConfig(
            campaign_id="uk-sales",
            name="Spring sale",
            seller="Corner Shop",
            purpose="sales",
            countries=("GB",),
            party="business",
            mode="preview",
            consent="written",
            opted_in=True,
            spans=weekdays(0, 4, 540, 1_020),
            caps=(CapDemand(most=6, days=30, per="lead", across="campaign"),),
            ring_s=30,
            caller_id="+442079460100",
            message=("number", "opt_out", "seller"),
        )
    }
    assert calling.registries == {
        "gb_tps": Registry(registry_id="gb_tps", name="Telephone Preference Service", jurisdiction="GB")
    }


def test_a_campaign_and_its_seller_keep_the_names_they_are_counted_by(tmp_path):
    written = "name: Summer sale\nseller: Corner Group\npurpose: sales\ncountries: [GB]\n"
    kept = written + "id: uk-sales\nseller_id: Corner Shop\nprogramme: shop\n"
    before = load(write(tmp_path / "1", **CALLING)).calling
    renamed = {**CALLING, "campaigns/uk-sales": None}
    after = load(write(tmp_path / "2", **renamed, **{"campaigns/uk-summer": kept})).calling
    [campaign] = after.campaigns.values()
    assert (campaign.campaign_id, campaign.seller, campaign.seller_name, campaign.programme) == (
        "uk-sales",
        "Corner Shop",
        "Corner Group",
        "shop",
    )
    named = ({"uk-sales"}, {"Corner Shop"})
    assert list(dropped(before, after, *named)) == []
    lost = load(write(tmp_path / "3", **renamed, **{"campaigns/uk-summer": written})).calling
    campaign_gone, seller_gone = dropped(before, lost, *named)
    assert "write id: uk-sales" in campaign_gone
    assert 'write seller_id: "Corner Shop"' in seller_gone
    assert list(dropped(before, lost, set(), set())) == [], "nothing counts for them"


def test_two_campaigns_or_sellers_do_not_count_as_one(tmp_path):
    twin = "id: uk-sales\nname: Clone\nseller: Corner Shop\nseller_id: x\npurpose: sales\ncountries: [GB]\n"
    found = mistakes(tmp_path, **CALLING, **{"campaigns/uk-twin": twin})
    assert any("is the id of campaigns/uk-sales.yaml as well" in line for line in found), found
    assert any("write the same seller_id" in line for line in found), found


def test_what_a_campaign_does_not_say(tmp_path):
    [campaign] = load(write(tmp_path, **CALLING)).calling.campaigns.values()
    assert (campaign.party, campaign.mode, campaign.consent, campaign.ring_s) == ("consumer", "progressive", "none", 25)
    assert (campaign.spans, campaign.caps, campaign.caller_id, campaign.message) == ((), (), "", ())


def test_a_site_without_any_of_it_calls_nobody_by_campaign(tmp_path):
    config = load(write(tmp_path))
    assert config.calling == CallingConfig()
    assert sorted(config.zones) == ["Europe/London"]


def test_the_zones_of_every_number_that_may_be_called_come_along(tmp_path):
    config = load(write(tmp_path, **CALLING, site=GOOD["site.yaml"].replace("Europe/London", "Asia/Tokyo")))
    assert sorted(config.zones) == [
        "Asia/Tokyo",
        "Europe/Guernsey",
        "Europe/Isle_of_Man",
        "Europe/Jersey",
        "Europe/London",
    ]


def test_a_rule_for_a_state_needs_the_zones_of_its_country(tmp_path):
    row = "US-FL-X: {jurisdiction: US-FL, title: T, source: S, confidence: statute, never: true}\n"
    named = set(load(write(tmp_path, **CALLING, **{"calling_rules/us": row})).zones)
    assert {"America/New_York", "America/Chicago", "Pacific/Honolulu"} <= named


def test_so_are_those_that_somebody_there_may_state(tmp_path):
    row = "US-X: {jurisdiction: US, title: T, source: S, confidence: statute, never: true}\n"
    named = set(load(write(tmp_path, **{"calling_rules/us": row})).zones)
    assert {"America/Detroit", "America/Indiana/Indianapolis", "America/Metlakatla"} <= named
    assert "America/Toronto" not in named


def test_so_are_those_of_the_numbering_tables_by_the_names_that_are_used(tmp_path):
    places = CALLING["calling_rules/numbering/zones"].replace("Europe/Guernsey", "Asia/Calcutta")
    config = load(write(tmp_path, **{**CALLING, "calling_rules/numbering/zones": places}))
    assert config.calling.numbering.areas["441481"].zones == ("Asia/Calcutta",)
    assert "Asia/Kolkata" in config.zones
    assert "Asia/Calcutta" not in config.zones
    assert "America/Chicago" not in config.zones  # no rule lets anybody there be called


def test_what_the_clocks_show_is_known_for_the_years_of_the_tables(tmp_path):
    calling = load(write(tmp_path, **CALLING)).calling
    first, last = zones.years()
    assert datetime.fromtimestamp(calling.zones_from / 1_000, UTC) == datetime(first, 1, 1, tzinfo=UTC)
    assert datetime.fromtimestamp(calling.zones_until / 1_000, UTC) == datetime(last + 1, 1, 1, tzinfo=UTC)


def test_rules_are_found_in_as_many_files_as_people_like(tmp_path):
    more = CALLING["calling_rules/gb"].replace("GB-", "GB-MORE-")
    calling = load(write(tmp_path, **CALLING, **{"calling_rules/gb_more": more})).calling
    ids = [rule.rule_id for rule in calling.rules]
    assert ids == sorted(ids)
    assert {"GB-RING", "GB-MORE-RING"} <= set(ids)


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        ("calling_rules/gb", "08:00-21:00", "8:00-21:00", True),
        ("calling_rules/gb", "  read_on: 2026-11-22\n", "  read_on: 2026-11-22\n  note: A word.\n", True),
        ("calling_rules/gb", "08:00-21:00", "08:00-20:59", False),
        ("calling_rules/gb", "source: A guide", "source: Another", False),
        ("calling_rules/calendars/gb", "12-25", "12-26", False),
        ("do_not_call", "Service", "service", False),
        ("campaigns/uk-sales", "purpose: sales", "purpose: sales\nring: 25s\nconsent: none", True),
        ("campaigns/uk-sales", "purpose: sales", "purpose: sales\nring: 26s", False),
    ],
)
def test_what_matters_changes_the_digest(tmp_path, file, old, new, same):
    assert old in CALLING[file]
    before = load(write(tmp_path / "before", **CALLING))
    after = load(write(tmp_path / "after", **{**CALLING, file: CALLING[file].replace(old, new)}))
    assert (digest(before) == digest(after)) is same


def test_all_of_it_may_be_missing_but_the_numbering_where_there_is_a_campaign(tmp_path):
    for number, name in enumerate(CALLING):
        found = check(write(tmp_path / str(number), **{**CALLING, name: None}))
        assert [f"{mistake.file}: {mistake.what}" for mistake in found if name in mistake.file] == (
            [f"config/{name}.yaml: the file is missing"] if "numbering" in name else []
        )


def test_the_numbering_is_there_as_a_whole(tmp_path):
    table = "calling_rules/numbering/nanp"
    assert [mistake.file for mistake in check(write(tmp_path, **{table: CALLING[table]}))] == [
        "config/calling_rules/numbering/us_postcodes.yaml",
        "config/calling_rules/numbering/zones.yaml",
    ]


def test_the_numbering_comes_along(tmp_path):
    numbering = load(write(tmp_path, **CALLING)).calling.numbering
    assert numbering.overlays == (("1305", "1786"),)
    assert numbering.postcodes["333"].states == ("US-FL",)
    assert numbering.version
