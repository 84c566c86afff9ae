"""One key, one way; wrong keys and silence are asked again, then given up."""

import pytest

from cti.core import events as e
from cti.core.plan import Collect, HangUp
from cti.core.states import ContactState, EndCause
from tests.centre import MENU
from tests.site import Site


@pytest.fixture
def site():
    return Site()


def test_the_prompt_listens_for_one_key(site):
    caller = site.call(to=MENU)
    listen, go_on = site.heard(caller)
    assert isinstance(listen, Collect)
    assert (listen.prompts[0].text, listen.digits_max, listen.timeout_s) == ("Press 1.", 1, 5)
    assert go_on.door == "next"
    assert site.outcome.replies[0].plan.verbs == (listen, go_on)


def test_a_key_leads_where_it_says(site):
    caller = site.call(to=MENU)
    site.press(caller, "1")
    assert site.contact(caller).state is ContactState.QUEUED


def test_wrong_keys_are_told_so_and_asked_again_until_it_is_enough(site):
    caller = site.call(to=MENU)
    for tries in (1, 2):
        site.press(caller, "9")
        assert site.heard(caller)[0].text == "That is no choice."
        assert site.contact(caller).tries == tries
    site.press(caller, "7")
    assert site.heard(caller)[0].text == "Goodbye."
    assert isinstance(site.heard(caller)[-1], HangUp)


def test_silence_counts_like_a_wrong_key(site):
    caller = site.call(to=MENU)
    site.stay_silent(caller)
    site.press(caller, "#")
    site.stay_silent(caller)
    assert site.contact(caller).step_id == "bye"


def test_a_right_key_after_wrong_ones_is_taken(site):
    caller = site.call(to=MENU)
    site.press(caller, "9")
    site.press(caller, "1")
    assert site.contact(caller).state is ContactState.QUEUED
    assert site.contact(caller).tries == 0


def test_hanging_up_in_the_menu_is_abandoning_in_the_flow(site):
    caller = site.call(to=MENU)
    site.hang_up(caller)
    assert site.happened(e.ContactAbandoned)[0].place == "flow"
    closed = site.closed(caller)
    assert (closed.outcome, closed.cause, closed.last_step) == (
        "abandoned_in_flow",
        EndCause.CALLER_HUNG_UP,
        "menu",
    )


def test_hanging_up_while_the_goodbye_is_spoken_is_no_abandoning(site):
    caller = site.call(to=MENU)
    for _ in range(3):
        site.stay_silent(caller)
    site.hang_up(caller)
    assert site.happened(e.ContactAbandoned) == []
    assert site.closed(caller).outcome == "flow_ended"
    assert site.closed(caller).cause is EndCause.FLOW_ENDED


def test_the_same_answer_twice_counts_once(site):
    caller = site.call(to=MENU)
    nonce = site.state.legs[caller].nonce
    site.press(caller, "9")
    tries, plan = site.contact(caller).tries, site.heard(caller)
    site.ask(caller, "digits", nonce, digits="9")
    assert site.ignored() == "plan is not the last"
    assert site.contact(caller).tries == tries
    assert site.outcome.replies[0].plan.verbs == plan
    assert site.outcome.replies[0].nonce == site.state.legs[caller].nonce
