"""A server on a disk that goes bad: read-only, unable to sync, and then without power."""

import asyncio
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.core.codec import decode
from cti.core.events import CallArrived
from cti.journal.sql import SqlJournal
from cti.journal.verify import verify
from tests.disk import Disk, is_possible
from tests.patience import PATIENCE_S
from tests.runtime.test_serve import agent_who_accepts, carrier, holds_the_caller
from tests.serving import Server, lines, parties, serving

__all__ = ["carrier"]
pytestmark = pytest.mark.skipif(not is_possible(), reason="this kernel cannot answer for a disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "data")
    yield disk
    disk.close()


def said(server: Server) -> str:
    """Why nothing could be recorded, from the log."""
    return "\n".join(line["why"] for line in [*lines(server, "holding"), *lines(server, "journal_failed")])


async def test_a_disk_that_becomes_read_only_holds_callers_dials_nothing_and_says_why(tmp_path, carrier, disk):
    carrier_url, asked = carrier
    async with serving(tmp_path, enter=disk.enter, CTI_TWILIO_API_URL=carrier_url) as server:
        await server.until("ready")
        async with agent_who_accepts(server):
            _, menu = await server.call(1)
            with disk.trouble(read_only=True):
                assert holds_the_caller(await server.go_on(1, menu, Digits="1"))
                health = await server.until("holding")
                assert "journal cannot be written" in health["why"]
                assert holds_the_caller(await server.call(2))
                status, held = await server.go_on(1, menu, Digits="1")
                assert holds_the_caller((status, held))
                # It stays there and goes on trying, rather than dying again and again.
                deaths = -1
                while deaths < (deaths := len(lines(server, "worker_died"))):
                    for _ in range(3):
                        assert holds_the_caller(await server.call(2))
                        await asyncio.sleep(0.5)
                assert deaths <= 2
                assert asked.empty()
            await server.until("ready")
            status, document = await server.go_on(1, held, "Redirect")
            assert (status, "<Enqueue" in document) == (200, True)
            while "/Participants" not in (await asyncio.wait_for(asked.get(), PATIENCE_S))[1]:
                pass
    assert re.search("(?i)read-?only", said(server))
    assert "writable" in lines(server, "holding")[0]["remedy"]


async def test_a_disk_that_is_read_only_from_the_start(tmp_path, disk):
    async with serving(tmp_path) as server:
        await server.until("ready")
    with disk.trouble(read_only=True):
        async with serving(tmp_path, enter=disk.enter) as server:
            assert holds_the_caller(await server.call(1))
            await server.until("holding")
            assert holds_the_caller(await server.call(1))
            # The follower has nothing to write either, and is patient: it is not started again and again.
            await asyncio.sleep(2)
            assert len(lines(server, "follower_died")) <= 1
            assert lines(server, "worker_died") == []
            disk.read_only = False
            await server.until("ready")
            assert "<Gather" in (await server.call(1))[1]


async def acknowledged(server: Server, numbers: range) -> list[int]:
    """Calls that were answered with their menu: a record of each is durable, as far as anybody was told."""
    answers = [(number, await server.call(number)) for number in numbers]
    return [number for number, (_, document) in answers if "<Gather" in document]


@pytest.mark.parametrize("seed", range(3))
async def test_a_failed_sync_is_not_believed_later(tmp_path, disk, seed):
    """What it let go is written anew before anything is built on it, so that a power cut costs nothing that anybody
    was told."""
    async with serving(tmp_path, enter=disk.enter) as server:
        await server.until("ready")
        told = await acknowledged(server, range(1, 20))
        assert len(told) == 19
        with disk.trouble(syncs_of="journal.db-wal"):
            assert holds_the_caller(await server.call(20))
            await server.until("holding")
            assert await acknowledged(server, range(21, 24)) == []
        await server.until("ready")
        told += await acknowledged(server, range(20, 40))
        assert told == list(range(1, 40))
        server.kill()
    await asyncio.to_thread(disk.lose_power, random.Random(seed))
    assert disk.failed
    journal = await SqlJournal.open(f"sqlite:///{server.data_dir}/journal.db", "main")
    assert (await verify(journal)).first_bad is None
    inputs = [decode(row).input async for row in journal.read(0)]
    await journal.close()
    arrived = {event.provider_ref for event in inputs if type(event) is CallArrived}
    assert arrived >= {parties(number)["CallSid"] for number in told}
    assert re.search("SQLITE_IOERR_FSYNC", said(server))
