"""Leads that are shown before they are called: by the agent's word or by themselves, answered, passed over, refused."""

from cti.core import events as e
from cti.core.campaign import RunStatus
from cti.core.commands import HangUpLeg, Originate
from cti.core.plan import Door, HangUp, Join
from cti.core.states import AgentState, ContactState, EndCause, LeadStatus, Outcome, WithdrawReason
from cti.core.times import OpeningSpan
from tests.dialer.campaign_site import SORRY, dialled
from tests.dialer.preview_site import TIMED, PreviewSite


def started(*campaigns: object, leads: int = 20, **fields: object) -> PreviewSite:
    site = PreviewSite(*campaigns, **fields)
    site.start(leads=leads)
    return site


def test_a_lead_is_shown_with_its_card_before_anybody_is_called() -> None:
    site = started()
    contact = site.next_lead()
    assert contact
    assert contact.customers[0].name == "Customer 0"
    assert [each.pop.customers[0].name for each in site.ever(e.ScreenPopped) if each.pop] == ["Customer 0"]
    assert site.agent_is("a0") is AgentState.RESERVED
    assert not site.dialled_legs()


def test_whoever_answers_is_in_the_agents_room_with_the_very_first_document() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    assert site.dialled_legs() == [leg_id]
    site.rings(leg_id)
    assert site.stages() == ["asked", "dialled", "ringing"]
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    room = site.state.agents["a0"].call_id
    assert site.plans[leg_id] == (Join(call_id=room, beep=True),)
    site.join(leg_id, room)
    assert site.agent_is("a0") is AgentState.BUSY
    assert [event.attempt_id for event in site.ever(e.AttemptConnected)] == [leg_id]
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [False]
    site.end(leg_id)
    assert site.agent_is("a0") is AgentState.WRAP_UP
    site.wait(31_000)
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.lead_id, scheduled.status, scheduled.last_outcome) == ("lead0", LeadStatus.DONE, Outcome.HUMAN)
    assert not len(site.state.lines)


def test_nobody_answers_and_the_agent_is_free_at_once() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.end(leg_id, EndCause.NO_ANSWER)
    assert site.agent_is("a0") is AgentState.READY
    assert site.stages()[-1] == "no_answer"
    assert site.ever(e.OfferWithdrawn)[-1].reason is WithdrawReason.NOT_REACHED
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.attempts, scheduled.last_outcome) == (LeadStatus.RETRY, 1, Outcome.NO_ANSWER)
    assert site.ever(e.ContactClosed)[-1].outcome == "not_reached"
    assert not site.ever(e.WrapUpStarted)


def test_a_busy_number_is_told_as_such() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.place(leg_id)
    site.end(leg_id, EndCause.BUSY)
    assert site.stages()[-1] == "busy"
    assert site.agent_is("a0") is AgentState.READY


def test_a_carrier_that_refuses_frees_the_agent() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.refuse(leg_id)
    assert site.agent_is("a0") is AgentState.READY
    assert site.stages()[-1] == "failed"
    assert site.ever(e.LeadScheduled)[-1].last_outcome is Outcome.FAILED
    assert not len(site.state.contacts)


def test_who_is_passed_over_is_shown_again_later_and_the_next_one_now() -> None:
    site = started(dialled(mode="preview", preview_s=20, skip_ms=600_000))
    assert site.shown()
    site.acknowledge("a0")
    site.skip(reason="they work nights")
    assert site.ever(e.LeadSkipped)[0].reason == "they work nights"
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.lead_id, scheduled.status, scheduled.attempts) == ("lead0", LeadStatus.RETRY, 0)
    assert scheduled.next_at == site.at + 600_000
    shown = site.shown()
    assert shown
    assert shown.customers[0].customer_id == "c1"
    assert not site.ever(e.AttemptStarted)


def test_a_lead_comes_by_itself_and_is_called_by_itself() -> None:
    site = started(TIMED)
    assert site.shown()
    site.acknowledge("a0")
    site.wait(19_000)
    assert site.shown()
    site.wait(1_100)
    contact = site.called()
    assert contact
    site.tell(contact.leg_id)
    assert site.dialled_legs() == [contact.leg_id]
    site.rings(contact.leg_id)
    assert site.customer_answers(contact.leg_id) == contact.contact_id
    assert site.agent_is("a0") is AgentState.BUSY


