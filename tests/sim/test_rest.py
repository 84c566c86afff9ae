"""The server's requests: what comes back, and what really happened."""

import msgspec
import pytest

from cti.core.commands import (
    CheckLeg,
    CoachLeg,
    EndCall,
    HangUpLeg,
    HoldLeg,
    KeepCall,
    MuteLeg,
    Originate,
    RecordLeg,
    RedirectLeg,
    SendDigits,
)
from cti.core.events import LegChecked, LegEnded, LegHeld, LegMuted, LegPlaced, LegRetrieved
from cti.core.plan import Collect, HangUp, Join, Park, Plan, Play
from cti.core.states import EndCause, RecordingAction
from cti.sim.line import Terms
from cti.sim.rest import Rest
from cti.sim.switches import Switches
from cti.sim.telephones import Ring
from tests.sim.carrier_side import Bench, Person

MUSIC = (Play(audio="music-10s.wav"), HangUp())
DIAL = Originate(leg_id="leg-2", call_id="r", caller_id="+1", timeout_s=15, endpoint="client:anna")


class Worker:
    alive = True
    died_at = 0


class Desk(Bench):
    """A carrier with the server's way to it."""

    def __init__(self, **faults):
        super().__init__(**faults)
        self.rest = Rest(self.nature, self.carrier)
        self.worker = Worker()
        self.results = []

    def ask(self, command, wait_s=9):
        self.results.clear()
        self.rest.execute(command, self.worker, self.results.append)
        self.wait(wait_s)
        return self.results[0]

    def look_for(self, sent_at):
        self.results.clear()
        self.rest.reconcile(DIAL, sent_at, self.results.append)
        self.wait(0.5)
        return self.results[0]


def dialled(desk):
    return [fact.label for fact in desk.ledger.facts if fact.kind == "dialled"]


def redirect(desk, *verbs):
    return RedirectLeg(leg_id="leg", provider_ref=desk.line.ref, plan=Plan(verbs), nonce=5)


def test_a_dial_that_works_names_the_leg():
    desk = Desk()
    result = desk.ask(DIAL)
    assert result.status == "done"
    assert result.events == (LegPlaced(leg_id="leg-2", provider_ref="CA1"),)
    assert dialled(desk) == ["leg-2"]


def test_a_screened_leg_is_not_put_anywhere_before_the_server_is_asked():
    desk = Desk()
    desk.server.plans = {
        "screen": [(Collect(prompts=(), timeout_s=8, digits_max=1), HangUp())],
        "digits": [(HangUp(),)],
    }
    desk.ask(msgspec.structs.replace(DIAL, call_id="", screened=True), 2)
    [asked] = desk.server.asked
    assert (asked.door, asked.leg_id, asked.nonce) == ("screen", "leg-2", 0)
    line = desk.carrier.lines["CA1"]
    assert line.room is None
    assert desk.phones.person.noticed == ["menu"]
    desk.carrier.press(line, "1")
    desk.wait(1)
    assert [(request.door, request.told) for request in desk.server.asked[1:]] == [("digits", "1")]
    assert line.over


def test_voicemail_holds_the_line_and_says_so_in_the_ledger():
    desk = Desk()
    machine = Person()
    desk.phones.rings = Ring(500, voicemail=machine)
    desk.server.plans = {"screen": [(Collect(prompts=(), timeout_s=8, digits_max=1), HangUp())]}
    desk.ask(msgspec.structs.replace(DIAL, call_id="", screened=True), 12)
    assert machine.noticed == ["menu", "ended"]
    assert "voicemail" in desk.kinds("CA1")


@pytest.mark.parametrize(
    ("fault", "status", "rung"),
    [
        ("rest_turned_away", "retry", []),
        ("rest_request_lost", "unknown", []),
        ("rest_answer_lost", "unknown", ["leg-2"]),
        ("rest_broken", "unknown", ["leg-2"]),
        ("rest_slow", "done", ["leg-2"]),
    ],
)
def test_what_the_server_hears_and_what_happened(fault, status, rung):
    desk = Desk(**{fault: 1.0})
    assert desk.ask(DIAL).status == status
    assert dialled(desk) == rung


def test_in_doubt_a_way_into_a_room_is_not_to_be_repeated_but_any_other_is():
    desk = Desk(rest_broken=1.0)
    desk.call(voice=[MUSIC])
    desk.wait(1)
    assert desk.ask(redirect(desk, Join(call_id="r"))).status == "unknown"
    desk.rest = Rest(desk.nature, desk.carrier)
    assert desk.ask(redirect(desk, Park())).status == "retry"
    desk.rest = Rest(desk.nature, desk.carrier)
    assert desk.ask(HangUpLeg(leg_id="leg", provider_ref=desk.line.ref)).status == "retry"


def test_of_two_requests_about_a_leg_in_a_row_one_gets_through():
    desk = Desk(rest_request_lost=1.0)
    assert desk.ask(DIAL).status == "unknown"
    assert desk.ask(DIAL).status == "done"
    assert desk.ask(DIAL).status == "unknown"


def test_what_is_over_is_gone():
    desk = Desk()
    desk.call(voice=[(HangUp(),)])
    desk.wait(1)
    result = desk.ask(HangUpLeg(leg_id="leg", provider_ref=desk.line.ref))
    assert (result.status, result.code) == ("failed", "GONE")


def test_a_leg_is_looked_for_where_it_should_be():
    desk = Desk()
    desk.call(voice=[(Join(call_id="r"),)])
    desk.wait(1)
    ask = CheckLeg(leg_id="leg", provider_ref=desk.line.ref, call_id="r", nonce=7)
    [there] = desk.ask(ask, 1).events
    assert (there.alive, there.call_id, there.sought, there.nonce, there.room_ref) == (True, "r", "r", 7, "CF1")
    desk.carrier.hang_up(desk.line)
    assert desk.ask(ask, 1).events == (LegChecked(leg_id="leg", alive=False, cause=EndCause.NORMAL),)


