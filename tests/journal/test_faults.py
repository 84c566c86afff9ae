"""What a journal in a database keeps when processes are killed, disks are full, or somebody gives up waiting."""

import asyncio
import random
import sys
from contextlib import suppress

import pytest
from msgspec.structs import replace

from cti.core.errors import JournalError, JournalUnavailable
from cti.core.record import Batch
from cti.journal.sql import SqlJournal
from cti.journal.verify import verify
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain, end_of, record, reply


async def start_writer(*arguments):
    program = [sys.executable, "-m", "tests.journal.writer", *map(str, arguments)]
    return await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)


async def check_all_is_there(url, acknowledged):
    """Every acknowledged record, and with each record its answer and its commands."""
    reader = await SqlJournal.open(url, SITE, read_only=True)
    assert (await reader.tail()).seq >= acknowledged
    await reader.close()
    journal = await SqlJournal.open(url, SITE)
    await journal.take_over("test")  # waits for whatever the dead writer's database session still does
    seq = (await journal.tail()).seq
    assert seq >= acknowledged
    verdict = await verify(journal)
    assert (verdict.records, verdict.first_bad) == (seq, None)
    everything = list(range(1, seq + 1))
    assert [reply.seq for reply in await journal.recent_replies(seq + 1)] == everything
    assert [row.seq for row in await journal.open_commands()] == sorted(everything * 2)
    await journal.close()
    return seq


@pytest.mark.parametrize(("kind", "rounds"), [("sqlite", 10), ("postgres", 3)])
def test_a_killed_writer_loses_nothing_that_was_acknowledged(kind, rounds, request):
    url = request.getfixturevalue(f"{kind}_url")
    choice = random.Random(kind)

    async def kill(seed):
        writer = await start_writer(url, seed)
        acknowledged = 0
        for _ in range(choice.randrange(1, 80)):
            acknowledged = int(await writer.stdout.readline())
        writer.kill()
        rest = (await writer.stdout.read()).split()
        await writer.wait()
        return await check_all_is_there(url, int(rest[-1]) if rest else acknowledged)

    async def kill_again_and_again():
        return [await kill(seed) for seed in range(rounds)]

    ends = asyncio.run(kill_again_and_again())
    assert ends == sorted(set(ends))


async def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room_again(sqlite_url):
    writer = await start_writer(sqlite_url, "full", 2_000_000)
    output, _ = await writer.communicate()
    assert writer.returncode == 0
    *before, full, last = output.decode().split()
    assert full == "full"
    errors = {line for line in before if not line.isdigit()}
    assert errors
    assert errors <= {"JournalUnavailable", "CommitUnknown"}
    seqs = [int(line) for line in (*before, last) if line.isdigit()]
    assert len(seqs) > 10
    assert seqs == sorted(set(seqs))
    assert await check_all_is_there(sqlite_url, seqs[-1]) == seqs[-1]


async def test_a_batch_whose_caller_gave_up_is_written_all_the_same(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 60)
    waiting = [asyncio.create_task(journal.append(batch(rows[at : at + 20], epoch=epoch))) for at in (0, 20)]
    await asyncio.sleep(0)  # one step: both are on their way
    for task in waiting:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()
    await journal.append(batch(rows[40:], epoch=epoch))
    assert [row async for row in journal.read(0)] == rows
    await journal.close()


async def test_closing_waits_for_what_was_begun(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 64)
    waiting = asyncio.create_task(journal.append(batch(rows, epoch=epoch)))
    await asyncio.sleep(0)
    await journal.close()
    await waiting
    again = await SqlJournal.open(sql_url, SITE)
    assert await again.tail() == end_of(rows)
    await again.close()


async def test_a_closed_journal_says_so(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    await journal.close()
    await journal.close()
    for call in (journal.tail, journal.probe, lambda: journal.take_over("late")):
        with pytest.raises(JournalUnavailable, match="closed"):
            await call()


async def test_reading_while_somebody_writes_shows_whole_batches_only(sql_url):
    journal, reader = await SqlJournal.open(sql_url, SITE), await SqlJournal.open(sql_url, SITE, read_only=True)
    epoch = await journal.take_over("first")
    rows, ends = [], set()

    async def write():
        while len(ends) < 5:
            more = chain(end_of(rows), 20, epoch=epoch)
            await journal.append(batch(more, epoch=epoch))
            rows.extend(more)

    writing = asyncio.create_task(write())
    while not writing.done():
        seq = (await reader.tail()).seq
        assert seq % 20 == 0
        assert (await verify(reader)).first_bad is None
        ends.add(seq)
    await writing
    assert [row async for row in reader.read(0)] == rows
    await journal.close()
    await reader.close()


async def test_a_journal_opened_for_reading_only_writes_nothing(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2)
    await journal.append(batch(rows[:1], epoch=epoch))
    reader = await SqlJournal.open(sql_url, SITE, read_only=True)
    for call in (
        lambda: reader.append(batch(rows[1:], epoch=epoch)),
        lambda: reader.take_over("second"),
        lambda: reader.erase_personal(rows[1].at),
        lambda: reader.forget_replies(rows[1].at),
        reader.probe,
    ):
        with pytest.raises(JournalUnavailable, match="reading only"):
            await call()
    await journal.append(batch(rows[1:], epoch=epoch))
    assert [row async for row in reader.read(0)] == rows
    await journal.close()
    await reader.close()


async def test_sites_in_one_database_do_not_see_each_other(sql_url):
    journals = {site: await SqlJournal.open(sql_url, site) for site in ("north", "south")}
    for site, journal in journals.items():
        assert await journal.take_over("first") == 1
        rows = chain(BEFORE_FIRST, 5, site=site)
        await journal.append(batch(rows, epoch=1))
    await journals["north"].erase_personal(2**62)
    await journals["north"].forget_replies(2**62)
    south = [row async for row in journals["south"].read(0)]
    assert south == chain(BEFORE_FIRST, 5, site="south")
    assert len(await journals["south"].recent_replies(10)) == 5
    assert len(await journals["south"].open_commands()) == 10
    assert await journals["south"].take_over("second") == 2
    await journals["north"].append(batch([record(await journals["north"].tail(), site="north")], epoch=1))
    for journal in journals.values():
        await journal.close()


async def test_text_that_no_database_takes_is_refused(sql_url):
    journal = await SqlJournal.open(sql_url, SITE)
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1)
    half_a_character = replace(reply(rows[0]), content="\ud83d")
    with pytest.raises(JournalError, match="characters"):
        await journal.append(Batch(epoch=epoch, records=tuple(rows), replies=(half_a_character,)))
    await journal.append(batch(rows, epoch=epoch))
    await journal.close()


@pytest.mark.parametrize("url", ["", "journal.db", "mysql://host/journal", "sqlite://", "sqlite:///:memory:"])
async def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(JournalError, match="address"):
        await SqlJournal.open(url, SITE)
