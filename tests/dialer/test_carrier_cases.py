"""Cases of what answers, of carriers and of systems, by number: see docs/reference/dialer-cases.md."""

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.base import changed
from cti.core.campaign_config import Answering
from cti.core.commands import ClaimLeads, HangUpLeg, Originate
from cti.core.numbering import Address
from cti.core.plan import Door, HangUp, Join
from cti.core.pools import pools_of
from cti.core.states import AgentState, EndCause, LeadStatus, LegState, Outcome
from cti.dialer.observing import observe
from cti.views.campaign import stand_of
from tests.dialer.calling_site import HOUR_MS, MINUTE_MS
from tests.dialer.campaign_site import CampaignSite, dialled
from tests.dialer.test_campaigns import join
from tests.dialer.test_dialer_cases import ledger_of, with_ledger

BESIDE = Answering(detect="beside")


def progressive(agents: int = 1, answering: Answering = BESIDE, **fields) -> CampaignSite:
    site = CampaignSite(dialled(mode="progressive", answering=answering), agents=agents, **fields)
    site.start()
    return site


def claim(site: CampaignSite, *leads: e.ClaimedLead) -> None:
    """The store answers the question for leads with these."""
    asked = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    seq = site.state.last.seq
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id=asked.claim_id, as_of_seq=seq, leads=leads))


def test_d41_what_is_heard_before_the_answer_is_no_answer() -> None:
    """Early media, a ring-back that is played to us, a report of ringing that comes again: nobody has answered."""
    site = progressive()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    for _ in range(3):
        site.alert(leg_id)
    assert not site.ever(e.AttemptAnswered)
    assert not site.ever(e.OfferMade)
    assert site.agent_is("a0") is AgentState.READY
    site.end(leg_id, EndCause.NO_ANSWER)
    assert [event.outcome for event in site.ever(e.AttemptEnded)] == [Outcome.NO_ANSWER]


def test_d41_special_tones_say_that_nobody_has_this_number() -> None:
    site = progressive()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.take(e.LegEnded(leg_id=leg_id, cause=EndCause.UNREACHABLE, sip_code=404))
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.last_outcome) == (LeadStatus.DONE, Outcome.INVALID)


@pytest.mark.parametrize(("unknown", "is_heard"), [("queue", True), ("hang_up", False)])
def test_d41_who_has_calls_screened_is_nobody_that_can_be_told_apart(unknown, *, is_heard: bool) -> None:
    site = progressive(answering=Answering(detect="first", unknown=unknown))
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, answered_by=Outcome.UNKNOWN)
    (verb,) = site.plans[leg_id]
    assert isinstance(verb, Join if is_heard else HangUp)


def test_d41_a_fax_and_a_greeting_that_says_hello() -> None:
    """The fax is hung up on. The greeting passes for a person: once the agent says what it was, the lead is called
    again as after any machine."""
    site = progressive(kinds={"machine": "machine", "sold": "success"})
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.FAX))
    assert HangUpLeg(leg_id=leg_id, provider_ref=site.ref(leg_id)) in site.asked
    site.end(leg_id)
    site.wait(31_000)
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    contact_id = site.state.legs[leg_id].contact_id
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN))
    site.end(leg_id)
    site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition="machine", request_id="said"))
    fax, greeting = site.ever(e.LeadScheduled)
    assert (fax.status, fax.last_outcome) == (LeadStatus.RETRY, Outcome.FAX)
    assert (greeting.status, greeting.last_outcome) == (LeadStatus.RETRY, Outcome.MACHINE)


def test_d43_who_carries_the_telephone_in_another_zone_is_called_by_both_clocks_once_that_is_said() -> None:
    """Where a forwarded call rings nobody can know: it is judged by its number. Once the person has said where they
    are, both clocks must allow it: at noon in New York it is six in Honolulu."""
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    site.control("start")
    unknown, elsewhere = site.lead(1), replace(site.lead(2), address=Address(country="US", zone="Pacific/Honolulu"))
    claim(site, elsewhere, unknown)
    (leg_id,) = site.pace(1)
    (put_off,) = site.ever(e.LeadScheduled)
    assert put_off.lead_id == elsewhere.lead_id
    assert HOUR_MS < put_off.next_at - site.at < 3 * HOUR_MS
    assert site.state.lines[leg_id].lead_key == "spring/lead1"


