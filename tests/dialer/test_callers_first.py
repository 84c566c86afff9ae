"""A campaign begins no line while callers have waited for its agents for too long."""

import pytest

from cti.core import events as e
from cti.core.base import changed
from cti.core.config import SkillRequirement
from cti.core.pools import pools_of
from cti.dialer.observing import observe
from cti.views.campaign import stand_of
from tests.centre import straight_to
from tests.dialer.campaign_site import CampaignSite, dialled

RULE = {"callers_wait_ms": 20_000}


def site_with(*campaigns: object, agents: int = 2, pool_id: str = "spring") -> CampaignSite:
    """Its agents serve `sales` as well, and lines in the air count on all of them. Then somebody calls."""
    site = CampaignSite(*campaigns, agents=agents, also=("sales",))
    site.start()
    assert len(site.pace(agents, pool_id)) == agents
    site.call()
    return site


def callers(site: CampaignSite, campaign_id: str = "spring") -> list[str]:
    return [each.words for each in stand_of(site.state, campaign_id, site.at).obstacles if each.code == "callers"]


def begins(site: CampaignSite) -> int:
    """How many lines it begins with two agents more."""
    return len(site.pace(2))


def wants(site: CampaignSite) -> bool:
    """Whether the pacing is asked at all."""
    return observe(site.state, pools_of(site.state).by_campaign["spring"], site.at) is not None


def test_no_line_is_begun_while_a_caller_has_waited_too_long_and_lines_keep_their_agents() -> None:
    site = site_with(dialled(**RULE))
    lines = sorted(site.state.lines.rows)
    site.wait(19_000)
    assert (callers(site), wants(site)) == ([], True)
    site.wait(2_000)
    assert callers(site) == ["callers come first: one has waited 21 s in sales, more than 20 s"]
    assert (begins(site), wants(site)) == (0, False)
    assert sorted(site.state.lines.rows) == lines
    site.no_answer(lines[0])
    assert not callers(site), "who became free has the caller"


def test_without_the_rule_callers_wait_however_long() -> None:
    site = site_with(dialled())
    site.wait(300_000)
    assert (callers(site), wants(site)) == ([], True)


def test_it_holds_for_the_campaign_that_says_so_and_for_no_broadcast() -> None:
    news = dialled("news", mode="broadcast", flow_id="sorry", **RULE)
    site = site_with(dialled(**RULE), dialled("autumn"), news, pool_id="autumn")
    site.wait(21_000)
    assert callers(site)
    assert not callers(site, "autumn")
    assert not callers(site, "news")


def test_whom_the_campaign_called_is_no_caller() -> None:
    site = CampaignSite(dialled(**RULE), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(1_000)
    assert not callers(site)
    assert not site.happened(e.LineSurplus)


@pytest.mark.parametrize("skills", [{}, {"a0": {"es": 2}}])
def test_nothing_waits_for_callers_who_need_a_skill_that_none_of_the_agents_has(skills: dict) -> None:
    site = CampaignSite(dialled(**RULE), also=("sales",))
    config = site.state.config
    spanish = straight_to("sales", skills=(SkillRequirement(skill="es"),))
    agents = {name: changed(each, skills=skills.get(name, {})) for name, each in config.agents.items()}
    site.apply(changed(config, agents=agents, flows={**config.flows, spanish.flow_id: spanish}))
    site.start()
    assert len(site.pace(2)) == 2
    leg_id = site.call()
    assert site.contact(leg_id).skills
    site.wait(21_000)
    assert len(callers(site)) == len(skills)


def test_nothing_waits_for_callers_once_the_agents_are_on_a_break() -> None:
    site = site_with(dialled(**RULE))
    for agent_id in site.agent_ids:
        site.take(e.NotReadyRequested(agent_id=agent_id, reason="lunch"))
    site.wait(21_000)
    assert callers(site), "until the lines that count on them are over they are here"
    for leg_id in sorted(site.state.lines.rows):
        site.no_answer(leg_id)
    assert not callers(site)
