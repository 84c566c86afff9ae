"""Orders of events in which more would be abandoned than the ceiling allows, if something were not looked at."""

from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import ConductDemand
from cti.core.campaign_config import Answering, Pacing
from cti.core.plan import Door
from cti.core.states import LeadStatus, Outcome
from tests.centre import agent
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, OUTBOUND, CampaignSite, dialled
from tests.dialer.test_campaigns import join
from tests.dialer.test_sharing_agents import begun, talked_to

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


def apart() -> CampaignSite:
    """Two campaigns of one seller, and for the same purpose: `a0` answers for spring, `zoe` for summer. So they share a
    ledger and no agents. One talk leaves room for one abandoned call."""
    site = CampaignSite(
        dialled(), dialled("summer", queue_id="extra"), agents=1, rules=(HOURS, HALF), also_queues=("extra",)
    )
    zoe = agent("zoe", "extra", nailed_up=True)
    site.apply(changed(site.state.config, agents={**site.state.config.agents, "zoe": zoe}))
    site.sign_in("zoe")
    site.nail_up("zoe")
    talked_to(site, "spring")
    return site


def begun_apart(site: CampaignSite, campaign_id: str, lines: int) -> list[str]:
    """By a campaign that is paced alone."""
    site.start(campaign_id)
    return site.pace(lines, pool_id=campaign_id)


def all_answer(site: CampaignSite, *leg_ids: str) -> None:
    for leg_id in leg_ids:
        site.pick_up(leg_id)
    for leg_id in leg_ids:
        contact = site.state.contacts[site.state.legs[leg_id].contact_id]
        if contact.offer:
            site.join(leg_id, contact.call_id)
    site.wait(5_000)


def test_campaigns_that_share_a_ledger_and_no_agents_have_its_room_once() -> None:
    site = apart()
    site.not_ready("a0")
    site.not_ready("zoe")
    spring, summer = begun_apart(site, "spring", 3), begun_apart(site, "summer", 3)
    assert (len(spring), len(summer)) == (1, 0)
    assert site.ever(e.LinesPaced)[-1].reason == "ceiling"
    all_answer(site, *spring)
    assert holds(site)


def test_room_that_is_used_elsewhere_stops_no_line_for_a_free_agent() -> None:
    site = apart()
    assert len(begun_apart(site, "spring", 3)) == 2
    assert len(begun_apart(site, "summer", 3)) == 1


def test_an_agent_may_not_go_on_room_that_another_campaign_has_used_since() -> None:
    """When spring's line was begun, one call might have been abandoned; by now summer has a line for that."""
    site = apart()
    spring = begun_apart(site, "spring", 1)
    assert site.ever(e.LinesPaced)[-1].slack == 1
    summer = begun_apart(site, "summer", 3)
    assert len(summer) == 2
    site.take(e.NotReadyRequested(agent_id="a0", reason="lunch"))
    assert not site.happened(e.AgentNotReady), "spring's line counts on this agent"
    all_answer(site, *summer, *spring)
    assert holds(site)


def test_lines_in_the_air_are_remembered_when_another_campaign_gives_the_pool_its_name() -> None:
    site = CampaignSite(agents=1, rules=(HOURS, HALF))
    talked_to(site, "spring")
    spring = begun(site, "spring", 3)
    assert len(spring) == 2
    calling = site.state.config.calling
    campaigns = {**calling.campaigns, "autumn": dialled("autumn")}
    site.apply(changed(site.state.config, calling=changed(calling, campaigns=campaigns)))
    assert begun_apart(site, "autumn", 3) == []
    all_answer(site, *spring)
    assert holds(site)


def test_a_campaign_without_a_certificate_leaves_nobody_alone_at_the_cost_of_one_that_has_it() -> None:
    """They share a ledger, and an agent who is away: what is abandoned of one counts for both."""
    bold = dialled("winter", queue_id="extra", pacing=Pacing(certain=False))
    site = CampaignSite(dialled(), bold, agents=1, rules=(HOURS, HALF), also_queues=("extra",))
    both = agent("both", OUTBOUND, "extra", nailed_up=True)
    site.apply(changed(site.state.config, agents={**site.state.config.agents, "both": both}))
    spring = begun(site, "spring", 1)
    assert len(spring) == 1
    assert begun(site, "winter", 1) == []
    assert site.ever(e.LinesPaced)[-1].reason == "ceiling"
    all_answer(site, *spring)
    assert holds(site)


def test_where_nothing_says_how_many_may_be_abandoned_nobody_may() -> None:
    """No rule has a rate, and the campaign's file has none: one line for each free agent, however many are wanted."""
    site = CampaignSite(agents=2, rules=(HOURS,))
    site.start(leads=60)
    assert len(site.pace(40)) == 2
    assert site.ever(e.LinesPaced)[-1].reason == "no_agent"


def test_what_counts_in_no_ledger_is_an_answer_all_the_same() -> None:
    """Else the pool would learn that nobody ever answers."""
    site = CampaignSite(agents=1, rules=(HOURS,))
    site.start()
    (leg_id,) = site.pace(1)
    before = site.state.pools["spring"].knowledge.answered
    site.pick_up(leg_id)
    join(site, leg_id)
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [False]
    assert site.state.pools["spring"].knowledge.answered > before
    assert site.state.runs["spring"].today.answers == 1
    assert not len(site.state.ledgers)
