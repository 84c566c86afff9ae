"""A supervisor puts agents into states: as far as the agents could, and each request has its answer."""

import pytest

from cti.core import events as e
from cti.core.states import AgentState, ContactState, Presence, WithdrawReason
from tests.centre import agent, centre
from tests.site import Site


def force(site, state, agent_id="anna", reason=""):
    site.take(e.StateForced(supervisor_id="sue", agent_id=agent_id, state=state, reason=reason, request_id="r"))
    answered = [*site.happened(e.RequestRefused), *site.happened(e.RequestAccepted)]
    assert {(each.supervisor_id, each.request_id, each.agent_id) for each in answered} <= {("sue", "r", "")}


def test_who_is_made_ready_is_offered_the_next_caller():
    site = Site()
    site.sign_in("anna", ready=False)
    caller = site.call()
    force(site, "ready")
    assert site.offered("anna").leg_id == caller


def test_who_is_made_not_ready_is_offered_nothing_and_shown_why():
    site = Site()
    site.sign_in("anna")
    force(site, "not_ready")
    assert site.state.agents["anna"].reason == "forced"
    force(site, "not_ready", reason="training")
    assert site.state.agents["anna"].reason == "training"
    assert site.contact(site.call()).offer is None


def test_made_not_ready_while_talking_it_takes_effect_afterwards():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    force(site, "not_ready")
    assert site.agent_is("anna") is AgentState.BUSY
    site.part(caller, agent_leg)
    site.dispose("anna", caller)
    assert site.agent_is("anna") is AgentState.NOT_READY


def test_who_is_signed_out_loses_the_offer_and_the_wrap_up():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    force(site, "signed_out")
    assert site.agent_is("anna") is AgentState.SIGNED_OUT
    assert [event.reason for event in site.ever(e.AgentSignedOut)] == ["forced"]
    assert site.offered("ben").leg_id == caller
    agent_leg = site.talk(caller, "ben")
    site.part(caller, agent_leg)
    assert site.agent_is("ben") is AgentState.WRAP_UP
    force(site, "signed_out", "ben")
    assert site.agent_is("ben") is AgentState.SIGNED_OUT


def test_nobody_is_signed_out_of_a_conversation():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    force(site, "signed_out")
    assert site.refused() == "in_conversation"
    assert site.contact(caller).state is ContactState.CONNECTED


@pytest.mark.parametrize(
    ("state", "reason", "code"),
    [
        ("ready", "", "signed_out"),
        ("not_ready", "", "signed_out"),
        ("asleep", "", "bad_state"),
        ("", "", "bad_state"),
    ],
)
def test_what_cannot_be_is_refused(state, reason, code):
    site = Site()
    force(site, state, reason=reason)
    assert site.refused() == code


def test_a_reason_must_be_one_of_those_configured():
    site = Site()
    site.sign_in("anna")
    force(site, "not_ready", reason="nonsense")
    assert site.refused() == "unknown_reason"
    assert site.agent_is("anna") is AgentState.READY


def test_an_agent_that_is_none_and_one_whose_desktop_is_gone():
    site = Site()
    force(site, "ready", "zoe")
    assert site.refused() == "unknown_agent"
    site.sign_in("anna")
    site.disconnect("anna")
    site.wait(20_000)
    assert site.state.agents["anna"].presence is Presence.ABSENT
    force(site, "ready")
    assert site.refused() == "absent"
    force(site, "not_ready", reason="lunch")
    assert site.state.agents["anna"].reason == "lunch"
    force(site, "signed_out")
    assert site.agent_is("anna") is AgentState.SIGNED_OUT


def test_what_is_so_already_is_accepted():
    site = Site()
    force(site, "signed_out")
    assert site.names() == ["RequestAccepted"]
    site.sign_in("anna")
    force(site, "ready")
    assert site.names() == ["RequestAccepted"]
    force(site, "not_ready", reason="lunch")
    force(site, "not_ready", reason="lunch")
    assert site.names() == ["RequestAccepted"]


def test_who_is_asked_into_a_conversation_may_still_sign_out():
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    site.sign_in("ben")
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="anna", destination="agent:ben"))
    site.sign_out("ben")
    assert site.refused() == ""
    assert [event.reason for event in site.ever(e.OfferWithdrawn)] == [WithdrawReason.AGENT_LEFT]
    assert site.contact(caller).parties == ()
    assert site.agent_is("ben") is AgentState.SIGNED_OUT
