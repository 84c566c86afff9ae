"""What comes of a call is learnt from its leg; and when they call us, that is a conversation with their number."""

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import AttemptFact, CallingRule, CapDemand, Subject
from cti.core.config import QueueConfig
from cti.core.overlay import Attempt
from cti.core.states import EndCause, Outcome, TransferKind
from tests.dialer.calling_site import HOURS, MIAMI, NUMBER, OTHER, CallingSite, calling
from tests.dialer.campaign_site import OUTBOUND, CampaignSite

DEBT = Subject(person_id="p1", debt_id="d1")


def told(site, leg_id) -> tuple[str, ...]:
    return site.state.overlay.attempts[leg_id].told


def test_a_call_counts_when_it_is_cleared_whatever_becomes_of_it():
    site = CallingSite()
    leg_id = site.call_out(subject=DEBT)
    attempt = site.state.overlay.attempts[leg_id]
    assert (attempt.number, attempt.subject, attempt.seller, attempt.at) == (NUMBER, DEBT, "harbour", site.at)
    site.refuse(leg_id)
    assert site.happened(e.AttemptEnded)[0].outcome is Outcome.FAILED
    assert told(site, leg_id) == ()
    assert not site.state.overlay.attempts[leg_id].live


def test_an_answer_is_heard_once():
    site = CallingSite()
    leg_id = site.call_out()
    site.place(leg_id)
    site.alert(leg_id)
    site.answer(leg_id)
    assert site.happened(e.AttemptAnswered)
    assert told(site, leg_id) == ("answers",)
    site.take(e.LegAnswered(leg_id=leg_id, provider_ref=site.ref(leg_id)))
    assert site.happened(e.AttemptAnswered) == []


def test_how_a_leg_ended_says_what_the_call_met():
    for cause, outcome in (
        (EndCause.BUSY, Outcome.BUSY),
        (EndCause.NO_ANSWER, Outcome.NO_ANSWER),
        (EndCause.UNREACHABLE, Outcome.INVALID),
        (EndCause.LOST_SIGHT, Outcome.UNKNOWN),
    ):
        site = CallingSite()
        leg_id = site.call_out()
        site.place(leg_id)
        site.end(leg_id, cause)
        assert site.happened(e.AttemptEnded) == [e.AttemptEnded(attempt_id=leg_id, outcome=outcome)]


@pytest.mark.parametrize(
    ("sip_code", "outcome"),
    [
        (404, Outcome.INVALID),
        (480, Outcome.NO_ANSWER),
        (486, Outcome.BUSY),
        (503, Outcome.FAILED),
        (603, Outcome.BLOCKED),
        (607, Outcome.BLOCKED),
        (608, Outcome.BLOCKED),
        (0, Outcome.INVALID),
    ],
)
def test_what_the_far_end_answered_says_more_than_why_the_leg_is_over(sip_code, outcome):
    site = CallingSite()
    leg_id = site.call_out()
    site.place(leg_id)
    site.take(e.LegEnded(leg_id=leg_id, cause=EndCause.UNREACHABLE, sip_code=sip_code))
    assert [event.outcome for event in site.happened(e.AttemptEnded)] == [outcome]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("INVALID_NUMBER", Outcome.INVALID), ("BLOCKED_NUMBER", Outcome.BLOCKED), ("REFUSED", Outcome.FAILED)],
)
def test_a_carrier_that_does_not_even_try_says_whether_the_number_is_why(code, outcome):
    site = CallingSite()
    leg_id = site.call_out()
    site.take(e.LegRefused(leg_id=leg_id, code=code))
    assert [event.outcome for event in site.happened(e.AttemptEnded)] == [outcome]


