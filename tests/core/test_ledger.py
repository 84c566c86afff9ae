"""The certificate: whatever happens in whatever order, the ceiling holds, and nothing ever stands still."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.core.ledger import DAYS_KEPT, GUARD_DAYS, MILLION, Ledger, allows, counted, day_of, headroom, window
from cti.core.zone import UTC

CEILINGS = st.sampled_from([0, 10_000, 30_000, 100_000, 333_333, 999_999, MILLION])
PAST = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 400), st.integers(0, 400)), max_size=8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("dial"), st.integers(1, 30)),
        st.tuples(st.just("answer"), st.integers(0, 99)),
        st.tuples(st.just("nothing"), st.integers(0, 99)),
        st.tuples(st.just("give_up"), st.integers(0, 99)),
        st.tuples(st.just("agent_done"), st.integers(1, 3)),
        st.tuples(st.just("next_day"), st.integers(1, 4)),
    ),
    max_size=120,
)


class Floor:
    """Agents who take who is answered, lines that ring, callers who wait, and the ledger asked before each line."""

    def __init__(self, agents, ceiling_ppm, days, guard_days, past):
        self.ceiling_ppm, self.days, self.guard_days = ceiling_ppm, days, guard_days
        self.idle, self.busy, self.ringing, self.waiting = agents, 0, 0, 0
        self.day, self.changes = 100, 0
        self.ledger = Ledger(ledger_id="seller")
        for later, joined, abandoned in past:
            self.day += later
            lawful = counted(self.ledger, self.day, joined + abandoned, abandoned)
            if headroom(lawful, self.day, **self.rule) or self.holds_for_ever(lawful):
                self.ledger = lawful

    @property
    def rule(self):
        return {"ceiling_ppm": self.ceiling_ppm, "days": self.days, "guard_days": self.guard_days}

    def holds_for_ever(self, ledger):
        return all(
            lawful(*window(ledger, self.day + change, self.days), self.ceiling_ppm) for change in range(DAYS_KEPT)
        )

    def do(self, step):
        what, how_many = step
        match what:
            case "dial":
                for _ in range(how_many):
                    self.dial()
            case "answer" if self.ringing:
                self.ringing, self.waiting = self.ringing - 1, self.waiting + 1
                self.join()
            case "nothing" if self.ringing:
                self.ringing -= 1
            case "give_up" if self.waiting:
                self.waiting -= 1
                self.ledger = counted(self.ledger, self.day, answers=1, abandoned=1)
            case "agent_done":
                done = min(how_many, self.busy)
                self.busy, self.idle = self.busy - done, self.idle + done
                self.join()
            case "next_day" if self.changes + how_many <= self.guard_days:
                self.day, self.changes = self.day + how_many, self.changes + how_many

    def dial(self):
        exposure = self.ringing + 1 + self.waiting - self.idle
        # Lines here may live as long as they like, so they may always see another day.
        if allows(self.ledger, self.day, exposure=exposure, lasts_until=self.day + 1, **self.rule):
            self.ringing, self.changes = self.ringing + 1, 0

    def join(self):
        while self.waiting and self.idle:
            self.waiting, self.idle, self.busy = self.waiting - 1, self.idle - 1, self.busy + 1
            self.ledger = counted(self.ledger, self.day, answers=1)


def ledger_of(past):
    ledger = counted(Ledger(ledger_id="seller"), 100, answers=1)
    for later, joined, abandoned in past:
        ledger = counted(ledger, ledger.newest + later, joined + abandoned, abandoned)
    return ledger


def lawful(answers, abandoned, ceiling_ppm):
    return abandoned <= ceiling_ppm * answers // MILLION


@settings(deadline=None)
@given(st.integers(0, 6), CEILINGS, st.integers(1, DAYS_KEPT), PAST, STEPS)
def test_the_ceiling_holds_at_every_instant(agents, ceiling_ppm, days, past, steps):
    floor = Floor(agents, ceiling_ppm, days, GUARD_DAYS, past)
    for step in steps:
        floor.do(step)
        assert lawful(*window(floor.ledger, floor.day, days), ceiling_ppm)


@settings(deadline=None)
@given(st.integers(0, 6), CEILINGS, st.integers(1, DAYS_KEPT), PAST, STEPS)
def test_guarded_for_as_long_as_the_window_no_pause_breaks_the_ceiling(agents, ceiling_ppm, days, past, steps):
    floor = Floor(agents, ceiling_ppm, days, days, past)
    for step in steps:
        floor.do(step)
        assert floor.holds_for_ever(floor.ledger)


@settings(deadline=None)
@given(CEILINGS, st.integers(1, DAYS_KEPT), PAST, st.integers(-50, 0))
def test_a_line_for_a_free_agent_is_always_allowed(ceiling_ppm, days, past, exposure):
    ledger = ledger_of(past)
    assert allows(ledger, ledger.newest, ceiling_ppm=ceiling_ppm, days=days, exposure=exposure)


@settings(deadline=None)
@given(CEILINGS, st.integers(1, DAYS_KEPT), PAST)
def test_the_headroom_is_the_last_exposure_that_the_ceiling_allows(ceiling_ppm, days, past):
    ledger = ledger_of(past)
    day = ledger.newest
    room = headroom(ledger, day, ceiling_ppm=ceiling_ppm, days=days, guard_days=0)
    answers, abandoned = window(ledger, day, days)
    if room:
        assert (abandoned + room) * MILLION <= ceiling_ppm * (answers + room)
    if ceiling_ppm < MILLION:
        assert (abandoned + room + 1) * MILLION > ceiling_ppm * (answers + room + 1)


def test_a_ceiling_of_nothing_is_a_line_for_each_free_agent():
    ledger = counted(Ledger(ledger_id="seller"), 100, answers=1_000_000)
    assert allows(ledger, 100, ceiling_ppm=0, days=30, exposure=0)
    assert not allows(ledger, 100, ceiling_ppm=0, days=30, exposure=1)


def test_room_grows_with_answers_and_shrinks_with_who_is_abandoned():
    ledger = counted(Ledger(ledger_id="seller"), 100, answers=97)
    assert headroom(ledger, 100, ceiling_ppm=30_000, days=30, guard_days=0) == 3
    ledger = counted(ledger, 100, answers=1, abandoned=1)
    assert headroom(ledger, 100, ceiling_ppm=30_000, days=30, guard_days=0) == 2


def test_answers_that_a_weekend_will_forget_give_no_room():
    """A thousand answers a month ago, and a bad day since: on Monday only the bad day would be left."""
    ledger = counted(Ledger(ledger_id="seller"), 100, answers=1_000)
    ledger = counted(ledger, 126, answers=100, abandoned=5)
    assert window(ledger, 126, 30) == (1_100, 5)
    assert headroom(ledger, 126, ceiling_ppm=30_000, days=30, guard_days=0) > 0
    assert headroom(ledger, 126, ceiling_ppm=30_000, days=30) == 0


def test_a_calendar_day_begins_with_nothing():
    ledger = counted(Ledger(ledger_id="seller"), 100, answers=1_000)
    today = {"ceiling_ppm": 30_000, "days": 1}
    assert headroom(ledger, 100, **today) == 30
    assert headroom(ledger, 101, **today) == 0
    assert headroom(ledger, 100, lasts_until=101, **today) == 0


def test_days_out_of_the_longest_window_are_forgotten():
    ledger = Ledger(ledger_id="seller")
    for day in range(0, 400, 2):
        ledger = counted(ledger, day, answers=10, abandoned=1)
    assert len(ledger.days) <= DAYS_KEPT
    assert window(ledger, 399, 30) == (150, 15)


def test_days_never_go_back():
    """The site's zone was changed at midnight, and it is yesterday again."""
    ledger = counted(Ledger(ledger_id="seller"), 100, answers=10)
    ledger = counted(ledger, 99, answers=1, abandoned=1)
    assert ledger.days == ((100, 11, 1),)
    assert window(ledger, 99, 1) == (11, 1)


def test_who_is_abandoned_was_answered():
    with pytest.raises(AssertionError, match="was answered"):
        counted(Ledger(ledger_id="seller"), 100, answers=1, abandoned=2)


def test_a_day_is_a_date_of_the_zone():
    assert day_of(86_400_000 * 3 - 1, UTC) == 2
    assert day_of(86_400_000 * 3, UTC) == 3
