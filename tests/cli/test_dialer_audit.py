"""`cti dialer audit`: every changed, removed or moved proof is found and named, with the journal and without."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from cti.cli.dialer import auditing
from cti.cli.dialer.auditing import Audit
from cti.core.calling import Block, Listing
from cti.core.codec import decode
from cti.core.record import Batch
from cti.dialer.calling import judge
from cti.journal.memory import MemoryJournal
from cti.runtime.parent import is_locked, lock
from cti.store.clearances import Clearances
from cti.store.clearances_projector import ClearancesProjector
from cti.store.errors import StoreError
from cti.store.retention import forget_cleared
from cti.store.store import Store
from tests.cli.dialer_files import leave_files
from tests.dialer.calling_site import MIAMI, NUMBER, OTHER, TUESDAY_NOON, CallingSite
from tests.serving import command

SITE = "main"
LISTED = (Listing(list_id="main-s1", scope="company", since=TUESDAY_NOON),)


@pytest.fixture(scope="module")
def records():
    """Five verdicts, the second and the fourth of them a no; then the rules change, and one more."""
    site = CallingSite()
    for place, number in enumerate((NUMBER, OTHER, MIAMI, NUMBER, OTHER)):
        leg_id = site.request(number)
        site.know(leg_id, listed=LISTED if place in (1, 3) else ())
    site.apply(CallingSite(caller_id="+12025550199").state.config)
    site.know(site.request(MIAMI))
    return tuple(site.records)


@pytest.fixture
async def store(tmp_path, records):
    opened = await Store.open(f"sqlite:///{tmp_path}/store.db")
    await ClearancesProjector(opened, SITE).project([decode(row) for row in records])
    yield opened
    await opened.close()


@pytest.fixture
async def journal(records):
    journal = MemoryJournal(SITE)
    await journal.take_over("test")
    await journal.append(Batch(epoch=1, records=records))
    return journal


async def tamper(store, statement):
    await store.write(lambda connection: connection.execute(text(statement)))


async def audit(store, journal=None, head="", *, running=False):
    return await Audit(Clearances(store, SITE), journal, head, lambda: running).run()


TAIL_CUT = "DELETE FROM clearances WHERE position >= 4"
CURSOR_BACK = "UPDATE cursors SET seq = (SELECT max(seq) FROM clearances) WHERE projection = 'clearances'"


async def test_what_nobody_touched_is_as_it_was(store, journal):
    for kept in (journal, None):
        report = await audit(store, kept)
        assert (report.count, report.findings) == (6, [])
        assert len(report.head) == 64


async def test_nothing_in_the_chain_says_whose_number_it_was(store):
    async for proof in Clearances(store, SITE).in_order():
        assert proof.number in (NUMBER, OTHER, MIAMI)
        assert proof.number.removeprefix("+") not in str(proof.row)


async def test_nothing_in_the_chain_leads_to_an_entry_that_has_the_number(store, journal):
    """The entries stand beside the number, and go with it. What the journal says of them is still compared."""
    listed = [proof.row async for proof in Clearances(store, SITE).in_order() if "DNC-COMPANY" in proof.row.blocks]
    assert [row.position for row in listed] == [2, 4]
    assert all("main-s1" not in str(row) and str(TUESDAY_NOON) not in row.facts for row in listed)
    assert len({json.loads(row.facts)["listed"][0]["list_id"] for row in listed}) == 2  # each has a salt of its own
    beside = text("SELECT entries FROM clearance_numbers ORDER BY position")
    rows = await store.read(lambda connection: connection.execute(beside).scalars().all())
    assert rows == ["", "main-s1", "", "main-s1", "", ""]
    [first, _] = [json.loads(row.facts)["listed"][0]["list_id"] for row in listed]
    await tamper(
        store, f"UPDATE clearances SET facts = replace(facts, '{first}', '0123456789abcdef') WHERE position = 2"
    )
    assert "the journal has other facts" in [finding.what for finding in (await audit(store, journal)).findings]


async def test_numbers_are_forgotten_and_the_chain_still_verifies(store, journal):
    assert await forget_cleared(store, SITE, 10**15) == 6
    report = await audit(store, journal)
    assert (report.count, report.findings) == (6, [])


async def test_of_numbers_that_went_some_in_their_time_the_others_are_found(store, journal, records):
    """What retention forgot has a mark; what is missing beyond it was taken away."""
    ended = await audit(store)
    third = [proof async for proof in Clearances(store, SITE).in_order()][2].row
    assert await forget_cleared(store, SITE, third.at + 1) == 3
    assert await forget_cleared(store, SITE, third.at + 1) == 0
    for kept in (journal, None):
        assert (await audit(store, kept)).findings == []
    await tamper(store, "DELETE FROM clearance_numbers WHERE position = 5")
    [finding] = (await audit(store, journal)).findings
    assert (finding.position, finding.what) == (5, "its number is missing, and was not forgotten in its time")
    await tamper(store, "UPDATE forgotten_numbers SET position = 5")
    [finding] = (await audit(store)).findings
    assert (finding.position, finding.what) == (5, "its number is missing, and its time to be forgotten had not come")
    assert (await audit(store)).head == ended.head


CHANGES = {
    "facts": "UPDATE clearances SET facts = replace(facts, 'America/New_York', 'Pacific/Honolulu') WHERE position = 3",
    "verdict": "UPDATE clearances SET blocks = '[]' WHERE position = 2",
    "time": "UPDATE clearances SET at = at - 36000000 WHERE position = 3",
    "rules": "UPDATE clearances SET rules_version = 'none' WHERE position = 3",
    "hash": "UPDATE clearances SET hash = previous_hash WHERE position = 3",
    "dial": "UPDATE clearances SET dial_id = 'main-x9' WHERE position = 3",
    "number": f"UPDATE clearance_numbers SET number = '{OTHER}' WHERE position = 3",
    "number and salt": "UPDATE clearance_numbers SET salt = '', number = '+15555555555' WHERE position = 3",
    "salt": "UPDATE clearance_numbers SET salt = '' WHERE position = 3",
    "number's time": "UPDATE clearance_numbers SET at = 0 WHERE position = 3",
    "number's later time": "UPDATE clearance_numbers SET at = at + 1 WHERE position = 3",
    "number removed": "DELETE FROM clearance_numbers WHERE position = 3",
    "last number removed": "DELETE FROM clearance_numbers WHERE position = 6",
    "removed": "DELETE FROM clearances WHERE position = 3",
    "two removed": "DELETE FROM clearances WHERE position IN (3, 4)",
    "first removed": "DELETE FROM clearances WHERE position = 1",
    "rulebook": "UPDATE rulebooks SET content = replace(content, 'By day', 'By night')",
    "rulebook gone": "DELETE FROM rulebooks",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("with_journal", [True, False], ids=["journal", "alone"])
async def test_whatever_is_changed_or_removed_is_found(store, journal, statement, with_journal):
    await tamper(store, statement)
    report = await audit(store, journal if with_journal else None)
    assert report.findings


async def test_a_changed_record_is_named_with_what_differs(store, journal):
    await tamper(store, CHANGES["verdict"])
    found = [finding for finding in (await audit(store, journal)).findings if finding.position == 2]
    assert {finding.number for finding in found} == {OTHER}
    assert [finding.what for finding in found] == [
        "it is not what was written: its hash is another",
        "judged again it is refused by DNC-COMPANY, and it says allowed",
        "the journal has another verdict",
    ]


async def test_other_words_for_the_same_verdict_are_no_finding(store, journal, monkeypatch):
    """The next release may say the same better."""
    monkeypatch.setattr(judge, "_listed", lambda listing: f"our own list {listing.list_id} has the number")
    report = await audit(store, journal)
    assert (report.count, report.findings) == (6, [])


async def test_another_end_of_the_same_verdict_is_a_finding(store, monkeypatch):
    other = Block(rule="DNC-COMPANY", until=1, detail="it is on our own list", source="")
    monkeypatch.setattr(auditing, "judge", lambda book, facts, *rest: (other,) if facts.listed else ())
    findings = (await audit(store)).findings
    assert [finding.position for finding in findings] == [2, 4]
    assert "by DNC-COMPANY until another time" in findings[0].what


async def test_records_that_changed_places_are_found(store, journal):
    swap = "UPDATE clearances SET position = CASE position WHEN 3 THEN -4 WHEN 4 THEN -3 END WHERE position IN (3, 4)"
    await tamper(store, swap)
    await tamper(store, "UPDATE clearances SET position = -position WHERE position < 0")
    for kept in (journal, None):
        positions = {finding.position for finding in (await audit(store, kept)).findings}
        assert {3, 4} <= positions


async def test_what_was_cut_off_at_the_end_is_found_by_the_journal_or_by_an_earlier_head(store, journal):
    head = (await audit(store)).head
    await tamper(store, "DELETE FROM clearances WHERE position = 6")
    assert [finding.number for finding in (await audit(store, journal)).findings] == [MIAMI]
    alone = await audit(store, None, head)
    assert (alone.findings, alone.since_head) == ([], None)


async def test_a_tail_that_was_cut_off_with_the_stores_word_for_it_is_found(store, journal):
    await tamper(store, TAIL_CUT)
    assert len((await audit(store, journal, running=True)).findings) == 3  # the store says that it had them
    await tamper(store, CURSOR_BACK)
    report = await audit(store, journal)
    assert (report.count, report.waiting, [finding.number for finding in report.findings]) == (
        3,
        0,
        [NUMBER, OTHER, MIAMI],
    )
    await tamper(store, "DELETE FROM clearances")
    await tamper(store, "DELETE FROM cursors")
    assert len((await audit(store, journal)).findings) == 6


async def test_what_a_running_server_may_still_take_in_is_no_finding(store, journal):
    await tamper(store, TAIL_CUT)
    await tamper(store, CURSOR_BACK)
    report = await audit(store, journal, running=True)
    assert (report.findings, report.waiting) == ([], 3)


async def test_a_store_that_says_it_is_behind_its_own_proofs_is_found(store, journal):
    await tamper(store, "UPDATE cursors SET seq = 1 WHERE projection = 'clearances'")
    for kept in (journal, None):
        [finding] = (await audit(store, kept, running=True)).findings
        assert (finding.position, finding.what) == (
            6,
            "the store says that it has taken in the journal to record 1 only",
        )


async def test_verdicts_that_are_given_while_the_audit_reads_are_compared_as_well(tmp_path, records):
    """The journal grows, and the store follows it, behind the audit's back."""
    half = next(seq for seq, row in enumerate(records, 1) if '"clearance"' in row.body)
    store = await Store.open(f"sqlite:///{tmp_path}/growing.db")
    journal = MemoryJournal(SITE)
    await journal.take_over("test")
    await journal.append(Batch(epoch=1, records=records[:half]))
    clearances = Clearances(store, SITE)
    ask = clearances.in_order

    async def meanwhile():
        await journal.append(Batch(epoch=1, records=records[half:]))
        await ClearancesProjector(store, SITE).project([decode(row) for row in records])
        async for proof in ask():
            yield proof

    clearances.in_order = meanwhile
    report = await Audit(clearances, journal).run()
    assert (report.count, report.findings, report.waiting) == (6, [], 0)
    await store.close()


