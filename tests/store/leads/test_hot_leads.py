"""A lead that is posted with a high priority, from the journal through the store to the next line."""

from cti.core import events as e
from cti.core.commands import ClaimLeads
from cti.store.leads.claiming import Claims
from tests.dialer.campaign_site import CampaignSite
from tests.store.leads.leads_made import Desk, details, number
from tests.store.made import SITE

NOTHING = e.LeadsReleased(campaign_id="", lead_ids=())
"""What the store does not care about."""


async def told(site: CampaignSite, desk: Desk, event: e.AnyEvent) -> None:
    """It happens at the site, and the store hears of it, and of all that followed."""
    site.take(event)
    asked = tuple(each for each in site.asked if isinstance(each, ClaimLeads))
    while desk.seq < site.state.last.seq - 1:
        await desk.happened(NOTHING)
    await desk.happened(event, *site.happened(e.LeadsReleased), asked=asked[-1:])
    await desk.keep_up()


async def answered(site: CampaignSite, desk: Desk) -> None:
    """The store answers the question that is under way."""
    question = next(each for each in reversed(site.asked) if isinstance(each, ClaimLeads))
    await told(site, desk, await Claims(desk.store, SITE, desk.segments).claim(question))


async def test_a_hot_lead_is_the_next_whom_a_line_calls(desk):
    site = CampaignSite(agents=1)
    for of in range(150):
        await told(site, desk, e.LeadPosted(list_id="spring", lead=details(number(of))))
    await told(site, desk, e.CampaignControlRequested(campaign_id="spring", action="start", by="sue"))
    await answered(site, desk)
    assert len(site.state.leads.rows) == 150
    hot = details("+12125559999", external_id="crm-9", priority=100)
    await told(site, desk, e.LeadPosted(list_id="spring", lead=hot))
    await answered(site, desk)
    assert len(site.state.leads.rows) == 150, "the last went back"
    (leg_id,) = site.pace(1)
    assert site.state.leads[site.state.lines[leg_id].lead_key].lead.external_id == "crm-9"
