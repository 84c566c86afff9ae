"""Asking somebody in: an agent by an offer, a number by a leg; here, not here, gone again. The caller is never lost."""

import pytest
from msgspec.structs import replace

from cti import engine
from cti.core import events as e
from cti.core.commands import HangUpLeg, HoldLeg, KeepCall, Originate
from cti.core.plan import HangUp
from cti.core.states import AgentState, ContactState, EndCause, LegState, PartyState
from tests.centre import agent
from tests.conversation.talking import FORBIDDEN, FRIEND, Talking, talkative


def test_an_agent_is_asked_by_an_offer_while_the_caller_hears_music():
    site = Talking()
    site.consult("agent:ben")
    [offer] = site.ever(e.OfferMade)[-1:]
    assert (offer.agent_id, offer.party_id, offer.asked_by) == ("ben", site.party.party_id, "anna")
    assert site.held_or_not() == {site.caller: True}
    assert site.ends_with() == set(), "the room must outlive Anna's leg from now on"
    assert site.agent_is("ben") is AgentState.RESERVED
    assert site.ever(e.ScreenPopped)[-1].agent_id == "ben"
    site.acknowledge("ben")
    leg_id = site.accept("ben")
    [originate] = site.asked_to(Originate)
    assert (originate.leg_id, originate.call_id, originate.ends_call) == (leg_id, site.now.call_id, False)
    site.place(leg_id)
    site.join(leg_id)
    [answered] = site.happened(e.ConsultAnswered)
    assert (answered.with_agent_id, answered.agent_id, answered.leg_id) == ("ben", "anna", leg_id)
    assert site.agent_is("ben") is AgentState.BUSY
    assert site.now.agent_ids == ("anna", "ben")
    assert site.state.calls[site.now.call_id].leg_ids == (site.own, site.caller, leg_id)


def test_a_number_is_rung_and_the_caller_waits_from_then_on():
    site = Talking()
    site.ask_for(e.ConsultRequested, destination=f"number:{FRIEND}")
    [originate] = site.asked_to(Originate)
    assert (originate.endpoint, originate.ends_call) == (f"tel:{FRIEND}", False)
    assert [each.held for each in site.asked_to(HoldLeg)] == [True]
    assert [each.ends_call for each in site.asked_to(KeepCall)] == [False]
    leg_id = site.party.leg_id
    site.place(leg_id)
    site.alert(leg_id)
    assert site.now.talk.parties[0].state is PartyState.RINGING
    site.answer(leg_id)
    site.join(leg_id)
    assert site.party.present


def test_a_number_that_may_not_be_rung_leaves_the_caller_in_the_talk():
    site = Talking()
    site.ask_for(e.ConsultRequested, destination=f"number:{FORBIDDEN}")
    assert site.refused() == "not_allowed"
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["refused"]
    assert site.held_or_not() == {}
    assert site.ends_with() == {site.own}
    assert site.now.parties == ()


def test_a_conference_is_the_caller_off_hold_and_is_told_once():
    site = Talking()
    site.bring("ben")
    site.ask_for(e.ConferenceRequested)
    assert [(each.leg_id, each.held) for each in site.asked_to(HoldLeg)] == [(site.caller, False)]
    site.take(e.LegRetrieved(leg_id=site.caller))
    assert [event.agent_ids for event in site.happened(e.ConferenceStarted)] == [("anna", "ben")]
    site.take(e.LegRetrieved(leg_id=site.caller))
    assert site.happened(e.ConferenceStarted) == []


def test_a_conference_takes_everybody_off_hold():
    site = Talking()
    bens = site.bring("ben")
    site.ask_for(e.HoldRequested, party_id=site.party.party_id)
    site.take(e.LegHeld(leg_id=bens))
    site.ask_for(e.ConferenceRequested)
    assert site.held_or_not() == {site.caller: False, bens: False}


def test_a_conference_of_four_and_who_comes_later_finds_the_caller_there():
    site = Talking()
    site.bring("ben")
    site.confer()
    site.consult("agent:carl")
    assert site.asked_to(HoldLeg) == [], "they talk: nobody is put on hold for one more"
    carls = site.accept("carl")
    site.place(carls)
    site.join(carls)
    site.bring(FRIEND)
    assert len(site.state.calls[site.now.call_id].leg_ids) == 5
    assert [party.agent_id for party in site.now.parties] == ["ben", "carl", ""]
    site.caller_goes()
    assert [site.agent_is(each) for each in ("anna", "ben", "carl")] == [AgentState.WRAP_UP] * 3
    for each in ("anna", "ben", "carl"):
        site.dispose(each, site.caller)
    site.everybody_goes()