def test_who_asks_for_a_lead_and_forgets_it_is_not_ready_and_the_lead_goes_back() -> None:
    site = started()
    site.next_lead()
    site.wait(901_000)
    assert site.agent_is("a0") is AgentState.NOT_READY
    assert site.ever(e.LeadSkipped)[-1].reason == "expired"
    assert not len(site.state.lines)


def test_agents_are_not_shown_who_may_not_be_called_now() -> None:
    site = PreviewSite()
    site.control("start")
    site.give(leads=2, area="808")  # it is six in the morning there
    assert site.next_lead() is None
    assert site.refused() == "no_leads"
    put_off = site.ever(e.LeadScheduled)
    assert [event.lead_id for event in put_off] == ["lead0", "lead1"]
    assert all(event.next_at > site.at for event in put_off)


def test_a_refusal_is_told_in_words_and_the_next_lead_comes() -> None:
    site = started(TIMED)
    site.acknowledge("a0")
    leg_id = site.dial(known=False)
    site.suppress("+12125560000")
    site.tell(leg_id)
    refused = site.ever(e.RequestRefused)[-1]
    assert (refused.agent_id, refused.code, refused.rule) == ("a0", "not_allowed", "DNC-COMPANY")
    assert refused.detail.startswith("DNC-COMPANY: it is on our own lists")
    assert site.stages()[-1] == "refused"
    shown = site.shown()
    assert shown
    assert shown.customers[0].customer_id == "c1"
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.SUPPRESSED
    assert not site.ever(e.AttemptStarted)


def test_a_refusal_says_when_it_may_be() -> None:
    site = started()
    site.next_lead()
    site.wait(860_000)
    site.wait_until(site.at + 1)
    leg_id = site.dial(known=False)
    evening = site.at + 9 * 3_600_000
    site.at = evening  # the store was busy for a while: nobody is rung in the evening
    site.tell(leg_id)
    refused = site.ever(e.RequestRefused)[-1]
    assert refused.rule == "US-HOURS"
    assert refused.next_allowed_at > site.at
    assert refused.detail.endswith("It may be rung from 2025-06-18 08:00 (America/New_York) on.")


def test_hanging_up_before_it_left_is_passing_over() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial(known=False)
    contact_id = site.state.legs[leg_id].contact_id
    site.take(e.HangUpRequested(agent_id="a0", contact_id=contact_id))
    assert site.agent_is("a0") is AgentState.READY
    assert site.ever(e.LeadScheduled)[-1].attempts == 0
    assert contact_id not in site.state.contacts
    assert not site.dialled_legs()


def test_a_lead_rings_for_fifteen_seconds_even_if_the_agent_hangs_up() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    rang_at = site.at
    contact_id = site.state.legs[leg_id].contact_id
    site.wait(3_000)
    site.take(e.HangUpRequested(agent_id="a0", contact_id=contact_id, request_id="up"))
    assert not site.refused()
    assert site.agent_is("a0") is AgentState.RESERVED
    site.wait_until(rang_at + 14_900)
    assert not any(isinstance(each, HangUpLeg) for each in site.asked)
    site.wait_until(rang_at + 15_010)
    assert any(isinstance(each, HangUpLeg) and each.leg_id == leg_id for each in site.asked)
    assert site.agent_is("a0") is AgentState.READY
    site.end(leg_id, EndCause.CANCELLED)
    assert site.ever(e.LeadScheduled)[-1].attempts == 1
    assert not len(site.state.contacts)


def test_it_rings_on_for_as_long_where_it_began_late() -> None:
    """The carrier had others to ring first, and tells of the ringing after the agent has hung up."""
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.place(leg_id)
    contact_id = site.state.legs[leg_id].contact_id
    site.take(e.HangUpRequested(agent_id="a0", contact_id=contact_id, request_id="up"))
    site.wait(12_000)
    site.alert(leg_id)
    rang_at = site.at
    site.wait_until(rang_at + 14_900)
    assert not any(isinstance(each, HangUpLeg) for each in site.asked)
    site.wait_until(rang_at + 15_010)
    assert any(isinstance(each, HangUpLeg) and each.leg_id == leg_id for each in site.asked)


