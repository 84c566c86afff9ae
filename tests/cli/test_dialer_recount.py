"""`cti dialer audit` counts all calls anew: whatever was added, changed or left out, in the log, in the journal or in a
ledger, is found and named."""

import json
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from cti import engine
from cti.cli.dialer.recounting import Recount
from cti.core import events as e
from cti.core.base import changed
from cti.core.campaign_config import Answering
from cti.core.codec import decode, encode
from cti.core.events import AttemptAbandoned, LiveAnswerCounted
from cti.core.ledger import Ledger
from cti.core.record import FIRST_HASH, Batch, StoredRecord
from cti.core.states import Outcome
from cti.journal.memory import MemoryJournal
from cti.runtime.recovery import standing
from cti.store.attempt_log import AttemptLog
from cti.store.attempt_log_projector import AttemptLogProjector
from cti.store.store import Store
from tests.cli.dialer_files import SITE, leave_files
from tests.dialer.calling_site import NUMBER
from tests.dialer.campaign_site import CampaignSite, dialled
from tests.dialer.preview_site import PreviewSite
from tests.dialer.short_shift import shift
from tests.dialer.test_campaigns import join
from tests.serving import command

PERIOD = ("--from", "2025-06-10", "--to", "2025-06-17")


@pytest.fixture(scope="module")
def records():
    return tuple(shift().records)


@pytest.fixture
async def store(tmp_path, records):
    opened = await Store.open(f"sqlite:///{tmp_path}/store.db")
    await AttemptLogProjector(opened, SITE).project([decode(row) for row in records])
    yield opened
    await opened.close()


async def journal_of(records):
    journal = MemoryJournal(SITE)
    await journal.take_over("test")
    await journal.append(Batch(epoch=1, records=tuple(records)))
    return journal


async def recount(tmp_path, store, journal, *, running=False, told=None):
    """`told` changes the state that the snapshot leaves."""

    async def state():
        found = await standing(SITE, journal, None)
        return told(found) if told else found

    own = await Store.open(f"sqlite:///{tmp_path}/own.db")
    result = await Recount(journal, AttemptLog(store, SITE), own, SITE, lambda: running, state).run()
    await own.close()
    return result


async def tamper(store, *statements):
    for statement in statements:
        await store.write(lambda connection, statement=statement: connection.execute(text(statement)))


async def test_what_nobody_touched_agrees(tmp_path, store, records):
    result = await recount(tmp_path, store, await journal_of(records))
    assert result.findings == []
    assert (result.counts.attempts, result.counts.live_answers, result.counts.abandoned) == (4, 2, 1)


LOST = "SELECT attempt_id FROM attempt_log WHERE abandoned_at > 0"
CHANGES = {
    "left out": (f"DELETE FROM attempt_log WHERE attempt_id IN ({LOST})", "it is missing in the log"),
    "never abandoned": (
        "UPDATE attempt_log SET abandoned_at = 0, outcome = 'HUMAN' WHERE abandoned_at > 0",
        "the log has it otherwise than the journal: abandoned_at 0",
    ),
    "sooner": (
        "UPDATE attempt_log SET message_at = message_at - 1 WHERE message_at > 0",
        "the log has it otherwise than the journal: message_at",
    ),
    "another agent": ("UPDATE attempt_log SET agent_id = 'a9' WHERE agent_id = 'a0'", "agent_id 'a9', not 'a0'"),
    "another campaign": ("UPDATE attempt_log SET campaign_id = 'summer'", "campaign_id 'summer', not 'spring'"),
    "a ceiling": ("UPDATE attempt_log SET bounds = '[]' WHERE abandoned_at > 0", "bounds ()"),
    "a refusal left out": ("DELETE FROM refusal_log", "it is missing in the log"),
    "another rule": ("UPDATE refusal_log SET rule = 'US-HOURS'", "rule 'US-HOURS', not 'DNC-COMPANY'"),
}


