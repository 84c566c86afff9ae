"""Ask for a number of so many digits; secret ones come as references."""

import pytest

from cti.core import events as e
from cti.core.config import CollectStep, EnqueueStep, HangUpStep
from cti.core.plan import Collect
from tests.centre import centre, flow, say
from tests.site import Site

ACCOUNT = "+15550120"


def account_site(**fields):
    step = CollectStep(
        prompt=say("Your account?"),
        into="account",
        digits_min=4,
        digits_max=6,
        next="line",
        otherwise="bye",
        invalid=say("That is no account."),
        **fields,
    )
    steps = {"ask": step, "line": EnqueueStep(queue_id="sales", full="bye"), "bye": HangUpStep()}
    return Site(centre(flows=(flow("account", "ask", **steps),), numbers={ACCOUNT: "account"}))


def test_what_is_asked_of_the_carrier():
    site = account_site(secret=True, finish_on_key="*", timeout_s=8)
    caller = site.call(to=ACCOUNT)
    listen = site.heard(caller)[0]
    assert isinstance(listen, Collect)
    assert (listen.digits_max, listen.finish_on_key, listen.timeout_s, listen.secret) == (6, "*", 8, True)


@pytest.mark.parametrize("digits", ["1234", "12345", "123456"])
def test_a_number_of_the_right_length_is_kept(digits):
    site = account_site()
    caller = site.call(to=ACCOUNT)
    site.press(caller, digits)
    assert site.contact(caller).attributes == (("account", digits),)
    assert site.contact(caller).step_id == "line"


@pytest.mark.parametrize("digits", ["", "123", "1234567", "12*4", "12a4", "١٢٣٤", "²³¹²", "secret:ab:4"])
def test_anything_else_is_asked_again(digits):
    site = account_site()
    caller = site.call(to=ACCOUNT)
    site.press(caller, digits)
    assert site.contact(caller).attributes == ()
    assert site.contact(caller).tries == 1
    assert site.heard(caller)[0].text == "That is no account."


def test_too_many_wrong_answers_go_elsewhere():
    site = account_site(tries=2)
    caller = site.call(to=ACCOUNT)
    site.press(caller, "1")
    site.stay_silent(caller)
    assert site.contact(caller).step_id == "bye"


@pytest.mark.parametrize("reference", ["secret:ab12:4", "secret:ab12:6"])
def test_a_secret_is_kept_as_a_reference(reference):
    site = account_site(secret=True)
    caller = site.call(to=ACCOUNT)
    site.press(caller, reference)
    assert site.happened(e.AttributeSet)[0].secret
    assert site.contact(caller).attributes == (("account", reference),)


@pytest.mark.parametrize("wrong", ["secret:ab12:3", "secret:ab12:7", "secret:ab12:", "secret:ab12:x", "secret", "1234"])
def test_a_secret_of_the_wrong_length_or_in_the_clear_is_not_kept(wrong):
    site = account_site(secret=True)
    caller = site.call(to=ACCOUNT)
    site.press(caller, wrong)
    assert site.contact(caller).attributes == ()
    assert site.contact(caller).tries == 1


def test_asking_again_later_replaces_the_value():
    ask = CollectStep(prompt=(), into="n", digits_min=1, digits_max=1, next="again", otherwise="again")
    again = CollectStep(prompt=(), into="n", digits_min=1, digits_max=1, next="ask", otherwise="ask")
    site = Site(centre(flows=(flow("twice", "ask", ask=ask, again=again),), numbers={ACCOUNT: "twice"}))
    caller = site.call(to=ACCOUNT)
    site.press(caller, "1")
    site.press(caller, "2")
    assert site.contact(caller).attributes == (("n", "2"),)