def test_an_end_that_overtakes_the_answer_tells_of_it():
    """Whose report of the answer got lost, or comes too late, has talked all the same."""
    site = CallingSite()
    leg_id = site.call_out(campaign_id="debts", subject=DEBT)
    site.place(leg_id)
    site.end(leg_id, EndCause.NORMAL)
    assert site.happened(e.AttemptAnswered) == [e.AttemptAnswered(attempt_id=leg_id)]
    assert site.happened(e.AttemptEnded) == [e.AttemptEnded(attempt_id=leg_id, outcome=Outcome.UNKNOWN)]
    assert site.why_not(site.call_out(campaign_id="debts", subject=DEBT)) == "US-REST"


def test_what_the_dialer_finds_out_is_kept_with_the_attempt():
    site = CallingSite()
    leg_id = site.call_out()
    site.take(e.AttemptAbandoned(attempt_id=leg_id))
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.MACHINE))
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN))
    site.take(e.AttemptConnected(attempt_id=leg_id))
    assert told(site, leg_id) == ("abandoned", "machines", "conversations")


def answered(site) -> str:
    leg_id = site.call_out(campaign_id="debts", subject=DEBT)
    site.place(leg_id)
    site.alert(leg_id)
    site.answer(leg_id)
    return leg_id


def test_an_answered_call_of_which_nobody_knows_the_end_starts_a_rest():
    site = CallingSite()
    leg_id = answered(site)
    at_once = site.call_out(campaign_id="debts", subject=DEBT)
    assert site.why_not(at_once) == "US-REST"
    site.end(leg_id)
    assert [event.outcome for event in site.happened(e.AttemptEnded)] == [Outcome.UNKNOWN]
    assert told(site, leg_id) == ("answers",)
    site.restart()
    later = site.call_out(campaign_id="debts", subject=DEBT)
    assert site.why_not(later) == "US-REST"
    [fact] = site.refusal(later).clearance.facts.attempts
    assert fact.told == ("answers", "unclear")


@pytest.mark.parametrize(
    "learnt",
    [
        lambda leg_id: e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.MACHINE),
        lambda leg_id: e.AttemptAbandoned(attempt_id=leg_id),
    ],
)
def test_a_machine_or_an_abandoned_call_starts_no_rest(learnt):
    site = CallingSite()
    leg_id = answered(site)
    site.take(learnt(leg_id))
    site.end(leg_id)
    assert site.call_out(campaign_id="debts", subject=DEBT) in site.rung()


def test_a_conversation_when_they_called_us_starts_their_rest_whatever_it_was_about():
    site = CallingSite()
    site.sign_in("anna")
    before = site.state.last.seq
    caller = site.call(from_number=NUMBER)
    site.talk(caller, "anna")
    leg_id = site.request(campaign_id="debts", subject=DEBT)
    site.know(leg_id, as_of_seq=before)
    assert site.why_not(leg_id) == "US-REST"
    [fact] = site.refusal(leg_id).clearance.facts.attempts
    assert (fact.called, fact.told) == (False, ("conversations",))
    other = site.request(OTHER, campaign_id="debts", subject=DEBT)
    site.know(other, as_of_seq=before)
    assert other in site.rung()


def test_a_site_that_calls_nobody_keeps_no_conversations():
    site = CallingSite()
    site.apply(site.state.config.__class__(name="x", zone="UTC"))
    assert len(site.state.overlay.attempts) == 0


@pytest.mark.parametrize("again", [False, True])
def test_the_first_campaign_waits_until_the_store_knows_who_talked_with_us_before_it(again):
    """A site that calls nobody remembers no conversations; nor does one that calls nobody any more."""
    nobody = changed(calling(), campaigns={})
    site = CallingSite() if again else CallingSite(nobody)
    config = site.state.config
    if again:
        site.apply(changed(config, calling=nobody))
    site.sign_in("anna")
    before = site.state.last.seq
    site.talk(site.call(from_number=NUMBER), "anna")
    talked = site.state.last.seq
    site.apply(changed(config, calling=calling()))
    leg_id = site.request(campaign_id="debts", subject=DEBT)
    for as_of_seq in (before, talked, before, talked):
        site.know(leg_id, as_of_seq=as_of_seq)
        assert site.happened(e.CallFactsAsked)
    assert site.gathers(leg_id)[-1].since_seq > talked
    conversation = AttemptFact(at=site.at, same=("debt",), told=("conversations",), called=False)
    site.know(leg_id, attempts=(conversation,))
    assert site.why_not(leg_id) == "US-REST"


