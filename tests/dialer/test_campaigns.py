"""A campaign from its start to its last call: lines are begun, answered, joined, abandoned, and begun again."""

from typing import Any

import pytest

from cti.core import events as e
from cti.core.calling import CallingRule, ConductDemand
from cti.core.campaign import RunStatus
from cti.core.campaign_config import Answering, Pacing
from cti.core.commands import ClaimLeads, HangUpLeg
from cti.core.ledger import Ledger
from cti.core.plan import Door, HangUp, Join, Say
from cti.core.pools import pools_of
from cti.core.states import AgentState, EndCause, LeadStatus, Outcome
from cti.dialer.observing import observe
from cti.dialer.pacing.pacer import Pacer
from cti.dialer.state import DialerState
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, SORRY, CampaignSite, dialled

UNSURE = Pacing(certain=False)


def join(site: CampaignSite, leg_id: str) -> str:
    """Whoever answered is in the room of the agent whose turn it is. Returns the agent."""
    contact = site.state.contacts[site.state.legs[leg_id].contact_id]
    assert contact.offer
    site.join(leg_id, contact.call_id)
    return contact.offer.agent_id


def test_whoever_answers_is_in_the_room_of_a_free_agent_with_the_very_first_document() -> None:
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    agent_id = site.happened(e.OfferAccepted)[0].agent_id
    room = site.state.agents[agent_id].call_id
    assert site.plans[leg_id] == (Join(call_id=room, beep=True),)
    assert [event.pop.customers[0].name for event in site.happened(e.ScreenPopped) if event.pop] == ["Customer 0"]
    site.join(leg_id, room)
    assert site.agent_is(agent_id) is AgentState.BUSY
    site.end(leg_id)
    assert site.agent_is(agent_id) is AgentState.WRAP_UP
    site.wait(31_000)
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.lead_id, scheduled.status, scheduled.last_outcome) == ("lead0", LeadStatus.DONE, Outcome.HUMAN)
    assert not len(site.state.lines)


def test_whom_nobody_can_talk_to_in_time_hears_the_message_and_is_counted() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=1)
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    join(site, first)
    site.pick_up(second)
    site.wait(4_100)
    assert [event.attempt_id for event in site.ever(e.AttemptAbandoned)] == [second]
    assert site.plans[second] == (SORRY, HangUp())
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [False, True]
    site.end(second)
    assert [event.outcome for event in site.ever(e.AttemptEnded)] == [Outcome.ABANDONED]
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.RETRY


def test_an_agent_who_gets_free_within_the_time_takes_whoever_waits() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=1)
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    join(site, first)
    site.pick_up(second)
    site.end(first)
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=site.ever(e.WrapUpStarted)[0].contact_id))
    assert join(site, second) == "a0"
    site.wait(10_000)
    assert not site.ever(e.AttemptAbandoned)


def test_the_greeting_sets_the_clock_once_it_is_heard() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=0)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    answered_at = site.at
    site.wait(500)
    site.take(e.GreetingEnded(leg_id=leg_id), 0)
    assert site.state.lines[leg_id].connect_by == site.at + 2_000
    site.wait(2_010)
    assert len(site.ever(e.AttemptAbandoned)) == 1
    assert site.at - answered_at < 2_600


def test_what_took_time_to_be_told_apart_counts_from_the_answer_and_from_the_greeting() -> None:
    site = CampaignSite(dialled(pacing=UNSURE, answering=Answering(detect="first")), agents=0)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.answer(leg_id)
    answered_at = site.at
    site.wait(3_000)
    site.ask(leg_id, Door.ANSWERED, nonce=0, answered_by=Outcome.HUMAN, quiet_ms=1_200)
    line = site.state.lines[leg_id]
    assert (line.answered_at, line.greeting_at, line.connect_by) == (answered_at, site.at - 1_200, site.at + 800)


def test_a_finding_beside_the_call_tells_when_the_greeting_was_over() -> None:
    site = CampaignSite(dialled(pacing=UNSURE, answering=Answering(detect="beside")), agents=0)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(1_900)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN, quiet_ms=1_200), 0)
    assert site.state.lines[leg_id].connect_by == site.at - 1_200 + 2_000


