"""The short form of a shift that dials, and that its judge sees what is wrong in a ledger. `make chaos` has the long
one."""

from pathlib import Path

import msgspec
import pytest

from tests.chaos.dialling import carriers_book as theirs
from tests.chaos.dialling.carriers_book import Ledger, read_book
from tests.chaos.dialling.centre import CONNECT_MS, GREETING_MS, Size
from tests.chaos.dialling.comparison import audited, disagreements
from tests.chaos.dialling.run import play_dialling

SHORT = Size(agents=12, minutes=1, rate=2, leads=600, ceiling=25, ring_s=6, calls_per_second=10, talk_s=(2, 6))


@pytest.mark.chaos
@pytest.mark.timeout(900)  # a slow machine takes its time to bring everybody home
async def test_a_shift_of_a_campaign_breaks_no_rule_and_both_books_agree(disk: Path) -> None:
    result = await play_dialling(disk, SHORT, seed=21, busy=True, progress=lambda text: None)
    assert result["harm"] == []
    assert result["kills"] > 0
    assert result["live_answers"] > 0


ANNA, ANNAS = "anna", "+12025551000"
BEN, BENS = "ben", "+12025551001"
EVA, OTTO, MAX = "+12125560001", "+12125560002", "+12125560003"
NOON = 1_790_000_000_000


def leg(sid, to, answered_at=None, ended_at=None, **more):
    empty = {"answered_by": None, "detected_at": None, "vanished_at": None, "ended_by": None, "segments": []}
    times = {"created_at": NOON, "answered_at": answered_at, "ended_at": ended_at}
    return {"sid": sid, "to": to, **empty, **times, **more}


def told(sid, kind, event, at, **more):
    answered = {"sent_at": at, "answered_at": at + 5, "ms": 5.0, "status": 200, "error": None}
    return {"sid": sid, "kind": kind, "event": event, **answered, **more}


def pages():
    """Eva talked with anna, nobody was there for Otto, and Max was a machine."""
    message = [{"heard": "menu", "start_ms": NOON + 12_350, "end_ms": NOON + 15_000}]
    legs = [
        leg("CAanna", ANNAS, NOON - 60_000),
        leg("CAeva", EVA, NOON + 5_000, NOON + 20_000, answered_by="human", detected_at=NOON + 7_000),
        leg("CAotto", OTTO, NOON + 9_000, NOON + 15_000, answered_by="human", detected_at=NOON + 11_500,
            segments=message),
        leg("CAmax", MAX, NOON + 8_000, NOON + 11_000, answered_by="machine_start", detected_at=NOON + 10_900),
    ]  # fmt: skip
    stays = [
        {"sid": "CAanna", "joined_at": NOON - 60_000, "left_at": None},
        {"sid": "CAeva", "joined_at": NOON + 5_010, "left_at": NOON + 20_000},
    ]
    webhooks = [
        told("CAeva", "document", "answer", NOON + 5_000),
        told("CFanna", "conference", "participant-join", NOON + 5_010),
        told("CAeva", "detection", "human", NOON + 7_000),
        told("CAotto", "document", "answer", NOON + 9_000),
        told("CAotto", "detection", "human", NOON + 11_500),
        told("CAmax", "document", "answer", NOON + 8_000),
        told("CAmax", "detection", "machine_start", NOON + 10_900),
    ]
    return {
        "legs": legs,
        "rooms": [{"sid": "CFanna", "stays": stays}],
        "rung": [{"sid": sid, "to": to, "at": NOON} for sid, to in (("CAeva", EVA), ("CAotto", OTTO), ("CAmax", MAX))],
        "bridges": [{"sids": ["CAeva", "CAanna"], "start_ms": NOON + 5_010, "end_ms": NOON + 20_000}],
        "webhooks": webhooks,
    }


def book_of(found):
    numbers = frozenset((EVA, OTTO, MAX))
    return read_book(
        Ledger(
            pages=found,
            phones={ANNAS: ANNA, BENS: BEN},
            numbers=numbers,
            greeting_ms=GREETING_MS,
            connect_ms=CONNECT_MS,
        )
    )


def rows():
    """The same in the regulator's report."""
    common = {"ended_at": moment(15_000), "outcome": "HUMAN", "live_answer": "1", "machine": "0", "abandoned": "0",
              "joined_at": "", "agent_id": "", "abandoned_at": "", "message_at": ""}  # fmt: skip
    return [
        {**common, "provider_ref": "CAeva", "attempt_id": "l1", "answered_at": moment(5_003),
         "joined_at": moment(5_013), "agent_id": ANNA},
        {**common, "provider_ref": "CAotto", "attempt_id": "l2", "answered_at": moment(9_003), "abandoned": "1",
         "abandoned_at": moment(12_310), "message_at": moment(12_310), "outcome": "ABANDONED"},
        {**common, "provider_ref": "CAmax", "attempt_id": "l3", "answered_at": moment(8_003), "live_answer": "0",
         "machine": "1", "outcome": "MACHINE"},
    ]  # fmt: skip