def test_a_dial_in_doubt_is_found_by_its_label_but_not_at_once():
    desk = Desk(rest_broken=1.0)
    began_at = desk.nature.now
    desk.ask(DIAL, 0.6)
    assert desk.look_for(began_at).status == "unknown"
    desk.wait(1)
    assert desk.look_for(began_at).events == (LegPlaced(leg_id="leg-2", provider_ref="CA1"),)


def test_absence_is_proved_only_when_it_cannot_come_any_more():
    desk = Desk(rest_request_lost=1.0)
    began_at = desk.nature.now
    desk.ask(DIAL)
    assert desk.look_for(began_at).status == "unknown"
    desk.wait(10)
    result = desk.look_for(began_at)
    assert (result.status, result.code) == ("failed", "ABSENT")


def test_a_dial_that_ended_meanwhile_is_found_as_that():
    desk = Desk(rest_broken=1.0)
    began_at = desk.nature.now
    desk.ask(DIAL)
    desk.carrier.release("CA1")
    desk.wait(10)
    kinds = [type(event) for event in desk.look_for(began_at).events]
    assert kinds == [LegPlaced, LegEnded]


def test_what_a_killed_worker_asked_for_happens_soon_or_never():
    desk = Desk(rest_slow=1.0)
    desk.rest.execute(DIAL, desk.worker, desk.results.append)
    desk.worker.alive, desk.worker.died_at = False, desk.nature.now - 60_000
    desk.wait(9)
    assert dialled(desk) == []


def test_what_left_just_before_the_worker_was_killed_happens():
    desk = Desk()
    desk.rest.execute(DIAL, desk.worker, desk.results.append)
    desk.worker.alive, desk.worker.died_at = False, desk.nature.now
    desk.wait(2)
    assert dialled(desk) == ["leg-2"]


# Legs in rooms


def talking(desk):
    """A caller in a room with an agent."""
    desk.carrier.dial("client:anna", "leg-2", "r", 15_000, Terms(ends_room=True))
    desk.call(voice=[(Join(call_id="r"),)])
    desk.wait(2)
    return desk.line


def hold(line, *, held=True, room="r"):
    return HoldLeg(leg_id="leg", provider_ref=line.ref, call_id=room, held=held)


def test_hold_and_mute_are_done_and_the_answer_says_so():
    desk = Desk()
    line = talking(desk)
    assert desk.ask(hold(line)).events == (LegHeld(leg_id="leg", provider_ref=line.ref, call_id="r"),)
    assert line.terms.held
    assert desk.ask(hold(line, held=False)).events == (LegRetrieved(leg_id="leg", provider_ref=line.ref, call_id="r"),)
    mute = MuteLeg(leg_id="leg", provider_ref=line.ref, call_id="r", muted=True)
    assert desk.ask(mute).events == (LegMuted(leg_id="leg", muted=True, provider_ref=line.ref, call_id="r"),)
    assert (line.terms.held, line.terms.muted) == (False, True)


def test_who_ends_the_room_and_who_is_coached_are_changed():
    desk = Desk()
    line = talking(desk)
    desk.ask(KeepCall(leg_id="leg", provider_ref=line.ref, call_id="r", ends_call=True))
    assert line.terms.ends_room
    coach = CoachLeg(leg_id="leg", provider_ref=line.ref, call_id="r", muted=False, coaches="CA1")
    assert desk.ask(coach).status == "done"
    assert line.terms.coaches == "CA1"
    assert desk.ask(msgspec.structs.replace(coach, coaches="CA99")).status == "retry"


def test_in_another_room_or_before_it_began_nothing_is_done():
    desk = Desk()
    desk.call(voice=[(Join(call_id="r"),)])
    desk.wait(1)
    assert desk.ask(hold(desk.line)).status == "retry"
    assert desk.ask(hold(desk.line, room="s")).code == "GONE"
    assert not desk.line.terms.held


def test_a_room_is_ended():
    desk = Desk()
    line = talking(desk)
    assert desk.ask(EndCall(call_id="r")).status == "done"
    assert line.room is None
    assert desk.ask(EndCall(call_id="r")).code == "GONE"


@pytest.mark.parametrize(("fault", "status"), [("rest_broken", "unknown"), ("rest_turned_away", "retry")])
def test_in_doubt_keys_are_not_pressed_again(fault, status):
    desk = Desk(**{fault: 1.0})
    line = talking(desk)
    press = SendDigits(leg_id="leg", provider_ref=line.ref, call_id="r", digits="12")
    assert desk.ask(press).status == status


def test_a_recording_of_what_is_over_is_gone():
    desk = Desk()
    line = talking(desk)
    start = RecordLeg(leg_id="leg", provider_ref=line.ref, action=RecordingAction.START)
    [started] = desk.ask(start).events
    assert line.recordings[0].recording_id == started.recording_id
    desk.carrier.hang_up(line)
    assert desk.ask(start).code == "GONE"


def test_a_report_that_contradicts_the_answer_since_is_late():
    switches = Switches()
    command = HoldLeg(leg_id="leg", provider_ref="CA1", call_id="r", held=False)
    held, back = LegHeld(leg_id="leg", provider_ref="CA1"), LegRetrieved(leg_id="leg", provider_ref="CA1")
    assert not switches.is_late(held)
    switches.done(command)
    assert (switches.is_late(held), switches.is_late(back)) == (True, False)
    switches.begins(command)
    assert not switches.is_late(held)
    switches.done(command)
    switches.forget()
    assert not switches.is_late(held)
