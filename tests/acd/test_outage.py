"""A browser that vanishes is one thing, our own sockets being away another: those who talk must not be torn apart."""

import pytest

from cti import engine
from cti.acd.presence import PUT_OFF_MS, UNHEARD_MAX_MS
from cti.core import events as e
from cti.core.apply.agents import ABSENCE_GRACE_MS, TALK_GRACE_MS
from cti.core.base import Moment
from cti.core.commands import CheckLeg
from cti.core.states import ContactState, EndCause, Presence
from cti.core.tables import Table
from tests.centre import agent, centre
from tests.site import Site

NAMES = ("anna", "ben", "carl", "dora", "emil")


def site_with(*names) -> Site:
    site = Site(centre(*[agent(name) for name in names]))
    site.sign_in(*names)
    return site


def talking(site, name="anna") -> tuple[str, str]:
    """Somebody talks to the agent: the caller's leg and the agent's."""
    caller = site.call()
    return caller, site.talk(caller, name)


@pytest.fixture
def site():
    return site_with(*NAMES)


def vanish(site, *names):
    for name in names:
        site.disconnect(name)


def goes_on(site, caller) -> bool:
    return site.contact(caller).state is ContactState.CONNECTED


def asked_about(site, leg) -> bool:
    return any(isinstance(each, CheckLeg) and each.leg_id == leg for each in site.asked)


def wait_while_it_lives(site, leg, times):
    """The carrier says each time that it is asked that the leg lives."""
    for _ in range(times):
        site.take(e.LegChecked(leg_id=leg, alive=True))
        site.wait(PUT_OFF_MS)


def test_a_browser_that_vanishes_alone_takes_its_talk_along(site):
    caller, _ = talking(site)
    vanish(site, "anna", "ben")  # two of five
    site.wait(TALK_GRACE_MS)
    assert not goes_on(site, caller)
    assert site.ever(e.AbsencePutOff) == []


def test_when_most_vanish_at_once_the_talk_goes_on_as_long_as_the_carrier_has_its_leg(site):
    caller, own = talking(site)
    vanish(site, "anna", "ben", "carl")
    site.asked.clear()
    site.wait(TALK_GRACE_MS)
    assert site.ever(e.AbsencePutOff)
    assert asked_about(site, own)
    wait_while_it_lives(site, own, 30)
    assert goes_on(site, caller)
    site.take(e.LegChecked(leg_id=own, alive=False, cause=EndCause.FAILED))
    assert site.contact(caller).state is ContactState.QUEUED


def test_a_carrier_that_says_nothing_of_the_leg_is_waited_for_no_longer_than_it_keeps_one_without_sound(site):
    caller, _ = talking(site)
    vanish(site, *NAMES)
    site.wait(UNHEARD_MAX_MS - 1_000)
    assert goes_on(site, caller)
    site.wait(1_000 + PUT_OFF_MS)
    assert not goes_on(site, caller)
    assert site.state.agents["anna"].presence is Presence.ABSENT


@pytest.mark.parametrize("names", [NAMES[:2], NAMES[:3]])
def test_two_desktops_that_vanish_at_once_have_each_their_own_reason(names):
    site = site_with(*names)
    caller, _ = talking(site)
    vanish(site, "anna", "ben")
    site.wait(TALK_GRACE_MS)
    assert not goes_on(site, caller)


@pytest.mark.parametrize("names", [NAMES[:2], NAMES])
def test_pages_that_are_loaded_again_beside_a_browser_that_vanishes_are_no_outage(names):
    site = site_with(*names)
    caller, _ = talking(site)
    vanish(site, *names)
    for name in names[1:]:
        site.connect(name)
    site.wait(TALK_GRACE_MS)
    assert not goes_on(site, caller)
    assert site.ever(e.AbsencePutOff) == []


def test_whether_it_was_us_is_found_out_without_walking_everybody(site, monkeypatch):
    talking(site)
    vanish(site, *NAMES)
    site.at = site.state.agents["anna"].absent_at
    due = site.state.deadlines.take_due(site.state, site.at, engine.PROMISES)

    def walked(table):
        raise AssertionError("somebody walks a table")

    monkeypatch.setattr(Table, "in_order", walked)
    reached = e.DeadlinesReached(due=due)
    outcome = engine.advance(site.state, reached, Moment(site.state.last.seq + 1, site.at))
    assert [type(event) for event in outcome.events] == [e.AbsencePutOff]


def test_those_who_do_not_talk_are_absent_all_the_same(site):
    talking(site)
    vanish(site, *NAMES)
    site.wait(ABSENCE_GRACE_MS)
    found = {name: site.state.agents[name].presence for name in NAMES}
    assert found.pop("anna") is Presence.SIGNED_IN
    assert set(found.values()) == {Presence.ABSENT}


def test_who_comes_back_goes_on_as_if_nothing_had_been(site):
    caller, own = talking(site)
    vanish(site, *NAMES)
    wait_while_it_lives(site, own, 10)
    site.connect("anna")
    site.wait(10 * PUT_OFF_MS)
    assert goes_on(site, caller)
    assert site.ever(e.AgentAbsent)
    assert "anna" not in {event.agent_id for event in site.ever(e.AgentAbsent)}


def test_who_alone_does_not_come_back_has_a_whole_grace_from_then_on(site):
    caller, _ = talking(site)
    vanish(site, *NAMES)
    site.wait(TALK_GRACE_MS + PUT_OFF_MS - 1_000)
    for name in NAMES[1:]:
        site.connect(name)
    site.wait(PUT_OFF_MS - 2_000)
    assert goes_on(site, caller)
    site.wait(3_000 + PUT_OFF_MS)
    assert not goes_on(site, caller)
    assert [event.last for event in site.ever(e.AbsencePutOff)] == [False, True]


def test_who_vanishes_again_after_an_outage_is_a_browser_that_vanished(site):
    caller, _ = talking(site)
    vanish(site, *NAMES)
    for name in NAMES:
        site.connect(name)
    site.wait(60_000)
    vanish(site, "anna")
    site.wait(TALK_GRACE_MS)
    assert not goes_on(site, caller)


@pytest.mark.parametrize("names", [NAMES, ("anna",)])
def test_our_own_restart_is_nobodys_vanishing_however_long_the_desktops_need(names):
    site = site_with(*names)
    caller, own = talking(site)
    site.restart()
    wait_while_it_lives(site, own, 10)
    assert goes_on(site, caller)
    site.connect("anna")
    site.disconnect("anna")
    site.wait(TALK_GRACE_MS)
    assert not goes_on(site, caller), "this one is its own doing"


def test_a_second_restart_begins_the_grace_anew(site):
    caller, _ = talking(site)
    vanish(site, "anna")
    site.wait(TALK_GRACE_MS - 1_000)
    site.restart()
    site.wait(TALK_GRACE_MS - 1_000)
    assert goes_on(site, caller)


def test_a_party_to_a_talk_is_spared_too(site):
    caller, _ = talking(site)
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="anna", destination="agent:ben", request_id="r"))
    site.take(e.LegHeld(leg_id=caller))
    site.acknowledge("ben")
    leg = site.accept("ben")
    site.place(leg)
    site.join(leg)
    vanish(site, *NAMES)
    site.wait(TALK_GRACE_MS)
    assert [party.present for party in site.contact(caller).parties] == [True]
