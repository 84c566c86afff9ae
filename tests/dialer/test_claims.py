"""Leads that a campaign is given: none twice, none that is out of date."""

import pytest

from cti.core import events as e
from cti.core.commands import ClaimLeads
from tests.dialer.campaign_site import CampaignSite


def test_leads_that_come_after_the_question_was_given_up_are_not_taken() -> None:
    """What was called since the store looked is forgotten once a later answer knows of it."""
    site = CampaignSite(agents=1)
    site.control("start")
    late = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    looked = site.state.last.seq
    site.wait(10_010)
    site.wait(5_010)
    site.give(leads=1)
    (leg_id,) = site.pace(1)
    site.no_answer(leg_id)
    site.wait(60_000)
    site.give(leads=0)
    answer = e.LeadsClaimed(
        campaign_id="spring", claim_id=late.claim_id, as_of_seq=looked, leads=(site.lead(0), site.lead(1))
    )
    site.take(answer)
    assert site.ignored()
    assert site.pace(2) == []


def claims(site: CampaignSite) -> list[ClaimLeads]:
    return [each for each in site.asked if isinstance(each, ClaimLeads)]


def released(site: CampaignSite) -> list[str]:
    """Whom the last turn gave back."""
    return [lead_id for event in site.happened(e.LeadsReleased) for lead_id in event.lead_ids]


def answer(site: CampaignSite, as_of_seq: int, *numbers: int) -> None:
    """The store answers the last question as of a record of the past."""
    leads = tuple(site.lead(number) for number in numbers)
    site.take(
        e.LeadsClaimed(campaign_id="spring", claim_id=claims(site)[-1].claim_id, as_of_seq=as_of_seq, leads=leads)
    )


@pytest.mark.parametrize("restarts", [False, True])
def test_an_answer_of_before_a_list_was_removed_is_not_taken(*, restarts: bool) -> None:
    """The store does not know yet of the removal that the question came from: nobody on the list is called."""
    site = CampaignSite()
    site.start(leads=20)
    known = site.state.last.seq
    site.take(e.LeadsRemoved(list_id="spring"))
    removed = site.state.last.seq
    assert len(released(site)) == 20
    assert claims(site)[-1].since_seq == removed
    if restarts:
        site.restart()
        site.connect("a0")
    answer(site, known, 0, 1)
    assert released(site) == ["lead0", "lead1"]
    assert site.pace(2) == []
    site.wait(1_010)
    assert claims(site)[-1].since_seq == removed
    answer(site, removed, 7)
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead7"]


@pytest.mark.parametrize("restarts", [False, True])
def test_an_answer_that_was_under_way_when_a_list_was_removed_is_not_taken(*, restarts: bool) -> None:
    site = CampaignSite()
    site.control("start")
    known, asked = site.state.last.seq, len(claims(site))
    site.take(e.LeadsRemoved(list_id="spring"))
    assert len(claims(site)) == asked
    if restarts:
        site.restart()
        site.connect("a0")
    answer(site, known, 0, 1)
    assert released(site) == ["lead0", "lead1"]
    assert site.pace(2) == []
    site.wait(1_010)
    assert claims(site)[-1].since_seq > known


def test_of_an_answer_that_was_under_way_only_a_lead_that_was_removed_is_left_out() -> None:
    site = CampaignSite()
    site.control("start")
    known = site.state.last.seq
    site.take(e.LeadsRemoved(list_id="spring", lead_id="lead0"))
    answer(site, known, 0, 1)
    assert released(site) == ["lead0"]
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead1"]


def test_a_campaign_that_starts_after_a_removal_asks_as_of_it_until_the_store_knows() -> None:
    site = CampaignSite()
    site.take(e.LeadsRemoved(list_id="spring", lead_id="lead0"))
    removed = site.state.last.seq
    site.take(e.LeadsRemoved(list_id="autumn"))
    site.control("start")
    assert claims(site)[-1].since_seq == removed
    answer(site, removed - 1, 0, 1)
    assert site.pace(2) == []
    site.wait(1_010)
    answer(site, removed, 1)
    assert len(site.pace(2)) == 1
    assert claims(site)[-1].since_seq == 0
