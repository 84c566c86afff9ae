"""No recording is forgotten because a report got lost: the carrier is asked, and its answer is as good as a report."""

import pytest

from cti.conversation.accounting import AGAIN_MS_MAX, LOST_AFTER, NONE_AFTER
from cti.core import events as e
from cti.core.commands import CheckRecordings, RecordLeg
from cti.core.plan import Door
from cti.core.recorded import AGAIN_MS, WATCH_MS
from cti.core.states import ContactState, LeaveResult, RecordingAction, RecordingState
from tests.conversation.talking import Talking, talkative
from tests.ivr.test_voicemail import site_with_caller


@pytest.fixture
def site():
    """A conversation that is recorded, as RE1."""
    site = Talking(talkative(recording="always"))
    site.take(e.RecordingStarted(leg_id=site.caller, recording_id="RE1"))
    return site


def asked(site) -> list[str]:
    """The legs about whose recordings the carrier was asked since the last time."""
    commands = [each for each in site.asked if isinstance(each, CheckRecordings)]
    site.asked.clear()
    return [command.leg_id for command in commands]


def answer(site, *recordings) -> None:
    site.take(e.RecordingsChecked(leg_id=site.caller, recordings=recordings))


def refuse_to_say(site) -> None:
    site.take(e.RecordingsChecked(leg_id=site.caller, refused=True))


def seen(recording_id="RE1", **fields) -> e.RecordingSeen:
    return e.RecordingSeen(recording_id=recording_id, **({"over": True, "duration_s": 9} | fields))


def test_what_is_reported_is_not_asked_for(site):
    site.caller_goes()
    site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
    assert site.state.recorded.rows == {}
    site.wait(20 * WATCH_MS)
    assert asked(site) == []


def test_of_one_that_runs_nothing_is_asked_however_long(site):
    site.wait(20 * WATCH_MS)
    assert asked(site) == []
    assert site.state.recorded[site.caller].open_ids == ("RE1",)


def test_a_completion_that_got_lost_is_asked_for_soon_after_the_call_and_taken_for_the_report(site):
    contact_id, caller = site.contact_id, site.caller
    site.caller_goes()
    site.wait(AGAIN_MS)
    assert asked(site) == [caller]
    answer(site, seen(over=False))
    assert not site.happened(e.RecordingEnded)
    site.wait(2 * AGAIN_MS)
    assert asked(site) == [caller]
    answer(site, seen(started_at=17, channels=2))
    [ended] = site.happened(e.RecordingEnded)
    assert (ended.recording_id, ended.contact_id, ended.duration_s, ended.channels) == ("RE1", contact_id, 9, 2)
    assert site.state.recorded.rows == {}


def test_it_is_asked_for_also_while_the_caller_waits_for_somebody_else(site):
    for each in ("ben", "carl", "dora"):
        site.not_ready(each)
    site.transfer("queue:help")
    site.wait(WATCH_MS)
    assert asked(site) == [site.caller]
    answer(site, seen())
    assert site.happened(e.RecordingEnded)
    assert site.state.recorded[site.caller].ended_ids == ("RE1",)
    site.wait(20 * WATCH_MS)
    assert asked(site) == []


def test_a_beginning_that_got_lost_is_found(site):
    """The carrier records, but nobody heard that it does."""
    site = Talking(talkative(recording="always"))
    site.take(e.RecordingFailed(leg_id=site.caller, reason="UNREACHABLE"))
    site.caller_goes()
    site.wait(AGAIN_MS)
    assert asked(site) == [site.caller]
    answer(site, seen())
    assert site.happened(e.RecordingEnded)
    assert site.state.recorded.rows == {}


def unreachable(rule: str) -> Talking:
    """A talk, the recording of which nobody knows whether it began."""
    site = Talking(talkative(recording=rule))
    if rule == "on_request":
        site.ask_for(e.RecordingRequested, action=RecordingAction.START)
    site.take(e.RecordingFailed(leg_id=site.caller, reason="UNREACHABLE"))
    assert site.now.recording is RecordingState.OFF
    asked(site)
    return site


def test_whether_one_began_in_doubt_is_asked_while_the_talk_lasts_and_it_can_be_paused():
    site = unreachable("always")
    site.wait(AGAIN_MS)
    assert asked(site) == [site.caller]
    answer(site, seen(over=False))
    assert (site.now.recording, site.now.recording_id) == (RecordingState.ON, "RE1")
    assert site.asked_to(RecordLeg) == []
    site.ask_for(e.RecordingRequested, action=RecordingAction.PAUSE)
    assert [command.recording_id for command in site.asked_to(RecordLeg)] == ["RE1"]
    site.asked.clear()
    site.wait(20 * WATCH_MS)
    assert asked(site) == []


def test_one_that_began_though_nobody_thinks_so_is_stopped():
    site = unreachable("on_request")
    site.wait(AGAIN_MS)
    assert asked(site) == [site.caller]
    answer(site, seen(over=False))
    assert [(each.action, each.recording_id) for each in site.asked_to(RecordLeg)] == [(RecordingAction.STOP, "RE1")]
    site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
    assert site.now.recording is RecordingState.OFF


def test_one_that_was_asked_for_again_meanwhile_is_not_stopped():
    site = unreachable("on_request")
    site.wait(AGAIN_MS)
    site.ask_for(e.RecordingRequested, action=RecordingAction.START)
    answer(site, seen(over=False))
    assert site.asked_to(RecordLeg) == []
    assert site.now.recording is RecordingState.ON


