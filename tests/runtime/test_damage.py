"""A journal that cannot be read, a snapshot of another version: callers are held and hear something."""

import re
import sqlite3
from pathlib import Path

import pytest

from tests.serving import lines, serving

HOLD = "<Redirect"


def _change_a_record(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE records SET body = replace(body, 'ServerStarted', 'ServerStopped') WHERE seq = 1")
        connection.execute("UPDATE records SET actor = 'nobody' WHERE seq = 2")


def _come_from_the_future(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        table = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%version%'").fetchone()[0]
        connection.execute(f"UPDATE {table} SET version_num = '9999'")


def _be_no_database(database: Path) -> None:
    for path in database.parent.glob("journal.db*"):
        path.unlink()
    database.write_bytes(b"this is no database" * 1_000)


def _lose_pages_of_records(database: Path) -> None:
    """As a disk loses them: nothing but zeros where records were."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = database.read_bytes()
    pages = [at for at in range(4_096, len(content), 4_096) if b"ServerStarted" in content[at : at + 4_096]]
    assert pages
    for at in pages:
        content = content[:at] + bytes(4_096) + content[at + 4_096 :]
    database.write_bytes(content)


async def _once_ready(folder: Path) -> Path:
    async with serving(folder) as server:
        await server.until("ready")
    return server.data_dir


@pytest.mark.parametrize("harm", [_change_a_record, _come_from_the_future, _be_no_database, _lose_pages_of_records])
async def test_callers_are_held_while_the_journal_cannot_be_read(tmp_path, harm):
    data_dir = await _once_ready(tmp_path)
    harm(data_dir / "journal.db")
    async with serving(tmp_path) as server:
        health = await server.until("holding")
        assert health["why"] == "the journal cannot be read"
        for status, document in (await server.call(1), await server.call(2)):
            assert status == 200
            assert HOLD in document
            assert "<Say" in document or "<Play" in document
    [line] = lines(server, "holding")
    assert re.search("record 1 |tables|not a database|malformed", line["why"])
    assert "cti journal verify" in line["remedy"]
    assert lines(server, "worker_died") == []


async def test_a_snapshot_that_this_version_cannot_read_is_passed_over(tmp_path):
    from cti.runtime.snapshots import Snapshots

    data_dir = await _once_ready(tmp_path)
    with sqlite3.connect(data_dir / "journal.db") as connection:
        seq, record_hash = connection.execute("SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    Snapshots(data_dir / "snapshots").write(seq, record_hash, "99", b'{"format":99}')
    async with serving(tmp_path) as server:
        await server.until("ready")
        assert (await server.call(1))[0] == 200


async def test_nobody_else_may_read_the_files(tmp_path):
    data_dir = await _once_ready(tmp_path)
    for path in data_dir.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
