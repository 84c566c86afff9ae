"""One row a recording, from the journal alone, in whatever pieces it is projected and whatever reports got lost."""

import msgspec
import pytest

from cti.core import events as e
from cti.core.plan import Door, GoOn, Plan, Record, Say
from cti.core.states import RecordingAction
from cti.store.projection import Projections
from cti.store.projector import Projector
from cti.store.recordings import RecordingRecord, Recordings, Wanted
from cti.store.recordings_projector import RecordingsProjector
from cti.store.store import Store
from tests.store.made import ARRIVED_AT, SITE, closed, record, started

LEG, CONTACT = "main-l1", "main-c1"


def turn(seq, told, *events):
    """A record with this input."""
    return msgspec.structs.replace(record(seq, *events), input=told)


def on(kind, /, ref="RE1", leg=LEG, **fields):
    return kind(leg_id=leg, recording_id=ref, **fields)


ASKED = e.RecordingAsked(contact_id=CONTACT, leg_id=LEG)
LATE = e.ReportIgnored(about="PlanRequested", reason="leg is gone")
MESSAGE = e.LegPlanned(leg_id="main-l6", plan=Plan((Record(seconds_max=60), GoOn(door=Door.NEXT))), replied=True)
IN_VOICEMAIL = e.StepEntered(contact_id="main-c6", step_id="message")

JOURNAL = [
    record(1, started(CONTACT)),
    turn(2, e.RecordingRequested(contact_id=CONTACT, action=RecordingAction.START, agent_id="anna"), ASKED),
    turn(3, on(e.RecordingStarted)),
    turn(4, on(e.RecordingPaused)),
    turn(5, on(e.RecordingResumed)),
    record(6, started("main-c6"), IN_VOICEMAIL, MESSAGE),
    turn(7, on(e.RecordingPaused)),
    turn(8, on(e.RecordingEnded, duration_s=3, channels=2)),
    turn(9, on(e.RecordingEnded, ref="RE2", leg="main-l6", duration_s=5, kind="voicemail", channels=1)),
    record(10, closed(CONTACT)),
    turn(11, on(e.RecordingStarted)),
    turn(12, on(e.RecordingResumed)),
    turn(13, on(e.RecordingEnded, duration_s=3, channels=2)),
]


def at(seq):
    return ARRIVED_AT + seq


async def project(store, *records):
    """What the recordings come to, the first asked for first."""
    await RecordingsProjector(store, SITE).project(records)
    return (await Recordings(store, SITE).latest(Wanted(), 100))[::-1]


async def test_a_row_says_who_asked_when_it_ran_and_where_it_is(store):
    conversation, message = await project(store, *JOURNAL)
    assert conversation == RecordingRecord(
        recording_id="main-a2",
        seq=8,
        kind="conversation",
        contact_id=CONTACT,
        leg_id=LEG,
        asked_by="anna",
        provider_ref="RE1",
        status="complete",
        location="carrier",
        asked_at=at(2),
        started_at=at(3),
        ended_at=at(3) + 3_000,
        completed_at=at(8),
        duration_s=3,
        channels=2,
        pauses=((at(4), at(5)), (at(7), at(3) + 3_000)),
    )
    assert (message.contact_id, message.kind, message.provider_ref) == ("main-c6", "voicemail", "RE2")
    assert (message.asked_by, message.status, message.duration_s) == ("", "complete", 5)


@pytest.mark.parametrize("length", [1, 2, 5, 13])
async def test_pieces_repeats_and_restarts_make_no_difference(store, store_url, length):
    expected = await project(store, *JOURNAL)
    await project(store, *JOURNAL)
    assert await project(store) == expected
    await RecordingsProjector(store, SITE).reset()
    assert await project(store) == []
    for start in range(0, len(JOURNAL), length):
        restarted = await Store.open(store_url)
        await RecordingsProjector(restarted, SITE).project(JOURNAL[start : start + length])
        await restarted.close()
    assert await project(store) == expected


async def test_recordings_catch_up_with_a_journal_that_was_projected_before_there_were_any(store):
    await Projector(store, SITE).project(JOURNAL[:9])
    both = Projections(Projector(store, SITE), RecordingsProjector(store, SITE))
    assert await both.cursors() == [9, 0]
    assert not await both.project(JOURNAL[9:11]), "one waits for what comes before"
    assert await both.cursors() == [11, 0]
    assert await both.project(JOURNAL)
    assert await both.cursors() == [13, 13]
    assert len(await project(store)) == 2


async def test_one_whose_end_is_not_told_runs_or_pauses(store):
    assert [row.status for row in await project(store, *JOURNAL[:2])] == ["asked"]
    assert [row.status for row in await project(store, *JOURNAL[:3])] == ["running"]
    [row] = await project(store, *JOURNAL[:4])
    assert (row.status, row.location, row.ended_at, row.pauses) == ("paused", "", 0, ((at(4), 0),))


