"""Orders of events in which more would be abandoned than the ceiling allows, if something were not looked at."""

from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import ConductDemand
from cti.core.campaign_config import Answering
from cti.core.plan import Door
from cti.core.states import LeadStatus, Outcome
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, CampaignSite, dialled
from tests.dialer.test_campaigns import join
from tests.dialer.test_sharing_agents import begun

HALF = changed(ABANDONED, demand=ConductDemand(abandoned_ppm_max=500_000, abandoned_days=30, connect_ms=2_000))
"""A ceiling under which few answers make room."""


def holds(site: CampaignSite) -> bool:
    """At every instant so far at most half of the live answers were abandoned."""
    answers = abandoned = 0
    for event in site.ever(e.LiveAnswerCounted):
        answers, abandoned = answers + 1, abandoned + event.abandoned
        if 2 * abandoned > answers:
            return False
    return True


def test_a_machine_that_waits_for_an_agent_is_nobody_who_could_be_left_alone() -> None:
    """It is told apart: no line may count on it, and its end counts nowhere."""
    telling = dialled(answering=Answering(detect="first", machine="queue"))
    site = CampaignSite(telling, agents=1, rules=(HOURS, HALF))
    (first,) = begun(site, "spring", 1)
    site.pick_up(first, answered_by=Outcome.HUMAN)
    join(site, first)
    (machine,) = begun(site, "spring", 3)
    site.pick_up(machine, answered_by=Outcome.MACHINE)
    (person,) = begun(site, "spring", 3)
    site.wait(5_000)
    assert site.state.legs[machine].released, "nobody came for it in time"
    site.end(machine)
    site.place(person)
    site.answer(person)
    site.ask(person, Door.ANSWERED, nonce=0, answered_by=Outcome.HUMAN)
    site.wait(5_000)
    assert [event.attempt_id for event in site.ever(e.AttemptAbandoned)] == [person]
    assert holds(site)
    assert [(event.status, event.last_outcome) for event in site.ever(e.LeadScheduled)] == [
        (LeadStatus.RETRY, Outcome.MACHINE)
    ]
