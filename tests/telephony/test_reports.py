"""Captured requests through the running server: what they become, and under which key."""

import pytest

from cti.core.events import (
    AttemptClassified,
    CallArrived,
    CallEnded,
    CallJoined,
    CallLeft,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegRetrieved,
    PlanRequested,
)
from cti.core.plan import Door
from cti.core.states import EndCause, LeaveResult, Outcome
from tests.telephony.carrier_side import AGENT, CALLER, ROOM, payload

LEG, AGENT_LEG, CALL = "main-l9", "main-l9.1", "main-r9"


def arrived(from_number, caller_name=""):
    return CallArrived(
        provider="twilio",
        provider_ref=CALLER,
        to_number="+12025550100",
        from_number=from_number,
        caller_name=caller_name,
    )


def asked(door, nonce, **told):
    return PlanRequested(leg_id=LEG, door=door, nonce=nonce, **told)


def answered(**told):
    return PlanRequested(leg_id=AGENT_LEG, door=Door.ANSWERED, nonce=0, **told)


def found(outcome, **told):
    return AttemptClassified(attempt_id=AGENT_LEG, outcome=outcome, **told)


def ended(cause, sequence, status, sip_code=0):
    return LegEnded(
        leg_id=AGENT_LEG,
        cause=cause,
        provider_ref=AGENT,
        sequence=sequence,
        provider_status=status,
        sip_code=sip_code,
    )


SIP_CALLER = ("sip:+12025550123@" + "gateway." * 12)[:64]

MESSAGE = {"recording_id": "RE0000000000000000000000000000e001", "duration_s": 12}

CALL_REQUESTS = {
    "voice": (arrived("+12025550123", "ACME & SONS"), f"voice:{CALLER}"),
    "voice_anonymous": (arrived("anonymous"), f"voice:{CALLER}"),
    "voice_client": (arrived("client:jürgen_müller"), f"voice:{CALLER}"),
    "voice_sip": (arrived(SIP_CALLER), f"voice:{CALLER}"),
    "voice_emoji_and_duplicates": (arrived("+12025550123", "\U0001f600 אבגX: y"), f"voice:{CALLER}"),
    "voice_bad_utf8": (arrived("+12025550123", "Caf"), f"voice:{CALLER}"),
    "digits": (asked(Door.DIGITS, 10, digits="1"), f"digits:{LEG}:10"),
    "digits_star_and_hash": (asked(Door.DIGITS, 11, digits="*9#"), f"digits:{LEG}:11"),
    "digits_secret": (asked(Door.DIGITS, 12, digits="secret-1"), f"digits:{LEG}:12"),
    "digits_after_hold": (asked(Door.DIGITS, 10, digits="*1"), f"digits:{LEG}:10"),
    "next": (asked(Door.NEXT, 10), f"next:{LEG}:10"),
    "wait": (asked(Door.WAIT, 14), f"wait:{LEG}:14"),
    "parked_redirected": (asked(Door.PARKED, 13, result=LeaveResult.REDIRECTED), f"parked:{LEG}:13:redirected"),
    "parked_hangup": (asked(Door.PARKED, 13, result=LeaveResult.HUNG_UP), f"parked:{LEG}:13"),
    "parked_full": (asked(Door.PARKED, 13, result=LeaveResult.FULL), f"parked:{LEG}:13"),
    "joined": (asked(Door.JOINED, 20, result=LeaveResult.BRIDGED), f"joined:{LEG}:20"),
    "forwarded": (asked(Door.FORWARDED, 21, result=LeaveResult.BRIDGED), f"forwarded:{LEG}:21"),
    "forwarded_busy": (asked(Door.FORWARDED, 21, result=LeaveResult.BUSY), f"forwarded:{LEG}:21"),
    "forwarded_no_answer": (asked(Door.FORWARDED, 21, result=LeaveResult.NO_ANSWER), f"forwarded:{LEG}:21"),
    "forwarded_failed": (asked(Door.FORWARDED, 21, result=LeaveResult.FAILED), f"forwarded:{LEG}:21"),
    "forwarded_hangup": (asked(Door.FORWARDED, 21, result=LeaveResult.HUNG_UP), f"forwarded:{LEG}:21"),
    "recorded": (asked(Door.RECORDED, 22, **MESSAGE), f"recorded:{LEG}:22"),
    "recorded_named": (asked(Door.RECORDED, 22, **MESSAGE), f"recorded:{LEG}:22"),
    "recorded_nameless": (asked(Door.RECORDED, 22, duration_s=12), f"recorded:{LEG}:22"),
    "recorded_hangup": (asked(Door.RECORDED, 22, result=LeaveResult.HUNG_UP, **MESSAGE), f"recorded:{LEG}:22"),
    "recorded_after_hold": (asked(Door.RECORDED, 22, **MESSAGE), f"recorded:{LEG}:22"),
    "screen": (PlanRequested(leg_id=AGENT_LEG, door=Door.SCREEN, nonce=0), f"screen:{AGENT_LEG}:0"),
    "answered": (answered(), f"answered:{AGENT_LEG}:0"),
    "answered_human": (answered(answered_by=Outcome.HUMAN, quiet_ms=1_200), f"answered:{AGENT_LEG}:0"),
    "answered_at_beep": (answered(answered_by=Outcome.MACHINE), f"answered:{AGENT_LEG}:0"),
    "answered_after_hold": (answered(answered_by=Outcome.MACHINE), f"answered:{AGENT_LEG}:0"),
    "joined_hangup": (asked(Door.JOINED, 20, result=LeaveResult.HUNG_UP), f"joined:{LEG}:20"),
}

