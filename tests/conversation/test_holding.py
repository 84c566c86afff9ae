"""Hold and back, mute, tones: what the carrier is asked, and that nothing we believe to know keeps us from asking."""

import pytest

from cti.core import events as e
from cti.core.commands import HoldLeg, MuteLeg, SendDigits
from cti.core.states import ContactState, LegState
from tests.conversation.talking import FRIEND, Talking


def test_hold_and_retrieve():
    site = Talking()
    site.ask_for(e.HoldRequested)
    [asked] = site.asked_to(HoldLeg)
    assert (asked.leg_id, asked.call_id, asked.held) == (site.caller, site.now.call_id, True)
    assert site.state.legs[site.caller].state is LegState.CONNECTED
    site.take(e.LegHeld(leg_id=site.caller))
    assert site.state.legs[site.caller].state is LegState.HELD
    assert site.now.talk.on_hold
    site.ask_for(e.RetrieveRequested)
    assert [each.held for each in site.asked_to(HoldLeg)] == [False]
    site.take(e.LegRetrieved(leg_id=site.caller))
    assert not site.now.talk.on_hold
    site.caller_goes()
    site.everybody_goes()


def test_who_changes_her_mind_quickly_gets_what_she_pressed_last():
    """The reports of what she pressed first are still on their way."""
    site = Talking()
    site.ask_for(e.HoldRequested)
    site.ask_for(e.RetrieveRequested)
    site.take(e.LegHeld(leg_id=site.caller))
    site.ask_for(e.RetrieveRequested)
    site.ask_for(e.HoldRequested)
    assert [each.held for each in site.ever_asked_to(HoldLeg)] == [True, False, False, True]
    for muted in (True, False, True):
        site.ask_for(e.MuteRequested, muted=muted)
    assert [each.muted for each in site.ever_asked_to(MuteLeg)] == [True, False, True]


def test_a_caller_of_whom_no_hold_was_reported_can_be_retrieved():
    site = Talking()
    site.ask_for(e.HoldRequested)
    site.ask_for(e.RetrieveRequested)
    assert site.held_or_not() == {site.caller: False}


@pytest.mark.parametrize("who", ["agent:ben", f"number:{FRIEND}"])
def test_the_customer_stays_on_hold_while_somebody_is_about_to_come(who):
    site = Talking()
    site.consult(who)
    if who == "agent:ben":
        site.ask_for(e.RetrieveRequested)
        assert not site.refused(), "nobody has said yes: Anna may talk to the customer meanwhile"
        site.accept("ben")
    site.ask_for(e.RetrieveRequested)
    assert site.refused() == "consulting"
    site.ask_for(e.ConsultEndRequested, party_id=site.party.party_id)
    site.ask_for(e.RetrieveRequested)
    assert site.held_or_not() == {site.caller: False}


def test_who_takes_the_customer_off_hold_with_a_party_there_has_a_conference():
    """By the agent's own wish: the record says so, and those who talk see it."""
    site = Talking()
    site.bring("ben")
    assert site.now.talk.on_hold
    site.ask_for(e.RetrieveRequested)
    site.take(e.LegRetrieved(leg_id=site.caller))
    [conference] = site.happened(e.ConferenceStarted)
    assert conference.agent_ids == ("anna", "ben")
    [told] = site.happened(e.TalkChanged)
    assert (told.agent_ids, told.talk.on_hold) == (("anna", "ben"), False)


def test_a_party_is_held_by_its_id_and_so_is_the_caller_by_the_party():
    site = Talking()
    bens = site.bring("ben")
    site.ask_for(e.HoldRequested, party_id=site.party.party_id)
    assert [each.leg_id for each in site.asked_to(HoldLeg)] == [bens]
    site.take(e.LegHeld(leg_id=bens))
    assert site.now.talk.parties[0].on_hold
    site.ask_for(e.RetrieveRequested, "ben")
    assert [each.leg_id for each in site.asked_to(HoldLeg)] == [site.caller]


def test_everybody_mutes_their_own_leg():
    site = Talking()
    bens = site.bring("ben")
    site.ask_for(e.MuteRequested, "ben", muted=True)
    assert [(each.leg_id, each.muted) for each in site.asked_to(MuteLeg)] == [(bens, True)]
    site.take(e.LegMuted(leg_id=bens, muted=True))
    site.ask_for(e.MuteRequested, muted=True)
    site.take(e.LegMuted(leg_id=site.own, muted=True))
    assert site.now.talk.muted
    assert site.now.talk.parties[0].muted


def test_tones_go_to_the_one_leg():
    site = Talking()
    bens = site.bring("ben")
    site.ask_for(e.DigitsRequested, digits="12w#")
    site.ask_for(e.DigitsRequested, digits="*", party_id=site.party.party_id)
    assert [(each.leg_id, each.digits) for each in site.ever_asked_to(SendDigits)] == [
        (site.caller, "12w#"),
        (bens, "*"),
    ]


def test_reports_of_hold_that_come_when_the_caller_is_elsewhere_change_nothing():
    site = Talking()
    site.ask_for(e.HoldRequested)
    site.transfer("queue:help")
    site.leave(site.caller)
    for report in (
        e.LegHeld(leg_id=site.caller),
        e.LegMuted(leg_id=site.caller, muted=True),
        e.LegRetrieved(leg_id=site.caller),
    ):
        site.take(report)
        assert site.ignored()
    assert site.state.legs[site.caller].state is LegState.CONNECTED
    assert site.now.state is ContactState.QUEUED