def test_who_is_called_for_a_contact_and_talks_with_an_agent_had_a_conversation():
    site = CallingSite()
    site.sign_in("anna")
    caller = site.call()
    contact_id = site.contact(caller).contact_id
    leg_id = site.request(purpose="callback", contact_id=contact_id)
    site.know(leg_id)
    site.talk(caller, "anna")
    assert told(site, leg_id) == ("conversations",)
    site.place(leg_id)
    site.answer(leg_id)
    site.end(leg_id)
    assert [event.outcome for event in site.ever(e.AttemptEnded)] == [Outcome.HUMAN]


def test_an_attempt_that_lives_is_kept_however_high_the_floor():
    site = CallingSite()
    leg_id = site.call_out()
    overlay = site.state.overlay
    overlay.raise_floor(site.state.last.seq)
    assert leg_id in overlay.attempts
    overlay.put_attempt(Attempt(attempt_id=leg_id, seq=site.state.last.seq, at=site.at, number=NUMBER, leg_id=leg_id))
    overlay.raise_floor(site.state.last.seq + 1)
    assert leg_id not in overlay.attempts


KNOWN = Subject(person_id="p1", debt_id="d1", other_numbers=(OTHER,))


def test_a_conversation_at_any_number_of_theirs_starts_their_rest():
    """Also when they call between the question what is known of them and the dial."""
    site = CallingSite(calls_per_second=1)
    site.sign_in("anna")
    site.call_out(MIAMI)  # takes the only token of this second
    waiting = site.request(campaign_id="debts", subject=DEBT)
    site.know(waiting, subject=KNOWN)
    assert waiting in site.state.dials
    site.talk(site.call(from_number=OTHER), "anna")
    site.wait(2_000)
    assert site.why_not(waiting) == "US-REST"
    [fact] = site.refusal(waiting).clearance.facts.attempts
    assert (fact.called, fact.told) == (False, ("conversations",))
    site.restart()
    again = site.request(campaign_id="debts", subject=DEBT)
    site.know(again, subject=KNOWN)
    assert site.why_not(again) == "US-REST"


def test_a_number_at_which_they_were_called_since_the_question_is_theirs_too():
    site = CallingSite(calls_per_second=1)
    site.sign_in("anna")
    before = site.state.last.seq
    site.refuse(site.call_out(OTHER, subject=Subject(person_id="p1")))
    waiting = site.request(campaign_id="debts", subject=DEBT)
    site.know(waiting, as_of_seq=before)
    site.talk(site.call(from_number=OTHER), "anna")
    site.wait(2_000)
    assert site.why_not(waiting) == "US-REST"


def test_calls_to_their_other_numbers_count_for_them_unless_they_were_for_somebody_else():
    site = CallingSite()
    known = {"subject": Subject(other_numbers=(OTHER,))}
    theirs = site.call_out(OTHER)
    second = site.request()
    site.know(second, **known)
    assert site.why_not(second) == "PERSON-BUSY"
    site.refuse(theirs)
    for _ in range(2):
        site.refuse(site.call_out(OTHER))
    fourth = site.request()
    site.know(fourth, **known)
    assert site.why_not(fourth) == "US-CAP"
    somebody = site.request(subject=Subject(person_id="p1"))
    site.know(somebody, subject=Subject(person_id="p1", other_numbers=(OTHER,)))
    assert site.why_not(somebody) == "US-CAP", "nobody said that those calls were for another"
    other_site = CallingSite()
    for _ in range(3):
        other_site.refuse(other_site.call_out(OTHER, subject=Subject(person_id="p2")))
    named = other_site.request(subject=Subject(person_id="p1"))
    other_site.know(named, subject=Subject(person_id="p1", other_numbers=(OTHER,)))
    assert named in other_site.rung()


