"""Legs are watched: the carrier is asked about those it said nothing of for long, until it says that they are over."""

import pytest

from cti.acd.offers import CONNECT_MS
from cti.core import events as e
from cti.core.apply.legs import CHECK_AFTER_MS, JOIN_CHECK_MS, RELEASE_CHECK_MS, RING_CHECK_MS
from cti.core.commands import CheckLeg, HangUpLeg
from cti.core.lifecycle import NAMELESS_MS, YOUNG_MS
from cti.core.plan import Join
from cti.core.states import ContactState, EndCause
from tests.centre import MENU
from tests.site import Site


def checks(site):
    """The legs the carrier was asked about, since last looked at."""
    found = [command.leg_id for command in site.asked if isinstance(command, CheckLeg)]
    site.asked.clear()
    return found


def test_a_leg_heard_of_is_not_asked_about():
    site = Site()
    caller = site.call()
    for _ in range(10):
        site.wait(20_000)
        site.go_on_waiting(caller)
    assert checks(site) == []


def test_a_silent_leg_is_asked_about_again_and_again():
    site = Site()
    caller = site.call()
    arrived_at = site.at
    for times in (1, 2):
        site.wait_until(arrived_at + times * CHECK_AFTER_MS - 1)
        assert checks(site) == []
        site.wait_until(arrived_at + times * CHECK_AFTER_MS)
        assert checks(site) == [caller]


def test_a_leg_the_carrier_no_longer_knows_is_over():
    site = Site()
    caller = site.call()
    site.wait(CHECK_AFTER_MS)
    site.take(e.LegChecked(leg_id=caller, alive=False))
    assert site.closed(caller).cause is EndCause.LOST_SIGHT
    assert site.closed(caller).outcome == "abandoned_in_queue"


def test_a_leg_that_lives_is_left_alone():
    site = Site()
    caller = site.call()
    site.wait(CHECK_AFTER_MS)
    site.take(e.LegChecked(leg_id=caller, alive=True))
    assert site.names() == []
    assert site.commands == ()


def test_a_leg_found_in_a_room_is_as_good_as_its_report():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.bring_agent("anna")
    room = site.contact(caller).call_id
    site.take(e.LegChecked(leg_id=caller, alive=True, call_id=room))
    assert site.contact(caller).state is ContactState.CONNECTED


@pytest.mark.parametrize("reported", ["placed", "rings", "answered"])
def test_an_agents_leg_whose_further_reports_got_lost_is_looked_for_in_its_room(reported):
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.place(agent_leg)
    if reported != "placed":
        site.alert(agent_leg)
    if reported == "answered":
        site.answer(agent_leg)
    room = site.contact(caller).call_id
    site.wait((JOIN_CHECK_MS if reported == "answered" else RING_CHECK_MS) - 1)
    assert checks(site) == []
    site.wait(1)
    assert site.commands == (CheckLeg(leg_id=agent_leg, provider_ref=site.ref(agent_leg), call_id=room),)
    site.check(agent_leg, call_id=room, sought=room)
    assert site.contact(caller).state is ContactState.CONNECTING
    assert site.heard(caller) == (Join(call_id=room, ends_call=True),)


def test_an_agents_leg_that_is_not_in_its_room_yet_is_looked_for_again_until_it_is_given_up():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.place(agent_leg)
    site.answer(agent_leg)
    for _ in range(3):
        site.wait(JOIN_CHECK_MS)
        assert checks(site) == [agent_leg]
        site.check(agent_leg, sought=site.contact(caller).call_id)
        assert site.contact(caller).offer
    site.wait(CONNECT_MS)
    assert site.state.legs[agent_leg].released


