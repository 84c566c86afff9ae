"""In which ledgers answers count: whatever a rule or a campaign is called, what was abandoned is not forgotten."""

from typing import Any

from cti.core.base import changed
from cti.core.calling import CallingRule, ConductDemand
from cti.core.campaign_config import Pacing
from cti.core.ledger import Ledger, day_of
from cti.core.zone import site_zone
from cti.views.campaign import stand_of
from cti.views.campaign_ceilings import LedgerStand
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, CampaignSite, dialled

AGENTS = 2


def begun(site: CampaignSite, campaign_id: str = "spring", lines: int = 9) -> int:
    """How many lines the campaign begins when the pacing wants so many."""
    site.start(campaign_id)
    legs = site.pace(lines, pool_id=min(site.state.config.calling.campaigns))
    for leg_id in legs:
        site.no_answer(leg_id)
    site.control("pause", campaign_id)
    return len(legs)


def counted(site: CampaignSite, answers: int, abandoned: int, ledger_id: str = "") -> None:
    """As if this had been counted today, in the ledger of the first line or another one."""
    site.start()
    (leg_id, *_) = site.pace(1, pool_id=min(site.state.config.calling.campaigns))
    name = ledger_id or site.state.lines[leg_id].bounds[0].ledger_id
    site.no_answer(leg_id)
    day = day_of(site.at, site_zone(site.state.config))
    for state in (site.state, site.twin):
        state.ledgers.put(name, Ledger(ledger_id=name, days=((day, answers, abandoned),)))
        state.undo.forget()


def apply(site: CampaignSite, *campaigns: Any, rules: tuple[CallingRule, ...] = (HOURS, ABANDONED)) -> None:
    calling = changed(site.state.config.calling, rules=rules)
    if campaigns:
        calling = changed(calling, campaigns={each.campaign_id: each for each in campaigns})
    site.apply(changed(site.state.config, calling=calling))


def stands(site: CampaignSite, campaign_id: str = "spring") -> tuple[LedgerStand, ...]:
    return stand_of(site.state, campaign_id, site.at).ledgers


def test_a_rule_that_is_renamed_has_the_ledger_it_had() -> None:
    site = CampaignSite()
    counted(site, 200, 6)
    apply(site, rules=(HOURS, changed(ABANDONED, rule_id="US-310.4")))
    assert begun(site) == AGENTS, "nothing is in hand"
    (ledger,) = stands(site)
    assert (ledger.rule_id, ledger.answers, ledger.abandoned) == ("US-310.4", 200, 6)


def test_and_so_has_a_rule_that_succeeds_another_with_another_ceiling() -> None:
    site = CampaignSite()
    counted(site, 200, 6)
    later = changed(ABANDONED, rule_id="US-2026", demand=ConductDemand(abandoned_ppm_max=10_000, abandoned_days=20))
    apply(site, rules=(HOURS, later))
    assert begun(site) == AGENTS
    (ledger,) = stands(site)
    assert (ledger.ceiling_ppm, ledger.days, ledger.answers, ledger.abandoned) == (10_000, 20, 200, 6)


