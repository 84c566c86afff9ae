"""The simulated carrier by itself: documents, waiting room, rooms, dials, and what the ledger says of them."""

import pytest

from cti.core.events import (
    CallEnded,
    CallJoined,
    CallLeft,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegPlaced,
    RecordingEnded,
    RecordingPaused,
    RecordingResumed,
)
from cti.core.plan import Collect, Door, Forward, GoOn, HangUp, Join, Park, Pause, Plan, Play, Record, Refuse, Say
from cti.core.states import EndCause, LeaveResult, RecordingAction
from cti.sim.documents import Document
from cti.sim.ledger import Ended
from cti.sim.line import ORDINARY, Hears, Terms
from cti.sim.rooms import changed_terms
from cti.sim.telephones import Ring
from tests.sim.carrier_side import UNREACHABLE, Bench

PROMPT = Say(text="Press one.", language="en-US")
MUSIC = Play(audio="music-10s.wav")
ASK = Collect(prompts=(PROMPT,), timeout_s=4, digits_max=1)
NEXT = GoOn(door=Door.NEXT)
STAY = (MUSIC, GoOn(door=Door.WAIT))


@pytest.fixture
def bench():
    return Bench()


def test_a_document_is_performed_verb_by_verb_to_its_hang_up(bench):
    bench.call(voice=[(PROMPT, HangUp())])
    bench.wait(2)
    assert bench.kinds() == ["arrived", "answered", "ended"]
    assert bench.fact("ended").ended is Ended.DOCUMENT
    [ended] = bench.server.told(LegEnded)
    assert (ended.provider_ref, ended.cause) == (bench.line.ref, EndCause.NORMAL)


def test_a_document_that_runs_out_is_an_error(bench):
    bench.call(voice=[(PROMPT,)])
    bench.wait(2)
    assert bench.fact("ended").ended is Ended.ERROR


def test_a_refused_call_is_never_answered(bench):
    bench.call(voice=[(Refuse(reason="busy"),)])
    bench.wait(2)
    assert bench.kinds() == ["arrived", "ended"]


def test_a_key_stops_the_prompt_and_goes_to_the_digits_door(bench):
    line = bench.call(voice=[(ASK, NEXT)], digits=[(MUSIC, HangUp())])
    bench.wait(0.4)
    assert bench.caller.noticed == ["menu"]
    bench.carrier.press(line, "1")
    bench.wait(0.4)
    assert bench.server.doors() == ["voice", "digits"]
    assert bench.server.asked[-1].told == "1"


def test_a_key_pressed_ahead_waits_until_somebody_listens(bench):
    line = bench.call(voice=[(MUSIC, ASK, NEXT)], digits=[(MUSIC, HangUp())])
    bench.wait(2)
    bench.carrier.press(line, "7")
    bench.wait(7)
    assert bench.server.doors() == ["voice"]
    bench.wait(2)
    assert bench.server.asked[-1].told == "7"


def test_digits_end_with_the_finishing_key_which_is_not_told(bench):
    number = Collect(prompts=(), timeout_s=5, digits_max=6, finish_on_key="#")
    line = bench.call(voice=[(number, NEXT)], digits=[(MUSIC, HangUp())])
    bench.wait(0.4)
    for key in "42#":
        bench.carrier.press(line, key)
    bench.wait(0.4)
    assert bench.server.asked[-1].told == "42"


def test_silence_goes_on_with_the_document(bench):
    bench.call(voice=[(ASK, NEXT)], next=[(HangUp(),)])
    bench.wait(4)
    assert bench.server.doors() == ["voice"]
    bench.wait(2)
    assert bench.server.doors() == ["voice", "next"]
    assert bench.server.asked[-1].told == ""


def test_the_waiting_room_asks_what_to_play_again_and_again(bench):
    bench.call(voice=[(Park(),)], wait=[STAY])
    bench.wait(25)
    assert bench.server.doors() == ["voice", "wait", "wait", "wait"]
    assert [request.nonce for request in bench.server.asked[1:]] == [1, 2, 3]


def test_a_waiting_document_that_runs_out_is_asked_for_anew(bench):
    bench.call(voice=[(Park(),)], wait=[(MUSIC,)])
    bench.wait(31)
    assert {request.nonce for request in bench.server.asked[1:]} == {1}
    assert len(bench.server.asked) > 3


def test_a_waiting_document_may_not_lead_into_a_room(bench):
    bench.call(voice=[(Park(),)], wait=[(Join(call_id="r"),)])
    bench.wait(2)
    assert bench.fact("ended").ended is Ended.ERROR