def test_an_answer_from_before_the_end_does_not_begin_it_again(site):
    site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
    answer(site, seen(over=False))
    assert not site.happened(e.RecordingStarted)
    assert site.now.recording is RecordingState.OFF


def test_a_recording_that_runs_unknown_to_us_is_ours_from_then_on():
    site = Talking(talkative(recording="always"))
    answer(site, seen(over=False))
    assert site.happened(e.RecordingStarted)
    assert (site.now.recording, site.now.recording_id) == (RecordingState.ON, "RE1")


def test_one_that_the_carrier_refused_was_never_made():
    site = Talking(talkative(recording="always"))
    site.take(e.RecordingFailed(leg_id=site.caller, reason="REFUSED"))
    site.caller_goes()
    assert site.state.recorded.rows == {}


def test_what_was_never_made_is_settled_once_the_carrier_had_time_to_show_it():
    site = Talking(talkative(recording="always"))
    site.caller_goes()
    site.wait(AGAIN_MS)
    answer(site)
    assert not site.happened(e.RecordingsSettled), "its lists lag behind"
    answer(site)
    assert [event.lost for event in site.happened(e.RecordingsSettled)] == [()]
    assert site.state.recorded.rows == {}


def test_one_that_vanished_is_given_up_as_lost_after_many_answers(site):
    contact_id = site.contact_id
    site.caller_goes()
    for _ in range(9):
        answer(site)
        assert not site.happened(e.RecordingsSettled)
    answer(site)
    [settled] = site.happened(e.RecordingsSettled)
    assert (settled.lost, settled.contact_id) == (("RE1",), contact_id)


def test_while_the_carrier_says_nothing_it_is_asked_ever_more_rarely_and_nothing_is_given_up(site):
    site.caller_goes()
    for wait_ms in (AGAIN_MS << times for times in (0, 0, 1, 2, 3, 4, 5, 6, 7)):
        site.wait(wait_ms - 1_000)
        assert asked(site) == []
        site.wait(1_000)
        assert asked(site) == [site.caller]
    for _ in range(3):
        site.wait(AGAIN_MS_MAX)
        assert asked(site) == [site.caller]
    assert site.state.recorded[site.caller].open_ids == ("RE1",)


def test_where_the_carrier_refuses_to_say_it_is_given_up_after_as_many_refusals_as_answers(site):
    contact_id = site.contact_id
    site.caller_goes()
    for _ in range(LOST_AFTER - 1):
        refuse_to_say(site)
        assert not site.happened(e.RecordingsSettled)
    refuse_to_say(site)
    [settled] = site.happened(e.RecordingsSettled)
    assert (settled.lost, settled.contact_id, settled.refused) == (("RE1",), contact_id, True)
    assert site.state.recorded.rows == {}


def test_a_refusal_to_say_is_no_word_that_there_is_none():
    site = Talking(talkative(recording="always"))
    site.caller_goes()
    for _ in range(NONE_AFTER):
        refuse_to_say(site)
    assert site.ever(e.RecordingsSettled) == []
    answer(site, seen())
    assert [event.recording_id for event in site.happened(e.RecordingEnded)] == ["RE1"]


def test_answers_come_late_twice_and_for_the_unknown(site):
    site.caller_goes()
    site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
    for _ in range(3):
        answer(site, seen())
        assert site.events == ()
    site.take(e.RecordingsChecked(leg_id="main-l999", recordings=(seen(),)))
    assert site.events == ()


def test_the_second_of_two_recordings_is_accounted_for_by_itself(site):
    site.take(e.RecordingEnded(leg_id=site.caller, recording_id="RE1", duration_s=3))
    site.ask_for(e.RecordingRequested, action=RecordingAction.START)
    assert site.asked_to(RecordLeg)
    site.caller_goes()
    answer(site, seen("RE1"), seen("RE2", over=False))
    assert not site.happened(e.RecordingEnded), "the first is known"
    answer(site, seen("RE1"), seen("RE2", over=False))
    assert not site.happened(e.RecordingsSettled), "the second is on its way"
    answer(site, seen("RE1"), seen("RE2"))
    assert [event.recording_id for event in site.happened(e.RecordingEnded)] == ["RE2"]
    assert site.state.recorded.rows == {}


def test_a_message_whose_reports_are_all_lost_is_found():
    site, caller = site_with_caller()
    contact_id = site.contact(caller).contact_id
    site.end(caller)
    site.wait(AGAIN_MS)
    assert asked(site) == [caller]
    site.take(e.RecordingsChecked(leg_id=caller, recordings=(seen(kind="voicemail"),)))
    [ended] = site.happened(e.RecordingEnded)
    assert (ended.kind, ended.contact_id) == ("voicemail", contact_id)
    assert site.state.recorded.rows == {}


def test_a_message_that_the_caller_left_is_named_by_its_door():
    site, caller = site_with_caller()
    site.ask(caller, Door.RECORDED, recording_id="RE7", duration_s=4, result=LeaveResult.HUNG_UP)
    assert site.state.recorded[caller].open_ids == ("RE7",)
    site.end(caller)
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE7", duration_s=4, kind="voicemail"))
    assert site.state.recorded.rows == {}


def test_who_talks_to_nobody_and_leaves_no_message_is_settled():
    site, caller = site_with_caller()
    assert site.contact(caller).state is ContactState.IN_FLOW
    site.end(caller)
    site.take(e.RecordingsChecked(leg_id=caller))
    site.take(e.RecordingsChecked(leg_id=caller))
    assert site.happened(e.RecordingsSettled)
