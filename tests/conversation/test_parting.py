"""Who leaves when, and what becomes of those who stay. Whatever happens to an agent, the caller is never lost."""

import pytest

from cti.core import events as e
from cti.core.apply.agents import ABSENCE_GRACE_MS, TALK_GRACE_MS
from cti.core.plan import HangUp, Park
from cti.core.states import AgentState, ContactState, EndCause, LeaveResult
from tests.centre import agent
from tests.conversation.talking import FRIEND, Talking, talkative


def test_who_is_alone_with_the_caller_ends_it_by_hanging_up():
    site = Talking()
    site.ask_for(e.HangUpRequested)
    assert site.hung_up() == {site.caller}
    site.leave(site.caller)
    assert site.now.cause is EndCause.AGENT_HUNG_UP
    assert site.agent_is("anna") is AgentState.WRAP_UP


@pytest.mark.parametrize("first", ["the caller", "the agent"])
def test_the_record_says_who_hung_up_though_the_legs_end_overtakes_the_rooms_reports(first):
    site = Talking()
    room = site.now.call_id
    site.end(site.own)
    assert site.now.cause is EndCause.AGENT_HUNG_UP  # as far as anybody can know
    assert site.hung_up() == {site.caller}
    put_out, left = (site.own, site.caller) if first == "the caller" else (site.caller, site.own)
    site.take(e.CallLeft(call_id=room, leg_id=left, cause=EndCause.NORMAL))
    site.take(e.CallLeft(call_id=room, leg_id=put_out, cause=EndCause.CANCELLED))
    site.take(e.CallLeft(call_id=room, leg_id=put_out, cause=EndCause.CANCELLED))
    site.take(e.CallEnded(call_id=room, leg_id=left))
    site.end(site.caller)
    assert site.agent_is("anna") is AgentState.WRAP_UP
    site.ask_for(e.WrapUpEndRequested)
    cause = EndCause.CALLER_HUNG_UP if first == "the caller" else EndCause.AGENT_HUNG_UP
    assert site.closed(site.caller).cause is cause
    assert len(site.ever(e.CauseCorrected)) == (first == "the caller")


def test_what_was_hung_up_at_the_desk_was_hung_up_there_whatever_the_room_says():
    site = Talking()
    room = site.now.call_id
    site.ask_for(e.HangUpRequested)
    site.end(site.own)
    site.take(e.CallLeft(call_id=room, leg_id=site.own, cause=EndCause.CANCELLED))
    site.end(site.caller)
    site.ask_for(e.WrapUpEndRequested)
    assert site.closed(site.caller).cause is EndCause.AGENT_HUNG_UP


def test_a_caller_on_hold_is_hung_up_too_if_that_is_what_the_agent_wants():
    site = Talking()
    site.ask_for(e.HoldRequested)
    site.take(e.LegHeld(leg_id=site.caller))
    site.ask_for(e.HangUpRequested)
    assert site.hung_up() == {site.caller}
    site.end(site.caller)
    assert site.now.cause is EndCause.AGENT_HUNG_UP


def test_while_somebody_is_being_asked_hanging_up_is_refused_and_not_remembered():
    site = Talking()
    site.consult("agent:ben")
    site.ask_for(e.HangUpRequested)
    code, detail = site.refusal()
    assert code == "consulting"
    assert "end that first" in detail
    site.decline("ben")
    site.caller_goes()
    assert site.now.cause is EndCause.CALLER_HUNG_UP


@pytest.mark.parametrize("conference", [False, True])
@pytest.mark.parametrize("who", ["ben", FRIEND])
def test_who_has_the_caller_leaves_it_to_the_party(who, conference):
    site = Talking()
    party_leg = site.bring(who)
    if conference:
        site.confer()
    site.ask_for(e.HangUpRequested)
    assert site.hung_up() == {site.own}
    assert site.held_or_not()[site.caller] is False
    assert site.now.agent_id == ("ben" if who == "ben" else "")
    assert site.ends_with() == {party_leg}
    site.end(site.own)
    site.caller_goes()
    assert site.now.cause is EndCause.CALLER_HUNG_UP
    site.everybody_goes()


