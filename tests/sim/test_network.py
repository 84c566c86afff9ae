"""What becomes of requests and reports on their way."""

import pytest

from cti.core.events import LegAlerting, LegAnswered
from cti.core.plan import Door, HangUp, Play
from cti.sim.ledger import Ended
from tests.sim.carrier_side import Bench

MUSIC = Play(audio="music-10s.wav")
BYE = [(MUSIC, HangUp())]


def test_a_request_that_is_cut_is_made_again_by_the_fallback_with_the_same_question():
    bench = Bench(request_cut=1.0)
    bench.call(voice=BYE)
    bench.wait(6)
    [asked] = bench.server.asked
    assert asked.door is Door.VOICE
    assert "answered" in bench.kinds()


def test_an_answer_that_is_cut_is_asked_for_again():
    bench = Bench(answer_cut=1.0)
    bench.call(voice=BYE)
    bench.wait(4)
    assert bench.server.asked[0] == bench.server.asked[1]
    assert "answered" in bench.kinds()


def test_a_line_whose_request_and_fallback_get_no_answer_is_lost():
    bench = Bench()
    bench.server.silent = True
    bench.call(voice=BYE)
    bench.wait(31)
    assert len(bench.server.asked) == 2
    assert bench.fact("ended").ended is Ended.ERROR


def test_a_doubled_request_has_one_effect_on_the_line():
    bench = Bench(request_doubled=1.0)
    bench.call(voice=BYE)
    bench.wait(8)
    assert bench.server.doors() == ["voice", "voice"]
    assert bench.kinds() == ["arrived", "answered"]


def test_who_is_held_hears_something_and_asks_the_same_again():
    bench = Bench()
    bench.server.held = 2
    bench.call(voice=BYE)
    bench.wait(16)
    assert len(bench.server.asked) == 3
    assert len(set(bench.server.asked)) == 1
    assert "silent" not in bench.kinds()


@pytest.mark.parametrize(("faults", "times"), [({}, 1), ({"report_lost": 1.0}, 0), ({"report_doubled": 1.0}, 2)])
def test_reports_arrive_once_unless_the_world_is_against_it(faults, times):
    bench = Bench(**faults)
    line = bench.call(voice=BYE)
    bench.wait(1)
    bench.carrier.hang_up(line)
    bench.wait(5)
    assert len(bench.server.reports) == times


@pytest.mark.parametrize(("faults", "overtakes"), [({}, False), ({"report_late": 0.5}, True)])
def test_late_reports_of_a_leg_overtake_each_other(faults, overtakes):
    bench = Bench(**faults)
    for place in range(20):
        bench.carrier.dial("client:anna", f"leg-{place}", "r", 15_000)
    bench.wait(40)
    told = [event for event in bench.server.reports if isinstance(event, (LegAlerting, LegAnswered))]
    by_leg = {event.leg_id: [each.sequence for each in told if each.leg_id == event.leg_id] for event in told}
    assert len(by_leg) == 20
    assert any(sequences != sorted(sequences) for sequences in by_leg.values()) is overtakes
