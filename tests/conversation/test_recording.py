"""Recording by the queue's rule, paused for what must not be heard, and over with the conversation."""

import pytest

from cti.core import events as e
from cti.core.commands import RecordLeg
from cti.core.states import ContactState, EndCause, RecordingAction, RecordingState
from tests.conversation.talking import FRIEND, Talking, talkative

START, PAUSE, RESUME, STOP = RecordingAction


def recorded(rule: str) -> Talking:
    return Talking(talkative(recording=rule))


def asked(site: Talking) -> list[tuple[RecordingAction, str]]:
    """What the last turn asked the carrier to do about the caller's leg."""
    commands = site.asked_to(RecordLeg)
    assert {command.leg_id for command in commands} <= {site.caller}
    return [(command.action, command.recording_id) for command in commands]


def record(site: Talking, action: RecordingAction, agent_id: str = "anna") -> None:
    site.ask_for(e.RecordingRequested, agent_id, action=action)


def begun(site: Talking, recording_id: str = "RE1") -> None:
    site.take(e.RecordingStarted(leg_id=site.caller, recording_id=recording_id))


def test_where_nothing_is_recorded_nobody_can():
    site = recorded("never")
    assert site.ever_asked_to(RecordLeg) == []
    for action in RecordingAction:
        record(site, action)
        assert site.refused() == "not_recorded"


def test_on_request():
    site = recorded("on_request")
    assert site.ever_asked_to(RecordLeg) == []
    for action in (PAUSE, RESUME):
        record(site, action)
        assert site.refusal() == ("not_recording", "Nothing is being recorded now.")
    record(site, STOP)
    assert site.happened(e.RequestAccepted)
    record(site, START)
    assert asked(site) == [(START, "")]
    assert site.now.recording is RecordingState.ASKED
    record(site, START)
    assert asked(site) == []
    record(site, PAUSE)
    code, detail = site.refusal()
    assert code == "not_recording"
    assert "try again" in detail
    begun(site)
    for action, report, state in (
        (PAUSE, e.RecordingPaused, RecordingState.PAUSED),
        (RESUME, e.RecordingResumed, RecordingState.ON),
    ):
        record(site, action)
        assert asked(site) == [(action, "RE1")]
        site.take(report(leg_id=site.caller, recording_id="RE1"))
        assert site.now.recording is state
    record(site, STOP)
    assert asked(site) == [(STOP, "RE1")]
    site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
    assert site.now.recording is RecordingState.OFF


def test_always_begins_with_the_talk_and_is_not_to_be_stopped():
    site = recorded("always")
    assert [command.action for command in site.ever_asked_to(RecordLeg)] == [START]
    begun(site)
    record(site, STOP)
    code, detail = site.refusal()
    assert code == "always_recorded"
    assert "pause" in detail
    record(site, PAUSE)
    assert asked(site) == [(PAUSE, "RE1")]


def test_a_pause_pressed_right_after_going_on_is_never_taken_for_done():
    """What the agent pressed first is not reported yet; a card's number would be recorded."""
    site = recorded("always")
    begun(site)
    record(site, PAUSE)
    site.take(e.RecordingPaused(leg_id=site.caller, recording_id="RE1"))
    record(site, RESUME)
    record(site, PAUSE)
    assert asked(site) == [(PAUSE, "RE1")]


def test_a_party_may_pause_too():
    site = recorded("always")
    begun(site)
    site.bring("ben")
    record(site, PAUSE, "ben")
    assert asked(site) == [(PAUSE, "RE1")]


def test_one_that_fails_can_be_asked_for_again():
    site = recorded("on_request")
    record(site, START)
    site.take(e.RecordingFailed(leg_id=site.caller, reason="REFUSED"))
    assert site.now.recording is RecordingState.OFF
    record(site, START)
    assert asked(site) == [(START, "")]


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("how", ["queue:help", f"number:{FRIEND}", "lost"])
def test_it_stops_with_the_conversation_and_begins_anew_with_the_next(how, paused):
    site = recorded("always")
    for each in ("ben", "carl", "dora"):
        site.not_ready(each)
    begun(site)
    if paused:
        site.take(e.RecordingPaused(leg_id=site.caller, recording_id="RE1"))
    if how == "lost":
        site.end(site.own, EndCause.FAILED)
    else:
        site.transfer(how)
    assert asked(site) == [(STOP, "RE1")]
    assert site.now.recording is RecordingState.OFF
    if site.now.state is ContactState.FORWARDED:
        return
    site.apply(talkative(recording="always", contacts_max=9))
    if how == "lost":
        site.ready("ben")
        site.bring_agent("ben")
        site.join(site.caller)
        assert asked(site) == [(START, "")]
        site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
        site.take(e.RecordingPaused(leg_id=site.caller, recording_id="RE1"))
        assert site.now.recording is RecordingState.ASKED, "reports of the first come late"
        begun(site, "RE2")
        assert (site.now.recording, site.now.recording_id) == (RecordingState.ON, "RE2")


def test_attended_it_goes_on():
    site = recorded("always")
    begun(site)
    site.bring("ben")
    site.attended()
    assert asked(site) == []
    assert site.now.recording is RecordingState.ON


def test_one_that_begins_when_the_talk_is_over_is_stopped():
    site = recorded("always")
    site.not_ready("ben")
    site.transfer("queue:help")
    begun(site)
    assert asked(site) == [(STOP, "RE1")]
    assert site.now.recording is RecordingState.OFF
    site = recorded("always")
    site.leave(site.caller)
    begun(site)
    assert asked(site) == [], "it ends with the leg"
