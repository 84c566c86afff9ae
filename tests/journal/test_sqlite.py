"""What only SQLite does: keep a log beside its file, and leave deleted bytes where they were."""

import sqlite3
from pathlib import Path

import pytest

from cti.core.errors import JournalDamaged, JournalUnavailable
from cti.core.record import Batch
from cti.journal.sql import SqlJournal
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain, number_of


@pytest.fixture
async def journal(sqlite_url):
    journal = await SqlJournal.open(sqlite_url, SITE)
    yield journal
    await journal.close()


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_emptied_values_are_nowhere_in_the_files(journal, tmp_path):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 500)
    await journal.append(batch(rows[:100], epoch=epoch))
    await journal.append(batch(rows[100:], epoch=epoch))
    assert number_of(7).encode() in everything_in(tmp_path)
    await journal.erase_personal(rows[-1].at)
    left = everything_in(tmp_path)
    assert [seq for seq in range(1, 501) if number_of(seq).encode() in left] == [500]


async def test_the_log_is_moved_to_the_file_as_it_grows(journal, tmp_path):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 6_000)
    sizes = []
    for at in range(0, len(rows), 10):
        await journal.append(batch(rows[at : at + 10], epoch=epoch))
        sizes.append((tmp_path / "journal.db-wal").stat().st_size)
    # Records, answers and commands together fill some 20 MB of file, and 60 MB of log if it is never moved.
    assert max(sizes) < 10_000_000
    assert (tmp_path / "journal.db").stat().st_size > 2 * max(sizes)


async def test_every_commit_is_forced_to_the_disk(journal, tmp_path):
    """The settings that durability rests on, as another program sees them and as our connection has them."""
    await journal.probe()
    with sqlite3.connect(tmp_path / "journal.db") as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
    connections = journal._connections  # noqa: SLF001 - there is no other way to see a connection's setting

    def settings(connection):
        names = ("synchronous", "wal_autocheckpoint", "secure_delete")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await connections.write(settings) == [2, 0, 1]


async def test_a_reader_makes_no_file(tmp_path):
    with pytest.raises(JournalUnavailable, match=r"absent\.db"):
        await SqlJournal.open(f"sqlite:///{tmp_path}/absent.db", SITE, read_only=True)
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(JournalUnavailable, match="nowhere"):
        await SqlJournal.open(f"sqlite:///{tmp_path}/nowhere/journal.db", SITE)


async def test_a_file_that_is_no_database_is_damage_not_a_pause(tmp_path):
    (tmp_path / "journal.db").write_bytes(b"this is not a database, but long enough to be looked at" * 100)
    with pytest.raises(JournalDamaged, match=r"journal\.db"):
        await SqlJournal.open(f"sqlite:///{tmp_path}/journal.db", SITE)


async def test_while_another_program_holds_the_file_nothing_is_written_and_afterwards_it_goes_on(
    journal, tmp_path, monkeypatch
):
    epoch = await journal.take_over("first")
    await journal.close()
    monkeypatch.setattr("cti.journal.sqlite.BUSY_S_MAX", 0.05)
    journal = await SqlJournal.open(f"sqlite:///{tmp_path}/journal.db", SITE)
    rows = chain(BEFORE_FIRST, 1)
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalUnavailable, match="locked"):
        await journal.append(Batch(epoch=epoch, records=tuple(rows)))
    with pytest.raises(JournalUnavailable, match="locked"):
        await journal.probe()
    other.execute("ROLLBACK")
    other.close()
    await journal.append(Batch(epoch=epoch, records=tuple(rows)))
    assert (await journal.tail()).seq == 1
    await journal.close()


async def test_a_path_may_have_any_characters(tmp_path):
    folder = tmp_path / "a b#c é"
    folder.mkdir()
    journal = await SqlJournal.open(f"sqlite:///{folder}/journal.db", SITE)
    assert await journal.take_over("first") == 1
    await journal.close()
    assert [path.name for path in folder.iterdir()] == ["journal.db"]
