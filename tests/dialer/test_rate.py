"""Legs that we place leave at the carrier's rate, the important ones first; what nobody wants any more never leaves."""

import pytest

from cti import engine
from cti.core import events as e
from cti.core.apply.dialling import CONNECT_MS
from cti.core.commands import Originate
from cti.core.config import SupervisorConfig
from cti.core.rate import dial_line
from cti.core.states import ContactState, SupervisorMode
from tests.centre import agent, centre
from tests.site import Site

NAMES = ("anna", "ben", "carl", "dora", "emil")
SUE = {"sue": SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")}


def site_with(rate=1, **fields) -> Site:
    fields = {"supervisors": SUE, "dial_prefixes": ("+1202",), **fields}
    site = Site(centre(*[agent(name) for name in NAMES], calls_per_second=rate, **fields))
    site.sign_in(*NAMES)
    return site


def rung(site) -> list[str]:
    """The legs that were asked of the carrier so far."""
    return [command.leg_id for command in site.asked if isinstance(command, Originate)]


def everybody_accepts(site) -> list[str]:
    for _ in NAMES:
        site.call()
    return [site.accept(name) for name in NAMES]


def talking(site, name="anna") -> tuple[str, str]:
    """A conversation that has come about, and the token for the next leg is there again."""
    caller = site.call()
    site.talk(caller, name)
    site.wait(5_000)
    return caller, site.contact(caller).contact_id


def test_one_leg_a_second_leaves_in_the_order_in_which_they_were_asked_for():
    site = site_with(rate=1)
    started = site.at
    legs = everybody_accepts(site)
    assert rung(site) == legs[:1]
    cleared_at = {}
    for _ in range(50):
        site.wait(100)
        for leg_id in rung(site):
            cleared_at.setdefault(leg_id, site.at)
    assert list(cleared_at) == legs
    assert site.at - started < 6_000
    assert [event.dial_id for event in site.ever(e.DialQueued)] == legs[1:]
    site.everybody_goes()


@pytest.mark.parametrize("rate", [1, 3, 7, 30])
def test_no_second_sees_more_legs_than_the_rate_and_none_is_wasted(rate):
    site = site_with(rate=rate)
    site.checked = False
    _, contact_id = talking(site)
    leaves = []
    for number in range(3 * rate + 1):
        leg_id = f"main-x{number}"
        site.take(e.LegStarted(leg_id=leg_id, role="EXTERNAL", endpoint_kind="client", contact_id=contact_id), 0)
        site.take(e.DialRequested(dial_id=leg_id, purpose="supervision", leg_id=leg_id), 0)
        leaves += [site.at for _ in site.happened(e.DialCleared)]
    while len(site.state.dials):
        due = site.state.deadlines.next_at()
        site.wait_until(due)
        leaves += [site.at for _ in site.happened(e.DialCleared)]
    assert all(later - leaves[place] >= 1_000 for place, later in enumerate(leaves[rate:]))
    assert 3_000 <= leaves[-1] - leaves[0] <= 3_001


def test_without_a_limit_nothing_waits():
    site = site_with(rate=0)
    assert rung(site) == []
    assert rung_now(site) == 5
    assert site.ever(e.DialQueued) == []


def rung_now(site) -> int:
    everybody_accepts(site)
    return len(rung(site))


def test_an_agents_leg_for_a_waiting_caller_goes_before_all_that_was_asked_for_earlier():
    site = site_with(rate=1)
    _, contact_id = talking(site)
    named = {"contact_id": contact_id, "agent_id": "anna"}
    site.call()
    site.accept("ben")  # takes the token
    site.take(
        e.SupervisionRequested(supervisor_id="sue", contact_id=contact_id, mode=SupervisorMode.MONITOR, request_id="r")
    )
    site.take(e.ConsultRequested(destination="number:+12025550111", **named))
    site.call()
    last = site.accept("carl")
    queued = [event.purpose for event in site.ever(e.DialQueued)]
    assert queued == ["supervision", "consult", "agent_leg"]
    site.wait(4_000)
    assert [event.purpose for event in site.ever(e.DialCleared)][-3:] == ["agent_leg", "consult", "supervision"]
    assert last in rung(site)


def test_what_the_carrier_dials_itself_needs_no_token():
    site = site_with(rate=1)
    caller, contact_id = talking(site)
    site.call()
    site.accept("ben")
    site.take(
        e.TransferRequested(contact_id=contact_id, agent_id="anna", kind="BLIND", destination="number:+12025550111")
    )
    assert site.contact(caller).state is ContactState.FORWARDED
    assert site.ever(e.DialQueued) == []


def test_whether_a_number_may_be_rung_is_decided_when_it_leaves():
    site = site_with(rate=1)
    _, contact_id = talking(site)
    site.call()
    site.accept("ben")
    site.take(e.ConsultRequested(destination="number:+12025550111", contact_id=contact_id, agent_id="anna"))
    assert site.happened(e.DialQueued)
    site.apply(centre(*[agent(name) for name in NAMES], calls_per_second=1, dial_prefixes=()))
    site.wait(1_500)
    assert [event.rule for event in site.ever(e.DialRefused)] == ["destination"]
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["refused"]
    site.everybody_goes()


def test_what_may_not_be_rung_does_not_even_wait():
    site = site_with(rate=1)
    _, contact_id = talking(site)
    site.call()
    site.accept("ben")
    site.take(e.ConsultRequested(destination="number:+445550111", contact_id=contact_id, agent_id="anna"))
    assert site.happened(e.DialRefused)
    assert site.ever(e.DialQueued) == []


def test_a_leg_given_up_while_it_waits_is_never_sent_and_its_agent_is_free_at_once():
    site = site_with(rate=1)
    callers = [site.call() for _ in NAMES]
    legs = [site.accept(name) for name in NAMES]
    site.hang_up(callers[3])
    assert site.happened(e.DialWithdrawn)[0].dial_id == legs[3]
    assert site.happened(e.AgentLegGone)[0].agent_id == "dora"
    again = site.call()
    assert site.offered("dora").leg_id == again
    site.wait(10_000)
    assert legs[3] not in rung(site)
    assert rung(site) == [legs[0], legs[1], legs[2], legs[4]]
    site.everybody_goes()


def test_the_time_to_connect_begins_when_the_leg_may_be_rung():
    site = site_with(rate=1)
    legs = everybody_accepts(site)
    last = next(each for each in site.state.contacts.in_order() if each.offer.leg_id == legs[-1])
    assert last.offer.connect_by == 0
    site.wait(4_500)
    cleared = site.ever(e.DialCleared)[-1]
    assert cleared.leg_id == legs[-1]
    contact = site.state.contacts[last.contact_id]
    assert CONNECT_MS - 600 <= contact.offer.connect_by - site.at <= CONNECT_MS
    site.wait(CONNECT_MS)
    assert site.state.contacts[last.contact_id].offer is None


def test_a_restart_keeps_queue_rate_and_order():
    site = site_with(rate=1)
    legs = everybody_accepts(site)
    site.restart()
    assert rung(site) == legs[:1]
    site.wait(1_000)
    assert rung(site) == legs[:2]
    site.wait(5_000)
    assert rung(site) == legs


def test_the_queue_and_its_wait_can_be_seen():
    site = site_with(rate=2)
    assert (dial_line(site.state, site.at).dials, dial_line(site.state, site.at).wait_ms) == (0, 0)
    everybody_accepts(site)
    line = dial_line(site.state, site.at)
    assert line.dials == 4
    assert 2_000 < line.wait_ms <= 2_500
    assert dial_line(site.state, site.at, importance=-1).wait_ms <= 500


def test_a_higher_rate_is_felt_at_once():
    site = site_with(rate=1)
    legs = everybody_accepts(site)
    site.apply(centre(*[agent(name) for name in NAMES], calls_per_second=0))
    assert rung(site) == legs
    assert not len(site.state.dials)


def test_one_that_makes_the_rules_fail_does_not_stop_the_others():
    site = site_with(rate=1)
    legs = everybody_accepts(site)
    due = e.Due(kind="dial_token", key="", at=site.at)
    site.take(engine.rejected(e.DeadlinesReached(due=(due,)), "a rule failed", "key"))
    assert site.happened(e.DialRefused)[0].leg_id == legs[1]
    site.wait(5_000)
    assert rung(site) == [legs[0], *legs[2:]]
