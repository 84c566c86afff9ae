"""From a file to leads on a list: read here, out of the way of calls, and handed to the server in small pieces.

Rows go to the follower, which keeps them where nobody sees them. When all are in, what they have in common with each
other and with leads that were there is settled; then one record in the journal makes all of them visible. Whatever dies
on the way, the same command goes on from there.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import aiohttp
import msgspec
import numpy as np

from cti.cli.leads.duplicates import Decided, Keys, Policy, decide
from cti.cli.leads.files.table import ROWS_MAX, LeadTable, Row
from cti.cli.leads.mapping import Columns
from cti.cli.leads.reading import LeadReader
from cti.cli.local import NotRunning, Refused, request_local
from cti.cli.progress import bytes_bar
from cti.cli.store import reading
from cti.core.errors import CtiError
from cti.settings import Settings
from cti.store.leads.common import PLACE_BITS
from cti.store.leads.looking import LookingAtLeads
from cti.store.leads.staging import Begin, Begun, Reject, Rows, Sorted, StagedLead

BATCH = 1_000
NUMBERS = 4_000
"""How much goes to the follower at once: it writes that in a few hundredths of a second."""
AGAIN_S, AGAIN_TIMES = 2.0, 60
NICENESS = 10


class Wanted(NamedTuple):
    """What is to be imported where. `region` is the country of numbers without a country code."""

    table: LeadTable
    source: str
    list_id: str
    columns: Columns
    region: str
    policy: Policy
    by: str


class Done(NamedTuple):
    """What came of it, in rows. `left_out` counts numbers of leads that have others."""

    import_id: str
    imported: int
    updated: int
    moved: int
    rejected: int
    left_out: int


class Importing:
    """One file on its way."""

    def __init__(self, settings: Settings, wanted: Wanted, reader: LeadReader) -> None:
        self._settings = settings
        self._wanted = wanted
        self._reader = reader

    async def run(self) -> Done:
        """Raises `CtiError`; then the same command goes on where this one was."""
        with suppress(OSError):
            os.nice(NICENESS)  # calls come first
        wanted = self._wanted
        begin = Begin(
            wanted.list_id,
            self._identity(),
            wanted.source,
            wanted.by,
            time.time_ns() // 1_000_000,
            wanted.table.headings,
        )
        door = self._settings.data_dir / "follower.sock"  # asked once: without a server nothing has begun yet
        told = await request_local(door, "POST", "/leads/imports", data=msgspec.json.encode(begin))
        begun = msgspec.convert(told, Begun)
        if begun.rows:
            print(f"goes on behind line {begun.rows:,}, as {begun.import_id}", file=sys.stderr)
        await self._stage(begun)
        async with reading(self._settings) as store:
            return await self._settle(begun, LookingAtLeads(store, self._settings.site))

    def _identity(self) -> str:
        """The file, and how it is read: with another mapping it is another import."""
        wanted = self._wanted
        read_as = [wanted.region, *(f"{each.heading}={each}" for each in wanted.columns.columns)]
        told = [msgspec.json.encode(wanted.table.identity).decode(), wanted.list_id, *read_as]
        return sha256("\n".join(told).encode()).hexdigest()

    async def _stage(self, begun: Begun) -> None:
        """The next rows are read while those before are written."""
        table = self._wanted.table
        batches = self._batches(begun.rows)
        sending: asyncio.Task[Any] | None = None
        rows = rejected = 0
        with bytes_bar("rows", "rejected") as bar:
            task = bar.add_task(f"reading {self._wanted.source}", total=table.size, rows=0, rejected=0)
            while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                if sending:
                    await sending
                sending = asyncio.create_task(self._to_follower(f"/leads/imports/{begun.import_id}/rows", batch))
                rows += len(batch.leads) + len(batch.rejects)
                rejected += len(batch.rejects)
                bar.update(task, completed=table.position, rows=rows, rejected=rejected)
            if sending:
                await sending

    def _batches(self, after: int) -> Iterator[Rows]:
        found = (row for row in self._wanted.table.rows() if row.line > after)
        count = 0
        while piece := list(islice(found, BATCH)):
            count += len(piece)
            if count > ROWS_MAX or piece[-1].line >= 1 << PLACE_BITS:
                raise CtiError(f"{self._wanted.source} has more than {ROWS_MAX:,} rows. Split it.")
            read = [self._reader.read(row) for row in piece]
            leads = tuple(each for each in read if isinstance(each, StagedLead))
            rejects = tuple(each for each in read if isinstance(each, Reject))
            yield Rows(after, piece[-1].line, leads, rejects)
            after = piece[-1].line

    async def _settle(self, begun: Begun, looking: LookingAtLeads) -> Done:
        wanted, keys = self._wanted, Keys()
        with bytes_bar() as bar:
            bar.add_task("looking for duplicates", total=None)
            await keys.take(looking.staged(wanted.list_id, begun.import_id), looking, wanted.list_id)
            decided = await decide(keys, looking, wanted.list_id, wanted.policy)
        await self._sort(begun, keys, await asyncio.to_thread(self._with_cells, decided))
        [told] = [row for row in await looking.imports(wanted.list_id) if row.import_id == begun.import_id]
        done = Done(
            import_id=begun.import_id,
            imported=keys.rows - len(decided.rejects) - len(decided.changes),
            updated=len(decided.changes) - decided.moved,
            moved=decided.moved,
            rejected=told.rejected,
            left_out=self._reader.left_out,
        )
        counts = {name: getattr(done, name) for name in ("imported", "updated", "moved", "rejected")}
        named = {"list_id": wanted.list_id, "import_id": begun.import_id, "by": wanted.by}
        await self._patiently("admin.sock", "/leads/imported", msgspec.json.encode(named | counts))
        return done

    async def _sort(self, begun: Begun, keys: Keys, decided: Decided) -> None:
        path = f"/leads/imports/{begun.import_id}/sorted"
        for start in range(0, len(decided.rejects), BATCH):
            await self._to_follower(path, Sorted(rejects=decided.rejects[start : start + BATCH]))
        for start in range(0, len(decided.changes), BATCH):
            await self._to_follower(path, Sorted(changes=decided.changes[start : start + BATCH]))
        numbers, rows = keys.in_order()
        gone = np.isin(rows, np.array([each.row for each in decided.rejects], dtype=np.int64))
        numbers, rows = numbers[~gone], rows[~gone]
        with bytes_bar() as bar:
            task = bar.add_task("keeping numbers", total=len(numbers))
            for start in range(0, len(numbers), NUMBERS):
                piece = zip(
                    numbers[start : start + NUMBERS].tolist(), rows[start : start + NUMBERS].tolist(), strict=True
                )
                await self._to_follower(path, Sorted(numbers=tuple((f"+{number}", row) for number, row in piece)))
                bar.update(task, completed=start)

    def _with_cells(self, decided: Decided) -> Decided:
        """Rows that turned out to be none, as they stand in the file: which is read once more, as it is only now known
        which those are."""
        wanted = {each.row: each for each in decided.rejects}
        found = (row for row in (self._wanted.table.rows() if wanted else ()) if row.line in wanted)
        rejects = tuple(msgspec.structs.replace(wanted[row.line], cells=tuple(row.cells)) for row in found)
        return decided._replace(rejects=rejects)

    async def _to_follower(self, path: str, body: msgspec.Struct) -> Any:
        return await self._patiently("follower.sock", path, msgspec.json.encode(body))

    async def _patiently(self, door: str, path: str, body: bytes) -> Any:
        """What is busy, or starts again, is given two minutes; then the same command goes on from here."""
        for _ in range(AGAIN_TIMES):
            try:
                return await request_local(self._settings.data_dir / door, "POST", path, data=body)
            except (NotRunning, aiohttp.ClientError):
                pass
            except Refused as refused:
                if refused.status != 503:
                    raise
            await asyncio.sleep(AGAIN_S)
        return await request_local(self._settings.data_dir / door, "POST", path, data=body)


def sample_of(table: LeadTable, count: int) -> list[Sequence[str]]:
    """The first rows, to guess from."""
    return [row.cells for row in islice(table.rows(), count) if isinstance(row, Row)]
