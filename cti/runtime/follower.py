"""The follower folds the journal read-only, behind the owner, and does what must not slow calls: projections for
people, and snapshots for the next start."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from cti import engine
from cti.core.codec import decode
from cti.core.errors import JournalDamaged
from cti.core.ports import Journal
from cti.core.record import TurnRecord, chain_hash
from cti.core.state import State
from cti.runtime.failpoints import Failpoints
from cti.runtime.recovery import Recovered, recover
from cti.runtime.snapshots import Snapshots

IDLE_S = 1.0
PROJECT_MAX = 500


class Projections(Protocol):
    """What people look at. Each keeps its own place, and skips what it has."""

    async def cursors(self) -> list[int]:
        """The last record that each has."""

    async def project(self, records: Sequence[TurnRecord]) -> bool:
        """Take in records, in order, where nothing is missing before them. False if one is not that far yet."""


class Follower:
    """A snapshot is taken every `snapshot_records`, so that a start folds about as many at most. `projections` get
    every record once it is durable, in order, in batches."""

    def __init__(
        self,
        site: str,
        journal: Journal,
        snapshots: Snapshots,
        projections: Projections,
        failpoints: Failpoints,
        snapshot_records: int,
    ) -> None:
        self._site = site
        self._journal = journal
        self._snapshots = snapshots
        self._projections = projections
        self._failpoints = failpoints
        self._snapshot_records = snapshot_records
        self._snapshot_seq = 0
        self._hash = ""
        self._behind = True
        self.woken = asyncio.Event()
        self.state: State | None = None
        """As far as the journal was folded; None until there is something. Only to be read."""

    async def run(self) -> None:
        """Until cancelled. Raises `JournalDamaged` when a record does not fold: then this follower must not go on."""
        recovered = await recover(self._site, self._journal, self._snapshots)
        self._snapshot_seq = recovered.snapshot_seq
        self._hash = recovered.last_hash
        self.state = recovered.state
        self._behind = True
        self._maybe_snapshot(recovered)
        while True:
            while self._behind:
                await self._catch_up(recovered.state.last.seq)
                await self._follow(recovered)
            try:
                async with asyncio.timeout(IDLE_S):
                    await self.woken.wait()
            except TimeoutError:
                pass
            self.woken.clear()
            await self._follow(recovered)

    async def _catch_up(self, head: int) -> None:
        """Projections may be further behind than the snapshot, and one that is new begins at the first record. Each
        gets a piece at a time, so that those near the head do not stand still meanwhile."""
        places = sorted({place for place in await self._projections.cursors() if place < head}, reverse=True)
        for place in places:
            upto = min(place + PROJECT_MAX, head)
            await self._projections.project([decode(row) async for row in self._journal.read(place, upto)])
        self._behind = bool(places)

    async def _follow(self, recovered: Recovered) -> None:
        batch: list[TurnRecord] = []
        async for row in self._journal.read(recovered.state.last.seq):
            if row.previous_hash != self._hash or chain_hash(row) != row.hash:
                raise JournalDamaged(f"record {row.seq} of site {self._site} does not verify")
            record = decode(row)
            engine.fold(recovered.state, record)
            self._hash = row.hash
            batch.append(record)
            if len(batch) == PROJECT_MAX:
                await self._project(batch)
                batch = []
                self._maybe_snapshot(recovered)
        if batch:
            await self._project(batch)
            self._maybe_snapshot(recovered)

    async def _project(self, batch: list[TurnRecord]) -> None:
        if not await self._projections.project(batch):
            self._behind = True

    def _maybe_snapshot(self, recovered: Recovered) -> None:
        seq = recovered.state.last.seq
        if seq - self._snapshot_seq < self._snapshot_records:
            return
        content = engine.capture(recovered.state)
        self._failpoints.here("in_snapshot")
        self._snapshots.write(seq, self._hash, engine.LOGIC, content)
        self._snapshot_seq = seq