def test_a_caller_who_is_redirected_leaves_the_waiting_room_which_is_told(bench):
    line = bench.call(voice=[(Park(),)], wait=[STAY])
    bench.wait(3)
    assert bench.carrier.redirect(line.ref, Document(Plan((MUSIC, HangUp())), "leg", 9))
    bench.wait(1)
    told = bench.server.asked[-1]
    assert (told.door, told.told, told.nonce) == (Door.PARKED, LeaveResult.REDIRECTED, 1)
    bench.wait(10)
    assert "wait" not in bench.server.doors()[3:]


def test_a_waiting_room_that_fails_says_so_and_obeys_the_answer():
    bench = Bench(waiting_room_failed=1.0)
    bench.call(voice=[(Park(),)], parked=[(HangUp(),)])
    bench.wait(2)
    assert bench.server.asked[-1].told in (LeaveResult.FULL, LeaveResult.FAILED)
    assert bench.fact("ended").ended is Ended.DOCUMENT


def in_room(bench, *, ends_room=True):
    """Caller and agent talk in room `r`."""
    agent = bench.carrier.dial("client:anna", "leg-2", "r", 15_000, Terms(ends_room=ends_room))
    bench.wait(1)
    bench.call(voice=[(Join(call_id="r", ends_call=True),)], joined=[(HangUp(),)])
    bench.wait(1)
    return agent


def test_two_in_a_room_talk_and_both_sides_are_reported(bench):
    agent = in_room(bench)
    assert bench.fact("bridged").other == agent.ref
    assert bench.caller.noticed == bench.phones.person.noticed == ["bridged"]
    joined = bench.server.told(CallJoined)
    assert sorted((event.leg_id, event.sequence) for event in joined) == [("leg", 2), ("leg-2", 1)]
    assert len({event.room_ref for event in joined}) == 1


def test_who_ends_the_room_by_leaving_takes_everybody_along(bench):
    agent = in_room(bench)
    bench.carrier.hang_up(bench.line)
    bench.wait(1)
    assert agent.over
    assert {event.leg_id: event.cause for event in bench.server.told(CallLeft)} == {
        "leg": EndCause.NORMAL,
        "leg-2": EndCause.CANCELLED,
    }
    [ended] = bench.server.told(CallEnded)
    assert ended.leg_id == "leg"


def test_a_caller_whose_room_ended_asks_what_next(bench):
    agent = in_room(bench)
    bench.carrier.hang_up(agent)
    bench.wait(1)
    assert bench.server.doors()[-1] == "joined"
    assert bench.line.over
    assert bench.fact("parted").label == agent.ref


def test_who_stays_behind_in_a_room_hears_nothing_and_that_is_noted(bench):
    agent = in_room(bench, ends_room=False)
    bench.carrier.hang_up(agent)
    bench.wait(14)
    assert "silent" not in bench.kinds()
    bench.wait(2)
    assert "silent" in bench.kinds()


def test_a_redirect_out_of_a_talk_is_noted(bench):
    in_room(bench)
    bench.carrier.redirect(bench.line.ref, Document(Plan((Park(),)), "leg", 9))
    assert "moved" in bench.kinds()


def test_a_name_used_again_is_another_room(bench):
    agent = in_room(bench)
    bench.carrier.hang_up(agent)
    bench.wait(1)
    bench.carrier.dial("client:anna", "leg-3", "r", 15_000, Terms(ends_room=True))
    bench.wait(3)
    refs = {event.leg_id: event.room_ref for event in bench.server.told(CallJoined)}
    assert refs["leg-2"] == refs["leg"] != refs["leg-3"]


def test_pauses_are_silence_but_a_listening_menu_is_not(bench):
    bench.call(voice=[(Pause(seconds=16), HangUp())])
    bench.wait(17)
    assert "silent" in bench.kinds()
    other = Bench()
    other.call(voice=[(Collect(prompts=(), timeout_s=20, digits_max=1), HangUp())])
    other.wait(19)
    assert "silent" not in other.kinds()


def test_sound_of_no_length_does_not_break_a_silence(bench):
    bench.call(voice=[(Pause(seconds=8), Play(audio="music-10s.wav", loop=0), Pause(seconds=8), HangUp())])
    bench.wait(17)
    assert "silent" in bench.kinds()


def test_who_comes_into_an_empty_room_hears_music(bench):
    line = bench.call(voice=[(Join(call_id="r"),)])
    bench.wait(20)
    assert (line.room.name, line.hears) == ("r", Hears.SOUND)
    assert "silent" not in bench.kinds()


