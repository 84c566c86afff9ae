"""A message instead of a conversation: left once, whoever tells of it, and nobody who left one has abandoned."""

from functools import partial

import pytest

from cti.core import events as e
from cti.core.codec import decode
from cti.core.config import HangUpStep, VoicemailStep
from cti.core.plan import Door, GoOn, HangUp, Record
from cti.core.recorded import AGAIN_MS
from cti.core.states import EndCause, LeaveResult
from cti.ivr.answers import MESSAGE_MS, MESSAGE_MS_MAX
from cti.store.recordings_told import RecordingsTold
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


def test_who_waited_before_and_did_not_hear_what_to_do_is_asked_for_the_message():
    """The answer that asks for it was lost, or is on its way. Earlier answers led to a waiting document, and that asks
    with the number of the one that was not heard: nothing was said to it yet."""
    site, caller = site_with_caller()
    asked = site.heard(caller)
    site.ask(caller, Door.WAIT, nonce=0)
    music = site.outcome.replies[0]
    assert music.plan.verbs[-1] == GoOn(door=Door.WAIT)
    site.ask(caller, Door.WAIT, nonce=music.nonce)
    assert site.outcome.replies[0].plan.verbs == asked
    site.ask(caller, Door.RECORDED, recording_id="RE1", duration_s=17)
    assert site.heard(caller) == (*say("Thank you."), HangUp())


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
        recording(site, caller)
        site.end(caller)
    assert site.ever(e.VoicemailLeft)[0].recording_id == "RE1"
    assert site.closed(caller).outcome == "voicemail"
    assert site.closed(caller).cause is EndCause.CALLER_HUNG_UP
    assert site.ever(e.ContactAbandoned) == []


def request(site, caller):
    nonce = site.state.legs[caller].nonce
    site.ask(caller, Door.RECORDED, nonce, recording_id="RE1", duration_s=5, result=LeaveResult.HUNG_UP)


def recording(site, caller):
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=5, kind="voicemail"))


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("tells", [request, recording])
def test_a_message_is_left_though_the_hang_up_was_told_first(tells, restarts):
    site, caller = site_with_caller()
    site.hang_up(caller)
    site.wait(MESSAGE_MS - 1_000)
    if restarts:
        site.restart()
    tells(site, caller)
    assert [left.recording_id for left in site.ever(e.VoicemailLeft)] == ["RE1"]
    assert site.closed(caller).outcome == "voicemail"
    assert site.closed(caller).cause is EndCause.CALLER_HUNG_UP
    assert site.ever(e.ContactAbandoned) == []
    recording(site, caller)
    assert len(site.ever(e.VoicemailLeft)) == 1


def checked(site, caller, *, over):
    seen = e.RecordingSeen(recording_id="RE1", over=over, duration_s=5 if over else 0, kind="voicemail")
    site.take(e.RecordingsChecked(leg_id=caller, recordings=(seen,)))


def test_a_message_whose_report_is_late_is_a_message():
    site, caller = site_with_caller()
    site.hang_up(caller)
    site.wait(MESSAGE_MS + 1_000)
    recording(site, caller)
    assert [left.recording_id for left in site.ever(e.VoicemailLeft)] == ["RE1"]
    assert site.closed(caller).outcome == "voicemail"
    assert site.ever(e.ContactAbandoned) == []


def test_a_message_whose_report_is_lost_is_one_though_it_is_not_ready_when_first_asked_for():
    site, caller = site_with_caller()
    site.hang_up(caller)
    site.wait(AGAIN_MS)
    checked(site, caller, over=False)
    site.wait(2 * AGAIN_MS)
    checked(site, caller, over=True)
    assert [left.recording_id for left in site.ever(e.VoicemailLeft)] == ["RE1"]
    assert site.closed(caller).outcome == "voicemail"
    assert site.ever(e.ContactAbandoned) == []


@pytest.mark.parametrize("tells", [recording, partial(checked, over=True)])
def test_a_message_told_of_after_an_hour_is_in_the_record_of_recordings(tells):
    """The contact is closed by then; what was recorded in it is not forgotten."""
    site, caller = site_with_caller()
    contact_id = site.contact(caller).contact_id
    site.hang_up(caller)
    site.wait(MESSAGE_MS_MAX)
    assert site.closed(caller).outcome == "abandoned_in_flow"
    assert site.state.recorded[caller].contact_id == contact_id
    site.wait(3_600_000)
    tells(site, caller)
    assert site.state.recorded.rows == {}
    told = RecordingsTold(())
    for row in site.records:
        told.take(decode(row))
    [row] = told.changed_rows()
    assert (row.contact_id, row.kind, row.status, row.provider_ref) == (contact_id, "voicemail", "complete", "RE1")


def test_nobody_is_waited_for_who_was_heard_to_say_nothing():
    site, caller = site_with_caller()
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=0, absent=True, kind="voicemail"))
    site.hang_up(caller)
    site.wait(MESSAGE_MS)
    assert site.closed(caller).outcome == "abandoned_in_flow"


@pytest.mark.parametrize("absent", [False, True])
def test_who_hangs_up_before_a_word_has_abandoned(absent):
    site, caller = site_with_caller()
    site.hang_up(caller)
    if absent:
        site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=0, absent=True, kind="voicemail"))
    else:
        for _ in range(2):
            site.take(e.RecordingsChecked(leg_id=caller))
    assert site.closed(caller).outcome == "abandoned_in_flow"
    assert site.state.legs.rows == {}


def test_the_carrier_tells_twice_and_one_message_is_left():
    site, caller = site_with_caller()
    recording(site, caller)
    site.ask(caller, Door.RECORDED, recording_id="RE1", duration_s=5)
    recording(site, caller)
    assert len(site.ever(e.VoicemailLeft)) == 1


def test_a_recording_with_nothing_in_it_is_no_message():
    site, caller = site_with_caller()
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE1", duration_s=0, absent=True, kind="voicemail"))
    assert site.ever(e.VoicemailLeft) == []


@pytest.mark.parametrize("absent", [False, True])
def test_the_recording_of_an_earlier_talk_is_no_message(absent):
    site, caller = site_with_caller()
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE0", duration_s=60, absent=absent))
    assert site.ever(e.VoicemailLeft) == []
    site.hang_up(caller)
    site.take(e.RecordingEnded(leg_id=caller, recording_id="RE00", duration_s=60, absent=absent))
    assert site.contact(caller).voicemail == ""
    recording(site, caller)
    assert site.closed(caller).outcome == "voicemail"