def moment(after_ms):
    return f"2026-09-21T14:{13 + (20_000 + after_ms) // 60_000:02}:{(20_000 + after_ms) % 60_000 / 1_000:06.3f}Z"


def compared(found, ours):
    return disagreements(book_of(found), ours, rate=1)


def test_what_became_of_each_call_is_read_from_the_ledger_alone():
    eva, otto, machine = book_of(pages()).calls
    assert (eva.is_live, eva.agent_id, eva.abandoned_at, eva.talked_ms) == (True, ANNA, 0, 14_990)
    assert (otto.is_live, otto.abandoned_at, otto.message_at) == (True, NOON + 12_300, NOON + 12_350)
    assert (machine.is_machine, machine.is_live) == (True, False)


def test_two_books_that_agree():
    assert compared(pages(), rows()) == []


@pytest.mark.parametrize(
    ("place", "change", "complaint"),
    [
        (0, {"agent_id": "ben"}, "talked with anna by the carrier's book, ben by ours"),
        (0, {"agent_id": "", "joined_at": ""}, "talked with anna by the carrier's book, nobody by ours"),
        (0, {"joined_at": moment(4_000)}, "and by our book 1010 ms before"),
        (0, {"abandoned_at": moment(8_000)}, "abandoned at 0 by the carrier's book"),
        (0, {"live_answer": "0"}, "a live answer by the carrier's book, not so by ours"),
        (0, {"ended_at": ""}, "l1: the attempt has no end"),
        (1, {"abandoned_at": ""}, f"abandoned at {NOON + 12_300} by the carrier's book, 0 by ours"),
        (1, {"abandoned_at": moment(11_000)}, "and by our book 1300 ms before"),
        (1, {"message_at": ""}, f"a message at {NOON + 12_350} by the carrier's book, 0 by ours"),
        (2, {"answered_at": ""}, f"answered at {NOON + 8_000} by the carrier's book, 0 by ours"),
        (2, {"live_answer": "1"}, "no live answer by the carrier's book, not so by ours"),
        (2, {"provider_ref": ""}, "CAmax to +12125560003: a call of the carrier's, and no attempt of ours"),
        (2, {"provider_ref": "CAnobody"}, "CAnobody: an attempt of ours, and the carrier has no such call"),
    ],
)
def test_a_book_of_ours_that_tells_otherwise_is_found_call_by_call(place, change, complaint):
    ours = rows()
    ours[place] |= change
    found = compared(pages(), ours)
    assert any(complaint in each for each in found), found
    assert all(each.startswith(("CA", "l")) for each in found)


def test_a_ledger_that_tells_otherwise_is_found_too():
    found = pages()
    found["bridges"][0]["start_ms"] = NOON + 9_000
    assert any("CAeva" in each and "abandoned at" in each for each in compared(found, rows()))
    found = pages()
    found["legs"].append(leg("CAagain", EVA, created_at=NOON + 60_000))
    assert compared(found, rows()) == [f"CAagain to {EVA}: a call of the carrier's, and no attempt of ours"]


def test_of_what_the_carrier_never_reported_we_cannot_know():
    found = pages()
    found["webhooks"][1] |= {"status": None, "error": "expired unsent"}
    ours = rows()
    ours[0] |= {"abandoned_at": moment(7_900)}
    assert compared(found, ours) == []


def test_of_an_agent_who_came_is_nothing_known_when_the_end_was_reported_first():
    found = pages()
    found["bridges"][0]["end_ms"] = NOON + 7_000
    found["webhooks"].append(told("CAeva", "call-progress", "completed", NOON + 5_000))
    ours = rows()
    ours[0] |= {"agent_id": "", "joined_at": "", "live_answer": "0"}
    assert compared(found, ours) == []
    found["webhooks"].pop()
    assert len(compared(found, ours)) == 2


def test_with_whom_somebody_was_first_is_not_known_where_the_end_was_told_before_the_beginning():
    found = pages()
    found["rooms"][0]["stays"][1]["left_at"] = NOON + 5_100
    found["bridges"][0]["end_ms"] = NOON + 5_100
    found["rooms"].append({"sid": "CFben", "stays": [{"sid": "CAeva", "joined_at": NOON + 6_000, "left_at": None}]})
    found["legs"].append(leg("CAben", BENS, NOON - 60_000))
    found["bridges"].append({"sids": ["CAeva", "CAben"], "start_ms": NOON + 6_000, "end_ms": NOON + 20_000})
    found["webhooks"][1] |= {"sent_at": NOON + 5_300, "answered_at": NOON + 5_310}
    leave = told("CFanna", "conference", "participant-leave", NOON + 5_200)
    ours = rows()
    ours[0] |= {"agent_id": BEN, "joined_at": moment(6_010)}
    assert len(compared({**found, "webhooks": [*found["webhooks"], leave]}, ours)) == 0
    ours[0] |= {"agent_id": "carla"}
    assert len(compared({**found, "webhooks": [*found["webhooks"], leave]}, ours)) == 1
    ours[0] |= {"agent_id": BEN}
    found["webhooks"][1] |= {"sent_at": NOON + 5_010, "answered_at": NOON + 5_015}
    assert len(compared({**found, "webhooks": [*found["webhooks"], leave]}, ours)) == 1