REFUSED = CallingRule(
    rule_id="US-REFUSED",
    jurisdiction="US",
    title="Sixty days after a refusal",
    demand=CapDemand(most=1, of="refusals", per="person", across="seller", days=61),
)


def refusing_site() -> CallingSite:
    queue = QueueConfig(
        queue_id="sales",
        name="Sales",
        wrap_up_s=60,
        dispositions=("sale", "no_interest"),
        disposition_kinds={"no_interest": "refused"},
    )
    return CallingSite(calling(HOURS, REFUSED), queues=(queue,))


@pytest.mark.parametrize(("disposition", "rule"), [("no_interest", "US-REFUSED"), ("sale", "")])
def test_a_refusal_that_the_agent_tells_gives_the_person_their_rest(disposition, rule):
    """However long the wrap-up takes, and whatever was let go of meanwhile."""
    site = refusing_site()
    site.sign_in("anna")
    caller = site.call()
    contact_id = site.contact(caller).contact_id
    leg_id = site.request(purpose="callback", contact_id=contact_id, subject=Subject(person_id="p1"))
    site.know(leg_id)
    site.talk(caller, "anna")
    site.refuse(leg_id)
    site.end(caller)
    for state in (site.state, site.twin):
        state.overlay.raise_floor(site.state.last.seq)
    site.take(e.DispositionGiven(agent_id="anna", contact_id=contact_id, disposition=disposition))
    assert [event.attempt_id for event in site.happened(e.AttemptRefused)] == ([leg_id, contact_id] if rule else [])
    later = site.call_out(OTHER, subject=Subject(person_id="p1"))
    assert site.why_not(later) == rule
    elsewhere = site.call_out(MIAMI, campaign_id="elsewhere", subject=Subject(person_id="p2"))
    assert site.why_not(elsewhere) == ""


def test_a_refusal_stays_when_another_agent_goes_on_with_the_call():
    site = refusing_site()
    site.sign_in("anna")
    caller = site.call(from_number=NUMBER)
    contact_id = site.contact(caller).contact_id
    site.talk(caller, "anna")
    site.take(e.DispositionGiven(agent_id="anna", contact_id=contact_id, disposition="no_interest"))
    site.sign_in("ben")
    site.take(
        e.TransferRequested(contact_id=contact_id, agent_id="anna", kind=TransferKind.BLIND, destination="queue:sales")
    )
    site.talk(caller, "ben")
    assert site.ever(e.ContactConnected)[-1].agent_id == "ben"
    assert site.why_not(site.call_out()) == "US-REFUSED"


def test_a_refusal_that_another_system_tells_counts_for_the_seller():
    site = refusing_site()
    site.take(e.RefusalReported(campaign_id="spring", number=NUMBER, by="crm", request_id="r1"))
    [recorded] = site.happened(e.RefusalRecorded)
    assert (recorded.seller, recorded.request_id) == ("harbour", "r1")
    assert site.why_not(site.call_out(campaign_id="autumn")) == "US-REFUSED"
    assert site.why_not(site.call_out(campaign_id="elsewhere")) == ""
    for fields in ({"campaign_id": "winter", "number": NUMBER}, {"campaign_id": "spring", "number": "555"}):
        site.take(e.RefusalReported(**fields))
        assert site.happened(e.RefusalRefused)


def test_a_refusal_counts_of_somebody_whom_the_server_called():
    site = CampaignSite(agents=1)
    queue_ = replace(site.state.config.queues[OUTBOUND], dispositions=("no",), disposition_kinds={"no": "refused"})
    site.apply(replace(site.state.config, queues={**site.state.config.queues, OUTBOUND: queue_}))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    contact_id = site.state.legs[leg_id].contact_id
    site.join(leg_id, site.state.contacts[contact_id].call_id)
    site.end(leg_id)
    site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition="no"))
    assert [event.attempt_id for event in site.ever(e.AttemptRefused)] == [leg_id]
