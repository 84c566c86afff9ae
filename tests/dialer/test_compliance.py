"""The one door for outside numbers: where to, how often, and an alarm that stops them all."""

import pytest

from cti.core import events as e
from cti.core.config import SupervisorConfig
from cti.core.states import ContactState
from tests.centre import agent, centre
from tests.site import Site

NUMBER = "+12025550111"
HOUR_MS = 3_600_000


def site_with(**fields) -> Site:
    sue = SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")
    fields = {"dial_prefixes": ("+1202",), "supervisors": {"sue": sue}, **fields}
    site = Site(centre(agent("anna"), agent("ben"), **fields))
    site.sign_in("anna", "ben")
    return site


def ask(site, number=NUMBER, **fields) -> str:
    """Somebody wants the number rung. Returns the rule that says no; empty when it may be."""
    site.take(e.DialRequested(dial_id=f"main-d{site.state.last.seq}", purpose="transfer", number=number, **fields))
    return "".join(event.rule for event in site.happened(e.DialRefused))


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (NUMBER, ""),
        ("+16175550111", "destination"),
        ("+4930123456", "destination"),
        ("12025550111", "malformed"),
        ("+1202555011x", "malformed"),
        ("+1２０２５５５０１１１", "malformed"),
        ("+", "malformed"),
        ("+999", "malformed"),
        ("sip:x@example.com", "malformed"),
    ],
)
def test_a_destination_is_denied_unless_it_was_allowed(number, rule):
    assert ask(site_with(), number) == rule


@pytest.mark.parametrize(
    ("number", "rule"),
    [("+447700900123", ""), ("+442079460123", "denied"), ("+442079461234", ""), ("+33123456789", "destination")],
)
def test_the_longest_prefix_decides(number, rule):
    site = site_with(dial_prefixes=("+44", "+442079461"), dial_denied=("+4420",))
    assert ask(site, number) == rule


def test_of_two_equally_long_ones_the_denied_one_counts():
    assert ask(site_with(dial_denied=("+1202",))) == "denied"


def test_a_country_allows_its_own_numbers_and_not_its_neighbours_under_the_same_code():
    site = site_with(dial_prefixes=(), dial_countries=("US",))
    assert ask(site, "+12024561111") == ""
    assert ask(site, "+18765551234") == "destination"  # Jamaica
    assert ask(site, "+16135551234") == "destination"  # Canada


@pytest.mark.parametrize("number", ["+19005550111", "+449098790123"])
def test_premium_numbers_are_never_rung_whatever_is_allowed(number):
    site = site_with(dial_prefixes=("+1", "+1900", "+44"), dial_countries=("US", "GB"))
    assert ask(site, number) == "premium"


def test_nothing_is_rung_without_a_known_purpose():
    site = site_with()
    site.take(e.DialRequested(dial_id="main-d1", purpose="whatever", number=NUMBER))
    assert site.happened(e.DialRefused)[0].rule == "purpose"


def test_an_agent_may_ring_so_many_an_hour():
    site = site_with(dials_per_agent_hour=2)
    assert [ask(site, agent_id="anna") for _ in range(3)] == ["", "", "agent_cap"]
    refused = site.happened(e.DialRefused)[0]
    assert refused.next_allowed_at % HOUR_MS == 0
    assert 0 < refused.next_allowed_at - site.at <= HOUR_MS
    assert ask(site, agent_id="ben") == ""
    site.restart()
    assert ask(site, agent_id="anna") == "agent_cap"
    site.wait_until(refused.next_allowed_at)
    assert ask(site, agent_id="anna") == ""


def test_one_too_many_for_the_site_stops_them_all_until_a_supervisor_says_so():
    site = site_with(dials_per_hour=3)
    assert [ask(site) for _ in range(4)] == ["", "", "", "site_cap"]
    assert site.happened(e.DialsStopped)[0].dials == 3
    assert ask(site) == "stopped"
    assert site.happened(e.DialsStopped) == []
    site.wait(2 * HOUR_MS)
    site.restart()
    assert ask(site) == "stopped"
    site.take(e.DialsResumeRequested(supervisor_id="sue", request_id="r1"))
    assert site.names() == ["DialsResumed", "RequestAccepted"]
    assert [ask(site) for _ in range(4)] == ["", "", "", "site_cap"]


def test_resuming_what_was_not_stopped_changes_nothing():
    site = site_with()
    site.take(e.DialsResumeRequested(supervisor_id="sue", request_id="r1"))
    assert site.names() == ["RequestAccepted"]


def test_a_stopped_site_goes_on_taking_calls():
    site = site_with(dials_per_hour=1)
    ask(site)
    ask(site)
    caller = site.call()
    site.talk(caller, "anna")
    assert site.contact(caller).state is ContactState.CONNECTED
    contact_id = site.contact(caller).contact_id
    asked = {"contact_id": contact_id, "agent_id": "anna", "request_id": "r"}
    site.take(e.TransferRequested(kind="BLIND", destination=f"number:{NUMBER}", **asked))
    assert site.refused() == "not_allowed"
    assert site.contact(caller).state is ContactState.CONNECTED


def test_what_a_caller_keys_in_is_never_rung():
    """Digits become attributes, and no step of a flow rings anybody."""
    site = site_with()
    caller = site.call(to="+15550100")
    for digits in ("0019005550111", "19005550111", "+19005550111", "1"):
        site.press(caller, digits)
    assert site.ever(e.DialRequested) == []