def test_a_dial_is_reported_step_by_step(bench):
    line = bench.carrier.dial("client:anna", "leg-2", "r", 15_000, Terms(ends_room=True))
    bench.wait(2)
    bench.carrier.release(line.ref)
    bench.wait(1)
    kinds = {type(event) for event in bench.server.reports}
    assert {LegPlaced, LegAlerting, LegAnswered, CallJoined, LegEnded} <= kinds


def test_dials_leave_one_a_second(bench):
    for place in range(3):
        bench.carrier.dial("client:anna", f"leg-{place}", "r", 15_000)
    bench.wait(1.5)
    assert len({event.leg_id for event in bench.server.told(LegPlaced)}) == 2


def test_a_dial_that_is_taken_back_before_its_turn_is_never_heard_of(bench):
    bench.carrier.dial("client:anna", "leg-1", "r", 15_000)
    waiting = bench.carrier.dial("client:ben", "leg-2", "r", 15_000)
    assert bench.carrier.release(waiting.ref)
    bench.wait(3)
    assert {event.leg_id for event in bench.server.reports} == {"leg-1"}


def test_nobody_answering_ends_a_dial_some_seconds_after_its_time(bench):
    bench.phones.rings = bench.phones.rings.__class__(60_000)
    bench.carrier.dial("client:anna", "leg-2", "r", 15_000, Terms(ends_room=True))
    bench.wait(19)
    assert bench.server.told(LegEnded) == []
    bench.wait(2)
    [ended] = bench.server.told(LegEnded)
    assert ended.cause is EndCause.NO_ANSWER


def test_an_endpoint_may_not_be_reached_at_all(bench):
    bench.phones.rings = UNREACHABLE
    bench.carrier.dial("client:anna", "leg-2", "r", 15_000, Terms(ends_room=True))
    bench.wait(1)
    [ended] = bench.server.told(LegEnded)
    assert ended.cause is EndCause.UNREACHABLE


def test_what_is_over_or_not_yet_answered_cannot_be_redirected(bench):
    line = bench.call(voice=[(MUSIC, HangUp())])
    document = Document(Plan((HangUp(),)), "leg", 9)
    assert not bench.carrier.redirect(line.ref, document)
    bench.wait(1)
    assert bench.carrier.redirect(line.ref, document)
    bench.wait(1)
    assert not bench.carrier.redirect(line.ref, document)
    assert not bench.carrier.release(line.ref)
    assert not bench.carrier.release("nobody")


def test_the_late_answer_for_a_line_that_was_moved_is_thrown_away(bench):
    line = bench.call(voice=[(Park(),)], wait=[STAY])
    bench.wait(0.2)
    while bench.server.asked[-1].door is not Door.WAIT:
        bench.wait(0.01)
    bench.carrier.redirect(line.ref, Document(Plan((MUSIC, HangUp())), "leg", 9))
    bench.wait(11)
    assert line.over
    assert bench.server.doors().count("wait") == 1


# Conversations


def talk(bench, *others):
    """A caller in room `r` with an agent, who ends it by leaving, and with others."""
    agent = bench.carrier.dial("client:anna", "leg-2", "r", 15_000, Terms(ends_room=True))
    lines = [
        bench.carrier.dial(endpoint, f"leg-{place}", "r", 15_000, terms)
        for place, (endpoint, terms) in enumerate(others, start=3)
    ]
    bench.call(voice=[(Join(call_id="r", ends_call=True),)], joined=[(HangUp(),)])
    bench.wait(4)
    return agent, *lines


def switch(bench, line, **fields):
    bench.carrier.rooms.change(line, changed_terms(line, **fields))


def test_who_is_on_hold_hears_music_for_any_time_and_the_others_talk_on(bench):
    agent, friend = talk(bench, ("tel:+12025550206", ORDINARY))
    switch(bench, bench.line, held=True)
    bench.wait(60)
    assert bench.line.hears is Hears.HOLD
    assert agent.hears is friend.hears is Hears.TALK
    assert "silent" not in bench.kinds()
    switch(bench, bench.line, held=False)
    assert bench.line.hears is Hears.TALK
    assert bench.kinds().count("bridged") == 2, "nobody is met twice"
    bench.wait(5)
    assert [type(event).__name__ for event in bench.server.reports if "Leg" in type(event).__name__][-2:] == [
        "LegHeld",
        "LegRetrieved",
    ]