# Who does not come


def declined(site):
    site.decline("ben")


def rang_out(site):
    site.acknowledge("ben")
    site.wait(21_000)


def not_acknowledged(site):
    site.wait(2_100)


def desktop_gone(site):
    site.disconnect("ben")


def leg_failed(site):
    site.end(site.accept("ben"), EndCause.FAILED)


def leg_not_answered(site):
    site.end(site.accept("ben"), EndCause.NO_ANSWER)


def leg_refused(site):
    site.refuse(site.accept("ben"))


def leg_too_late(site):
    site.place(site.accept("ben"))
    site.wait(36_000)


def hung_up_at_once(site):
    site.place(site.accept("ben"))
    site.ask_for(e.HangUpRequested, "ben")


@pytest.mark.parametrize(
    ("happens", "reason", "then"),
    [
        (declined, "declined", AgentState.READY),
        (rang_out, "expired", AgentState.NOT_READY),
        (not_acknowledged, "not_reached", AgentState.NOT_READY),
        (desktop_gone, "not_reached", AgentState.READY),
        (leg_failed, "not_reached", AgentState.NOT_READY),
        (leg_not_answered, "not_reached", AgentState.NOT_READY),
        (leg_refused, "not_reached", AgentState.NOT_READY),
        (leg_too_late, "not_reached", AgentState.NOT_READY),
        (hung_up_at_once, "not_reached", AgentState.READY),
    ],
)
def test_an_agent_who_does_not_come_leaves_the_caller_where_it_was(happens, reason, then):
    site = Talking()
    site.consult("agent:ben")
    happens(site)
    assert [event.reason for event in site.ever(e.ConsultEnded)] == [reason]
    assert site.agent_is("ben") is then
    assert (site.now.state, site.now.agent_id, site.now.parties) == (ContactState.CONNECTED, "anna", ())
    assert site.ends_with() == {site.own}
    assert site.state.legs[site.caller].state is LegState.HELD, "Anna takes the caller back when she is ready"
    site.ask_for(e.RetrieveRequested)
    site.take(e.LegRetrieved(leg_id=site.caller))
    site.caller_goes()
    assert site.now.cause is EndCause.CALLER_HUNG_UP
    site.dispose("anna", site.caller)
    site.everybody_goes()


@pytest.mark.parametrize("cause", [EndCause.BUSY, EndCause.NO_ANSWER, EndCause.REJECTED, EndCause.FAILED])
def test_a_number_that_does_not_answer(cause):
    site = Talking()
    site.consult(f"number:{FRIEND}")
    leg_id = site.party.leg_id
    site.place(leg_id)
    site.end(leg_id, cause)
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["not_reached"]
    assert leg_id not in site.state.legs
    assert site.ends_with() == {site.own}


def test_a_number_that_the_carrier_refuses():
    site = Talking()
    site.consult(f"number:{FRIEND}")
    site.refuse(site.party.leg_id)
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["refused"]
    assert site.now.parties == ()


@pytest.mark.parametrize("who", ["ben", FRIEND])
@pytest.mark.parametrize("there", [False, True])
def test_the_agent_ends_it(who, there):
    site = Talking()
    if there:
        site.bring(who)
    elif who == FRIEND:
        site.consult(f"number:{who}")
        site.place(site.party.leg_id)
    else:
        site.consult("agent:ben")
        site.place(site.accept("ben"))
    leg_id = site.party.leg_id
    site.ask_for(e.ConsultEndRequested, party_id=site.party.party_id)
    assert site.hung_up() == {leg_id}
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["ended"]
    assert site.ends_with() == {site.own}
    site.end(leg_id)
    assert leg_id not in site.state.legs
    if who == "ben":
        assert site.agent_is("ben") is (AgentState.WRAP_UP if there else AgentState.READY)


@pytest.mark.parametrize("who", ["ben", FRIEND])
@pytest.mark.parametrize("by", ["leave", "end"])
def test_the_party_hangs_up_and_the_two_are_alone_again(who, by):
    site = Talking()
    leg_id = site.bring(who)
    getattr(site, by)(leg_id)
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["left"]
    assert site.hung_up() == ({leg_id} if by == "leave" else set()), "out of the room is not yet over"
    assert site.ends_with() == {site.own}
    assert site.now.state is ContactState.CONNECTED
    if by == "leave":
        site.end(leg_id)
    assert leg_id not in site.state.legs