def test_d45_nothing_waits_at_the_carrier_and_what_would_be_late_does_not_leave() -> None:
    """At one call a second, five lines leave in five seconds (the site's harness looks at each), each with the moment
    after which it must not leave any more."""
    site = progressive(agents=5, calls_per_second=1)
    pool = pools_of(site.state).every[0]
    begun = site.pace(5)
    assert len(site.dialled_legs()) == 1
    question = observe(site.state, pool, site.at)
    assert question
    assert question.observation.lines_max == 0  # what waits is more than the next two seconds take
    site.wait(4_500)
    assert site.dialled_legs() == begun
    cleared = {event.leg_id: event.leave_by for event in site.ever(e.DialCleared)}
    asked = [each for each in site.asked if isinstance(each, Originate) and each.called]
    assert all(each.leave_by == cleared[each.leg_id] > 0 for each in asked)


def test_d45_what_never_left_in_time_costs_the_lead_nothing_and_frees_its_agent() -> None:
    site = progressive()
    (leg_id,) = site.pace(1)
    site.take(e.LegRefused(leg_id=leg_id, code="WITHDRAWN", detail="it was not wanted any more"))
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.attempts) == (LeadStatus.RETRY, 0)
    assert len(site.pace(1)) == 1


@pytest.mark.parametrize(
    ("sip_code", "cause", "outcome", "wait_ms"),
    [
        (486, EndCause.BUSY, Outcome.BUSY, 10 * MINUTE_MS),
        (480, EndCause.UNREACHABLE, Outcome.NO_ANSWER, 4 * HOUR_MS),
        (408, EndCause.NO_ANSWER, Outcome.NO_ANSWER, 4 * HOUR_MS),
        (503, EndCause.FAILED, Outcome.FAILED, 30 * MINUTE_MS),
        (603, EndCause.REJECTED, Outcome.BLOCKED, 24 * HOUR_MS),
        (608, EndCause.REJECTED, Outcome.BLOCKED, 24 * HOUR_MS),
        (404, EndCause.UNREACHABLE, Outcome.INVALID, 0),
    ],
)
def test_d46_each_answer_of_the_network_has_its_own_wait(
    sip_code: int, cause: EndCause, outcome: Outcome, wait_ms: int
) -> None:
    site = progressive()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.take(e.LegEnded(leg_id=leg_id, cause=cause, sip_code=sip_code))
    (scheduled,) = site.ever(e.LeadScheduled)
    expected = (outcome, LeadStatus.RETRY if wait_ms else LeadStatus.DONE, site.at + wait_ms if wait_ms else 0)
    assert (scheduled.last_outcome, scheduled.status, scheduled.next_at) == expected


def test_d46_a_lead_that_fails_again_and_again_is_let_go() -> None:
    """No storm: three calls in all, whatever the network answers."""
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    site.control("start")
    past = e.LeadPast(ended=((Outcome.FAILED, 2),))
    claim(site, replace(site.lead(0), attempts=2, last_outcome=Outcome.FAILED, past=past))
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.take(e.LegEnded(leg_id=leg_id, cause=EndCause.FAILED, sip_code=503))
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.DONE


def test_d47_a_dial_of_which_nobody_knows_counts_as_dialled_until_it_is_known() -> None:
    """The carrier never answered the request. The line is in the air, the agent kept for it; after a restart, too."""
    site = progressive()
    (leg_id,) = site.pace(1)
    for _ in range(2):
        assert site.state.legs[leg_id].state is LegState.INITIATED
        assert site.pace(1) == []
        assert len(site.ever(e.AttemptStarted)) == 1
        site.restart()
        site.connect("a0")
    site.take(e.LegRefused(leg_id=leg_id, code="ABSENT"))  # the carrier has proved that it never was
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.attempts) == (LeadStatus.RETRY, 0)
    assert len(site.pace(1)) == 1
    assert len(set(site.dialled_legs())) == len(site.dialled_legs()) == 2


def test_d50_without_any_report_of_the_answer_it_was_answered_all_the_same() -> None:
    site = progressive()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.end(leg_id, EndCause.NORMAL)
    assert len(site.ever(e.AttemptAnswered)) == 1
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.last_outcome, scheduled.success) == (Outcome.UNKNOWN, False)
    assert not site.ever(e.LiveAnswerCounted)