def test_whom_everybody_else_leaves_or_has_on_hold_hears_nothing(bench):
    _, friend = talk(bench, ("tel:+12025550206", ORDINARY))
    agent_line = bench.carrier.lines["CA1"]
    switch(bench, agent_line, ends_room=False)
    bench.carrier.hang_up(agent_line)
    assert bench.line.hears is Hears.TALK
    switch(bench, friend, held=True)
    assert bench.line.hears is Hears.SILENCE
    bench.wait(20)
    assert "silent" in bench.kinds()


def test_a_supervisor_is_nobodys_company_and_is_noted_when_heard_at_once(bench):
    agent, sue = talk(bench, ("client:sue", Terms(muted=True)))
    assert sue.hears is Hears.TALK
    switch(bench, agent, ends_room=False)
    bench.carrier.hang_up(agent)
    assert bench.line.hears is Hears.SILENCE
    entered = [fact.other for fact in bench.ledger.facts if fact.kind == "enters" and fact.ref == sue.ref]
    assert entered == [""]
    _, loud = talk(Bench(), ("client:sue", ORDINARY))
    assert loud.hears is Hears.TALK


def forward_to(bench, ring, *back):
    bench.phones.rings = ring
    bench.server.plans = {"voice": [(Forward(caller_id="+1"),)], "forwarded": [back or (HangUp(),)]}
    bench.call()


@pytest.mark.parametrize(
    ("ring", "told"),
    [
        (Ring(500, talks_ms=5_000), "bridged"),
        (Ring(500, EndCause.BUSY), "busy"),
        (Ring(60_000), "no_answer"),
        (UNREACHABLE, "no_answer"),
    ],
)
def test_a_caller_who_is_forwarded_comes_back_and_says_why(bench, ring, told):
    forward_to(bench, ring)
    bench.wait(40)
    asked = bench.server.asked[-1]
    assert (asked.door, asked.told) == (Door.FORWARDED, told)
    assert ("bridged" in bench.caller.noticed) is (told == "bridged")
    assert "silent" not in bench.kinds()


def test_who_is_moved_out_of_a_talk_outside_is_torn_out_of_it(bench):
    forward_to(bench, Ring(500, talks_ms=50_000))
    bench.wait(3)
    bench.carrier.redirect(bench.line.ref, Document(Plan((MUSIC, HangUp())), "leg", 99))
    assert "torn" in bench.kinds()


def test_a_message_is_told_at_the_door_and_reported(bench):
    told = set()
    for seed in range(1, 30):
        other = Bench(seed)
        other.call(voice=[(Record(seconds_max=10, silence_s=2), HangUp())], recorded=[(HangUp(),)])
        other.wait(20)
        asked = [request.told for request in other.server.asked if request.door is Door.RECORDED]
        told.add(bool(asked))
        assert len(other.server.told(RecordingEnded)) == len(asked)
        for each in asked:
            assert other.server.told(RecordingEnded)[0].recording_id == each.split("_")[0]
    assert told == {True, False}


def test_who_hangs_up_on_a_message_has_left_it(bench):
    for seed in range(1, 30):
        other = Bench(seed)
        other.call(voice=[(Record(seconds_max=10, silence_s=2), HangUp())])
        other.wait(0.8)
        if other.line.message:
            break
    other.carrier.hang_up(other.line)
    other.wait(6)
    assert other.server.asked[-1].told.endswith("_over")


def test_recordings_run_rest_and_end_with_the_line(bench):
    talk(bench)
    line = bench.line
    [started] = bench.carrier.record(line, RecordingAction.START, "")
    assert bench.carrier.record(line, RecordingAction.START, "") == (started,), "it is on already"
    assert type(bench.carrier.record(line, RecordingAction.PAUSE, started.recording_id)[0]) is RecordingPaused
    assert not line.recordings[0].runs
    assert type(bench.carrier.record(line, RecordingAction.RESUME, "")[0]) is RecordingResumed
    assert bench.carrier.record(line, RecordingAction.PAUSE, "RE99") is None
    bench.carrier.hang_up(line)
    assert line.recordings[0].over
    bench.wait(8)
    [ended] = bench.server.told(RecordingEnded)
    assert ended.recording_id == started.recording_id


def test_a_line_that_the_network_loses_has_failed(bench):
    talk(bench)
    line = bench.carrier.lines["CA1"]
    bench.carrier.break_off(line)
    bench.wait(2)
    assert [fact.ended for fact in bench.ledger.facts if fact.ref == line.ref and fact.ended] == [Ended.BROKEN]
    assert {event.provider_ref: event.cause for event in bench.server.told(LegEnded)}[line.ref] is EndCause.FAILED
