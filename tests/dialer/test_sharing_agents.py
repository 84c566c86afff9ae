"""Campaigns that share agents: none takes the agent whom a line of another one counts on; and the change of the day."""

from typing import Any

import pytest

from cti.core import events as e
from cti.core.air import LATE_MS
from cti.core.base import changed
from cti.core.calling import ConductDemand
from cti.core.campaign_config import Pacing
from cti.core.commands import HangUpLeg
from cti.core.times import ZoneTable
from tests.centre import agent
from tests.dialer.calling_site import HOURS, MINUTE_MS, TUESDAY_NOON
from tests.dialer.campaign_site import ABANDONED, OUTBOUND, CampaignSite, dialled
from tests.dialer.test_campaigns import join

BOLD = dialled("winter", pacing=Pacing(certain=False))
"""No certificate keeps it from dialling ahead."""

MIDNIGHT_AT = TUESDAY_NOON + 5 * MINUTE_MS
NEAR = ZoneTable(name="near", starts_at=(0,), offsets_s=(8 * 3_600 - 300,))
"""A zone in which that is the next change of the day."""


def begun(site: CampaignSite, campaign_id: str, lines: int) -> list[str]:
    """Lines that this campaign begins, which alone is given leads."""
    site.start(campaign_id)
    legs = site.pace(lines)
    assert all(site.state.lines[leg_id].campaign_id == campaign_id for leg_id in legs)
    site.control("pause", campaign_id)
    return legs


@pytest.mark.parametrize(("mode", "reason"), [("predictive", "ceiling"), ("progressive", "no_agent")])
def test_a_campaign_without_a_certificate_leaves_the_agent_to_a_line_of_one_that_has_it(mode: Any, reason: str) -> None:
    """Whoever answers there first would have the agent, and leave the other one alone."""
    site = CampaignSite(dialled(mode=mode), BOLD, agents=1)
    assert len(begun(site, "spring", 1)) == 1
    assert begun(site, "winter", 1) == []
    assert site.ever(e.LinesPaced)[-1].reason == reason


def test_nor_does_a_campaign_under_a_ceiling_that_has_room_take_it() -> None:
    """Room for one abandoned call of its seller is none for another's."""
    own = dialled(pacing=Pacing(ceiling_ppm=30_000))
    other = changed(dialled("winter", pacing=Pacing(ceiling_ppm=500_000)), seller="castle")
    site = CampaignSite(own, other, agents=1, rules=(HOURS,))
    talked_to(site, "winter")
    legs = begun(site, "winter", 3)
    assert len(legs) == 2, "one answered leaves room for one abandoned"
    for leg_id in legs:
        site.no_answer(leg_id)
    assert len(begun(site, "spring", 1)) == 1
    assert begun(site, "winter", 1) == []


def test_each_campaign_has_as_many_lines_as_it_may_beside_those_of_others() -> None:
    site = CampaignSite(dialled(), dialled("winter", pacing=Pacing(lines_max=2)), agents=4)
    assert len(begun(site, "spring", 2)) == 2
    assert len(begun(site, "winter", 3)) == 2
    assert site.ever(e.LinesPaced)[-1].reason == "lines_max"


def talked_to(site: CampaignSite, campaign_id: str) -> None:
    """Somebody answers, is with agent `a0`, and goes again."""
    (leg_id,) = begun(site, campaign_id, 1)
    site.pick_up(leg_id)
    join(site, leg_id)
    site.end(leg_id)
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=site.ever(e.WrapUpStarted)[-1].contact_id))


def two_queues() -> CampaignSite:
    """Agent `a0` answers for spring, `zoe` for summer; somebody at home answers for both, so that they are paced as
    one. Only `a0` takes callers."""
    spring, summer = dialled(mode="progressive"), dialled("summer", mode="progressive", queue_id="extra")
    site = CampaignSite(spring, summer, agents=1, also=("sales",), also_queues=("extra",))
    zoe = agent("zoe", "extra", nailed_up=True)
    both = agent("both", OUTBOUND, "extra", nailed_up=True)
    site.apply(changed(site.state.config, agents={**site.state.config.agents, "zoe": zoe, "both": both}))
    site.sign_in("zoe")
    site.nail_up("zoe")
    return site


def test_an_agent_is_kept_for_a_line_that_the_others_could_not_take() -> None:
    site = two_queues()
    assert len(begun(site, "spring", 2)) == 1, "zoe is nobody to talk to for spring"
    site.call()
    assert not [event for event in site.ever(e.OfferMade) if event.agent_id == "a0"]


def test_an_agent_is_not_kept_for_a_line_that_is_none_of_theirs() -> None:
    site = two_queues()
    assert len(begun(site, "summer", 2)) == 1
    site.call()
    assert [event.agent_id for event in site.ever(e.OfferMade)] == ["a0"]


def test_the_line_whose_agent_is_gone_is_given_up_and_no_other() -> None:
    site = two_queues()
    (spring,) = begun(site, "spring", 1)
    (summer,) = begun(site, "summer", 1)
    for leg_id in (spring, summer):
        site.place(leg_id)
        site.alert(leg_id)
    site.end(site.state.agents["a0"].leg_id)
    site.wait(20_000)
    assert [each.leg_id for each in site.asked if isinstance(each, HangUpLeg) and each.leg_id == spring]
    assert not [each.leg_id for each in site.asked if isinstance(each, HangUpLeg) and each.leg_id == summer]


@pytest.mark.parametrize(("days", "lines"), [(1, 1), (30, 2)])
def test_before_midnight_no_line_counts_on_answers_that_the_day_takes_with_it(days: int, lines: int) -> None:
    """It could end on the next day, whose window of one day knows of none."""
    demand = ConductDemand(abandoned_ppm_max=500_000, abandoned_days=days, connect_ms=2_000)
    site = CampaignSite(agents=1, rules=(HOURS, changed(ABANDONED, demand=demand)))
    site.apply(changed(site.state.config, zone="near", zones={**site.state.config.zones, "near": NEAR}))
    talked_to(site, "spring")
    legs = begun(site, "spring", 3)
    assert len(legs) == 2, "there is time enough"
    for leg_id in legs:
        site.no_answer(leg_id)
    site.wait_until(MIDNIGHT_AT - LATE_MS)
    assert len(begun(site, "spring", 3)) == lines


def test_what_was_learnt_outlives_the_name_of_the_pool() -> None:
    """Another campaign shares the agents from now on, and comes first by name."""
    site = CampaignSite(agents=1)
    site.start()
    for _ in range(3):
        (leg_id,) = site.pace(1)
        site.pick_up(leg_id)
        join(site, leg_id)
        site.wait(300_000)
        site.end(leg_id)
        site.wait(31_000)
    learnt = site.state.pools["spring"]
    calling = site.state.config.calling
    campaigns = {**calling.campaigns, "autumn": dialled("autumn")}
    site.apply(changed(site.state.config, calling=changed(calling, campaigns=campaigns)))
    site.start("autumn")
    site.pace(0, pool_id="autumn")
    (begun,) = site.happened(e.PoolBegun)
    assert (begun.pool_id, begun.learnt_from) == ("autumn", "spring")
    known = site.state.pools["autumn"]
    assert (known.theta.log_u, known.knowledge.talk) == (learnt.theta.log_u, learnt.knowledge.talk)
