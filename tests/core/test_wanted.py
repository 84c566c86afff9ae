"""Is a command still wanted? Asked before it is repeated, and for every unfinished one after a restart."""

import pytest

from cti.core import events as e
from cti.core.commands import (
    CheckLeg,
    HangUpLeg,
    HoldLeg,
    KeepCall,
    LookUpCustomer,
    MuteLeg,
    Originate,
    RecordLeg,
    RedirectLeg,
)
from cti.core.plan import Park, Plan
from cti.core.states import EndCause, RecordingAction
from cti.core.wanted import still_wanted
from tests.conversation.talking import Talking, talkative
from tests.site import Site


@pytest.fixture
def site():
    site = Site()
    site.sign_in("anna")
    return site


def asked(site, kind):
    return [command for command in site.asked if isinstance(command, kind)][-1]


def test_a_look_up_until_it_is_answered_or_the_caller_is_gone(site):
    caller = site.call()
    command = asked(site, LookUpCustomer)
    assert still_wanted(site.state, command)
    site.find(caller)
    assert not still_wanted(site.state, command)
    other = site.call()
    command = asked(site, LookUpCustomer)
    site.hang_up(other)
    assert not still_wanted(site.state, command)


def test_a_dial_until_the_leg_has_a_name_or_is_given_up(site):
    caller = site.call()
    agent_leg = site.accept("anna")
    command = asked(site, Originate)
    assert still_wanted(site.state, command)
    given_up = site.fork()
    given_up.hang_up(caller)
    assert not still_wanted(given_up.state, command)
    site.alert(agent_leg)
    assert not still_wanted(site.state, command)


def test_a_redirect_until_the_leg_is_there_or_has_another_plan(site):
    caller = site.call()
    agent_leg = site.bring_agent("anna")
    command = asked(site, RedirectLeg)
    assert still_wanted(site.state, command)
    arrived, elsewhere, gone = site.fork(), site.fork(), site.fork()
    arrived.join(caller)
    assert not still_wanted(arrived.state, command)
    elsewhere.end(agent_leg)
    assert not still_wanted(elsewhere.state, command)
    assert still_wanted(elsewhere.state, asked(elsewhere, RedirectLeg))
    gone.hang_up(caller)
    assert not still_wanted(gone.state, command)


def test_of_a_leg_that_is_to_go_nothing_else_is_wanted_than_that_and_to_know_whether_it_lives(site):
    """But one: that its room shall outlive it. See below."""
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    leg = site.state.legs[caller]
    whose = {"leg_id": caller, "provider_ref": leg.provider_ref}
    inside = {**whose, "call_id": leg.call_id}
    others = (
        RedirectLeg(**whose, plan=Plan((Park(),)), nonce=leg.nonce),
        HoldLeg(**inside, held=True),
        MuteLeg(**inside, muted=True),
        KeepCall(**inside, ends_call=True),
    )
    kept = KeepCall(**inside, ends_call=False)
    assert all(still_wanted(site.state, command) for command in (*others, kept))
    site.press_hang_up("anna", caller)
    assert not any(still_wanted(site.state, command) for command in others)
    assert still_wanted(site.state, asked(site, HangUpLeg))
    assert still_wanted(site.state, CheckLeg(**whose))
    assert still_wanted(site.state, kept)
    assert site.state.legs[agent_leg]


def test_a_hang_up_until_the_leg_is_over(site):
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.press_hang_up("anna", caller)
    command = asked(site, HangUpLeg)
    assert still_wanted(site.state, command)
    site.end(caller)
    assert not still_wanted(site.state, command)
    assert still_wanted(site.state, HangUpLeg(leg_id="", provider_ref="CA-stranger"))
    assert site.state.legs[agent_leg]


def test_that_the_room_shall_outlive_a_leg_the_more_so_when_that_leg_is_let_go():
    """Should the hang-up come first, all who stay would be put out."""
    site = Talking()
    bens = site.bring("ben")
    held, kept = asked(site, HoldLeg), asked(site, KeepCall)
    assert (kept.leg_id, kept.ends_call) == (site.own, False)
    site.attended()
    assert site.state.legs[site.own].released
    assert still_wanted(site.state, kept)
    assert still_wanted(site.state, held)
    site.end(site.own)
    assert not still_wanted(site.state, kept)
    ends = asked(site, KeepCall)
    assert (ends.leg_id, ends.ends_call) == (bens, True)
    assert still_wanted(site.state, ends)
    site.transfer("queue:help", "ben")
    assert not still_wanted(site.state, ends)
    assert not still_wanted(site.state, held)


def test_a_question_about_a_leg_while_it_is_up(site):
    caller = site.call()
    command = CheckLeg(leg_id=caller, provider_ref="CA1")
    assert still_wanted(site.state, command)
    site.end(caller, EndCause.NORMAL)
    assert not still_wanted(site.state, command)
    assert site.ever(e.ContactClosed)


def test_a_pause_and_its_end_until_something_else_was_asked_for():
    """A card's number is said while the agent has paused anew, and the end of the first pause is still to be sent."""
    site = Talking(talkative(recording="always"))
    site.take(e.RecordingStarted(leg_id=site.caller, recording_id="RE1"))
    sent = {}
    for action in (RecordingAction.PAUSE, RecordingAction.RESUME, RecordingAction.PAUSE):
        site.ask_for(e.RecordingRequested, "anna", action=action)
        sent[action] = asked(site, RecordLeg)
        assert [each for each in sent if still_wanted(site.state, sent[each])] == [action]
    site.ask_for(e.RecordingRequested, "ben", action=RecordingAction.RESUME)  # who takes no part
    assert still_wanted(site.state, sent[RecordingAction.PAUSE])
