"""Who is calling: on the agent's screen before the ring, brought up to date when more is known."""

import pytest

from cti.core import events as e
from cti.core.commands import LookUpCustomer
from cti.core.config import CollectStep, EnqueueStep, HangUpStep
from cti.screenpop.match import CUSTOMERS_SHOWN_MAX
from tests.centre import DIRECT, centre, flow, say
from tests.site import Site

JANE = e.Customer(customer_id="c1", segment="gold", name="Jane Doe", account="A-1")
JOHN = e.Customer(customer_id="c2", name="John Doe")
TEMPLATE = "https://crm.example/open?caller={from_number}&id={customer_id}"


@pytest.fixture
def site():
    site = Site(centre(pop_template=TEMPLATE))
    site.sign_in("anna")
    site.not_ready("anna")
    return site


def popped(site, leg):
    """The pop that comes with the offer once Anna is ready."""
    site.ready("anna")
    assert site.offered("anna").leg_id == leg
    [pop] = site.happened(e.ScreenPopped)
    assert pop.agent_id == "anna"
    return pop.pop


@pytest.mark.parametrize(
    ("matches", "error", "match"),
    [((), "", "none"), ((JANE,), "", "one"), ((JANE, JOHN), "", "several"), ((), "TIMEOUT", "failed")],
)
def test_what_the_directory_found(site, matches, error, match):
    caller = site.call()
    site.find(caller, *matches, error=error)
    pop = popped(site, caller)
    assert (pop.match, pop.customers, pop.from_number) == (match, matches, "+4930123456")


def test_an_answer_still_to_come_does_not_keep_the_offer_waiting(site):
    caller = site.call()
    assert popped(site, caller).match == "pending"


@pytest.mark.parametrize("number", ["anonymous", "", "Restricted", "+1", "0049301234"])
def test_a_withheld_number_is_nobodys(site, number):
    caller = site.call(number)
    assert not any(isinstance(command, LookUpCustomer) for command in site.commands)
    pop = popped(site, caller)
    assert (pop.match, pop.from_number) == ("withheld", number)


def test_a_number_that_very_many_share_shows_the_first_of_them(site):
    caller = site.call()
    site.find(caller, *[e.Customer(customer_id=f"c{number}") for number in range(50)])
    pop = popped(site, caller)
    assert (pop.match, len(pop.customers)) == ("several", CUSTOMERS_SHOWN_MAX)


def test_more_comes_while_offered(site):
    caller = site.call()
    popped(site, caller)
    site.find(caller, JANE)
    [update] = site.happened(e.ScreenPopUpdated)
    assert (update.agent_id, update.offer_id) == ("anna", site.offer_id("anna"))
    assert (update.pop.match, update.pop.customers) == ("one", (JANE,))


def test_more_comes_while_talking(site):
    caller = site.call()
    popped(site, caller)
    site.talk(caller, "anna")
    site.find(caller, JANE)
    assert site.happened(e.ScreenPopUpdated)[0].pop.match == "one"


def test_more_comes_while_nobody_is_offered_the_call(site):
    caller = site.call()
    site.find(caller, JANE)
    assert site.happened(e.ScreenPopUpdated) == []
    assert popped(site, caller).match == "one"


def test_each_agent_who_is_offered_the_call_gets_the_pop(site):
    caller = site.call()
    popped(site, caller)
    site.sign_in("ben")
    site.decline("anna")
    [pop] = site.happened(e.ScreenPopped)
    assert (pop.agent_id, pop.contact_id) == ("ben", site.contact(caller).contact_id)


def test_the_wait_and_what_was_entered_are_shown():
    ask = CollectStep(prompt=say("?"), into="account", digits_min=1, digits_max=4, next="line", otherwise="line")
    steps = {"ask": ask, "line": EnqueueStep(queue_id="sales", full="bye"), "bye": HangUpStep()}
    site = Site(centre(flows=(flow("ask", "ask", **steps),), numbers={"+1777": "ask"}))
    caller = site.call(to="+1777")
    site.press(caller, "42")
    site.wait(30_000)
    site.sign_in("anna")
    pop = site.happened(e.ScreenPopped)[0].pop
    assert pop.attributes == (("account", "42"),)
    assert (pop.queue_id, pop.to_number) == ("sales", "+1777")
    assert pop.waited_ms == 30_030


def test_the_address_is_filled_for_one_customer_only(site):
    caller = site.call()
    site.find(caller, JANE)
    assert popped(site, caller).url == "https://crm.example/open?caller=%2B4930123456&id=c1"
    second = site.call(to=DIRECT)
    site.hang_up(caller)
    assert site.offered("anna").leg_id == second
    assert site.happened(e.ScreenPopped)[0].pop.url == ""


def test_the_pop_is_decided_with_the_offer_in_one_turn_and_after_it(site):
    site.call()
    site.ready("anna")
    names = site.names()
    assert names.index("OfferMade") < names.index("ScreenPopped")
