"""Where the carrier's verdict and our records tell different stories of a call."""

import random

import msgspec
import pytest

from cti.cli.demo.agents import Stage
from cti.cli.demo.harm import harm_of, told_by_journal
from cti.core.apply.agents import ABSENCE_GRACE_MS
from cti.core.base import changed
from cti.core.codec import decode
from cti.core.record import Batch
from cti.journal.sql import SqlJournal
from cti.views.desktop import frames_of
from cti.views.frames import Done
from tests.chaos.desktops import RecordingAgent, mistold
from tests.site import Site

CONTACT = {
    "contact_id": "main-c7",
    "outcome": "flow_ended",
    "agent_ids": [],
    "queue_refused": "full",
    "queue_id": "tiny",
    "flow_id": "clinic",
    "offers_missed": 0,
    "offers_declined": 0,
    "disposition": "",
    "cause": "FLOW_ENDED",
    "queued_at": 1_000,
    "connected_at": 2_000,
    "talk_ms": 7_000,
    "ended_at": 9_000,
}
LEG = {
    "sid": "CA7",
    "created_at": 1_000,
    "queued_at": None,
    "ended_by": "document",
    "end_reason": "hangup",
    "segments": [{"heard": "speech", "start_ms": 1_000, "end_ms": 3_000}],
}
NOTHING = ("lost", "bridged_twice", "silent", "agents_doubled", "dialled_twice", "finished_by_flow", "passed_on")


def verdict(*finished, live=0, contacts=1, **findings):
    told = {**{name: [] for name in NOTHING}, "finished_by_flow": [{"sids": [sid]} for sid in finished], **findings}
    return {"contacts": contacts, "live": live, "findings": told}


def harm(judged, *, outcome="flow_ended", **leg):
    return harm_of(judged, {"CA7": LEG | leg}, [CONTACT | {"outcome": outcome}], {"main-c7": "CA7"})


def test_both_say_that_the_flow_ended_the_call():
    assert harm(verdict("CA7")) == []


@pytest.mark.parametrize("outcome", ["abandoned_in_queue", "abandoned_in_flow", "connected"])
def test_a_call_that_only_the_carrier_calls_finished_is_told_with_its_story(outcome):
    [told] = harm(verdict("CA7"), outcome=outcome)
    assert told.startswith("two stories of CA7, main-c7: we say ")
    assert told.endswith("the carrier: heard speech 2000 ms, ended by document: hangup")


def test_a_call_that_only_we_call_finished_is_told():
    [told] = harm(verdict(), ended_by="caller", end_reason="hung up", queued_at=2_500)
    assert "we say queue tiny was full" in told
    assert "in a queue from 1.5 s on" in told


def test_who_hangs_up_during_the_goodbye_was_finished_by_the_flow_for_us():
    assert harm(verdict(), ended_by="caller") == []


def test_nobody_says_goodbye_at_a_menu():
    menu = [{"heard": "menu", "start_ms": 1_000, "end_ms": None}]
    [told] = harm(verdict(), ended_by="caller", segments=menu)
    assert "heard menu 0 ms" in told


def test_a_contact_without_a_call_is_told():
    [told] = harm_of(verdict(), {}, [CONTACT], {})
    assert told == "main-c7: the carrier knows of no such call (no name)"


def test_what_the_carrier_finds_is_harm_and_so_are_quarantined_missing_and_endless_calls():
    assert harm(verdict("CA7", lost=["x"])) == ["lost: x"]
    assert "quarantined: main-c7" in harm(verdict(), outcome="quarantined")
    assert harm(verdict("CA7", live=2)) == ["2 calls never ended"]
    assert harm(verdict("CA7", contacts=3)) == ["the carrier saw 3 calls, the records tell of 1"]


def test_who_is_passed_on_without_anybody_asking_for_it_is_told():
    passed = {"sids": ["CA7", "CA8", "CA9"], "reason": "talked with 2 agents' legs"}
    judged = verdict("CA7", passed_on=[passed])
    told = harm_of(judged, {"CA7": LEG}, [CONTACT], {"main-c7": "CA7"})
    assert told == [f"passed on though nobody asked for it: {passed}"]
    assert harm_of(judged, {"CA7": LEG}, [CONTACT], {"main-c7": "CA7"}, {"main-c7"}) == []


def test_a_message_is_an_end_by_the_flow():
    assert harm(verdict("CA7"), outcome="voicemail") == []


async def test_a_desktop_that_was_not_told_once_and_in_order_is_told(tmp_path):
    site = Site()
    site.sign_in("anna")
    site.hang_up(site.call())
    journal = await SqlJournal.open(f"sqlite:///{tmp_path}/journal.db", "main")
    epoch = await journal.take_over("test")
    await journal.append(Batch(epoch=epoch, records=tuple(changed(row, epoch=epoch) for row in site.records)))
    frames = [(to, frame) for row in site.records for to, frame in frames_of(decode(row))]
    told = [(frame.seq, frame.index) for to, frame in frames if to in ("anna", "") and frame.__class__ is not Done]
    first = told[0][0]
    for heard, whole_at, fault in (
        (told, 0, ""),
        ([place for place in told if place[0] > first], first, ""),
        ([*told[:-2], told[-1]], 0, f"not [{told[-2]}]"),
        ([*told, told[-1]], 0, f"{len(told) + 1} events of {len(told)}"),
        ([told[1], told[0], *told[2:]], 0, f"{len(told)} events of {len(told)}"),
    ):
        anna = RecordingAgent("anna", "http://127.0.0.1:9", "token", Stage(random.Random(1)))
        anna.told, anna.whole_at = heard, whole_at
        found = await mistold([anna], tmp_path / "journal.db")
        assert len(found) == bool(fault)
        assert all(fault in one for one in found)
    await journal.close()


async def test_the_journal_names_the_call_of_each_contact_and_who_was_passed_on(tmp_path):
    journal = await SqlJournal.open(f"sqlite:///{tmp_path}/journal.db", "main")
    try:
        epoch = await journal.take_over("test")
        site = Site()
        site.sign_in("anna")
        legs = [site.call(), site.call()]
        site.talk(legs[0], "anna")
        site.disconnect("anna")
        site.wait(ABSENCE_GRACE_MS)
        stored = [msgspec.structs.replace(record, epoch=epoch) for record in site.records]
        await journal.append(Batch(epoch=epoch, records=tuple(stored)))
    finally:
        await journal.close()
    named, passed_on = await told_by_journal(tmp_path / "journal.db")
    assert passed_on == {site.contact(legs[0]).contact_id}
    assert named == {site.contact(leg_id).contact_id: f"CA{place}" for place, leg_id in enumerate(legs, 1)}
