import pytest

from cti.core.states import EndCause, LeaveResult
from cti.telephony.twilio import causes


@pytest.mark.parametrize(
    ("status", "sip_code", "cause"),
    [
        ("completed", 0, EndCause.NORMAL),
        ("completed", 486, EndCause.NORMAL),
        ("busy", 486, EndCause.BUSY),
        ("busy", 603, EndCause.REJECTED),
        ("busy", 0, EndCause.BUSY),
        ("no-answer", 487, EndCause.NO_ANSWER),
        ("no-answer", 480, EndCause.NO_ANSWER),
        ("no-answer", 603, EndCause.REJECTED),
        ("canceled", 487, EndCause.CANCELLED),
        ("failed", 404, EndCause.UNREACHABLE),
        ("failed", 503, EndCause.UNREACHABLE),
        ("failed", 408, EndCause.NO_ANSWER),
        ("failed", 500, EndCause.FAILED),
        ("failed", 0, EndCause.FAILED),
        ("something-new", 0, EndCause.FAILED),
    ],
)
def test_why_a_leg_ended(status, sip_code, cause):
    assert causes.ended(status, sip_code) is cause


@pytest.mark.parametrize(
    ("reason", "status", "cause"),
    [
        ("participant_hung_up", "completed", EndCause.NORMAL),
        ("participant_updated_via_api", "in-progress", EndCause.TRANSFERRED),
        ("moderator_ended_conference", "in-progress", EndCause.CANCELLED),
        ("conference_ended_via_api", "", EndCause.CANCELLED),
        ("participant_add_failed", "no-answer", EndCause.NO_ANSWER),
        ("participant_add_failed", "busy", EndCause.BUSY),
        ("participant_add_failed", "", EndCause.FAILED),
        ("", "completed", EndCause.NORMAL),
    ],
)
def test_why_a_leg_left_a_room(reason, status, cause):
    assert causes.left_room(reason, status) is cause


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("bridged", LeaveResult.BRIDGED),
        ("bridging-in-process", LeaveResult.FAILED),
        ("error", LeaveResult.FAILED),
        ("system-error", LeaveResult.FAILED),
        ("hangup", LeaveResult.HUNG_UP),
        ("leave", LeaveResult.LEFT),
        ("redirected", LeaveResult.REDIRECTED),
        ("redirected-from-bridged", LeaveResult.REDIRECTED),
        ("queue-full", LeaveResult.FULL),
        ("something-new", LeaveResult.FAILED),
    ],
)
def test_why_a_leg_left_the_waiting_room(word, result):
    assert causes.left_waiting_room(word) is result


@pytest.mark.parametrize(
    ("dial_status", "call_status", "result"),
    [
        ("answered", "in-progress", LeaveResult.BRIDGED),
        ("completed", "in-progress", LeaveResult.BRIDGED),
        ("answered", "completed", LeaveResult.HUNG_UP),
        ("failed", "in-progress", LeaveResult.FAILED),
        ("busy", "in-progress", LeaveResult.FAILED),
    ],
)
def test_why_a_leg_left_a_call(dial_status, call_status, result):
    assert causes.left_call(dial_status, call_status) is result
