"""Signing in and out, ready and not ready, desktops that vanish and come back."""

import pytest

from cti.core import events as e
from cti.core.apply.agents import ABSENCE_GRACE_MS, TALK_GRACE_MS
from cti.core.plan import Park
from cti.core.states import AgentState, ContactState, Presence, WithdrawReason
from tests.centre import agent, centre
from tests.site import Site


def presence(site, agent_id="anna"):
    return site.state.agents[agent_id].presence


def reasons(site):
    return [event.reason for event in site.ever(e.OfferWithdrawn)]


def test_signing_in_leaves_an_agent_not_ready_until_ready_is_asked_for():
    site = Site()
    assert site.agent_is("anna") is AgentState.SIGNED_OUT
    site.sign_in("anna", ready=False)
    assert site.agent_is("anna") is AgentState.NOT_READY
    caller = site.call()
    assert site.contact(caller).offer is None
    site.ready("anna")
    assert site.offered("anna").leg_id == caller


def test_what_is_so_already_is_accepted():
    site = Site()
    site.sign_in("anna")
    for ask in (e.SignInRequested, e.ReadyRequested):
        site.take(ask(agent_id="anna", request_id="r"))
        assert site.names() == ["RequestAccepted"]
    site.sign_out("anna")
    site.take(e.SignOutRequested(agent_id="anna", request_id="r"))
    assert site.names() == ["RequestAccepted"]


def test_who_is_signed_out_can_be_neither_ready_nor_on_a_break():
    site = Site()
    site.ready("anna")
    assert site.refused() == "signed_out"
    site.not_ready("anna")
    assert site.refused() == "signed_out"


def test_a_reason_must_be_one_of_those_configured():
    site = Site()
    site.sign_in("anna")
    site.not_ready("anna", "gone fishing")
    assert site.refused() == "unknown_reason"
    assert "break, lunch, training" in site.happened(e.RequestRefused)[0].detail
    site.not_ready("anna", "lunch")
    assert site.state.agents["anna"].reason == "lunch"


def test_an_agent_nobody_configured_is_refused():
    site = Site()
    site.take(e.SignInRequested(agent_id="zoe", request_id="r"))
    assert site.ignored() == "agent is unknown"
    assert site.refused() == "unknown_agent"
    site.connect("zoe")
    assert site.names() == ["ReportIgnored"]


def test_not_ready_while_offered_takes_effect_afterwards():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    site.not_ready("anna")
    assert site.offered("anna").leg_id == caller
    site.decline("anna")
    assert site.agent_is("anna") is AgentState.NOT_READY
    assert site.offered("ben").leg_id == caller


def test_not_ready_while_talking_takes_effect_after_the_wrap_up():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.not_ready("anna")
    assert site.agent_is("anna") is AgentState.BUSY
    site.part(caller, agent_leg)
    site.dispose("anna", caller)
    assert site.agent_is("anna") is AgentState.NOT_READY
    waiting = site.call()
    assert site.contact(waiting).offer is None


# Signing out, at each point


def test_signing_out_while_offered_gives_the_caller_to_the_next():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    site.acknowledge("anna")
    site.sign_out("anna")
    assert reasons(site) == [WithdrawReason.AGENT_LEFT]
    assert site.offered("ben").leg_id == caller
    assert site.agent_is("anna") is AgentState.SIGNED_OUT


@pytest.mark.parametrize("at", ["leg asked for", "leg rings", "connecting", "talking"])
def test_signing_out_in_a_conversation_or_on_the_way_into_one_is_refused(at):
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    if at != "leg asked for":
        site.place(agent_leg)
    if at in ("connecting", "talking"):
        site.join(agent_leg)
    if at == "talking":
        site.join(caller)
    site.sign_out("anna")
    assert site.refused() == "in_conversation"
    assert presence(site) is Presence.SIGNED_IN


def test_signing_out_in_wrap_up_ends_it():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.part(caller, site.talk(caller, "anna"))
    site.sign_out("anna")
    assert site.happened(e.WrapUpEnded)[0].reason == "signed_out"
    assert site.agent_is("anna") is AgentState.SIGNED_OUT
    assert site.is_gone(caller)