def test_rules_that_bind_the_same_calls_share_a_ledger_and_an_answer_counts_once() -> None:
    daily = changed(ABANDONED, rule_id="US-DAY", demand=ConductDemand(abandoned_ppm_max=100_000, abandoned_days=1))
    site = CampaignSite(rules=(HOURS, ABANDONED, daily), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.join(leg_id, site.state.contacts[site.state.legs[leg_id].contact_id].call_id)
    (ledger,) = site.state.ledgers.rows.values()
    assert [(answers, abandoned) for _, answers, abandoned in ledger.days] == [(1, 0)]
    assert [(each.days, each.answers) for each in stands(site)] == [(30, 1), (1, 1)]


def test_a_rule_that_binds_fewer_calls_counts_them_apart() -> None:
    """What it does not bind would make its rate look better than it is."""
    ahead = changed(ABANDONED, rule_id="US-AHEAD", modes=("predictive",))
    site = CampaignSite(rules=(HOURS, ABANDONED, ahead))
    assert len({each.ledger_id for each in stands(site)}) == 2


def test_what_counted_under_the_name_of_a_rule_before_counts_on() -> None:
    """So ledgers were called."""
    site = CampaignSite()
    counted(site, 200, 6, ledger_id="harbour/service/US-ABN")
    assert begun(site) == AGENTS
    (ledger,) = stands(site)
    assert (ledger.ledger_id, ledger.answers, ledger.abandoned) == ("harbour/service/US", 200, 6)
    counted(site, 100, 0)
    assert [(each.answers, each.abandoned) for each in stands(site)] == [(300, 6)]
    assert begun(site, lines=5) == AGENTS + 3, "three hundredths of 300 are nine"


def test_a_programme_is_held_to_the_ceiling_by_itself() -> None:
    """A regulator may take it for a campaign: what is answered for another programme makes no room."""
    loans = changed(dialled(), programme="loans")
    site = CampaignSite(loans)
    counted(site, 1_000, 0)
    assert begun(site) == AGENTS
    counted(site, 100, 0, ledger_id="harbour/service/loans/US")
    assert begun(site) == AGENTS + 3


def test_and_a_new_name_for_it_forgets_nothing() -> None:
    site = CampaignSite(changed(dialled(), programme="loans"))
    counted(site, 200, 6)
    counted(site, 100, 0, ledger_id="harbour/service/credit/US")
    apply(site, changed(dialled(), programme="credit"))
    assert begun(site) == AGENTS
    assert [(each.programme, each.answers, each.abandoned, each.room) for each in stands(site)] == [
        ("", 200, 6, 0),
        ("credit", 100, 0, 3),
    ]


def test_an_answer_counts_for_its_purpose_and_its_programme() -> None:
    site = CampaignSite(changed(dialled(), programme="loans"), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.join(leg_id, site.state.contacts[site.state.legs[leg_id].contact_id].call_id)
    assert [(each.ledger_id, each.answers) for each in stands(site)] == [
        ("harbour/service/US", 1),
        ("harbour/service/loans/US", 1),
    ]


def promising(campaign_id: str, ceiling_ppm: int, days: int = 30) -> Any:
    return dialled(campaign_id, pacing=Pacing(ceiling_ppm=ceiling_ppm, days=days))


def test_campaigns_of_a_programme_keep_each_others_ceilings_in_the_ledger_they_share() -> None:
    """One that may abandon more would else spend what the other one has to keep, while that one dials nobody."""
    site = CampaignSite(promising("spring", 100_000), promising("summer", 30_000), rules=(HOURS,))
    counted(site, 100, 3)
    assert begun(site, "spring") == AGENTS
    assert [(each.ceiling_ppm, each.answers, each.room) for each in stands(site)] == [(30_000, 100, 0)]


def test_and_each_over_its_own_window() -> None:
    site = CampaignSite(promising("spring", 30_000, days=1), promising("summer", 500_000), rules=(HOURS,))
    assert [(each.days, each.ceiling_ppm) for each in stands(site)] == [(1, 30_000), (30, 500_000)]


def test_another_programme_keeps_its_own_ceiling_alone() -> None:
    summer = changed(promising("summer", 30_000), programme="summer")
    site = CampaignSite(promising("spring", 100_000), summer, rules=(HOURS,))
    counted(site, 100, 3)
    assert begun(site, "spring") == AGENTS + 7


def test_a_copy_that_promises_less_begins_with_what_was_there() -> None:
    site = CampaignSite(promising("spring", 30_000), rules=(HOURS,))
    counted(site, 100, 3)
    apply(site, promising("summer", 40_000), rules=(HOURS,))
    assert [(each.answers, each.abandoned) for each in stands(site, "summer")] == [(100, 3)]


def test_a_campaign_that_was_never_dialled_has_nothing_in_hand() -> None:
    site = CampaignSite(dialled(), dialled("summer"))
    assert begun(site, "summer") == AGENTS


def test_a_rule_that_is_named_like_the_calls_of_another_one_counts_none_of_those() -> None:
    """The federal rule is called `US-NY`, and there is one of New York."""
    state_rule = changed(ABANDONED, rule_id="NY-ABN", jurisdiction="US-NY")
    site = CampaignSite(rules=(HOURS, changed(ABANDONED, rule_id="US-NY"), state_rule))
    counted(site, 200, 0, ledger_id="harbour/service/US-NY")
    counted(site, 10, 0, ledger_id="harbour/service/US")
    (federal,) = [ledger for ledger in stands(site) if ledger.rule_id == "US-NY"]
    assert federal.answers == 10
    assert begun(site) == AGENTS, "ten answers are no room"
