"""Whom the rules refused for good is asked again: once the lead is changed, or somebody says so."""

import pytest

from cti.core import events as e
from cti.core.events import LeadPast
from cti.core.states import LeadStatus, Outcome
from cti.store.leads.looking import LookingAtLeads
from tests.store.leads.leads_made import SPEC, details, ids, number, posted
from tests.store.made import SITE

RULE = "CAMPAIGN-COUNTRY"


def past(*refused, spent=()):
    return LeadPast(spent=(*spent, *refused), refused=tuple((each, RULE) for each in refused))


@pytest.fixture
async def aside(desk):
    """Lead `a` is set aside by the campaigns sales and winter; `b` is done with."""
    await desk.happened(posted("a", number=number(1)), posted("b", number=number(2)))
    for campaign_id in ("sales", "winter"):
        await desk.asks(campaign_id)
        await desk.take(campaign_id=campaign_id)
        refused = {"attempts": 0, "last_outcome": None, "past": past(number(1))}
        await desk.scheduled("a", LeadStatus.SUPPRESSED, campaign_id=campaign_id, **refused)
        await desk.scheduled("b", LeadStatus.DONE, campaign_id=campaign_id)
        assert ids(await desk.claim(campaign_id=campaign_id)) == []
    return desk


async def counts(desk):
    found = await LookingAtLeads(desk.store, SITE).counts("spring")
    return {key: count for key, count in found.items() if count and key[1] in tuple(LeadStatus)}


async def test_they_are_asked_again_by_every_campaign_when_somebody_says_so(aside):
    await aside.happened(e.LeadsRevived(list_id="spring", by="anna"))
    await aside.keep_up()
    for campaign_id in ("sales", "winter"):
        (lead,) = (await aside.claim(campaign_id=campaign_id)).leads
        assert (lead.lead_id, lead.number_index, lead.past) == ("a", 0, LeadPast())
    assert await counts(aside) == {
        (campaign_id, status): 1 for campaign_id in ("sales", "winter") for status in ("NEW", "DONE")
    }


async def test_or_by_one_campaign_alone(aside):
    await aside.happened(e.LeadsRevived(list_id="autumn"), e.LeadsRevived(list_id="spring", campaign_id="winter"))
    await aside.keep_up()
    assert ids(await aside.claim(campaign_id="sales")) == []
    assert ids(await aside.claim(campaign_id="winter")) == ["a"]


async def test_who_is_changed_is_asked_again(aside):
    await aside.happened(posted("a", number=number(3)))
    await aside.keep_up()
    assert ids(await aside.claim()) == ["a"]
    assert await counts(aside) == {
        (campaign_id, status): 1 for campaign_id in ("sales", "winter") for status in ("NEW", "DONE")
    }


async def test_who_comes_again_in_a_file_is_asked_again(aside):
    await aside.imported(details(number(1)), changes=((1, "a"),))
    await aside.keep_up()
    assert ids(await aside.claim()) == ["a"]


async def test_who_is_refused_again_is_set_aside_again(aside):
    await aside.happened(e.LeadsRevived(list_id="spring"))
    await aside.keep_up()
    await aside.take()
    await aside.scheduled("a", LeadStatus.SUPPRESSED, past=past(number(1)))
    await aside.keep_up()
    assert ids(await aside.claim()) == []
    (standing,) = [
        each for each in (await LookingAtLeads(aside.store, SITE).standing(["a"]))["a"] if each.campaign_id == "sales"
    ]
    assert (standing.status, standing.refused) == ("SUPPRESSED", ((number(1), RULE),))


async def revived(desk, lead, **told):
    """The lead as it is claimed after it was set aside so, and asked again; None where it is not."""
    await desk.happened(e.LeadPosted(list_id="spring", lead_id="a", lead=lead))
    await desk.asks()
    await desk.take()
    await desk.scheduled("a", LeadStatus.SUPPRESSED, **told)
    await desk.happened(e.LeadsRevived(list_id="spring"))
    await desk.keep_up()
    return next(iter((await desk.claim(SPEC)).leads), None)


async def test_a_number_that_nobody_has_is_not_asked_again(desk):
    lead = await revived(desk, details(number(1), number(2)), past=past(number(2), spent=(number(1),)))
    assert (lead.number_index, lead.attempts, lead.past) == (1, 1, LeadPast(spent=(number(1),)))


async def test_how_often_they_were_called_is_not_forgotten(desk):
    kept = LeadPast(ended=((Outcome.BUSY, 2),), spent=(number(1),), refused=((number(1), RULE),))
    lead = await revived(desk, details(number(1)), past=kept, attempts=2)
    assert (lead.attempts, lead.past) == (2, LeadPast(ended=((Outcome.BUSY, 2),)))


async def test_where_it_was_not_kept_which_rule_it_was_all_numbers_are_asked(desk):
    """Of before that was kept."""
    lead = await revived(desk, details(number(1), number(2)), past=LeadPast(spent=(number(1), number(2))))
    assert (lead.number_index, lead.past) == (0, LeadPast())
