"""Cases of pacing, of what answers, and of bad days, by number: see docs/reference/dialer-cases.md."""

import pytest

from cti.core import events as e
from cti.core.base import changed
from cti.core.campaign_config import Answering, Pacing
from cti.core.commands import CheckLeg, HangUpLeg
from cti.core.learning import Knowledge, base_ppm, learnt_line, learnt_talk
from cti.core.ledger import Ledger, counted, day_of, window
from cti.core.plan import Door, HangUp, Join
from cti.core.pools import pools_of
from cti.core.states import AgentState, EndCause, Outcome
from cti.core.zone import site_zone
from cti.dialer.observing import observe
from cti.dialer.pacing.pacer import Pacer, is_news
from cti.dialer.pacing.tables import tables_of
from tests.centre import agent
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, SORRY, CampaignSite, dialled
from tests.dialer.test_campaigns import join

UNSURE = Pacing(certain=False)
MINUTE_MS = 60_000


def wanted(site: CampaignSite) -> int:
    """How many lines the pacing wants now."""
    pool = pools_of(site.state).every[0]
    question = observe(site.state, pool, site.at)
    return Pacer().answer(question).calls_now if question else 0


def ledger_of(site: CampaignSite) -> tuple[int, int]:
    """Answers and abandoned calls in all."""
    days = [day for ledger in site.state.ledgers.rows.values() for day in ledger.days]
    return sum(day[1] for day in days), sum(day[2] for day in days)


def with_ledger(site: CampaignSite, answers: int, abandoned: int) -> None:
    """As if the days before had come to this."""
    (leg_id,) = site.pace(1)
    (bound,) = site.state.lines[leg_id].bounds
    site.no_answer(leg_id)
    day = day_of(site.at, site_zone(site.state.config))
    for state in (site.state, site.twin):
        state.ledgers.put(bound.ledger_id, Ledger(ledger_id=bound.ledger_id, days=((day, answers, abandoned),)))
        state.undo.forget()


def ringing(site: CampaignSite) -> str:
    """The campaign runs, and its first line rings."""
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    return leg_id


@pytest.mark.parametrize("how", ["pause", "sign_out", "line", "browser"])
def test_d26_an_agent_goes_while_lines_ring(how: str) -> None:
    """Who asks to go stays for the line; a line whose agent is lost is given up as soon as that is decent."""
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    leg_id = ringing(site)
    rang_at = site.at
    if how == "pause":
        site.not_ready("a0")
    elif how == "sign_out":
        site.sign_out("a0")
    elif how == "line":
        site.end(site.state.agents["a0"].leg_id)
    else:
        site.disconnect("a0")
    if how in ("pause", "sign_out"):
        assert site.agent_is("a0") is AgentState.READY
    site.wait_until(rang_at + 16_000)
    given_up = [each.leg_id for each in site.asked if isinstance(each, HangUpLeg) and each.leg_id == leg_id]
    assert given_up == ([] if how in ("pause", "sign_out") else [leg_id])


def test_d26_a_caller_who_takes_an_agent_takes_none_that_a_line_counts_on() -> None:
    site = CampaignSite(dialled(mode="progressive"), agents=2, also=("sales",))
    site.start()
    site.pace(1)
    site.call()
    site.call()
    assert len([event for event in site.ever(e.OfferMade) if event.queue_id == "sales"]) == 1


def test_d27_when_everybody_is_gone_nothing_is_dialled() -> None:
    site = CampaignSite(agents=2)
    site.start()
    for agent_id in site.agent_ids:
        site.not_ready(agent_id)
    assert wanted(site) == 0
    assert site.pace(5) == []