def test_who_holds_the_files_is_told_and_not_disturbed(tmp_path):
    assert not is_locked(tmp_path)
    fd = lock(tmp_path)
    assert is_locked(tmp_path)
    os.close(fd)
    assert not is_locked(tmp_path)
    os.close(lock(tmp_path))


async def test_a_chain_that_was_made_anew_as_a_whole_is_found_by_an_earlier_head(store, records, tmp_path):
    before = await audit(store)
    assert (await audit(store, head=before.head)).since_head == 0
    other = await Store.open(f"sqlite:///{tmp_path}/other.db")
    await ClearancesProjector(other, SITE).project([decode(row) for row in records])
    anew = await audit(other, head=before.head)
    assert (anew.findings, anew.since_head) == ([], None)
    await other.close()


async def test_the_chain_goes_on_from_where_it_was(tmp_path, records):
    store = await Store.open(f"sqlite:///{tmp_path}/pieces.db")
    for row in records:
        await ClearancesProjector(store, SITE).project([decode(row)])
    early = (await audit(store)).head
    assert (await audit(store, head=early)).count == 6
    with pytest.raises(StoreError, match="cannot be made anew"):
        await ClearancesProjector(store, SITE).reset()
    await store.close()


async def test_the_command_names_what_it_finds_and_fails(tmp_path, records):
    data = await leave_files(tmp_path, records)
    status, output, _ = await command(tmp_path, "dialer", "audit", "--json")
    sound = json.loads(output)
    assert (status, sound["count"], sound["findings"], sound["journal"]) == (0, 6, [], True)
    status, output, _ = await command(tmp_path, "dialer", "audit", "--head", sound["head"])
    assert status == 0
    assert output == (
        "0 since the hash that was given\n3 calls by the journal, 0 live answers, 0 abandoned; log and ledgers agree\n"
        f"6 verdicts, all as they were; the last has the hash {sound['head']}\n"
    )
    with closing(sqlite3.connect(data / "store.db")) as file, file:
        file.execute(CHANGES["removed"])
    status, output, errors = await command(tmp_path, "dialer", "audit", "--head", "0" * 63 + "1")
    assert status == 1
    assert "verdict 4, 2025-06-17 16:00:00 UTC, +12125550123 (main-x4): before it 3 is missing" in output
    assert "a verdict, 2025-06-17" in output
    assert f"the record with the hash {'0' * 63}1 is missing" in output
    assert "Traceback" not in errors
    status, _, errors = await command(tmp_path, "dialer", "audit", "--head", "abc")
    assert (status, errors) == (1, "--head: give the 64 hexadecimal digits that an earlier audit printed.\n")


async def test_where_there_is_no_verdict_yet_that_is_all_that_is_said(tmp_path):
    (tmp_path / "data").mkdir()
    await (await Store.open(f"sqlite+aiosqlite:///{tmp_path}/data/store.db")).close()
    assert await command(tmp_path, "dialer", "audit") == (
        0,
        "no verdict yet: nobody was to be called for a campaign\n",
        "there is no journal to compare with\n",
    )