def test_of_two_findings_the_first_stands_and_one_after_the_end_says_nothing() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="beside")))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    for outcome in (Outcome.HUMAN, Outcome.HUMAN, Outcome.MACHINE):
        site.take(e.AttemptClassified(attempt_id=leg_id, outcome=outcome))
    assert [event.reason for event in site.ever(e.ReportIgnored)] == ["what answered is known"] * 2
    assert len(site.ever(e.LiveAnswerCounted)) == 1
    site.end(leg_id)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.MACHINE))
    site.take(e.GreetingEnded(leg_id=leg_id))
    assert [event.reason for event in site.ever(e.ReportIgnored)][2:] == ["call is over"] * 2
    assert [event.outcome for event in site.ever(e.AttemptEnded)] == [Outcome.HUMAN]


def test_leads_that_nobody_waits_for_are_not_taken() -> None:
    site = CampaignSite()
    site.start()
    asked = next(each for each in site.asked if isinstance(each, ClaimLeads))
    late = (site.lead(99),)
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id=asked.claim_id, as_of_seq=site.state.last.seq, leads=late))
    assert [event.reason for event in site.happened(e.ReportIgnored)] == ["nobody waits for these leads"]
    assert len(site.state.leads) == 20


def test_with_an_empty_ledger_no_line_is_begun_without_a_free_agent() -> None:
    site = CampaignSite(agents=2)
    site.start()
    assert len(site.pace(5)) == 2
    paced = site.ever(e.LinesPaced)[-1]
    assert (paced.wanted, paced.begun, paced.reason, paced.blocked, paced.exposure) == (5, 2, "ceiling", True, 0)


def test_answers_before_make_room_for_as_many_lines_as_could_be_abandoned() -> None:
    site = CampaignSite(agents=2)
    site.start()
    (bound,) = _bounds(site)
    day = site.at // 86_400_000
    site.state.ledgers.put(bound.ledger_id, Ledger(ledger_id=bound.ledger_id, days=((day, 100, 0),)))
    site.state.undo.forget()
    site.twin.ledgers.put(bound.ledger_id, Ledger(ledger_id=bound.ledger_id, days=((day, 100, 0),)))
    site.twin.undo.forget()
    assert len(site.pace(50)) == 2 + 3


def _bounds(site: CampaignSite) -> tuple[object, ...]:
    (leg_id,) = site.pace(1)
    bounds = site.state.lines[leg_id].bounds
    site.no_answer(leg_id)
    return bounds


def test_progressive_is_one_line_for_each_free_agent_whatever_the_pacing_says() -> None:
    site = CampaignSite(dialled(mode="progressive"), agents=3)
    site.start()
    assert len(site.pace(9)) == 3
    assert site.ever(e.LinesPaced)[-1].reason == "no_agent"


def test_who_does_not_answer_is_tried_again_later_and_at_once_no_more() -> None:
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    site.no_answer(leg_id)
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.attempts, scheduled.last_outcome) == (LeadStatus.RETRY, 1, Outcome.NO_ANSWER)
    assert scheduled.next_at == site.at + 4 * 3_600_000
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead1", "spring/lead2"]


def test_a_machine_that_is_told_apart_first_never_meets_an_agent() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="first")))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, answered_by=Outcome.MACHINE)
    assert site.plans[leg_id] == (HangUp(),)
    assert not site.ever(e.OfferMade)
    site.end(leg_id)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.MACHINE
    assert not site.ever(e.LiveAnswerCounted)


@pytest.mark.parametrize(("unknown", "talks"), [("queue", 1), ("hang_up", 0)])
def test_what_nobody_can_tell_is_done_with_as_the_campaign_says(unknown: Any, talks: int) -> None:
    site = CampaignSite(dialled(answering=Answering(detect="first", unknown=unknown)))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, answered_by=Outcome.UNKNOWN)
    assert len(site.happened(e.OfferAccepted)) == talks
    assert (site.plans[leg_id] == (HangUp(),)) != bool(talks)


def test_a_talk_is_not_broken_off_because_the_carrier_cannot_tell() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="beside", unknown="hang_up")))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.UNKNOWN))
    assert not [each for each in site.asked if isinstance(each, HangUpLeg)]
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [False]