def test_d50_an_answer_that_is_none_reaches_an_agent_and_is_what_the_agent_says_it_was() -> None:
    """The network answers while the telephone still rings: nobody can tell but who listens."""
    site = progressive(answering=Answering(), kinds={"machine": "machine"})
    (leg_id,) = site.pace(1)
    site.answer(leg_id)  # at once, without a ring
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    join(site, leg_id)
    contact_id = site.state.legs[leg_id].contact_id
    site.end(leg_id)
    site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition="machine", request_id="said"))
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.success) == (LeadStatus.RETRY, False)
    assert [event.machine for event in site.ever(e.DetectionJudged)] == [False]


def test_d55_a_store_that_is_behind_is_asked_again_and_never_believed() -> None:
    """A copy of the database that lags says that a number is on no list: what happened since then counts."""
    site = progressive()
    behind = site.state.last.seq
    site.suppress("+12125560000")
    assert site.pace(1, as_of_seq=behind) == []
    assert site.ever(e.DialRefused)[-1].rule == "DNC-COMPANY"
    assert not site.dialled_legs()


def test_d55_a_store_that_is_too_far_behind_lets_nobody_through() -> None:
    site = progressive()
    site.state.overlay.raise_floor(site.state.last.seq)
    site.twin.overlay.raise_floor(site.state.last.seq)
    site.state.undo.forget()
    site.twin.undo.forget()
    site.take(e.PacingComputed(campaign_id="spring", calls_now=1, method="test"))
    (leg_id,) = [event.leg_id for event in site.happened(e.LeadTaken)]
    for _ in range(10):
        if leg_id in site.state.gathering:
            site.take(e.CallFactsGathered(dial_id=leg_id, as_of_seq=1))
    assert site.why_not(leg_id) == "FACTS-STALE"
    assert not site.dialled_legs()


def test_d56_who_may_have_waited_through_a_stall_is_taken_to_have_waited() -> None:
    """The answer was read five seconds late: an agent comes, and it counts as abandoned all the same."""
    site = progressive(answering=Answering())
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.wait(10_000)
    site.take(e.LegAnswered(leg_id=leg_id, waited_ms=5_000))
    site.ask(leg_id, Door.ANSWERED, nonce=0, waited_ms=5_010)
    assert site.state.lines[leg_id].answered_at == site.at - 5_010
    site.wait(0)
    (abandoned,) = site.ever(e.AttemptAbandoned)
    assert abandoned.late
    join(site, leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]


def test_d56_nobody_answers_before_they_were_rung() -> None:
    site = progressive()
    (leg_id,) = site.pace(1)
    dialled_at = site.state.lines[leg_id].dialled_at
    site.ask(leg_id, Door.ANSWERED, nonce=0, waited_ms=60_000)
    assert site.state.lines[leg_id].answered_at == dialled_at


def test_d59_new_zone_data_are_in_force_for_what_waits_and_not_before_they_are_applied() -> None:
    """What the machine's libraries say does not matter: zones and numbering come with the configuration. It is noon in
    New York; with the new tables the number is in Honolulu, where it is six."""
    site = progressive(agents=2, calls_per_second=1)
    first, second = site.pace(2)
    assert site.dialled_legs() == [first]
    config = site.state.config
    numbering = config.calling.numbering
    moved = changed(numbering.areas["1212"], states=("US-HI",), zones=("Pacific/Honolulu",))
    tables = changed(numbering, version="newer", areas={**numbering.areas, "1212": moved})
    site.apply(changed(config, calling=changed(config.calling, numbering=tables)))
    site.wait(2_000)
    assert site.dialled_legs() == [first]
    assert site.why_not(second) == "US-HOURS"


def test_d20_a_campaign_that_is_cloned_to_begin_anew_has_the_ledger_it_had() -> None:
    """Whatever it is called: the ledger is the seller's, for what the calls are for. Removing the old campaign changes
    nothing, nor does a restart."""
    site = CampaignSite(dialled("spring"), dialled("spring_two"), agents=2)
    site.start()
    with_ledger(site, 100, 3)
    calling = site.state.config.calling
    alone = {"spring_two": calling.campaigns["spring_two"]}
    site.apply(changed(site.state.config, calling=changed(calling, campaigns=alone)))
    site.restart()
    for agent_id in site.agent_ids:
        site.connect(agent_id)
    site.start("spring_two")
    assert len(site.pace(9, pool_id="spring_two")) == 2  # one for each agent: nothing is in hand
    (ledger,) = stand_of(site.state, "spring_two", site.at).ledgers
    assert (ledger.answers, ledger.abandoned, ledger.room) == (100, 3, 0)
    site.pick_up(site.dialled_legs()[-1])
    join(site, site.dialled_legs()[-1])
    assert ledger_of(site) == (101, 3)
