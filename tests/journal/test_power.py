"""What a journal in SQLite keeps when the power is cut, also after the disk has failed to sync; and torn or damaged
files, as somebody finds them."""

import asyncio
import random
import shutil
import sys
from pathlib import Path

import pytest

from cti.core.errors import JournalDamaged, JournalError
from cti.journal.sql import SqlJournal
from cti.journal.verify import verify
from tests.disk import Disk, is_possible
from tests.journal.made import SITE, batch, chain
from tests.journal.test_faults import check_all_is_there

needs_disk = pytest.mark.skipif(not is_possible(), reason="this kernel cannot answer for a disk")


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path)
    yield disk
    disk.close()


async def writing(url, seed, disk):
    program = [sys.executable, "-m", "tests.journal.writer", url, str(seed)]
    return await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE, preexec_fn=disk.enter)


async def acknowledged_until(writer, count):
    """The last of so many records that it said are durable."""
    for _ in range(count):
        last = int(await writer.stdout.readline())
    return last


async def killed(writer, acknowledged=0):
    """The last record that it said is durable, once it is dead."""
    writer.kill()
    rest = [line for line in (await writer.stdout.read()).decode().split() if line.isdigit()]
    await writer.wait()
    return int(rest[-1]) if rest else acknowledged


@needs_disk
@pytest.mark.parametrize("seed", range(6))
async def test_a_power_cut_costs_nothing_that_was_acknowledged(sqlite_url, disk, seed):
    writer = await writing(sqlite_url, seed, disk)
    acknowledged = await acknowledged_until(writer, random.Random(seed).randrange(5, 120))
    acknowledged = await killed(writer, acknowledged)
    await asyncio.to_thread(disk.lose_power, random.Random(seed))
    await check_all_is_there(sqlite_url, acknowledged)


@needs_disk
@pytest.mark.parametrize("name", ["journal.db-wal", "journal.db"])
@pytest.mark.parametrize("seed", range(3))
async def test_a_failed_sync_is_not_believed_when_a_later_one_succeeds(sqlite_url, disk, name, seed):
    """The writer dies of it without an acknowledgement. The next one sees in the system's memory what is not on the
    disk, goes on from there, and the power is cut."""
    writer = await writing(sqlite_url, seed, disk)
    acknowledged = await acknowledged_until(writer, 30)
    with disk.trouble(syncs_of=name):
        said = (await writer.stdout.read()).decode().split()
        await writer.wait()
    assert set(disk.failed) == {name}
    assert said[-1] in ("CommitUnknown", "JournalUnavailable")
    acknowledged = max([acknowledged, *(int(line) for line in said if line.isdigit())])
    writer = await writing(sqlite_url, seed + 10, disk)
    acknowledged = max(acknowledged, await killed(writer, await acknowledged_until(writer, 5)))
    await asyncio.to_thread(disk.lose_power, random.Random(seed))
    await check_all_is_there(sqlite_url, acknowledged)


FRAME_BYTES = 24 + 4_096
LOG_HEAD_BYTES = 32


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory):
    """The files of a writer that was killed: a log that nobody moved to the file, and how many records it said."""
    folder = tmp_path_factory.mktemp("left")

    async def kill():
        url = f"sqlite:///{folder}/journal.db"
        program = [sys.executable, "-m", "tests.journal.writer", url, "1"]
        writer = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
        return await killed(writer, await acknowledged_until(writer, 12))

    return folder, asyncio.run(kill())


def copied(left_behind, folder: Path) -> Path:
    """The database and its log, without the shared memory: as after a start of the machine."""
    for name in ("journal.db", "journal.db-wal"):
        shutil.copy(left_behind[0] / name, folder)
    return folder / "journal.db-wal"


async def goes_on_from_whole_batches(url: str) -> int:
    """Opens what is there, finds it sound, and appends to it; returns how many records there were."""
    await (await SqlJournal.open(url, SITE)).close()  # makes the tables, if even they were in what was cut off
    seq = await check_all_is_there(url, 0)
    journal = await SqlJournal.open(url, SITE)
    epoch = await journal.take_over("next")
    rows = chain(await journal.tail(), 5, epoch=epoch)
    await journal.append(batch(rows, epoch=epoch))
    assert (await verify(journal)).records == seq + 5
    await journal.close()
    return seq


async def test_a_log_cut_off_anywhere_is_read_up_to_its_last_whole_batch(left_behind, tmp_path, sqlite_url):
    log = copied(left_behind, tmp_path)
    size = log.stat().st_size
    cuts = [*range(LOG_HEAD_BYTES, size, 3 * FRAME_BYTES), *range(0, size, 64 * 1_024 + 100), size]
    found = {}
    for cut in sorted(cuts):
        for path in tmp_path.iterdir():
            path.unlink()
        log = copied(left_behind, tmp_path)
        with log.open("r+b") as file:
            file.truncate(cut)
        try:
            found[cut] = await goes_on_from_whole_batches(sqlite_url)
        except JournalError as error:
            raise AssertionError(f"cut at {cut}") from error
    assert list(found.values()) == sorted(found.values())
    assert len(set(found.values())) > 5
    assert found[size] >= left_behind[1]


@pytest.mark.parametrize("back_bytes", [1, 100, 4_000, 4_100, 4_120])
async def test_a_damaged_last_page_of_the_log_costs_its_batch_and_no_other(
    left_behind, tmp_path, sqlite_url, back_bytes
):
    """Only a batch whose commit was never confirmed can be torn; more damage than that is not told from it here."""
    log = copied(left_behind, tmp_path)
    whole = await goes_on_from_whole_batches(sqlite_url)
    for path in tmp_path.iterdir():
        path.unlink()
    log = copied(left_behind, tmp_path)
    content = bytearray(log.read_bytes())
    content[-back_bytes] ^= 0xFF
    log.write_bytes(content)
    assert whole - 64 <= await goes_on_from_whole_batches(sqlite_url) <= whole


async def test_a_page_damaged_in_the_middle_is_found_and_its_record_is_named(tmp_path, sqlite_url):
    """Every page that holds a record, one after another."""
    journal = await SqlJournal.open(sqlite_url, SITE)
    epoch = await journal.take_over("first")
    rows = chain((await journal.tail()), 40)
    await journal.append(batch(rows, epoch=epoch))
    await journal._connections.sweep()  # noqa: SLF001 - the log is moved to the file
    await journal.close()
    path = tmp_path / "journal.db"
    sound = path.read_bytes()
    holding = [at for at in range(0, len(sound), 4_096) if b"CallArrived" in sound[at : at + 4_096]]
    assert len(holding) > 5
    named = set()
    for at in holding:
        for leftover in tmp_path.glob("journal.db-*"):
            leftover.unlink()
        path.write_bytes(sound[:at] + bytes(4_096) + sound[at + 4_096 :])
        try:
            journal = await SqlJournal.open(sqlite_url, SITE, read_only=True)
            verdict = await verify(journal)
        except JournalDamaged:
            continue
        finally:
            await journal.close()
        assert verdict.first_bad is not None, f"page at {at}"
        assert f"record {verdict.first_bad} " in verdict.what
        named.add(verdict.first_bad)
    assert len(named) > 3
