"""A few calls of a campaign, one of each kind."""

from cti.core import events as e
from cti.core.base import changed
from cti.core.campaign_config import Answering, Pacing, ResultsTarget
from cti.core.states import Outcome
from tests.dialer.campaign_site import CampaignSite, dialled

UNSURE = Pacing(certain=False)


def shift(
    results: ResultsTarget | None = None, note: str = "wants blue", posted: tuple[e.LeadPosted, ...] = ()
) -> CampaignSite:
    """One is talked with, for one nobody is there, one is a machine, one does not answer, and one may not be rung."""
    campaign = changed(dialled(pacing=UNSURE, answering=Answering(detect="beside")), results=results)
    site = CampaignSite(campaign, agents=1)
    for lead in posted:
        site.take(lead)
    site.start()
    talks, waits, machine, silent = site.pace(4)
    site.pick_up(talks)
    site.join(talks, site.state.contacts[site.state.legs[talks].contact_id].call_id)
    site.take(e.AttemptClassified(attempt_id=talks, outcome=Outcome.HUMAN, quiet_ms=10))
    site.pick_up(waits)
    site.wait(5_000)
    site.end(waits)
    site.pick_up(machine)
    site.take(e.AttemptClassified(attempt_id=machine, outcome=Outcome.MACHINE))
    site.end(machine)
    site.no_answer(silent)
    site.end(talks)
    contact_id = site.ever(e.WrapUpStarted)[0].contact_id
    site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition="sold", note=note))
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=contact_id))
    site.wait(60_000)
    known = site.state.last.seq
    site.suppress("+12125560004")
    site.pace(1, as_of_seq=known)
    return site