@pytest.mark.parametrize("running", [False, True], ids=["alone", "beside a server"])
@pytest.mark.parametrize(("statement", "said"), CHANGES.values(), ids=CHANGES)
async def test_whatever_is_changed_or_left_out_in_the_log_is_found(tmp_path, store, records, statement, said, running):
    await tamper(store, statement)
    result = await recount(tmp_path, store, await journal_of(records), running=running)
    assert result.findings
    assert all(said in finding.what for finding in result.findings)


async def test_a_call_that_was_added_to_the_log_is_found(tmp_path, store, records):
    """To make the rate look better."""
    await tamper(
        store,
        "CREATE TEMPORARY TABLE more AS SELECT * FROM attempt_log WHERE outcome = 'HUMAN'",
        "UPDATE more SET attempt_id = 'main-l999'",
        "INSERT INTO attempt_log SELECT * FROM more",
    )
    (finding,) = (await recount(tmp_path, store, await journal_of(records))).findings
    assert (finding.about, finding.what) == ("main-l999", "the log has it, and the journal knows nothing of it")


def without(records, kind) -> list[StoredRecord]:
    """The journal as somebody would write it anew who leaves out events of a kind: every hash fits."""
    anew, last_hash = [], FIRST_HASH
    for row in records:
        record = decode(row)
        kept = tuple(event for event in record.events if not isinstance(event, kind))
        fresh = encode(changed(record, events=kept), last_hash, "salt")
        anew.append(fresh)
        last_hash = fresh.hash
    return anew


async def test_a_journal_that_was_written_anew_without_an_abandoned_call_is_found_by_the_log(tmp_path, store, records):
    journal = await journal_of(without(records, AttemptAbandoned))
    result = await recount(tmp_path, store, journal)
    assert result.counts.abandoned == 0
    assert [finding.what.split(":")[1].split()[0] for finding in result.findings] == ["abandoned_at"]


async def test_an_agent_who_came_late_and_counts_as_in_time_is_found_by_the_instants(tmp_path):
    """As a journal tells it whose server did not look at the greeting's end."""
    site = CampaignSite(dialled(answering=Answering(detect="beside")), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(3_600)
    join(site, leg_id)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN, quiet_ms=2_800))
    for records, found in ((site.records, set()), (_in_time(site.records), {leg_id})):
        log = await Store.open(f"sqlite:///{tmp_path}/log{len(found)}.db")
        await AttemptLogProjector(log, SITE).project([decode(row) for row in records])
        result = await recount(tmp_path, log, await journal_of(records), told=lambda state: state)
        (tmp_path / "own.db").unlink()
        await log.close()
        late = [finding.about for finding in result.findings if "ms too late" in finding.what]
        assert set(late) == found


def _in_time(records):
    anew, last_hash = [], FIRST_HASH
    for row in records:
        record = decode(row)
        events = tuple(
            changed(event, abandoned=False) if isinstance(event, LiveAnswerCounted) else event
            for event in record.events
            if not isinstance(event, AttemptAbandoned)
        )
        anew.append(encode(changed(record, events=events), last_hash, "salt"))
        last_hash = anew[-1].hash
    return anew


async def test_a_record_that_was_changed_in_place_is_found(tmp_path, store, records):
    place = next(place for place, row in enumerate(records) if '"AttemptAbandoned"' in row.body)
    body = records[place].body.replace('"AttemptAbandoned"', '"AttemptAnswered"')
    changed_rows = [*records[:place], changed(records[place], body=body), *records[place + 1 :]]
    result = await recount(tmp_path, store, await journal_of(changed_rows))
    found = {finding.about for finding in result.findings}
    assert {f"record {records[place].seq}", "the journal"} <= found