REPORTS = {
    "leg_initiated": (LegPlaced(leg_id=AGENT_LEG, provider_ref=AGENT), f"leg:{AGENT_LEG}:initiated:0"),
    "leg_ringing": (
        LegAlerting(leg_id=AGENT_LEG, provider_ref=AGENT, sequence=1),
        f"leg:{AGENT_LEG}:ringing:1",
    ),
    "leg_answered": (
        LegAnswered(leg_id=AGENT_LEG, provider_ref=AGENT, sequence=2),
        f"leg:{AGENT_LEG}:in-progress:2",
    ),
    "leg_completed": (ended(EndCause.NORMAL, 3, "completed", 200), f"leg:{AGENT_LEG}:completed:3"),
    "leg_no_answer": (ended(EndCause.NO_ANSWER, 2, "no-answer", 487), f"leg:{AGENT_LEG}:no-answer:2"),
    "leg_rejected": (ended(EndCause.REJECTED, 2, "busy", 603), f"leg:{AGENT_LEG}:busy:2"),
    "leg_unnumbered": (ended(EndCause.FAILED, -1, "failed"), f"leg:{AGENT_LEG}:failed:-1"),
    "detected_human": (found(Outcome.HUMAN, quiet_ms=1_200), f"detected:{AGENT_LEG}"),
    "detected_machine": (found(Outcome.MACHINE), f"detected:{AGENT_LEG}"),
    "detected_beep": (found(Outcome.MACHINE), f"detected:{AGENT_LEG}"),
    "detected_silence": (found(Outcome.MACHINE), f"detected:{AGENT_LEG}"),
    "detected_other": (found(Outcome.MACHINE), f"detected:{AGENT_LEG}"),
    "detected_fax": (found(Outcome.FAX), f"detected:{AGENT_LEG}"),
    "detected_unknown": (found(Outcome.UNKNOWN), f"detected:{AGENT_LEG}"),
    "room_join": (
        CallJoined(call_id=CALL, leg_id=AGENT_LEG, provider_ref=AGENT, sequence=1, room_ref=ROOM),
        f"room:{CALL}:{ROOM}:participant-join:1:{AGENT}",
    ),
    "room_join_unlabelled": (
        CallJoined(call_id=CALL, provider_ref=CALLER, sequence=4, room_ref=ROOM),
        f"room:{CALL}:{ROOM}:participant-join:4:{CALLER}",
    ),
    "room_hold": (
        LegHeld(leg_id=AGENT_LEG, provider_ref=AGENT, sequence=5, call_id=CALL),
        f"room:{CALL}:{ROOM}:participant-hold:5:{AGENT}",
    ),
    "room_unhold": (
        LegRetrieved(leg_id=AGENT_LEG, provider_ref=AGENT, sequence=6, call_id=CALL),
        f"room:{CALL}:{ROOM}:participant-unhold:6:{AGENT}",
    ),
    "room_mute": (
        LegMuted(leg_id=AGENT_LEG, muted=True, provider_ref=AGENT, sequence=7, call_id=CALL),
        f"room:{CALL}:{ROOM}:participant-mute:7:{AGENT}",
    ),
    "room_unmute": (
        LegMuted(leg_id=AGENT_LEG, muted=False, provider_ref=AGENT, sequence=8, call_id=CALL),
        f"room:{CALL}:{ROOM}:participant-unmute:8:{AGENT}",
    ),
    "room_leave": (
        CallLeft(call_id=CALL, leg_id=AGENT_LEG, provider_ref=AGENT, cause=EndCause.NORMAL, sequence=10, room_ref=ROOM),
        f"room:{CALL}:{ROOM}:participant-leave:10:{AGENT}",
    ),
    "room_leave_never_in": (
        CallLeft(
            call_id=CALL, leg_id=AGENT_LEG, provider_ref=AGENT, cause=EndCause.NO_ANSWER, sequence=1, room_ref=ROOM
        ),
        f"room:{CALL}:{ROOM}:participant-leave:1:{AGENT}",
    ),
    "room_end": (CallEnded(call_id=CALL, sequence=11, leg_id=AGENT_LEG), f"room:{CALL}:{ROOM}:conference-end:11:"),
    "status_completed": (
        LegEnded(
            leg_id="",
            cause=EndCause.NORMAL,
            provider_ref=CALLER,
            sequence=0,
            provider_status="completed",
            sip_code=200,
        ),
        f"status:{CALLER}:completed",
    ),
}