async def test_a_beginning_that_got_lost_is_learnt_from_the_end(store):
    [row] = await project(
        store, turn(1, e.ReadyRequested(agent_id="anna"), ASKED),
        turn(2, e.RecordingFailed(leg_id=LEG, reason="UNREACHABLE")),
    )  # fmt: skip
    assert (row.status, row.reason, row.asked_by) == ("failed", "UNREACHABLE", "")
    seen = on(e.RecordingEnded, duration_s=2, contact_id=CONTACT, started_at=ARRIVED_AT - 7_000)
    [row] = await project(store, turn(3, e.RecordingsChecked(leg_id=LEG), seen))
    assert (row.recording_id, row.status, row.reason, row.provider_ref) == ("main-a1", "complete", "", "RE1")
    assert (row.started_at, row.ended_at) == (ARRIVED_AT - 7_000, ARRIVED_AT - 5_000)


async def test_one_that_nobody_is_known_to_have_asked_for_has_a_row_too(store):
    [row] = await project(store, turn(1, on(e.RecordingEnded, duration_s=0, absent=True, contact_id=CONTACT)))
    assert (row.contact_id, row.status, row.location, row.asked_by) == (CONTACT, "empty", "", "")


async def test_what_the_carrier_would_not_tell_of_is_lost_and_not_never_made(store):
    rows = await project(
        store,
        turn(1, e.ReadyRequested(agent_id="anna"), ASKED),
        turn(2, on(e.RecordingStarted)),
        turn(3, e.ReadyRequested(agent_id="anna"), ASKED),
        turn(4, e.RecordingsChecked(leg_id=LEG, refused=True),
             e.RecordingsSettled(leg_id=LEG, contact_id=CONTACT, lost=("RE1",), refused=True)),
    )  # fmt: skip
    assert [(row.status, row.reason) for row in rows] == [("lost", "REFUSED")] * 2


async def test_what_is_settled_was_never_made_or_is_lost(store):
    rows = await project(
        store,
        turn(1, e.ReadyRequested(agent_id="anna"), ASKED),
        turn(2, on(e.RecordingStarted)),
        turn(3, e.ReadyRequested(agent_id="anna"), ASKED),
        turn(4, e.RecordingsChecked(leg_id=LEG),
             e.RecordingsSettled(leg_id=LEG, contact_id=CONTACT, lost=("RE1",))),
    )  # fmt: skip
    assert [row.status for row in rows] == ["lost", "none"]
    assert await Recordings(store, SITE).count() == dict.fromkeys(
        ("asked", "running", "paused", "complete", "empty", "failed"), 0
    ) | {"lost": 1, "none": 1}


async def test_a_message_asked_for_again_and_left_at_the_door_is_one(store):
    left = e.PlanRequested(leg_id="main-l6", door=Door.RECORDED, nonce=1, recording_id="RE3", duration_s=4)
    spoken = Plan((Say(text="Hello.", language="en-US"),))
    [row] = await project(
        store,
        record(1, started("main-c6"), IN_VOICEMAIL, MESSAGE),
        record(2, IN_VOICEMAIL, MESSAGE),
        turn(3, left, e.LegPlanned(leg_id="main-l6", plan=spoken, replied=True)),
        turn(4, msgspec.structs.replace(left, recording_id="RE4"), LATE),
    )
    assert (row.recording_id, row.contact_id, row.provider_ref, row.status) == ("main-a1", "main-c6", "RE3", "running")


async def test_sites_do_not_meet(store):
    await project(store, *JOURNAL)
    assert await Recordings(store, "other").latest(Wanted(), 9) == []
    assert await Recordings(store, "other").get("main-a2") is None


async def test_those_wanted_come_page_by_page_the_latest_first(store, reader):
    journal = []
    for seq in range(1, 31):
        contact_id, leg = f"main-c{seq}", f"main-l{seq}"
        agent_id = "anna" if seq % 2 else ""
        asked = e.RecordingAsked(contact_id=contact_id, leg_id=leg)
        journal.append(
            turn(seq, e.RecordingRequested(contact_id=contact_id, action=RecordingAction.START, agent_id=agent_id),
                 asked, *([on(e.RecordingStarted, ref=f"RE{seq}", leg=leg)] if seq > 20 else []))
        )  # fmt: skip
    await RecordingsProjector(store, SITE).project(journal)
    found = Recordings(reader, SITE)

    async def ids(limit=100, **wanted):
        return [row.recording_id for row in await found.latest(Wanted(**wanted), limit)]

    everything = [f"main-a{seq}" for seq in range(30, 0, -1)]
    assert await ids() == everything
    first = await found.latest(Wanted(), 7)
    assert await ids(before=(first[-1].asked_at, first[-1].recording_id)) == everything[7:]
    assert await ids(contact_id="main-c4") == ["main-a4"]
    assert await ids(asked_by="anna", status="running") == ["main-a29", "main-a27", "main-a25", "main-a23", "main-a21"]
    assert await ids(asked_from=at(3), asked_until=at(5)) == ["main-a4", "main-a3"]
    assert await ids(limit=0) == await ids(kind="voicemail") == []