def test_a_fax_is_no_machine_that_could_be_left_a_message() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="first", machine="flow", machine_flow="sorry")))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, answered_by=Outcome.FAX)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.FAX


def test_a_machine_found_beside_the_conversation_is_hung_up_on_and_counts_as_nobody() -> None:
    site = CampaignSite(dialled(answering=Answering(detect="beside")))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    assert not site.ever(e.LiveAnswerCounted)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.MACHINE))
    assert isinstance(site.commands[-1], HangUpLeg)
    site.end(leg_id)
    assert not site.ever(e.LiveAnswerCounted)


def test_a_paused_campaign_begins_nothing_and_serves_who_is_in_the_air() -> None:
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    site.control("pause")
    assert site.pace(1) == []
    site.pick_up(leg_id)
    join(site, leg_id)
    assert len(site.ever(e.ContactConnected)) == 1


def test_a_drained_campaign_stops_by_itself_after_the_last_call() -> None:
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    site.control("drain")
    assert site.state.runs["spring"].status is RunStatus.DRAINING
    site.no_answer(leg_id)
    assert site.state.runs["spring"].status is RunStatus.STOPPED
    assert site.ever(e.CampaignStatusChanged)[-1].reason == "drained"
    (released,) = site.ever(e.LeadsReleased)
    assert len(released.lead_ids) == 19


def test_leads_are_asked_for_before_they_run_out() -> None:
    site = CampaignSite(agents=60)
    site.start(leads=120)
    assert len([each for each in site.asked if isinstance(each, ClaimLeads)]) == 1
    site.pace(30)
    (_, asked) = (each for each in site.asked if isinstance(each, ClaimLeads))
    assert asked.leads_max == 110
    assert len(asked.excluding) == 120


def test_a_lead_that_was_called_since_the_store_looked_is_not_called_twice() -> None:
    site = CampaignSite(agents=1)
    site.control("start")
    looked = site.state.last.seq
    site.give(leads=1)
    (leg_id,) = site.pace(1)
    site.no_answer(leg_id)
    site.given = 0
    site.wait(60_000)
    site.give(leads=1, as_of_seq=looked)
    assert site.pace(1) == []


def test_two_campaigns_share_their_agents_and_dial_in_proportion() -> None:
    site = CampaignSite(dialled("autumn", share=1), dialled("spring", share=3), agents=8)
    for campaign_id in ("autumn", "spring"):
        site.start(campaign_id)
    begun = site.pace(8, pool_id="autumn")
    mine = [site.state.lines[leg_id].campaign_id for leg_id in begun]
    assert (mine.count("spring"), mine.count("autumn")) == (6, 2)


def test_a_campaign_on_the_wrong_day_begins_nothing() -> None:
    site = CampaignSite(dialled(until_date="2025-06-16"))
    site.start()
    assert site.pace(1) == []
    assert site.ever(e.LinesPaced)[-1].reason == "no_leads"


def test_a_lead_that_the_rules_forbid_is_put_off_until_they_allow_it() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=2, area="808")  # it is six in the morning there
    assert site.pace(1) == []
    assert not site.ever(e.DialRequested), "for that nobody need be asked"
    scheduled = site.ever(e.LeadScheduled)
    assert [(each.lead_id, each.status, each.attempts) for each in scheduled] == [
        ("lead0", LeadStatus.RETRY, 0),
        ("lead1", LeadStatus.RETRY, 0),
    ]
    eight = site.at + 2 * 3_600_000
    assert {each.next_at - each.next_at % 60_000 for each in scheduled} == {eight - eight % 60_000}


@pytest.mark.parametrize("mode", ["predictive", "progressive"])
def test_whose_hour_has_not_come_keeps_nobody_waiting_whose_hour_it_is(mode: str) -> None:
    """A list that is sorted by state: a free agent does not wait a moment for each of those in the west."""
    site = CampaignSite(dialled(mode=mode), agents=1)
    site.control("start")
    asked = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    leads = (*(site.lead(number, "808") for number in range(150)), site.lead(150))
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id=asked.claim_id, as_of_seq=1, leads=leads))
    looks = [site.pace(1) for _ in range(4)]
    assert [site.state.lines[leg_id].lead_key for legs in looks for leg_id in legs] == ["spring/lead150"]