NOTHING_TO_US = ["leg_unknown_status", "room_start", "room_mute_unlabelled", "status_ringing"]


@pytest.mark.parametrize("name", CALL_REQUESTS)
async def test_a_call_request_becomes_an_event_and_gets_a_document(centre, name):
    reply = await centre.replay(name, **{"I-Twilio-Idempotency-Token": "token-1"})
    assert (reply.status, reply.text, reply.content_type) == (200, "<Response/>", "text/xml")
    (posted,) = centre.intake.posted
    assert (posted.event, posted.key) == CALL_REQUESTS[name]
    assert (posted.token, posted.actor) == ("token-1", "carrier")


@pytest.mark.parametrize("name", REPORTS)
async def test_a_report_becomes_an_event_and_gets_204(centre, name):
    reply = await centre.replay(name)
    assert (reply.status, reply.text) == (204, "")
    (posted,) = centre.intake.posted
    assert (posted.event, posted.key) == REPORTS[name]
    assert (posted.token, posted.actor) == ("", "carrier")


@pytest.mark.parametrize("year", [b"2011", b"2041"])
async def test_d58_what_the_carriers_clock_shows_decides_nothing(centre, year):
    """One clock, ours, measures from the answer to the agent: a carrier whose clock is years off changes no report."""
    target, body = payload("leg_answered")
    assert b"2026" in body
    assert (await centre.carrier(target, body.replace(b"2026", year))).status == 204
    (posted,) = centre.intake.posted
    assert (posted.event, posted.key) == REPORTS["leg_answered"]


@pytest.mark.parametrize("name", NOTHING_TO_US)
async def test_what_is_nothing_to_us_is_acknowledged(centre, name):
    assert (await centre.replay(name)).status == 204
    assert centre.intake.posted == []


async def test_secret_digits_go_nowhere_but_to_their_keeper(centre):
    await centre.replay("digits_secret")
    assert centre.intake.secrets == ["4111111111111111"]
    assert "4111" not in repr(centre.intake.posted)


SWITCHES = [("held", "room_hold", "room_unhold"), ("muted", "room_mute", "room_unmute")]


@pytest.mark.parametrize(("switch", "on", "off"), SWITCHES)
async def test_a_report_that_contradicts_what_was_answered_since_is_late(centre, switch, on, off):
    """Reports come in any order, twice, or an hour later; what the carrier answered us counts."""
    centre.memory.switched(AGENT, switch, on=False)
    for name in (on, off, on, off):
        assert (await centre.replay(name)).status == 204
    assert [posted.event for posted in centre.intake.posted] == [REPORTS[off][0]] * 2


@pytest.mark.parametrize(("switch", "on", "off"), SWITCHES)
async def test_while_it_is_being_switched_a_report_is_news(centre, switch, on, off):
    centre.memory.switched(AGENT, switch, on=False)
    centre.memory.switching(AGENT, switch)
    await centre.replay(on)
    assert [posted.event for posted in centre.intake.posted] == [REPORTS[on][0]]


async def test_what_a_leg_is_called_is_learnt_from_its_reports(centre):
    await centre.replay("leg_ringing")
    assert centre.memory.call_of(AGENT_LEG) == AGENT
    assert centre.memory.leg_of(AGENT) == AGENT_LEG