async def test_a_ledger_that_counts_otherwise_than_the_journal_is_found(tmp_path, store, records):
    def kinder(state):
        (ledger,) = state.ledgers.rows.values()
        ((day, answers, abandoned),) = ledger.days
        state.ledgers.put(ledger.ledger_id, Ledger(ledger_id=ledger.ledger_id, days=((day, answers + 98, abandoned),)))
        return state

    def empty(state):
        state.ledgers.drop("harbour/service/US")
        return state

    journal = await journal_of(records)
    (finding,) = (await recount(tmp_path, store, journal, told=kinder)).findings
    assert (finding.about, finding.what) == (
        "harbour/service/US",
        (
            "on 2025-06-17 the journal has 2 live answers, 1 of them abandoned, "
            "the ledger 100 live answers, 1 of them abandoned"
        ),
    )
    (tmp_path / "own.db").unlink()
    (finding,) = (await recount(tmp_path, store, journal, told=empty)).findings
    assert "the ledger 0 live answers" in finding.what


async def test_an_answer_that_was_left_out_of_the_journal_is_found_by_log_and_ledger(tmp_path, store, records):
    """The snapshot still has it."""
    kept = engine.new_state(SITE)
    for row in records:
        engine.fold(kept, decode(row))
    journal = await journal_of(without(records, LiveAnswerCounted))
    result = await recount(tmp_path, store, journal, told=lambda state: kept)
    assert {"harbour/service/US"} < {finding.about for finding in result.findings}


async def test_a_log_that_is_behind_a_running_server_is_no_finding_and_without_one_it_is(tmp_path, records):
    behind = await Store.open(f"sqlite:///{tmp_path}/behind.db")
    half = next(place for place, row in enumerate(records) if '"AttemptAbandoned"' in row.body)
    await AttemptLogProjector(behind, SITE).project([decode(row) for row in records[:half]])
    journal = await journal_of(records)
    assert (await recount(tmp_path, behind, journal, running=True)).findings == []
    (tmp_path / "own.db").unlink()
    assert (await recount(tmp_path, behind, journal)).findings
    await tamper(behind, "UPDATE cursors SET seq = 100000")
    (tmp_path / "own.db").unlink()
    findings = (await recount(tmp_path, behind, journal, running=True)).findings
    assert "it says that it has taken in the journal to record 100000" in findings[0].what
    await behind.close()


async def test_the_command_tells_and_fails(tmp_path, records):
    data = await leave_files(tmp_path, records)
    status, output, errors = await command(tmp_path, "dialer", "audit")
    assert (status, errors) == (0, "")
    assert "4 calls by the journal, 2 live answers, 1 abandoned; log and ledgers agree\n" in output
    with closing(sqlite3.connect(data / "store.db")) as file, file:
        file.execute(CHANGES["never abandoned"][0])
    status, output, _ = await command(tmp_path, "dialer", "audit", "--json")
    assert status == 1
    calls = json.loads(output)["calls"]
    assert (calls["counts"]["abandoned"], len(calls["findings"])) == (1, 1)


async def test_a_call_by_hand_that_is_missing_in_the_log_is_found(tmp_path):
    site = PreviewSite()
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", number=NUMBER, request_id="dial"))
    (leg_id,) = [event.leg_id for event in site.happened(e.LegStarted)]
    site.tell(leg_id)
    site.no_answer(leg_id)
    await leave_files(tmp_path, tuple(site.records))
    status, output, _ = await command(tmp_path, "dialer", "audit")
    assert status == 0
    assert "1 calls by the journal, 0 live answers, 0 abandoned; log and ledgers agree\n" in output
    _, output, _ = await command(tmp_path, "dialer", "report", "spring", *PERIOD, "--json")
    total = json.loads(output)["total"]
    assert (total["attempts"], total["by_hand"], total["live_answers"]) == (1, 1, 0)
    with closing(sqlite3.connect(tmp_path / "data" / "store.db")) as file, file:
        file.execute("DELETE FROM attempt_log")
    status, output, _ = await command(tmp_path, "dialer", "audit")
    assert status == 1
    assert f"{leg_id}" in output