@pytest.mark.parametrize("mode", ["progressive", "predictive"])
def test_d27_when_all_agents_leave_while_lines_ring_none_is_begun_and_what_rings_is_not_cut_short(mode: str) -> None:
    """Their lines drop, all at once. What rings does so for its fifteen seconds; who answers meanwhile hears who
    called, and counts."""
    site = CampaignSite(dialled(mode=mode), agents=3)
    site.start()
    legs = site.pace(3)
    for leg_id in legs:
        site.place(leg_id)
        site.alert(leg_id)
    rang_at = site.at
    for agent_id in site.agent_ids:
        site.end(site.state.agents[agent_id].leg_id)
    assert site.pace(5) == []
    assert not [each for each in site.asked if isinstance(each, HangUpLeg)]
    site.answer(legs[0])
    site.ask(legs[0], Door.ANSWERED, nonce=0)
    site.wait_until(rang_at + 16_000)
    assert site.plans[legs[0]] == (SORRY, HangUp())
    assert ledger_of(site) == (1, 1)
    assert {each.leg_id for each in site.asked if isinstance(each, HangUpLeg)} == set(legs[1:])
    assert site.pace(5) == []


def test_d28_an_agent_who_comes_too_late_counts_as_nobody() -> None:
    """The customer was on the way into the room when the time was up: they talk, and it counts as abandoned."""
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(4_500)
    (abandoned,) = site.ever(e.AttemptAbandoned)
    assert abandoned.late
    join(site, leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    assert ledger_of(site) == (1, 1)


def test_d26_a_line_is_given_up_as_well_where_a_new_configuration_takes_the_agent_away() -> None:
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    leg_id = ringing(site)
    rang_at = site.at
    site.apply(changed(site.state.config, agents={"a0": agent("a0", "sales", nailed_up=True)}))
    site.wait_until(rang_at + 16_000)
    assert [each.leg_id for each in site.asked if isinstance(each, HangUpLeg)] == [leg_id]


@pytest.mark.parametrize("others", [0, 1])
def test_d28_whose_late_agent_does_not_come_at_all_hears_the_message_or_is_taken_by_another_one(others: int) -> None:
    site = CampaignSite(agents=1 + others)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(4_500)
    (chosen,) = [offer.agent_id for offer in site.ever(e.OfferMade)]
    site.end(site.state.agents[chosen].leg_id)
    if others:
        (other,) = {"a0", "a1"} - {chosen}
        assert site.plans[leg_id] == (Join(call_id=site.state.agents[other].call_id, beep=True),)
    else:
        assert site.plans[leg_id] == (SORRY, HangUp())
    assert len(site.ever(e.MessageBegun)) == 1 - others
    assert ledger_of(site) == (1, 1)


def test_d29_a_shift_begins_with_nothing_in_hand_and_dials_one_line_an_agent() -> None:
    site = CampaignSite(agents=3)
    site.start()
    assert len(site.pace(20)) == 3


def test_d30_the_chance_of_an_answer_follows_a_jump_within_minutes() -> None:
    knowledge, at = Knowledge(pool_id="p"), 0
    for second in range(0, 3_600, 5):
        at = 1_000 * second
        knowledge = learnt_line(knowledge, at, 9_000, answered=second % 4 == 0)
    before = base_ppm(knowledge)
    for second in range(0, 1_200, 5):
        knowledge = learnt_line(knowledge, at + 1_000 * second, 9_000, answered=second % 20 != 0)
    assert before < 300_000
    assert base_ppm(knowledge) > 550_000


def test_d30_a_burst_of_answers_does_not_pass_the_ceiling() -> None:
    """Every line in the air is answered at once, and no agent gets free."""
    site = CampaignSite(agents=2)
    site.start(leads=60)
    with_ledger(site, 330, 4)
    legs = site.pace(50)
    assert len(legs) > 2
    for leg_id in legs:
        site.pick_up(leg_id)
        if site.happened(e.OfferAccepted):
            join(site, leg_id)
    site.wait(5_000)
    answers, abandoned = ledger_of(site)
    assert abandoned == 4 + len(legs) - 2
    assert 100 * abandoned <= 3 * answers


def test_d31_talks_that_get_longer_are_learnt() -> None:
    knowledge = Knowledge(pool_id="p")
    for _ in range(300):
        knowledge = learnt_talk(knowledge, 30_000)
    short = tables_of(knowledge).free_talking[5].max()
    for _ in range(3_000):
        knowledge = learnt_talk(knowledge, 300_000)
    assert tables_of(knowledge).free_talking[5].max() < short / 3


def test_d32_callers_who_ring_us_have_the_agents_first_where_none_is_kept() -> None:
    site = CampaignSite(dialled(agents_kept=1), agents=2, also=("sales",))
    site.start()
    assert len(site.pace(5)) == 1
    site.call()
    assert len([event for event in site.ever(e.OfferMade) if event.queue_id == "sales"]) == 1


def test_d33_one_agent_alone_has_one_line() -> None:
    site = CampaignSite(agents=1)
    site.start()
    assert len(site.pace(9)) == 1


def test_d34_a_pause_with_lines_in_the_air_cuts_none_of_them() -> None:
    site = CampaignSite(agents=2)
    site.start()
    first, second = site.pace(2)
    site.control("pause")
    assert not [each for each in site.asked if isinstance(each, HangUpLeg)]
    site.pick_up(first)
    join(site, first)
    site.no_answer(second)
    assert len(site.ever(e.ContactConnected)) == 1


def test_d35_a_list_that_is_at_its_end_is_asked_for_again_once_a_minute() -> None:
    site = CampaignSite(agents=2)
    site.start(leads=1)
    (leg_id,) = site.pace(2)
    site.no_answer(leg_id)
    assert site.pace(1) == []
    assert site.ever(e.LinesPaced)[-1].reason == "no_leads"
    site.give(leads=0)
    asked = len(site.ever(e.LeadsAsked))
    site.wait(MINUTE_MS + 10)
    assert len(site.ever(e.LeadsAsked)) == asked + 1


def test_d36_two_campaigns_count_on_an_agent_once() -> None:
    site = CampaignSite(dialled("autumn"), dialled("spring"), agents=3)
    for campaign_id in ("autumn", "spring"):
        site.start(campaign_id)
    assert len(site.pace(9, pool_id="autumn")) == 3
    assert site.pace(9, pool_id="spring") == []


def test_d37_nothing_is_learnt_while_the_ceiling_stops_lines() -> None:
    site = CampaignSite(agents=2)
    site.start()
    first, second = site.pace(9)
    assert site.state.pools["spring"].theta.blocked
    before = site.state.pools["spring"].theta.log_u
    for leg_id in (first, second):
        site.pick_up(leg_id)
        join(site, leg_id)
    assert len(site.ever(e.LiveAnswerCounted)) == 2
    assert site.state.pools["spring"].theta.log_u == before


def test_d37_it_is_learnt_from_again_once_no_line_is_wanted() -> None:
    """Both agents have begun to talk: that the ceiling stops nothing any more is told once, though nothing begins."""
    site = CampaignSite(agents=2)
    site.start()
    for leg_id in site.pace(9):
        site.pick_up(leg_id)
        join(site, leg_id)
    for blocked in (True, False):
        assert site.state.pools["spring"].theta.blocked == blocked
        question = observe(site.state, pools_of(site.state).every[0], site.at)
        assert question
        computed = Pacer().answer(question)
        assert (computed.calls_now, is_news(question, computed)) == (0, blocked)
        site.take(computed)


def test_d39_a_machine_that_reached_an_agent_is_nobodys_answer_once_it_is_known() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="beside")), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.MACHINE))
    site.end(leg_id)
    assert ledger_of(site) == (0, 0)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.MACHINE