def test_a_party_who_hangs_up_leaves_the_two_alone():
    site = Talking()
    bens = site.bring("ben")
    site.ask_for(e.HangUpRequested, "ben")
    assert site.hung_up() == {bens}
    assert (site.now.agent_id, site.now.parties) == ("anna", ())
    assert site.agent_is("ben") is AgentState.WRAP_UP
    assert site.ends_with() == {site.own}


def test_one_after_the_other_leaves_a_conference_of_four():
    site = Talking()
    bens = site.bring("ben")
    site.confer()
    carls = site.bring("carl")
    friends = site.bring(FRIEND)
    site.ask_for(e.HangUpRequested)
    assert site.now.agent_id == "carl", "the last of our agents who came"
    site.end(site.own)
    site.leave(carls)
    site.end(carls)
    assert site.now.agent_id == "ben"
    site.end(bens)
    assert (site.now.agent_id, len(site.now.parties)) == ("", 1)
    assert site.ends_with() == {friends}
    site.end(friends)
    assert site.now.cause is EndCause.TRANSFERRED
    assert site.hung_up() == {site.caller}
    assert [site.agent_is(each) for each in ("anna", "ben", "carl")] == [AgentState.WRAP_UP] * 3
    site.everybody_goes()


# Legs that die


@pytest.mark.parametrize("cause", EndCause)
def test_an_agents_leg_that_ends_by_itself(cause):
    """Nobody hangs up by failing."""
    site = Talking()
    site.end(site.own, cause)
    if cause in (EndCause.FAILED, EndCause.LOST_SIGHT, EndCause.UNREACHABLE):
        assert site.offered("ben").leg_id == site.caller
        assert site.heard(site.caller) == (Park(),)
    else:
        assert site.now.cause is EndCause.AGENT_HUNG_UP
        assert site.hung_up() == {site.caller}


def asked_agent(site):
    site.consult("agent:ben")
    site.acknowledge("ben")


def asked_number(site):
    site.consult(f"number:{FRIEND}")
    site.place(site.party.leg_id)


def asked_and_taken_back(site):
    """The caller hears Anna while Ben's desk rings."""
    asked_agent(site)
    site.ask_for(e.RetrieveRequested)
    site.take(e.LegRetrieved(leg_id=site.caller))


def on_hold(site):
    site.ask_for(e.HoldRequested)
    site.take(e.LegHeld(leg_id=site.caller))


def left_by_leg(site):
    site.leave(site.own)


def ended_leg(site):
    site.end(site.own)


def failed_leg(site):
    site.end(site.own, EndCause.FAILED)


def caller_put_out(site):
    site.leave(site.caller, EndCause.CANCELLED)


def caller_asks(site):
    site.come_back(site.caller)


def room_over_by_agent(site):
    site.take(e.CallEnded(call_id=site.now.call_id, leg_id=site.own))


def room_over(site):
    site.take(e.CallEnded(call_id=site.now.call_id))


def browser_gone(site):
    site.disconnect("anna")
    site.wait(TALK_GRACE_MS)


@pytest.mark.parametrize("waits", [asked_agent, asked_number, asked_and_taken_back, on_hold])
@pytest.mark.parametrize(
    "happens",
    [
        left_by_leg,
        ended_leg,
        failed_leg,
        caller_put_out,
        caller_asks,
        room_over_by_agent,
        room_over,
        browser_gone,
    ],
)
def test_a_caller_who_was_left_waiting_is_first_in_line_whatever_tells_of_the_agents_going(waits, happens):
    site = Talking()
    site.not_ready("carl")
    site.not_ready("dora")
    waits(site)
    happens(site)
    assert site.is_next()
    assert site.heard(site.caller) == (Park(),)
    assert site.now.parties == ()
    assert site.offered("ben").leg_id == site.caller, "also who was just to be consulted"
    bens = site.bring_agent("ben")
    site.join(site.caller)
    assert (site.now.state, site.now.agent_ids) == (ContactState.CONNECTED, ("anna", "ben"))
    site.part(site.caller, bens)
    site.everybody_goes()