def test_who_comes_to_an_agent_whose_going_was_not_told_yet_is_with_that_agent():
    found = pages()
    found["rooms"][0]["stays"][0]["left_at"] = NOON + 5_005
    found["bridges"] = []
    ours = rows()
    assert compared(found, ours) == []
    found["webhooks"].append(told("CFanna", "conference", "participant-leave", NOON + 5_006))
    found["webhooks"][-1]["answered_at"] = NOON + 5_008
    assert any("CAeva" in each for each in compared(found, ours)), "we had been told"


def test_a_message_that_nobody_stayed_for_was_begun_all_the_same():
    found = pages()
    found["legs"][2] |= {"segments": [], "ended_by": "callee"}
    assert compared(found, rows()) == []
    found["legs"][2] |= {"ended_by": "rest"}
    assert compared(found, rows()) == [
        f"CAotto to {OTTO}: a message at 0 by the carrier's book, {NOON + 12_310} by ours"
    ]


def test_a_second_ring_is_found():
    found = pages()
    found["legs"].append(leg("CAagain", EVA, created_at=NOON + 60_000))
    found["rung"].append({"sid": "CAagain", "to": EVA, "at": NOON + 60_000})
    assert len(list(theirs.rung_twice(book_of(found)))) == 2
    assert list(theirs.rung_twice(book_of(pages()))) == []


def test_a_second_line_to_somebody_is_found():
    (found,) = theirs.two_lines(book_of(pages()), [(EVA, OTTO)])
    assert found.endswith("the same person was being called already, CAeva to +12125560001")
    assert list(theirs.two_lines(book_of(pages()), [(EVA,), (OTTO,)])) == []


def test_a_forbidden_ring_is_found():
    book = book_of(pages())
    (found,) = theirs.rung_against(book, {OTTO: NOON - 1_000, EVA: NOON + 1})
    assert found == "CAotto to +12125560002: called 1 s after it was not to be any more"
    (found,) = theirs.rung_past(book, {MAX: NOON + 7_000, EVA: NOON + 5_001})
    assert found == "CAmax to +12125560003: rang 1 s after the end of the day"


def test_a_ceiling_that_is_passed_for_a_moment_is_found():
    """Otto is the second of two who answered; with a third one the rate would be allowed again."""
    book = book_of(pages())
    assert list(theirs.over_ceiling(book, 50)) == []
    (found,) = theirs.over_ceiling(book, 49)
    assert found == f"CAotto to {OTTO}: abandoned at {NOON + 12_300}, as number 1 of 2 live answers"
    assert list(theirs.over_ceiling(msgspec.structs.replace(book, lost_at=[NOON + 10_000]), 49, excusing=True)) == []
    assert len(list(theirs.over_ceiling(msgspec.structs.replace(book, lost_at=[NOON + 10_000]), 49))) == 1


def test_whoever_waited_while_we_did_not_answer_the_carrier_is_told_apart():
    found = pages()
    found["webhooks"][3] |= {"error": "connection reset", "status": None, "ms": 3.0}
    _, otto, machine = book_of(found).calls
    assert (otto.kept_waiting, machine.kept_waiting) == (True, True)
    assert list(theirs.over_ceiling(book_of(found), 0, excusing=True)) == []
    assert len(list(theirs.over_ceiling(book_of(found), 0))) == 1


def test_an_agent_who_vanished_without_a_word_was_there_for_all_that_anybody_knew():
    found = pages()
    found["legs"][0]["vanished_at"] = NOON
    found["bridges"].clear()
    eva, *_ = book_of(found).calls
    assert (eva.heard_nobody, eva.agent_id, eva.joined_at) == (True, ANNA, NOON + 5_010)
    assert compared(found, rows()) == []


def test_an_audit_that_counts_otherwise_or_finds_something_is_told():
    counts = {"attempts": 3, "answered": 3, "live_answers": 2, "machines": 1, "connected": 1, "abandoned": 1,
              "messages_to_abandoned": 1}  # fmt: skip
    audit = {"findings": [], "calls": {"counts": counts, "findings": []}}
    assert audited(audit, rows()) == []
    counts["abandoned"] = 2
    audit["findings"] = ["it is not what was written"]
    assert audited(audit, rows()) == [
        "the audit finds: it is not what was written",
        "the audit counts 2 abandoned, the report has 1",
    ]