def test_d40_the_agent_is_there_before_the_carrier_knows_what_answered() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="beside")), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    assert site.ever(e.AttemptConnected)
    assert not site.ever(e.AttemptClassified)


GREETED = changed(ABANDONED, demand=changed(ABANDONED.demand, connect_from="greeting_end"))


def joined_late(**fields) -> tuple[CampaignSite, str]:
    """An agent came 3.6 s after the answer, and nobody knows yet whether it was a machine, or how long it greeted."""
    site = CampaignSite(dialled(answering=Answering(detect="beside")), rules=(HOURS, GREETED), **fields)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(3_600)
    join(site, leg_id)
    assert not site.ever(e.LiveAnswerCounted)
    return site, leg_id


@pytest.mark.parametrize(("quiet_ms", "abandoned"), [(2_800, 1), (1_200, 0)])
def test_d40_when_the_greeting_was_over_is_known_only_once_they_talk(quiet_ms: int, abandoned: int) -> None:
    """A word, and 2.8 s of nothing until the agent was there: too late, though they talk. A long greeting: in time."""
    site, leg_id = joined_late(agents=1)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN, quiet_ms=quiet_ms))
    assert ledger_of(site) == (1, abandoned)
    assert [event.late for event in site.ever(e.AttemptAbandoned)] == [True] * abandoned
    assert site.agent_is("a0") is AgentState.BUSY
    site.end(leg_id)
    assert ledger_of(site) == (1, abandoned)


