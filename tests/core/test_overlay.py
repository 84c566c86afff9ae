"""What changed since facts were gathered: found by what it is about, bounded, and taken back with a turn that fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.core import overlay as overlay_
from cti.core.base import changed
from cti.core.calling import AttemptFact, Listing, Subject
from cti.core.overlay import Attempt, Overlay, SuppressionChange, attempt_fact, attempts_laid_over, laid_over
from cti.core.suppression import SuppressionKey, covers, matches
from cti.core.tables import Undo

NUMBER = "+12125550123"
ABOUT = (NUMBER, None, "spring", "harbour")


def change(seq, value=NUMBER, scope="company", entry_id="", removed=()):
    key = SuppressionKey(scope=scope, value=value)
    return SuppressionChange(key=key, seq=seq, at=seq, entry_id=entry_id, removed=removed)


def attempt(seq, attempt_id="a1", **fields):
    return Attempt(**{"attempt_id": attempt_id, "seq": seq, "at": seq, "number": NUMBER, **fields})


def everything(overlay):
    tables = (overlay.changes, overlay.attempts, overlay.live)
    found = [list(overlay.changes_about(number, None, "", "")) for number in (NUMBER, "+12129", "+1")]
    rows = [dict(table.rows) for table in (*tables, overlay.waiting)]
    return rows, found, overlay.attempts_about(NUMBER, None), len(overlay), overlay.floor


def test_only_what_came_after_the_facts_is_laid_over_them():
    overlay = Overlay(Undo())
    overlay.put_change(change(10, entry_id="new"))
    listed = (Listing(list_id="old", scope="company"),)
    assert laid_over(overlay, listed, ABOUT, 10) == listed
    assert [each.list_id for each in laid_over(overlay, listed, ABOUT, 9)] == ["old", "new"]
    overlay.put_change(change(11, removed=("old", "new")))
    assert laid_over(overlay, listed, ABOUT, 10) == ()


def test_an_attempt_is_known_by_what_both_calls_have_in_common():
    ours = Subject(person_id="p", debt_id="d")
    theirs = attempt(1, subject=Subject(person_id="p", debt_id="x"), seller="harbour", campaign_id="autumn")
    assert attempt_fact(theirs, "+1", ours, "spring", "harbour").same == ("person", "seller")
    assert attempt_fact(theirs, "+1", None, "autumn", "harbour") is None
    debtless = attempt_fact(theirs, "+1", Subject(person_id="p"), "spring", "")
    assert debtless.same == ("person", "debt"), "one of them does not say which debt"
    fact = attempt_fact(attempt(1, called=False), NUMBER, None, "spring", "harbour")
    assert set(fact.same) == {"number", "person", "household", "lead", "debt", "seller", "campaign"}


@pytest.mark.parametrize("person_id", ["", "p2"])
def test_a_lead_is_one_person_by_whatever_number(person_id):
    theirs = attempt(1, subject=Subject(lead_id="l1", person_id="p1", debt_id="d1"))
    ours = Subject(lead_id="l1", person_id=person_id, debt_id="d2")
    assert attempt_fact(theirs, "+1", ours, "", "").same == ("lead", "person")


def test_what_is_heard_later_replaces_what_the_store_said():
    overlay = Overlay(Undo())
    overlay.put_attempt(attempt(5, told=("answers",)))
    stored = (
        AttemptFact(at=5, same=("number",), attempt_id="a1"),
        AttemptFact(at=1, same=("number",), attempt_id="a0"),
    )
    found = attempts_laid_over(overlay, stored, ABOUT)
    assert [(each.attempt_id, each.told) for each in found] == [("a0", ()), ("a1", ("answers", "unclear"))]


def test_beyond_its_bounds_the_oldest_go_and_the_floor_rises(monkeypatch):
    monkeypatch.setattr(overlay_, "ENTRIES_MAX", 200)
    overlay = Overlay(Undo())
    for seq in range(1, 301):
        overlay.put_change(change(seq, value=f"+1212555{seq:04d}", entry_id=f"s{seq}"))
    assert len(overlay) <= 200
    assert overlay.floor > 0
    kept = {each.seq for each in overlay.changes.rows.values()}
    assert kept == set(range(overlay.floor + 1, 301)), "everything after the floor is there"


def test_a_live_attempt_outlives_the_floor():
    overlay = Overlay(Undo())
    overlay.put_attempt(attempt(1, leg_id="l1", live=True))
    overlay.put_attempt(attempt(2, "a2"))
    overlay.raise_floor(5)
    assert list(overlay.attempts.rows) == ["a1"]
    overlay.put_attempt(changed(overlay.attempts["a1"], live=False))
    overlay.raise_floor(6)
    assert len(overlay) == len(overlay.attempts) == 0
    assert overlay.attempts_about(NUMBER, None) == []


def test_of_thousands_of_patterns_only_those_that_match_are_looked_at(monkeypatch):
    overlay = Overlay(Undo())
    for seq in range(8_000):
        overlay.put_change(change(seq, value=f"+1???{5550000 + seq}", scope="wildcard", entry_id=f"s{seq}"))
    looked_at = []
    monkeypatch.setattr(overlay_, "covers", lambda key, *about: looked_at.append(key) or covers(key, *about))
    assert [each.key.value for each in overlay.changes_about(NUMBER, None, "", "")] == ["+1???5550123"]
    assert len(looked_at) == 1


DIGITS = st.sampled_from("01?")


@given(st.lists(st.text(DIGITS, min_size=2, max_size=5), unique=True), st.text(st.sampled_from("01"), max_size=5))
def test_patterns_are_found_by_what_matches_them(tails, digits):
    overlay, number = Overlay(Undo()), f"+1{digits}"
    patterns = [f"+1{tail}?" for tail in tails]
    for seq, pattern in enumerate(patterns, 1):
        overlay.put_change(change(seq, value=pattern, scope="wildcard", entry_id=f"s{seq}"))
    for floor in range(len(patterns) + 1):
        overlay.raise_floor(floor)
        found = {each.key.value for each in overlay.changes_about(number, None, "", "")}
        assert found == {pattern for pattern in patterns[floor:] if matches(pattern, number)}


def test_a_household_that_is_a_person_too_or_is_called_as_a_pattern_is_found_once():
    overlay = Overlay(Undo())
    name = "+1212555012?"
    overlay.put_change(change(1, value=name, scope="household", entry_id="s1"))
    overlay.put_change(change(2, value=name, scope="wildcard", entry_id="s2"))
    found = overlay.changes_about(NUMBER, Subject(person_id=name, household_id=name), "", "")
    assert [each.entry_id for each in found] == ["s1", "s2"]


def test_the_floor_rises_to_the_oldest_facts_that_a_dial_waits_with():
    overlay = Overlay(Undo())
    for seq in range(1, 301):
        overlay.put_change(change(seq, value=f"+1212555{seq:04d}", entry_id=f"s{seq}"))
    overlay.let_go()
    assert overlay.floor == 0, "nobody waits"
    for dial_id, as_of_seq in (("d1", 7), ("d2", 5), ("d3", 20), ("d2", 9)):
        overlay.wait_with(dial_id, as_of_seq)
    overlay.let_go()
    assert (overlay.floor, len(overlay)) == (7, 293)
    for dial_id in ("d1", "d1", "d2"):
        overlay.wait_no_more(dial_id)
    overlay.let_go()
    assert (overlay.floor, len(overlay)) == (20, 280)
    overlay.raise_floor(100)
    overlay.let_go()
    assert (overlay.floor, len(overlay)) == (100, 200), "few are kept, and the floor never falls"


@pytest.mark.parametrize("deed", ["change", "removal", "pattern", "attempt", "end", "floor", "wait"])
def test_a_turn_that_fails_leaves_nothing_behind(deed):
    undo = Undo()
    overlay = Overlay(undo)
    overlay.put_change(change(1, entry_id="s1"))
    overlay.put_change(change(2, value="+1212?", scope="wildcard", entry_id="s2"))
    overlay.put_attempt(attempt(3, leg_id="l1", live=True))
    before, mark = everything(overlay), len(undo.steps)
    match deed:
        case "change":
            overlay.put_change(change(9, value="+1", entry_id="s9"))
        case "removal":
            overlay.put_change(change(9, removed=("s1",)))
        case "pattern":
            overlay.put_change(change(9, value="+1212?", scope="wildcard", removed=("s2",)))
        case "attempt":
            overlay.put_attempt(attempt(9, leg_id="l1", told=("answers",)))
        case "end":
            overlay.put_attempt(attempt(3, leg_id="l1"))
            overlay.raise_floor(3)
        case "wait":
            overlay.wait_with("d1", 3)
        case _:
            overlay.raise_floor(2)
    assert everything(overlay) != before
    undo.roll_back(mark)
    assert everything(overlay) == before


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        (None, None, {"person", "household", "lead", "debt"}),
        (None, Subject(person_id="p1"), {"person", "household", "lead", "debt"}),
        (Subject(person_id="p1"), Subject(person_id="p2"), {"household", "lead", "debt"}),
        (Subject(person_id="p1", debt_id="d1"), Subject(person_id="p1", debt_id="d2"), {"person", "household", "lead"}),
    ],
)
def test_whoever_answers_the_same_number_is_the_same_unless_both_calls_say_otherwise(theirs, ours, same):
    fact = attempt_fact(attempt(1, subject=theirs), NUMBER, ours, "spring", "harbour")
    assert set(fact.same) == {"number", *same}
    assert len(fact.same) == len(set(fact.same))