@pytest.mark.parametrize("who", ["ben", FRIEND])
@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("by", ["leave", "end"])
def test_the_caller_hangs_up_meanwhile(who, there, by):
    site = Talking()
    if there:
        site.bring(who)
    else:
        site.consult(f"number:{who}" if who == FRIEND else f"agent:{who}")
    leg_id = site.party.leg_id
    getattr(site, by)(site.caller)
    [ended] = site.happened(e.ContactEnded)
    assert ended.cause is EndCause.CALLER_HUNG_UP
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["contact_left"]
    assert leg_id == "" or site.state.legs.get(leg_id) is None or site.state.legs[leg_id].released
    assert site.agent_is("anna") is AgentState.WRAP_UP
    if who == "ben":
        assert site.agent_is("ben") is (AgentState.WRAP_UP if there else AgentState.READY)
    site.everybody_goes()


def test_a_party_who_comes_when_nobody_wants_it_any_more_is_hung_up():
    site = Talking()
    site.consult("agent:ben")
    leg_id = site.accept("ben")
    site.ask_for(e.ConsultEndRequested, party_id=site.party.party_id)
    assert site.hung_up() == set(), "the carrier has not named it yet"
    site.join(leg_id)
    assert HangUpLeg in {type(command) for command in site.commands}
    assert site.happened(e.ConsultAnswered) == []
    assert site.agent_is("ben") is AgentState.READY


def test_what_waits_for_the_carriers_rate_rings_nobody_once_it_is_not_wanted():
    site = Talking(talkative())
    site.apply(talkative_at_one_call_a_second())
    site.ask_for(e.ConsultRequested, destination=f"number:{FRIEND}")
    site.ask_for(e.ConsultRequested, destination=f"number:{FRIEND}")
    first, second = site.now.parties
    assert site.asked_to(Originate) == []
    site.ask_for(e.ConsultEndRequested, party_id=second.party_id)
    site.wait(3_000)
    assert [each.leg_id for each in site.ever_asked_to(Originate) if each.endpoint == f"tel:{FRIEND}"] == [first.leg_id]
    assert [party.party_id for party in site.now.parties] == [first.party_id]


def talkative_at_one_call_a_second():
    return replace(talkative(), calls_per_second=1)


def test_an_offer_to_a_party_keeps_its_promises_over_a_restart():
    site = Talking()
    site.consult("agent:ben")
    site.acknowledge("ben")
    site.restart()
    site.connect("anna")
    site.connect("ben")
    site.wait(20_000)
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["expired"]
    assert site.now.state is ContactState.CONNECTED


def test_a_rule_that_fails_about_a_party_leaves_those_who_talk_alone():
    site = Talking()
    leg_id = site.bring("ben")
    for poison in (e.LegMuted(leg_id=leg_id, muted=True), e.CallLeft(call_id=site.now.call_id, leg_id=leg_id)):
        site.take(engine.rejected(poison, "a rule failed", "key"))
        assert site.commands == ()
    assert (site.now.state, len(site.now.parties)) == (ContactState.CONNECTED, 1)
    site.attended()
    assert site.now.agent_id == "ben"
    site.not_ready("carl")
    site.transfer("queue:sales", "ben")
    site.go_on_waiting(site.caller)
    assert not isinstance(site.heard(site.caller)[-1], HangUp)
    site.ready("carl")
    assert site.now.offer.agent_id in ("carl", "dora"), "what failed in the talk is behind it"


def test_a_phone_that_nobody_pressed_1_on_does_not_listen_in():
    phone = agent("ben", endpoint="tel:+12025550101")
    site = Talking(talkative(agents=[agent("anna"), phone, agent("carl"), agent("dora")]))
    site.consult("agent:ben")
    leg_id = site.party.offer.leg_id
    site.place(leg_id)
    site.join(leg_id, site.now.call_id)
    assert site.happened(e.ConsultAnswered) == []
    assert site.hung_up() == {leg_id}
    site.end(leg_id)
    assert (site.now.state, site.now.parties) == (ContactState.CONNECTED, ())
    site.everybody_goes()
