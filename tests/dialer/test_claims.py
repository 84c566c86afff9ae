"""Leads that a campaign is given: none twice, none that is out of date."""

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