# Desktops that vanish


def test_a_desktop_that_vanishes_has_a_grace_before_its_agent_is_absent():
    site = Site()
    site.sign_in("anna")
    site.disconnect("anna")
    vanished_at = site.at
    caller = site.call()
    assert site.contact(caller).offer is None
    site.wait_until(vanished_at + ABSENCE_GRACE_MS - 1)
    assert presence(site) is Presence.SIGNED_IN
    site.wait_until(vanished_at + ABSENCE_GRACE_MS)
    assert presence(site) is Presence.ABSENT
    assert site.state.agents["anna"].reason == "absent"


def test_a_desktop_back_within_the_grace_goes_on_as_if_nothing_had_been():
    site = Site()
    site.sign_in("anna")
    site.disconnect("anna")
    caller = site.call()
    site.wait(ABSENCE_GRACE_MS - 1_000)
    site.connect("anna", "desk2")
    assert site.offered("anna").leg_id == caller
    site.acknowledge("anna")
    site.wait(ABSENCE_GRACE_MS)
    assert presence(site) is Presence.SIGNED_IN


def test_a_desktop_back_after_the_grace_finds_its_agent_not_ready():
    site = Site()
    site.sign_in("anna")
    site.disconnect("anna")
    site.wait(ABSENCE_GRACE_MS)
    caller = site.call()
    site.connect("anna")
    assert site.names() == ["AgentReturned"]
    assert site.agent_is("anna") is AgentState.NOT_READY
    site.ready("anna")
    assert site.offered("anna").leg_id == caller


@pytest.mark.parametrize("ask", [e.SignInRequested, e.ReadyRequested])
def test_an_absent_agent_who_asks_for_something_is_back(ask):
    site = Site()
    site.sign_in("anna")
    site.disconnect("anna")
    site.wait(ABSENCE_GRACE_MS)
    site.take(ask(agent_id="anna"))
    assert site.names()[0] == "AgentReturned"
    # Without a desktop, for as long as the grace.
    site.wait(ABSENCE_GRACE_MS)
    assert presence(site) is Presence.ABSENT


def test_signing_in_without_a_desktop_lasts_no_longer_than_the_grace():
    site = Site()
    site.take(e.SignInRequested(agent_id="anna"))
    site.ready("anna")
    caller = site.call()
    assert site.contact(caller).offer is None
    site.wait(ABSENCE_GRACE_MS)
    assert presence(site) is Presence.ABSENT


def test_one_of_two_desktops_is_enough():
    site = Site()
    site.sign_in("anna")
    site.connect("anna", "laptop")
    caller = site.call()
    site.disconnect("anna", "desk")
    assert site.offered("anna").leg_id == caller
    site.disconnect("anna", "laptop")
    assert site.offered("anna") is None


def test_a_desktop_that_vanishes_while_offered_passes_the_caller_on_at_once():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    site.acknowledge("anna")
    site.disconnect("anna")
    assert reasons(site) == [WithdrawReason.AGENT_LEFT]
    assert site.offered("ben").leg_id == caller
    assert site.contact(caller).offers_missed == 0
    site.connect("anna")
    assert site.agent_is("anna") is AgentState.READY


def test_who_vanished_and_came_back_is_not_spared_the_caller():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.disconnect("anna")
    site.connect("anna")
    assert site.offered("anna").leg_id == caller


@pytest.mark.parametrize("at", ["leg asked for", "leg rings", "connecting"])
def test_a_desktop_that_vanishes_on_the_way_into_a_conversation_stops_nothing(at):
    """Not at once: a leg that comes into the room is there, whatever the desktop does."""
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    if at != "leg asked for":
        site.place(agent_leg)
    if at == "connecting":
        site.join(agent_leg)
    site.disconnect("anna")
    if at == "connecting":
        site.join(caller)
    else:
        site.wait(ABSENCE_GRACE_MS)
        assert presence(site) is Presence.ABSENT
        site.join(agent_leg)
        site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED


@pytest.mark.parametrize("endpoint", ["client:anna", "tel:+12025550100"])
def test_a_desktop_that_is_back_within_the_grace_finds_its_talk_going_on(endpoint):
    site = Site(centre(agent("anna", endpoint=endpoint), agent("ben"), dial_prefixes=("+1",)))
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    site.disconnect("anna")
    site.wait(TALK_GRACE_MS - 1)
    site.connect("anna")
    site.wait(ABSENCE_GRACE_MS)
    assert site.contact(caller).state is ContactState.CONNECTED


def test_a_browser_that_vanishes_while_talking_takes_its_softphone_along_and_the_caller_is_next():
    """Long before the carrier notices. Who waited longer comes after."""
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    waiting = site.call()
    site.disconnect("anna")
    site.wait(TALK_GRACE_MS - 1)
    assert site.contact(caller).state is ContactState.CONNECTED
    site.wait(1)
    assert site.contact(caller).state is ContactState.QUEUED
    assert site.state.legs[agent_leg].released
    site.sign_in("ben")
    assert site.offered("ben").leg_id == caller
    assert site.contact(waiting).offer is None
    assert site.contact(caller).agent_ids == ("anna",)


@pytest.mark.parametrize("nailed_up", [False, True])
def test_a_browser_that_vanishes_while_the_caller_is_on_the_way_gives_the_caller_back(nailed_up):
    """Who may be in the room already, unreported, and hears nothing. Who waited longer comes after."""
    site = Site(centre(agent("anna", nailed_up=nailed_up), agent("ben")))
    site.sign_in("anna")
    if nailed_up:
        site.nail_up("anna")
    caller = site.call()
    if nailed_up:
        site.acknowledge("anna")
        site.accept("anna")
    else:
        site.bring_agent("anna")
    agent_leg = site.contact(caller).offer.leg_id
    waiting = site.call()
    assert site.contact(caller).state is ContactState.CONNECTING
    site.disconnect("anna")
    site.wait(TALK_GRACE_MS)
    assert presence(site) is Presence.ABSENT
    assert site.ever(e.ContactRequeued)[-1].first
    assert isinstance(site.heard(caller)[-1], Park)
    assert site.state.legs[agent_leg].released
    site.join(caller)
    assert site.contact(caller).state is ContactState.QUEUED
    site.sign_in("ben")
    assert site.offered("ben").leg_id == caller
    assert site.contact(waiting).offer is None
    site.everybody_goes()


def test_a_phone_waits_for_the_caller_when_the_desktop_vanishes():
    site = Site(centre(agent("anna", endpoint="tel:+12025550100"), agent("ben"), dial_prefixes=("+1",)))
    site.sign_in("anna")
    caller = site.call()
    site.bring_agent("anna")
    site.disconnect("anna")
    site.wait(ABSENCE_GRACE_MS)
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED


def test_a_phone_talks_on_when_the_desktop_vanishes_and_no_call_follows():
    site = Site(centre(agent("anna", endpoint="tel:+12025550100"), agent("ben"), dial_prefixes=("+1",)))
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.disconnect("anna")
    site.wait(ABSENCE_GRACE_MS)
    assert site.contact(caller).state is ContactState.CONNECTED
    site.part(caller, agent_leg)
    waiting = site.call()
    site.wait(60_000)
    assert site.is_gone(caller)
    assert site.contact(waiting).offer is None


def test_sockets_are_bounded():
    site = Site()
    for number in range(20):
        site.connect("anna", f"s{number}")
    assert site.state.agents["anna"].sockets == tuple(f"s{number}" for number in range(12, 20))


def test_a_removed_agent_is_signed_out_and_forgotten():
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna", "ben")
    caller = site.call()
    site.apply(centre(agent("ben")))
    assert site.happened(e.AgentSignedOut)[0].reason == "removed"
    assert site.offered("ben").leg_id == caller
    site.disconnect("anna")
    site.apply(centre(agent("ben"), agent("carl")))
    assert "anna" not in site.state.agents
