"""A flow that wants to know who is calling waits, but not for long."""

import pytest

from cti.core import events as e
from cti.core.commands import LookUpCustomer
from cti.core.config import EnqueueStep, HangUpStep, LookUpStep, MenuStep, PlayStep
from cti.core.plan import GoOn
from cti.core.states import ContactState
from tests.centre import centre, flow, say
from tests.site import Site

SILENT, GREETED = "+15550130", "+15550131"
JANE = e.Customer(customer_id="c1", name="Jane")

STEPS = {
    "who": LookUpStep(known="line", unknown="menu", wait_s=5),
    "line": EnqueueStep(queue_id="sales", full="bye", priority=3),
    "menu": MenuStep(prompt=say("Press 1."), choices={"1": "line"}, otherwise="bye"),
    "bye": HangUpStep(),
}
FLOWS = (
    flow("silent", "who", **STEPS),
    flow("greeted", "hello", hello=PlayStep(prompt=say("Hello!"), next="who"), **STEPS),
)


@pytest.fixture
def site():
    return Site(centre(flows=FLOWS, numbers={SILENT: "silent", GREETED: "greeted"}))


def step(site, leg):
    return site.contact(leg).step_id


def test_the_directory_is_asked_when_the_call_arrives(site):
    caller = site.call("+4930777", SILENT)
    assert LookUpCustomer(contact_id=caller.replace("-l", "-c"), number="+4930777") in site.commands


def test_with_nothing_to_say_the_reply_waits_for_the_answer(site):
    caller = site.call(to=SILENT)
    assert site.outcome.replies == ()
    assert site.state.legs[caller].awaiting
    site.find(caller, JANE)
    assert step(site, caller) == "line"
    assert [reply.leg_id for reply in site.outcome.replies] == [caller]
    assert site.happened(e.LegPlanned)[0].replied


@pytest.mark.parametrize(("matches", "goes_to"), [((), "menu"), ((JANE, JANE), "line")])
def test_nobody_is_unknown_and_several_are_known(site, matches, goes_to):
    caller = site.call(to=SILENT)
    site.find(caller, *matches)
    assert step(site, caller) == goes_to


def test_a_directory_that_fails_makes_an_unknown_caller(site):
    caller = site.call(to=SILENT)
    site.find(caller, error="TIMEOUT")
    assert step(site, caller) == "menu"
    assert site.contact(caller).look_up == "failed"


def test_an_answer_that_is_there_already_is_not_waited_for(site):
    caller = site.call(to=GREETED)
    site.find(caller, JANE)
    assert site.names() == []
    site.stay_silent(caller)
    assert step(site, caller) == "line"


@pytest.mark.parametrize("number", ["anonymous", "", "+12", "12025550100", "+1202x"])
def test_who_has_no_number_is_unknown_at_once(site, number):
    caller = site.call(number, SILENT)
    assert step(site, caller) == "menu"
    assert site.commands == ()


def test_patience_ends_when_it_was_said_to(site):
    caller = site.call(to=SILENT)
    until = site.ever(e.LookUpAwaited)[0].until
    assert until == site.at + 5_000
    site.wait_until(until - 1)
    assert step(site, caller) == "who"
    site.wait_until(until)
    assert step(site, caller) == "menu"
    assert site.outcome.replies[0].leg_id == caller


def test_an_overdue_reply_is_filled_and_the_caller_comes_back(site):
    caller = site.call(to=SILENT)
    site.take(e.ReplyOverdue(leg_id=caller, nonce=0))
    assert isinstance(site.heard(caller)[-1], GoOn)
    assert not site.state.legs[caller].awaiting
    site.stay_silent(caller)
    assert site.outcome.replies == ()
    site.find(caller, JANE)
    assert step(site, caller) == "line"


def test_who_listens_to_the_filler_is_not_cut_off_by_the_answer(site):
    caller = site.call(to=SILENT)
    site.take(e.ReplyOverdue(leg_id=caller, nonce=0))
    site.find(caller, JANE)
    assert site.commands == ()
    assert step(site, caller) == "who"
    site.stay_silent(caller)
    assert step(site, caller) == "line"


def test_who_listens_to_the_filler_when_patience_ends_goes_on_after_it(site):
    caller = site.call(to=SILENT)
    site.take(e.ReplyOverdue(leg_id=caller, nonce=0))
    site.wait(6_000)
    assert step(site, caller) == "who"
    site.stay_silent(caller)
    assert step(site, caller) == "menu"


def test_the_reply_is_overdue_once(site):
    caller = site.call(to=SILENT)
    site.take(e.ReplyOverdue(leg_id=caller, nonce=0))
    site.take(e.ReplyOverdue(leg_id=caller, nonce=0))
    assert site.ignored() == "leg has its reply"


def test_a_second_request_while_the_first_is_open_gets_something_to_hear(site):
    """The carrier gave the first one up and asks at its fallback."""
    caller = site.call(to=SILENT)
    site.take(e.CallArrived(provider="test", provider_ref="CA1", to_number=SILENT))
    assert site.ignored() == "call already known"
    [reply] = site.outcome.replies
    assert reply.plan.verbs[-1] == GoOn(door="next")
    site.ask(caller, "next", reply.nonce)
    [again] = site.outcome.replies
    assert again.plan.verbs[-1] == GoOn(door="next")
    site.find(caller, JANE)
    site.ask(caller, "next", again.nonce)
    assert site.contact(caller).state is ContactState.QUEUED


def test_a_greeting_is_played_while_the_directory_looks(site):
    caller = site.call(to=GREETED)
    assert [getattr(verb, "text", verb) for verb in site.heard(caller)] == ["Hello!", GoOn(door="next")]
    site.stay_silent(caller)
    assert site.outcome.replies == ()
    site.find(caller)
    assert step(site, caller) == "menu"


def test_the_caller_hangs_up_meanwhile(site):
    caller = site.call(to=SILENT)
    site.hang_up(caller)
    assert site.is_gone(caller)
    site.find(caller, JANE)
    assert site.ignored() == "contact is gone"
    site.wait(60_000)
    site.everybody_goes()


def test_an_answer_that_comes_after_a_restart_waits_for_the_carrier_to_ask_again(site):
    """The request that was open died with the worker: a reply to it would reach nobody."""
    caller = site.call(to=SILENT)
    site.restart()
    site.find(caller, JANE)
    assert site.names() == []
    site.ask(caller, "next", 0)
    assert step(site, caller) == "line"
    assert [reply.leg_id for reply in site.outcome.replies] == [caller]


def test_a_repeated_request_is_not_told_the_greeting_again(site):
    caller = site.call(to=GREETED)
    nonce = site.state.legs[caller].nonce
    site.stay_silent(caller)
    site.ask(caller, "next", nonce)
    assert site.ignored() == "plan is not the last"
    [reply] = site.outcome.replies
    assert reply.plan.verbs == (*say("One moment, please."), GoOn(door="next"))


def test_after_a_restart_the_carrier_comes_again_and_goes_on(site):
    caller = site.call(to=SILENT)
    site.restart()
    site.take(e.CallArrived(provider="test", provider_ref="CA1", to_number=SILENT))
    [reply] = site.outcome.replies
    site.ask(caller, "next", reply.nonce)
    site.find(caller, JANE)
    assert step(site, caller) == "line"
