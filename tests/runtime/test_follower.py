"""The follower brings each projection up to date from its own place, and the new one makes nobody wait."""

import asyncio
import contextlib

from cti.core.codec import decode
from cti.core.record import Batch
from cti.journal.memory import MemoryJournal
from cti.runtime.failpoints import Failpoints
from cti.runtime.follower import PROJECT_MAX, Follower
from cti.runtime.snapshots import Snapshots
from cti.store.projection import Projections
from cti.store.projector import Projector
from cti.store.recordings_projector import RecordingsProjector
from cti.store.store import Store
from tests.journal.made import BEFORE_FIRST, SITE, chain


class Watched(Projections):
    """Each time that somebody asks how far they are, one record more has come."""

    def __init__(self, journal, coming, *projections):
        super().__init__(*projections)
        self.journal = journal
        self.coming = coming
        self.end = coming[-1].seq
        self.seen = []
        self.done = asyncio.Event()

    async def cursors(self):
        found = await super().cursors()
        self.seen.append(tuple(found))
        if self.coming:
            await self.journal.append(Batch(epoch=1, records=(self.coming.pop(0),)))
        return found

    async def project(self, records):
        all_have_it = await super().project(records)
        if all_have_it and records[-1].seq == self.end:
            self.done.set()
        return all_have_it


async def follow(tmp_path, rows, known, later):
    """How far the two were each time that somebody asked, and at last. The first has `known` records, the second,
    which is new, has none; the last `later` records come one by one meanwhile."""
    journal = MemoryJournal(SITE)
    await journal.take_over("worker")
    await journal.append(Batch(epoch=1, records=tuple(rows[:-later])))
    store = await Store.open(f"sqlite:///{tmp_path}/store.db")
    contacts, recordings = Projector(store, SITE), RecordingsProjector(store, SITE)
    await contacts.project([decode(row) for row in rows[:known]])
    watched = Watched(journal, rows[-later:], contacts, recordings)
    follower = Follower(SITE, journal, Snapshots(tmp_path / "snapshots"), watched, Failpoints(), 1_000_000)
    following = asyncio.create_task(follower.run())
    waiting = asyncio.create_task(watched.done.wait())
    await asyncio.wait({following, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following
    last = [await contacts.cursor(), await recordings.cursor()]
    await store.close()
    return watched.seen, last


async def test_those_near_the_head_follow_it_while_a_new_one_reads_from_the_first_record(tmp_path):
    rows = chain(BEFORE_FIRST, 4 * PROJECT_MAX)
    end = len(rows)
    head = end - 5
    seen, last = await follow(tmp_path, rows, known=head - 10, later=5)
    assert seen == [
        (head - 10, 0),
        (head + 1, PROJECT_MAX),
        (head + 2, 2 * PROJECT_MAX),
        (head + 3, 3 * PROJECT_MAX),
        (head + 4, head + 4),
    ]
    assert last == [end, end]


async def test_of_two_that_are_far_behind_each_gets_a_piece_at_a_time(tmp_path):
    rows = chain(BEFORE_FIRST, 3 * PROJECT_MAX)
    seen, last = await follow(tmp_path, rows, known=PROJECT_MAX, later=3)
    assert seen[:2] == [(PROJECT_MAX, 0), (2 * PROJECT_MAX, PROJECT_MAX)]
    assert last == [len(rows), len(rows)]
