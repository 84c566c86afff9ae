"""Calls that are not let through: the campaign pauses itself before its leads are spent."""

import pytest

from cti.core import events as e
from cti.core.campaign import RunStatus
from cti.core.states import EndCause, LeadStatus, Outcome
from cti.dialer.barred import BARRED_MOST
from cti.views.campaign import stand_of
from tests.dialer.campaign_site import CampaignSite, dialled


def blocked(site: CampaignSite, calls: int, sip_code: int = 603, cause: EndCause = EndCause.REJECTED) -> None:
    for _ in range(calls):
        (leg_id,) = site.pace(1)
        site.place(leg_id)
        site.take(e.LegEnded(leg_id=leg_id, cause=cause, sip_code=sip_code))


def is_running(site: CampaignSite) -> bool:
    return site.state.runs["spring"].status is RunStatus.RUNNING


def of_many() -> CampaignSite:
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    site.start(leads=3 * BARRED_MOST)
    return site


def test_d49_a_caller_id_that_the_carrier_does_not_take_pauses_the_campaign_and_costs_no_lead_an_attempt() -> None:
    site = of_many()
    (leg_id,) = site.pace(1)
    site.take(e.LegRefused(leg_id=leg_id, code="CALLER_ID"))
    assert "+12025550100" in stand_of(site.state, "spring", site.at).why
    assert not is_running(site)
    assert site.pace(1) == []
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.attempts) == (LeadStatus.RETRY, 0)


@pytest.mark.parametrize("sip_code", [603, 607, 608])
def test_d49_when_one_call_after_the_other_is_blocked_the_campaign_pauses(sip_code: int) -> None:
    site = of_many()
    blocked(site, BARRED_MOST - 1, sip_code)
    assert is_running(site)
    blocked(site, 1, sip_code)
    assert not is_running(site)
    assert {event.outcome for event in site.ever(e.AttemptEnded)} == {Outcome.BLOCKED}
    assert "in a row" in site.ever(e.CampaignStatusChanged)[-1].reason
    site.control("start")
    assert is_running(site)
    blocked(site, 1, sip_code)
    assert is_running(site)


def test_one_call_that_is_let_through_begins_the_count_anew() -> None:
    site = of_many()
    blocked(site, BARRED_MOST - 1)
    (leg_id,) = site.pace(1)
    site.no_answer(leg_id)
    blocked(site, BARRED_MOST - 1)
    assert is_running(site)


def test_a_carrier_that_is_out_of_order_does_not_use_up_the_list() -> None:
    site = of_many()
    blocked(site, BARRED_MOST, 503, EndCause.FAILED)
    assert not is_running(site)
    assert len(site.ever(e.AttemptEnded)) == BARRED_MOST


def test_lines_in_the_air_are_over_before_it_is_paused_once() -> None:
    site = CampaignSite(dialled(mode="progressive"), agents=BARRED_MOST + 3)
    site.start(leads=60)
    for leg_id in site.pace(BARRED_MOST + 3):
        site.place(leg_id)
        site.end(leg_id, EndCause.REJECTED)
    assert [event.status for event in site.ever(e.CampaignStatusChanged)] == ["RUNNING", "PAUSED"]