def test_whoever_is_on_a_list_is_not_offered_again() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=2)
    known = site.state.last.seq
    site.suppress("+12125560000")
    assert site.pace(1, as_of_seq=known) == []
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.SUPPRESSED
    assert site.ever(e.AttemptStarted) == []


def test_a_carrier_that_refuses_costs_an_attempt_and_no_answer() -> None:
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.refuse(leg_id)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.FAILED
    assert site.ever(e.LeadScheduled)[-1].attempts == 1


@pytest.mark.parametrize("code", ["WITHDRAWN", "UNREACHABLE", "ABSENT", "CALLER_ID"])
def test_a_call_that_never_reached_the_carrier_costs_the_lead_nothing(code: str) -> None:
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.take(e.LegRefused(leg_id=leg_id, code=code))
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.attempts, scheduled.last_outcome) == (LeadStatus.RETRY, 0, None)
    assert scheduled.next_at == site.at + 600_000


def test_after_a_restart_everything_is_as_it_was() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=1)
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    join(site, first)
    site.pick_up(second)
    site.restart()
    site.wait(4_100)
    assert [event.attempt_id for event in site.ever(e.AttemptAbandoned)] == [second]
    site.end(second, EndCause.NORMAL)
    assert len(site.pace(1)) == 1


@pytest.mark.parametrize(
    ("mode", "lines", "method"), [("broadcast", 20, "broadcast"), ("progressive", 2, "progressive")]
)
def test_a_message_needs_no_agent_and_a_conversation_one_each(mode: str, lines: int, method: str) -> None:
    site = CampaignSite(dialled(mode=mode, **({"flow_id": "sorry"} if mode == "broadcast" else {})), agents=2)
    site.start()
    question = observe(site.state, pools_of(site.state).by_campaign["spring"], site.at)
    assert question
    computed = Pacer().answer(question)
    assert (computed.calls_now, computed.method) == (lines, method)
    assert len(site.pace(computed.calls_now)) == lines


def test_new_leads_wake_a_campaign_that_had_none_left() -> None:
    site = CampaignSite()
    site.control("start")
    site.give(leads=0)
    asked = len([each for each in site.asked if isinstance(each, ClaimLeads)])
    site.take(e.LeadsImported(list_id="spring", import_id="i1", imported=3))
    assert len([each for each in site.asked if isinstance(each, ClaimLeads)]) == asked + 1
    site.give(leads=3)
    assert len(site.pace(2)) == 2


def test_leads_that_are_taken_off_their_list_are_not_called() -> None:
    site = CampaignSite()
    site.start(leads=2)
    site.take(e.LeadsRemoved(list_id="spring", lead_id="lead0"))
    site.take(e.LeadsRemoved(list_id="other"))
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead1"]


def test_who_asked_not_to_be_called_while_it_rang_meets_nobody() -> None:
    ring = CallingRule(rule_id="US-RING", jurisdiction="US", title="Ring", demand=ConductDemand(ring_s_min=15))
    site = CampaignSite(rules=(HOURS, ABANDONED, ring))
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.suppress("+12125560000")
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    said, hang_up = site.plans[leg_id]
    assert isinstance(said, Say)
    assert "not be called again" in said.text
    assert hang_up == HangUp()
    assert not site.ever(e.OfferMade)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]


def test_who_has_called_us_and_is_still_here_is_not_called() -> None:
    site = CampaignSite()
    site.start()
    caller = site.call(from_number="+12125560000")
    assert site.pace(1) == []
    assert site.ever(e.DialRefused)[-1].rule == "PERSON-BUSY"
    site.restart()
    site.connect("a0")
    site.end(caller)
    assert not site.state.room(DialerState).callers.rows


def test_a_line_that_rings_is_left_ringing_when_the_carrier_is_asked_after_it() -> None:
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.restart()
    site.check(leg_id, alive=True)
    assert not [each for each in site.asked if isinstance(each, HangUpLeg)]
    site.connect("a0")
    site.pick_up(leg_id)
    assert join(site, leg_id) == "a0"