def test_who_answers_the_agents_call_while_the_request_is_lost_is_brought_by_the_next_one() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.answer(leg_id)
    site.ask(leg_id, Door.NEXT, nonce=0)
    assert site.plans[leg_id] == (Join(call_id=site.state.agents["a0"].call_id, beep=True),)


def test_whoever_answers_while_it_rings_out_finds_the_agent() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.take(e.HangUpRequested(agent_id="a0", contact_id=site.state.legs[leg_id].contact_id))
    site.wait(2_000)
    site.customer_answers(leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    site.wait(20_000)
    assert site.agent_is("a0") is AgentState.BUSY


def test_an_agent_whose_line_is_lost_leaves_a_message_to_whoever_answers() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.end(site.state.agents["a0"].leg_id)
    assert site.state.legs[leg_id].state == "ALERTING"
    site.wait(1_000)
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    assert site.plans[leg_id] == (SORRY, HangUp())
    assert [event.attempt_id for event in site.ever(e.AttemptAbandoned)] == [leg_id]
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]
    site.end(leg_id)
    assert site.ever(e.LeadScheduled)[-1].last_outcome is Outcome.ABANDONED
    assert not len(site.state.contacts)


def test_an_agent_whose_line_is_lost_rings_nobody_for_longer_than_is_decent() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    rang_at = site.at
    site.end(site.state.agents["a0"].leg_id)
    site.wait_until(rang_at + 15_010)
    assert any(isinstance(each, HangUpLeg) and each.leg_id == leg_id for each in site.asked)
    site.end(leg_id, EndCause.CANCELLED)
    assert not len(site.state.contacts)


def test_a_desktop_that_vanishes_gives_the_lead_back() -> None:
    site = started()
    site.next_lead()
    site.disconnect("a0")
    assert [event.lead_ids for event in site.ever(e.LeadsReleased)] == [("lead0",)]
    assert not len(site.state.contacts)
    assert not len(site.state.lines)


def test_a_desktop_that_vanishes_while_it_rings_does_not_end_the_call_at_once() -> None:
    site = started()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.disconnect("a0")
    assert site.called()
    site.wait(15_100)  # absent: the softphone went with the browser
    assert site.called() is None
    assert any(isinstance(each, HangUpLeg) and each.leg_id == leg_id for each in site.asked)


def test_a_desktop_that_shows_nothing_is_suspected_and_the_lead_goes_back() -> None:
    site = started(TIMED)
    site.wait(2_100)
    assert site.state.agents["a0"].suspected
    assert site.ever(e.LeadSkipped)[-1].reason == "not_acknowledged"
    assert len(site.ever(e.LeadsReleased)) == 1


def test_a_pause_and_the_end_of_work_give_the_lead_back() -> None:
    for leave in (PreviewSite.not_ready, PreviewSite.sign_out):
        site = started()
        site.next_lead()
        leave(site, "a0")
        assert not len(site.state.contacts)
        assert site.ever(e.LeadsReleased)[-1].lead_ids == ("lead0",)


def test_a_pause_waits_for_the_call_that_is_under_way() -> None:
    site = started(TIMED)
    site.acknowledge("a0")
    leg_id = site.dial()
    site.rings(leg_id)
    site.not_ready("a0")
    site.end(leg_id, EndCause.NO_ANSWER)
    assert site.agent_is("a0") is AgentState.NOT_READY
    assert site.shown() is None