@pytest.mark.parametrize("told", [False, True])
def test_d40_a_talk_that_may_have_begun_too_late_takes_room_until_it_is_known(*, told: bool) -> None:
    site, leg_id = joined_late(agents=2)
    with_ledger(site, answers=40, abandoned=0)
    if told:
        site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN, quiet_ms=1_200))
    assert len(site.pace(9)) == 1 + told, "one for the agent who is free"


def test_d42_somebody_who_answers_and_says_nothing_does_not_wait_for_ever() -> None:
    site = CampaignSite(dialled(pacing=UNSURE, answering=Answering(greeting_ms=2_000)), agents=0)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(3_900)
    assert not site.ever(e.AttemptAbandoned)
    site.wait(200)
    assert site.plans[leg_id] == (SORRY, HangUp())


def test_d44_a_customer_who_hangs_up_as_the_agent_comes_costs_nobody_anything() -> None:
    """The way into the room and the hang-up cross: the agent is free again, and nothing counts as abandoned."""
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.end(leg_id, EndCause.NORMAL)
    site.wait(5_000)
    assert site.agent_is("a0") is AgentState.READY
    assert ledger_of(site) == (0, 0)


def test_d51_reports_that_come_late_or_twice_change_nothing() -> None:
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    site.take(e.LegAlerting(leg_id=leg_id))
    assert site.ignored()
    site.end(leg_id)
    site.take(e.LegAnswered(leg_id=leg_id))
    site.take(e.LegEnded(leg_id=leg_id, cause=EndCause.NORMAL))
    assert site.ignored()
    assert len(site.ever(e.AttemptEnded)) == 1


@pytest.mark.parametrize(("answered", "within_s"), [(False, 45), (True, 90)])
def test_d51_an_end_that_nobody_reports_is_asked_for(*, answered: bool, within_s: int) -> None:
    """The line ends, and the carrier never says so: it is asked, and the agent and the lead are free again."""
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    if answered:
        site.pick_up(leg_id)
        join(site, leg_id)
    else:
        site.place(leg_id)
        site.alert(leg_id)
    begun_at = site.at
    while not any(isinstance(each, CheckLeg) and each.leg_id == leg_id for each in site.asked):
        site.wait(5_000)
        assert site.at - begun_at <= within_s * 1_000
    site.take(e.LegChecked(leg_id=leg_id, alive=False, cause=EndCause.NORMAL))
    assert leg_id not in site.state.lines or site.state.lines[leg_id].ended_at
    assert site.agent_is("a0") is (AgentState.WRAP_UP if answered else AgentState.READY)
    assert len(site.ever(e.AttemptEnded)) == 1


def test_d52_an_end_that_overtakes_the_answer_is_the_end() -> None:
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.end(leg_id, EndCause.NORMAL)
    site.take(e.LegAnswered(leg_id=leg_id))
    assert site.ignored()
    (scheduled,) = site.ever(e.LeadScheduled)
    assert scheduled.attempts == 1


def test_d53_after_a_crash_between_dial_and_answer_the_line_is_known_and_not_dialled_again() -> None:
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.restart()
    site.connect("a0")
    assert site.pace(1) == []
    site.place(leg_id)
    site.pick_up(leg_id)
    join(site, leg_id)
    assert site.dialled_legs() == [leg_id]


def test_d60_midnight_empties_no_ledger() -> None:
    """A window of thirty days forgets its oldest day, and nothing else."""
    ledger = Ledger(ledger_id="house")
    for day in range(100, 131):
        ledger = counted(ledger, day, answers=100, abandoned=3)
    assert window(ledger, 130, 30) == (3_000, 90)
    assert window(ledger, 131, 30) == (2_900, 87)