@pytest.mark.parametrize("happens", [left_by_leg, ended_leg, failed_leg, browser_gone])
@pytest.mark.parametrize("who", ["ben", FRIEND])
def test_a_party_that_is_there_takes_over_whatever_becomes_of_the_agent(who, happens):
    site = Talking()
    site.bring(who)
    happens(site)
    assert site.now.state is ContactState.CONNECTED
    assert site.now.agent_id == ("ben" if who == "ben" else "")
    assert site.held_or_not()[site.caller] is False
    site.everybody_goes()


@pytest.mark.parametrize("happens", [caller_put_out, caller_asks, room_over_by_agent, room_over])
def test_a_room_that_ends_with_a_party_in_it_loses_nobody(happens):
    """The carrier did not do what it was asked: that the room outlives the agent's leg."""
    site = Talking()
    bens = site.bring("ben")
    site.not_ready("carl")
    site.not_ready("dora")
    happens(site)
    assert site.is_next()
    assert site.state.legs[bens].released
    assert site.agent_is("ben") is AgentState.WRAP_UP


def test_the_room_ends_without_anybody_waiting_and_that_was_the_caller_or_the_agent():
    for by, cause in (("", EndCause.CALLER_HUNG_UP), ("own", EndCause.AGENT_HUNG_UP), ("caller", None)):
        site = Talking()
        site.take(e.CallEnded(call_id=site.now.call_id, leg_id=getattr(site, by) if by else ""))
        assert site.now.cause is (cause or EndCause.CALLER_HUNG_UP)
    site = Talking()
    site.bring("ben")
    site.take(e.CallEnded(call_id=site.now.call_id, leg_id=site.caller))
    assert site.now.cause is EndCause.CALLER_HUNG_UP


def test_a_caller_who_comes_back_from_a_talk_that_is_over_is_hung_up():
    site = Talking()
    site.come_back(site.caller)
    assert isinstance(site.heard(site.caller)[-1], HangUp)
    assert site.now.cause is EndCause.AGENT_HUNG_UP


def test_a_caller_who_hung_up_does_not_come_back():
    site = Talking()
    site.bring("ben")
    site.come_back(site.caller, LeaveResult.HUNG_UP)
    assert site.now.state is ContactState.ENDED
    assert site.ever(e.ContactRequeued) == []


# Browsers that vanish


def phones():
    return talkative(
        agents=[
            agent("anna", endpoint="tel:+12025550100"),
            agent("ben", endpoint="tel:+12025550101"),
            agent("carl"),
            agent("dora"),
        ]
    )


def test_a_party_whose_browser_vanished_is_out():
    site = Talking()
    bens = site.bring("ben")
    site.disconnect("ben")
    site.wait(ABSENCE_GRACE_MS)
    assert (site.now.agent_id, site.now.parties) == ("anna", ())
    assert site.state.legs[bens].released
    assert site.ends_with() == {site.own}


def test_who_was_asked_and_vanished_before_accepting_is_out_at_once():
    site = Talking()
    site.consult("agent:ben")
    site.acknowledge("ben")
    site.disconnect("ben")
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["not_reached"]


def test_both_vanish_and_the_caller_is_first_in_line():
    site = Talking()
    site.bring("ben")
    site.disconnect("anna")
    site.wait(1_000)
    site.disconnect("ben")
    site.wait(ABSENCE_GRACE_MS)
    assert [event.first for event in site.ever(e.ContactRequeued)] == [True]
    assert site.now.offer.agent_id in ("carl", "dora")
    site.everybody_goes()