def test_an_agents_leg_in_its_room_is_left_alone():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    site.asked.clear()
    site.wait(CHECK_AFTER_MS // 2)
    assert checks(site) == []


def test_of_a_young_leg_that_the_carrier_does_not_show_it_is_asked_again():
    site = Site()
    caller = site.call(to=MENU)
    began_at = site.at
    while site.at < began_at + YOUNG_MS - RELEASE_CHECK_MS:
        site.take(e.LegChecked(leg_id=caller, alive=False))
        assert not site.is_gone(caller)
        site.wait(RELEASE_CHECK_MS)
        assert checks(site) == [caller]
    shown = site.fork()
    shown.take(e.LegChecked(leg_id=caller, alive=True))
    shown.wait(CHECK_AFTER_MS - 1)
    assert not shown.is_gone(caller)
    site.wait(RELEASE_CHECK_MS)
    site.take(e.LegChecked(leg_id=caller, alive=False))
    assert site.closed(caller).cause is EndCause.LOST_SIGHT


def test_a_young_leg_that_has_ended_is_over_at_once():
    site = Site()
    caller = site.call(to=MENU)
    site.take(e.LegChecked(leg_id=caller, alive=False, cause=EndCause.NORMAL))
    assert site.is_gone(caller)


@pytest.mark.parametrize("known", [True, False])
def test_a_leg_we_hung_up_is_hung_up_again_while_it_lives(known):
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    if known:
        site.place(agent_leg)
    site.hang_up(caller)
    for _ in range(3):
        site.wait(RELEASE_CHECK_MS)
        assert checks(site) == ([agent_leg] if known else [])
        site.take(e.LegChecked(leg_id=agent_leg, alive=True))
        hung_up = [command.leg_id for command in site.commands if isinstance(command, HangUpLeg)]
        assert hung_up == ([agent_leg] if known else [])
    site.take(e.LegChecked(leg_id=agent_leg, alive=False))
    site.everybody_goes()


def test_an_agents_leg_left_over_from_a_conversation_is_noticed_soon():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.end(caller)
    site.wait(RELEASE_CHECK_MS)
    assert checks(site) == [agent_leg]
    site.take(e.LegChecked(leg_id=agent_leg, alive=True))
    assert site.commands == (HangUpLeg(leg_id=agent_leg, provider_ref=site.ref(agent_leg)),)


def test_a_callers_leg_left_over_is_hung_up():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    site.leave(caller)
    site.wait(RELEASE_CHECK_MS)
    assert checks(site)[0] == caller
    site.take(e.LegChecked(leg_id=caller, alive=True))
    assert site.commands == (HangUpLeg(leg_id=caller, provider_ref="CA1"),)


def test_a_leg_nobody_wants_and_nobody_ever_placed_is_forgotten_at_last():
    """Its command was void before it was sent; no report will ever come."""
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.hang_up(caller)
    site.wait(NAMELESS_MS - RELEASE_CHECK_MS)
    assert agent_leg in site.state.legs
    site.wait(2 * RELEASE_CHECK_MS)
    assert agent_leg not in site.state.legs
    site.everybody_goes()


def test_a_leg_forgotten_that_turns_up_after_all_is_hung_up():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    room = site.state.legs[agent_leg].bound_for
    site.refuse(agent_leg, "ABSENT")
    site.take(e.CallJoined(call_id=room, leg_id=agent_leg, provider_ref="CA-late"))
    assert site.ignored() == "leg is gone"
    assert site.commands == (HangUpLeg(leg_id=agent_leg, provider_ref="CA-late"),)
    assert site.contact(caller).state is ContactState.QUEUED


@pytest.mark.parametrize(("code", "asked"), [("GONE", True), ("REFUSED", False), ("UNREACHABLE", False)])
def test_a_leg_that_cannot_be_commanded_has_ended_or_not_begun_so_the_carrier_is_asked(code, asked):
    site = Site()
    caller = site.call(to=MENU)
    site.take(e.CommandFailed(command_id="5.0", leg_id=caller, code=code))
    assert not site.is_gone(caller)
    assert site.commands == ((CheckLeg(leg_id=caller, provider_ref="CA1"),) if asked else ())


def test_a_command_that_failed_for_nobody_changes_nothing():
    site = Site()
    site.take(e.CommandFailed(command_id="5.0", leg_id="main-l99", code="GONE"))
    assert site.names() == []