def test_a_paused_campaign_takes_back_what_is_shown_and_serves_whom_it_rings() -> None:
    site = started(TIMED, agents=2)
    site.acknowledge("a0")
    site.acknowledge("a1")
    leg_id = site.dial("a0")
    site.rings(leg_id)
    site.control("pause")
    assert site.shown("a1") is None
    assert site.agent_is("a1") is AgentState.READY
    assert site.called("a0")
    site.customer_answers(leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    site.end(leg_id)
    site.wait(31_000)
    assert site.shown("a0") is None
    site.control("start")
    assert site.shown("a0")
    assert site.shown("a1")


def test_a_stopped_campaign_gives_everything_back() -> None:
    site = started(TIMED)
    site.acknowledge("a0")
    site.dial(known=False)
    site.control("stop")
    assert not len(site.state.leads)
    assert not len(site.state.contacts)
    assert site.agent_is("a0") is AgentState.READY
    assert site.state.runs["spring"].status is RunStatus.STOPPED


def test_a_drained_campaign_stops_after_the_last_call() -> None:
    site = started(TIMED)
    site.acknowledge("a0")
    leg_id = site.dial()
    site.rings(leg_id)
    site.control("drain")
    assert site.state.runs["spring"].status is RunStatus.DRAINING
    site.end(leg_id, EndCause.NO_ANSWER)
    assert site.state.runs["spring"].status is RunStatus.STOPPED


def test_a_caller_who_waits_comes_before_a_lead() -> None:
    site = PreviewSite(TIMED, also=("sales",))
    site.call()
    site.start()
    assert site.shown() is None
    assert site.offered("a0")


def test_an_agent_who_is_shown_a_lead_is_offered_nobody() -> None:
    site = PreviewSite(TIMED, also=("sales",))
    site.start()
    site.acknowledge("a0")
    leg_id = site.call()
    assert site.state.contacts[leg_id.replace("-l", "-c")].offer is None
    site.control("stop")
    assert site.state.contacts[leg_id.replace("-l", "-c")].offer


def test_accepting_and_declining_what_is_shown_are_calling_and_passing_over() -> None:
    site = started()
    contact = site.next_lead()
    assert contact
    site.accept("a0")
    assert contact.leg_id in site.state.gathering
    site.tell(contact.leg_id)
    assert isinstance(site.commands[-1], Originate)
    site.no_answer(contact.leg_id)
    site.next_lead()
    site.decline("a0", "not now")
    assert site.ever(e.LeadSkipped)[-1].reason == "not now"


def test_requests_that_cannot_be_met_say_what_to_do() -> None:
    site = PreviewSite()
    site.next_lead()
    assert site.refused() == "no_campaign"
    site.start()
    site.next_lead(campaign_id="autumn")
    assert site.refused() == "unknown_campaign"
    site.not_ready("a0")
    site.next_lead()
    assert site.refused() == "not_free"
    site.take(e.LeadDialRequested(agent_id="a0", contact_id="main-c1"))
    assert site.refused() == "lead_gone"
    site.ready("a0")
    contact = site.next_lead()
    assert contact
    site.dial()
    site.take(e.LeadSkipRequested(agent_id="a0", contact_id=contact.contact_id))
    assert site.refused() == "being_called"
    site.take(e.LeadDialRequested(agent_id="a0", contact_id=contact.contact_id, request_id="again"))
    assert not site.refused()


def test_after_a_restart_everything_is_as_it_was() -> None:
    site = started(TIMED, agents=2)
    site.acknowledge("a0")
    site.acknowledge("a1")
    leg_id = site.dial("a0")
    site.rings(leg_id)
    site.restart()
    for agent_id in ("a0", "a1"):
        site.connect(agent_id)
    site.customer_answers(leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    site.wait(21_000)
    contact = site.called("a1")
    assert contact
    assert contact.stage == "asked"


def test_outside_the_campaigns_hours_nobody_is_shown_until_they_begin() -> None:
    afternoon = OpeningSpan(weekday=1, opens=17 * 60, closes=18 * 60)  # it is four o'clock at the site
    site = started(dialled(mode="preview", preview_s=20, spans=(afternoon,)))
    site.wait(59 * 60_000)
    assert not site.ever(e.OfferMade)
    site.wait(120_000)
    assert site.ever(e.OfferMade)


def test_many_agents_are_shown_leads_within_seconds() -> None:
    site = started(TIMED, agents=25, leads=40)
    assert sum(site.shown(agent_id) is not None for agent_id in site.agent_ids) == 20
    for agent_id in site.agent_ids:
        if site.shown(agent_id):
            site.acknowledge(agent_id)
    site.wait(2_100)
    assert all(site.shown(agent_id) for agent_id in site.agent_ids)


def test_nothing_is_left_in_the_end() -> None:
    site = started(TIMED, agents=2)
    site.acknowledge("a0")
    leg_id = site.dial("a0")
    site.rings(leg_id)
    site.control("stop")
    site.everybody_goes()
    assert not [each for each in site.state.contacts.rows.values() if each.state is ContactState.DIALLING]