def test_phones_go_on_without_desktops():
    site = Talking(phones())
    for agent_id in ("anna", "ben"):
        site.disconnect(agent_id)
    site.wait(ABSENCE_GRACE_MS)
    assert (site.now.state, site.now.agent_id) == (ContactState.CONNECTED, "anna")


def test_a_leg_that_was_let_go_while_it_had_the_caller_leaves_its_agent_free_in_the_end():
    """A report that does not fit had it hung up; the agent waits for nothing that was forgotten."""
    site = Talking()
    site.take(e.CallJoined(call_id="main-r0", leg_id=site.own, provider_ref=site.ref(site.own)))
    assert site.state.legs[site.own].released
    site.bring("ben")
    site.end(site.own)
    assert site.now.agent_id == "ben"
    assert site.state.agents["anna"].releasing == ()
    assert site.own not in site.state.legs


def test_whom_the_agent_hangs_up_on_is_given_to_nobody_else():
    """Until the carrier has done it, nothing else becomes of the conversation."""
    site = Talking()
    site.press_hang_up("anna", site.caller)
    for destination in ("agent:ben", "queue:help", f"number:{FRIEND}"):
        site.transfer(destination)
        assert site.refusal()[0] == "not_connected"
        site.consult(destination)
        assert site.refusal()[0] == "not_connected"
    site.leave(site.own, EndCause.FAILED)
    assert site.now.state is ContactState.ENDED


def test_who_was_on_hold_when_the_party_that_took_over_was_gone_is_first_in_line():
    site = Talking()
    friend = site.bring(FRIEND)
    site.attended()
    site.end(friend)
    assert site.is_next()


def test_who_was_retrieved_before_the_party_left_is_done_with():
    site = Talking()
    friend = site.bring(FRIEND)
    site.attended()
    site.take(e.LegRetrieved(leg_id=site.caller))
    site.end(friend)
    assert site.now.state is ContactState.ENDED


def test_a_party_that_is_about_to_be_put_on_hold_hears_the_customer_as_it_takes_over():
    site = Talking()
    friend = site.bring(FRIEND)
    site.ask_for(e.HoldRequested, party_id=site.party.party_id)
    site.attended()
    assert site.held_or_not() == {site.caller: False, friend: False}


def test_a_late_word_of_having_left_the_waiting_room_takes_nobody_off_hold():
    site = Talking()
    site.take(e.LegHeld(leg_id=site.caller))
    site.leave_waiting_room(site.caller)
    assert site.now.talk.on_hold


def test_who_left_the_room_and_is_back_has_not_left_it_by_a_report_that_comes_late():
    """A request and an answer both led there: the second took the customer out and in again."""
    site = Talking()
    room, named = site.now.call_id, {"leg_id": site.caller, "provider_ref": site.ref(site.caller)}
    site.take(e.CallJoined(call_id=room, sequence=7, room_ref="CF1", **named))
    left = {"call_id": room, "cause": EndCause.TRANSFERRED, **named}
    site.take(e.CallLeft(sequence=6, room_ref="CF1", **left))
    assert [event.reason for event in site.events if isinstance(event, e.ReportIgnored)] == ["leg has come again"]
    assert site.now.state is ContactState.CONNECTED
    site.take(e.CallLeft(sequence=8, room_ref="CF1", **left))
    assert site.now.state is not ContactState.CONNECTED


def test_nor_by_one_that_comes_after_the_report_of_an_earlier_coming():
    site = Talking()
    room, named = site.now.call_id, {"leg_id": site.caller, "provider_ref": site.ref(site.caller)}
    for sequence in (9, 7):
        site.take(e.CallJoined(call_id=room, sequence=sequence, room_ref="CF1", **named))
    site.take(e.CallLeft(call_id=room, cause=EndCause.TRANSFERRED, sequence=8, room_ref="CF1", **named))
    assert site.now.state is ContactState.CONNECTED
