"""Campaigns to whose calls the agents come too late, one after the other: they pause themselves."""

import pytest

from cti.core import events as e
from cti.core.apply.campaigns import FATES
from cti.core.campaign import RunStatus
from cti.core.campaign_config import Pacing
from cti.dialer.unattended import LEFT_LEAST
from tests.dialer.calling_site import HOURS, MINUTE_MS
from tests.dialer.campaign_site import CampaignSite, dialled
from tests.dialer.test_campaigns import join

LATE_MS, IN_TIME_MS = 4_500, 500


def talks(site: CampaignSite, calls: int, joined_after_ms: int, apart_ms: int = 6_000) -> None:
    """People answer one after the other, each is joined so much later, and goes again."""
    for _ in range(calls):
        (leg_id,) = site.pace(1)
        site.pick_up(leg_id)
        site.wait(joined_after_ms)
        join(site, leg_id)
        site.end(leg_id)
        contact_id = site.ever(e.WrapUpStarted)[-1].contact_id
        site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=contact_id))
        site.wait(apart_ms)


def is_running(site: CampaignSite) -> bool:
    return site.state.runs["spring"].status is RunStatus.RUNNING


@pytest.fixture(params=["progressive", "predictive"])
def site(request: pytest.FixtureRequest) -> CampaignSite:
    site = CampaignSite(dialled(mode=request.param), agents=1)
    site.start(leads=6 * LEFT_LEAST)
    return site


def test_it_pauses_and_says_why_and_begins_to_count_anew_when_it_is_started_again(site: CampaignSite) -> None:
    talks(site, LEFT_LEAST - 1, LATE_MS)
    assert is_running(site)
    talks(site, 1, LATE_MS)
    assert not is_running(site)
    assert site.pace(1) == []
    why = site.state.runs["spring"].why
    assert why.startswith("10 of the last 40 people who answered were left alone, or found an agent too late: do the")
    assert [event.late for event in site.ever(e.AttemptAbandoned)] == [True] * LEFT_LEAST
    site.control("start")
    talks(site, LEFT_LEAST - 1, LATE_MS)
    assert is_running(site)


def test_one_late_agent_of_two_is_enough(site: CampaignSite) -> None:
    for _ in range(LEFT_LEAST - 1):
        talks(site, 1, LATE_MS)
        talks(site, 1, IN_TIME_MS)
    assert is_running(site)
    talks(site, 1, LATE_MS)
    assert not is_running(site)


def test_what_was_long_ago_is_forgotten(site: CampaignSite) -> None:
    talks(site, LEFT_LEAST - 1, LATE_MS)
    talks(site, FATES - LEFT_LEAST + 2, IN_TIME_MS)
    talks(site, 1, LATE_MS)
    assert is_running(site)


def test_where_a_ceiling_lets_many_be_abandoned_more_of_them_are_no_reason() -> None:
    """Under 25 % twelve of forty are nothing to wonder at."""
    site = CampaignSite(dialled(pacing=Pacing(ceiling_ppm=250_000)), agents=1, rules=(HOURS,))
    site.start(leads=40)
    for _ in range(12):
        talks(site, 1, LATE_MS)
        talks(site, 1, IN_TIME_MS)
    assert is_running(site)


def test_many_at_once_are_a_server_that_stood_still() -> None:
    site = CampaignSite(dialled(mode="progressive"), agents=LEFT_LEAST + 2)
    site.start()
    legs = site.pace(LEFT_LEAST + 1)
    for leg_id in legs:
        site.pick_up(leg_id)
    site.wait(LATE_MS)
    for leg_id in legs:
        join(site, leg_id)
    assert len(site.ever(e.AttemptAbandoned)) == LEFT_LEAST + 1
    assert is_running(site)
    site.wait(MINUTE_MS)
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(LATE_MS)
    join(site, leg_id)
    assert is_running(site)
