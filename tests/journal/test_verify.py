"""Whatever is changed behind the journal's back is found, and the first record it is found in is named."""

import sqlite3
from contextlib import closing

import asyncpg
import pytest
from msgspec.structs import replace

from cti.core.errors import JournalDamaged
from cti.core.record import Batch, StoredRecord, chain_hash, digest_of
from cti.journal.memory import MemoryJournal
from cti.journal.sql import SqlJournal
from cti.journal.verify import verify
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain, end_of, record

COUNT = 1_500
BAD = 1_203


@pytest.fixture
async def database(sqlite_url, tmp_path):
    """The file of a closed journal with 1,500 records."""
    journal = await SqlJournal.open(sqlite_url, SITE)
    epoch = await journal.take_over("first")
    await journal.append(batch(chain(BEFORE_FIRST, COUNT), epoch=epoch))
    await journal.close()
    return tmp_path / "journal.db"


def change(file, statement):
    """Does something to a journal behind its back."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


async def verdict_on(url, progress=lambda records: None):
    journal = await SqlJournal.open(url, SITE, read_only=True)
    try:
        return await verify(journal, progress=progress)
    finally:
        await journal.close()


async def test_a_sound_journal_verifies_and_progress_is_told(database, sqlite_url):
    told = []
    verdict = await verdict_on(sqlite_url, told.append)
    assert (verdict.records, verdict.first_bad, verdict.what) == (COUNT, None, "")
    assert told == [1_000, 1_500]


async def test_an_empty_journal_verifies():
    assert (await verify(MemoryJournal(SITE))).first_bad is None


@pytest.mark.parametrize("column", [*StoredRecord.__struct_fields__])
async def test_a_changed_column_is_found(database, sqlite_url, column):
    another = f"CASE typeof({column}) WHEN 'text' THEN {column} || ' ' ELSE -1 END"
    change(database, f"UPDATE records SET {column} = {another} WHERE seq = {BAD}")
    verdict = await verdict_on(sqlite_url)
    # A record that is no longer this site's, or not in its place, is missing where it was.
    assert (verdict.records, verdict.first_bad) == (BAD - 1, BAD)
    assert verdict.what


@pytest.mark.parametrize("flip", [0x01, 0x80])
async def test_a_flipped_bit_in_a_record_is_found(database, sqlite_url, flip):
    content = bytearray(database.read_bytes())
    # The provider's reference stands in the source key and twice in the body.
    place = content.rindex(b'"provider_ref":"CA%032d"' % BAD)
    content[place + 20] ^= flip
    database.write_bytes(content)
    verdict = await verdict_on(sqlite_url)
    assert (verdict.records, verdict.first_bad) == (BAD - 1, BAD)
    assert "CA00" not in verdict.what


async def test_a_page_that_makes_no_sense_is_found(database, sqlite_url):
    content = bytearray(database.read_bytes())
    page = content.index(b'"provider_ref":"CA%032d"' % BAD) // 4_096 * 4_096
    content[page : page + 100] = b"\xff" * 100
    database.write_bytes(content)
    verdict = await verdict_on(sqlite_url)
    assert verdict.first_bad is not None
    assert verdict.first_bad <= BAD
    assert verdict.records == verdict.first_bad - 1
    journal = await SqlJournal.open(sqlite_url, SITE, read_only=True)
    sound = []
    with pytest.raises(JournalDamaged, match=str(verdict.first_bad)):
        await read_into(sound, journal)
    assert sound == list(range(1, verdict.first_bad))
    await journal.close()


async def read_into(seqs, journal):
    async for row in journal.read(0):
        seqs.append(row.seq)


async def test_a_number_that_became_text_is_found(database, sqlite_url):
    change(database, f"UPDATE records SET at = 'soon' WHERE seq = {BAD}")
    assert (await verdict_on(sqlite_url)).first_bad == BAD


async def test_a_record_that_was_taken_out_is_found_on_both_databases(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    epoch = await journal.take_over("first")
    await journal.append(batch(chain(BEFORE_FIRST, 10), epoch=epoch))
    await take_out(sql_url, 4)
    verdict = await verify(journal)
    assert (verdict.records, verdict.first_bad) == (3, 4)
    assert "missing" in verdict.what
    await journal.close()


async def take_out(url, seq):
    if url.startswith("postgresql"):
        connection = await asyncpg.connect(url)
        await connection.execute("DELETE FROM records WHERE seq = $1", seq)
        await connection.close()
    else:
        change(url.removeprefix("sqlite:///"), f"DELETE FROM records WHERE seq = {seq}")


async def test_personal_values_that_were_exchanged_are_found(database, sqlite_url):
    change(database, "UPDATE records SET personal = (SELECT personal FROM records WHERE seq = 1) WHERE seq = 2")
    verdict = await verdict_on(sqlite_url)
    assert verdict.first_bad == 2
    assert "personal" in verdict.what


async def journal_with(rows):
    """A journal in memory that took these records, which hold together by their hashes alone."""
    journal = MemoryJournal(SITE)
    for _ in range(max(row.epoch for row in rows)):
        epoch = await journal.take_over("first")
    await journal.append(Batch(epoch=epoch, records=tuple(rows)))
    return journal


def resealed(row, **changes):
    changed = replace(row, **changes)
    return replace(changed, hash=chain_hash(changed))


OTHER = '{"salt":"x","values":[["a"]]}'


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (lambda row: {"at": 5}, "older"),
        (lambda row: {"epoch": 1}, "older"),
        (lambda row: {"body": '{"v":1}'}, "cannot be read"),
        (lambda row: {"body": row.body.replace('"v":1', '"v":99')}, "newer"),
        (lambda row: {"personal": OTHER, "personal_digest": digest_of(OTHER)}, "cannot be read"),
    ],
)
async def test_a_record_that_is_sealed_and_yet_wrong_is_found(changes, what):
    rows = chain(BEFORE_FIRST, 1, epoch=2)
    row = record(end_of(rows), epoch=2)
    rows.append(resealed(row, **changes(row)))
    verdict = await verify(await journal_with(rows))
    assert (verdict.records, verdict.first_bad) == (1, 2)
    assert what in verdict.what
