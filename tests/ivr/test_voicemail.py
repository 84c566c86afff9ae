"""A message instead of a conversation: left once, whoever tells of it, and nobody who left one has abandoned."""

import pytest

from cti.core import events as e
from cti.core.config import HangUpStep, VoicemailStep
from cti.core.plan import Door, GoOn, HangUp, Record
from cti.core.states import EndCause, LeaveResult
from tests.centre import centre, flow, say
from tests.site import Site

CLOSED = "+15550109"
FLOW = flow(
    "closed",
    "message",
    message=VoicemailStep(prompt=say("Speak after the tone."), next="bye", seconds_max=90, silence_s=4),
    bye=HangUpStep(prompt=say("Thank you.")),
)


def site_with_caller() -> tuple[Site, str]:
    site = Site(centre(flows=(FLOW,), numbers={CLOSED: "closed"}))
    return site, site.call(to=CLOSED)


def test_the_caller_is_asked_and_recorded():
    site, caller = site_with_caller()
    assert site.heard(caller) == (
        *say("Speak after the tone."),
        Record(seconds_max=90, silence_s=4, finish_on_key="#"),
        GoOn(door=Door.NEXT),
    )


def test_a_message_is_left_and_the_flow_goes_on():
    site, caller = site_with_caller()
    site.ask(caller, Door.RECORDED, recording_id="RE1", duration_s=17)
    [left] = site.happened(e.VoicemailLeft)
    assert (left.recording_id, left.duration_s) == ("RE1", 17)
    assert site.heard(caller) == (*say("Thank you."), HangUp())
    site.end(caller)
    assert site.closed(caller).outcome == "voicemail"
    assert site.closed(caller).cause is EndCause.FLOW_ENDED
    assert site.ever(e.ContactAbandoned) == []


def test_who_says_nothing_goes_on_without_a_message():
    site, caller = site_with_caller()
    site.stay_silent(caller)
    assert site.heard(caller)[-1] == HangUp()
    site.end(caller)
    assert site.closed(caller).outcome == "flow_ended"
    assert site.ever(e.VoicemailLeft) == []


@pytest.mark.parametrize("tells", ["request", "recording"])
def test_who_hangs_up_on_it_has_left_it_too(tells):
    site, caller = site_with_caller()
    if tells == "request":
        site.ask(caller, Door.RECORDED, recording_id="RE1", duration_s=5, result=LeaveResult.HUNG_UP)
    else:
        site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=5))
        site.end(caller)
    assert site.ever(e.VoicemailLeft)[0].recording_id == "RE1"
    assert site.closed(caller).outcome == "voicemail"
    assert site.closed(caller).cause is EndCause.CALLER_HUNG_UP
    assert site.ever(e.ContactAbandoned) == []


def test_who_hangs_up_before_a_word_has_abandoned():
    site, caller = site_with_caller()
    site.hang_up(caller)
    [awaited] = site.happened(e.MessageAwaited)
    site.wait_until(awaited.until)
    assert site.closed(caller).outcome == "abandoned_in_flow"
    assert site.closed(caller).ended_at < awaited.until


@pytest.mark.parametrize("tells", ["request", "recording", "both"])
def test_the_hang_up_is_told_before_the_message(tells):
    site, caller = site_with_caller()
    site.end(caller)
    if tells != "recording":
        site.ask(caller, Door.RECORDED, recording_id="RE1", duration_s=5, result=LeaveResult.HUNG_UP)
    if tells != "request":
        site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=5))
    assert [left.recording_id for left in site.ever(e.VoicemailLeft)] == ["RE1"]
    assert site.closed(caller).outcome == "voicemail"
    assert site.ever(e.ContactAbandoned) == []


def test_the_hang_up_is_told_before_the_carrier_finds_nothing_in_it():
    site, caller = site_with_caller()
    site.end(caller)
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=0, absent=True))
    assert site.closed(caller).outcome == "abandoned_in_flow"


def test_a_restart_forgets_no_message_that_may_come():
    site, caller = site_with_caller()
    site.end(caller)
    site.restart()
    [awaited] = site.ever(e.MessageAwaited)
    site.wait_until(awaited.until)
    assert site.closed(caller).outcome == "abandoned_in_flow"


def test_the_carrier_tells_twice_and_one_message_is_left():
    site, caller = site_with_caller()
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=5))
    site.ask(caller, Door.RECORDED, recording_id="RE1", duration_s=5)
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=5))
    assert len(site.ever(e.VoicemailLeft)) == 1


def test_a_recording_with_nothing_in_it_is_no_message():
    site, caller = site_with_caller()
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=0, absent=True))
    assert site.ever(e.VoicemailLeft) == []
