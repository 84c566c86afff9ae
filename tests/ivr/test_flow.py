"""Walking through a flow: step after step in one turn, until one needs the caller or somebody else."""

from typing import get_args

import pytest

from cti.configuration.written.flow import KINDS
from cti.core import events as e
from cti.core.config import AnyStep, EnqueueStep, HangUpStep, PlayStep
from cti.core.errors import CoreError
from cti.core.plan import Door, GoOn, HangUp, Say
from cti.core.states import EndCause
from cti.ivr.flow import ENTER, STEPS_MAX
from tests.centre import DIRECT, MENU, centre, flow, say
from tests.site import Site


def test_what_is_said_on_the_way_comes_before_what_is_asked():
    steps = {
        "one": PlayStep(prompt=say("One."), next="two"),
        "two": PlayStep(prompt=say("Two."), next="line"),
        "line": EnqueueStep(queue_id="sales", full="bye"),
        "bye": HangUpStep(),
    }
    site = Site(centre(flows=(flow("talk", "one", **steps),), numbers={"+1777": "talk"}))
    caller = site.call(to="+1777")
    assert [type(verb).__name__ for verb in site.heard(caller)] == ["Say", "Say", "Park"]
    assert [event.step_id for event in site.happened(e.StepEntered)] == ["one", "two", "line"]


def test_what_was_said_before_a_full_queue_is_heard_before_the_apology():
    steps = {
        "one": PlayStep(prompt=say("One."), next="line"),
        "line": EnqueueStep(queue_id="gone", full="bye"),
        "bye": HangUpStep(prompt=say("Bye.")),
    }
    site = Site(centre(flows=(flow("talk", "one", **steps),), numbers={"+1777": "talk"}))
    caller = site.call(to="+1777")
    assert [getattr(verb, "text", "") for verb in site.heard(caller)] == ["One.", "Bye.", ""]


@pytest.mark.parametrize("length", [STEPS_MAX - 1, STEPS_MAX])
def test_a_flow_is_as_long_as_it_may_be(length):
    plays = {f"s{number}": PlayStep(prompt=(), next=f"s{number + 1}") for number in range(length)}
    long = flow("long", "s0", **plays, **{f"s{length}": HangUpStep()})
    site = Site(centre(flows=(long,), numbers={"+1777": "long"}))
    if length < STEPS_MAX:
        assert isinstance(site.heard(site.call(to="+1777"))[-1], HangUp)
    else:
        with pytest.raises(CoreError, match="runs in a circle"):
            site.call(to="+1777")


def test_a_circle_harms_nobody_else():
    circle = flow("circle", "a", a=PlayStep(prompt=(), next="b"), b=PlayStep(prompt=(), next="a"))
    site = Site(centre(flows=(circle,), numbers={"+1777": "circle"}))
    other = site.call()
    with pytest.raises(CoreError):
        site.call(to="+1777")
    site.go_on_waiting(other)
    assert site.happened(e.PositionTold)


def test_a_number_nobody_configured_is_told_so_and_hung_up():
    site = Site(centre(unknown_number=say("Wrong number.")))
    caller = site.call(to="+999")
    assert site.heard(caller) == (*say("Wrong number."), HangUp())
    site.hang_up(caller)
    closed = site.closed(caller)
    assert (closed.outcome, closed.cause, closed.flow_id) == ("flow_ended", EndCause.FLOW_ENDED, "")
    default = Site(centre(language="en-GB"))
    assert default.heard(default.call(to=""))[0] == Say(text="This number is not in service.", language="en-GB")


def test_a_number_bound_to_a_flow_that_is_not_there_counts_as_unknown():
    site = Site(centre(numbers={"+1777": "missing"}))
    assert isinstance(site.heard(site.call(to="+1777"))[-1], HangUp)


@pytest.mark.parametrize("number", ["", "anonymous", "client:web", "x" * 64, "+49 30 1", "☎"])
def test_odd_caller_numbers_are_callers_like_others(number):
    site = Site()
    site.sign_in("anna")
    caller = site.call(number)
    assert site.contact(caller).from_number == number
    assert site.offered("anna").leg_id == caller


def test_the_same_call_twice_is_one_contact_and_one_reply():
    site = Site()
    caller = site.call(to=MENU)
    site.take(e.CallArrived(provider="test", provider_ref="CA1", to_number=MENU))
    assert site.ignored() == "call already known"
    assert len(site.state.contacts) == 1
    [reply] = site.outcome.replies
    assert (reply.leg_id, reply.plan.verbs) == (caller, site.heard(caller))


def test_a_call_without_any_configuration_gets_an_apology():
    from cti import engine
    from cti.core.base import Moment

    state = engine.new_state("bare")
    arrived = e.CallArrived(provider="t", provider_ref="CA1", to_number=DIRECT)
    outcome = engine.advance(state, arrived, Moment(1, 1))
    assert isinstance(outcome.replies[0].plan.verbs[-1], HangUp)


def test_every_kind_of_step_can_be_written_and_walked():
    kinds = {step.__struct_config__.tag for step in get_args(AnyStep)}
    assert {step.__struct_config__.tag for step in ENTER} == kinds
    assert set(KINDS) == kinds


def test_who_did_not_hear_the_last_words_of_a_flow_hears_them_and_is_not_kept_for_ever():
    """The answer with the last words was lost. Led through earlier answers again, the caller waits, and then asks with
    the number of the answer that was lost, by a door that it does not have."""
    site = Site()
    caller = site.call(to=MENU)
    before = site.state.legs[caller].nonce
    for _ in range(3):
        site.stay_silent(caller)
    last_words = site.heard(caller)
    site.ask(caller, Door.WAIT, nonce=before)
    assert site.outcome.replies[0].plan.verbs[-1] == GoOn(door=Door.WAIT)
    site.ask(caller, Door.WAIT, nonce=site.outcome.replies[0].nonce)
    assert isinstance(last_words[-1], HangUp)
    assert site.outcome.replies[0].plan.verbs == last_words
