"""Folds the journal anew into a log of calls of its own, and finds whatever the site's log, or a ledger, has otherwise.

The log and the ledgers are two other accounts of the same calls: one kept by the follower, one by the rules that bound
them. Whoever changes one of the three leaves the others as they were.
"""

from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import NamedTuple, TypeVar

import msgspec

from cti.core.base import Record
from cti.core.campaign_config import ledger_ids
from cti.core.codec import decode
from cti.core.errors import JournalDamaged
from cti.core.events import ConfigApplied
from cti.core.ports import Journal
from cti.core.record import FIRST_HASH, StoredRecord, TurnRecord, chain_hash
from cti.core.state import State
from cti.core.times import ZoneTable
from cti.core.zone import UTC, date_of, local_day, site_zone
from cti.store.attempt_log import AttemptLog
from cti.store.attempt_log_projector import AttemptLogProjector
from cti.store.store import Store
from cti.views.attempts import AttemptRow, RefusalRow
from cti.views.calling_report import Counts

BATCH = 500

Row = TypeVar("Row", AttemptRow, RefusalRow)


class CallFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was: about which call, or which ledger or record of the journal, and when (ms; 0: not
    known)."""

    about: str
    at: int
    what: str


class Recounted(msgspec.Struct, kw_only=True):
    """What the journal alone says of all calls, up to which record, and what is otherwise elsewhere."""

    counts: Counts = msgspec.field(default_factory=Counts)
    upto: int = 0
    findings: list[CallFinding] = msgspec.field(default_factory=list)


class Pair(NamedTuple):
    """One of a kind, as the journal has it and as the log has it; None where it is missing."""

    name: str
    told: Record | None
    logged: Record | None


class Recount:
    """One walk through the journal. `own` is an empty store, to be thrown away; `running` says whether a server is
    there, whose log may be some records behind; `standing` is the state as its newest snapshot leaves it."""

    def __init__(
        self,
        journal: Journal,
        log: AttemptLog,
        own: Store,
        site: str,
        running: Callable[[], bool],
        standing: Callable[[], Awaitable[State]],
    ) -> None:
        self._journal = journal
        self._log = log
        self._own = AttemptLog(own, site)
        self._projector = AttemptLogProjector(own, site)
        self._running = running
        self._standing = standing
        self._last_seq, self._last_hash = 0, FIRST_HASH
        self._zones: list[tuple[int, ZoneTable]] = []
        self._agentless: set[str] = set()
        """Campaigns for whose calls no agent need come in time."""
        self.result = Recounted()

    async def run(self, progress: Callable[[int], None] = lambda seq: None) -> Recounted:
        """To the end, whatever is found on the way."""
        tail, cursor = (await self._journal.tail()).seq, await self._log.cursor()
        if cursor > tail:
            self._find(
                "the log", 0, f"it says that it has taken in the journal to record {cursor}, which ends at {tail}"
            )
        is_running = self._running()
        try:
            await self._fold(min(cursor, tail) if is_running else tail, progress)
            await self._compare(progress, again=is_running)
            state = await self._standing()
            await self._fold(state.last.seq, progress)
            await self._ledgers(state)
        except JournalDamaged as error:
            self._find("the journal", 0, str(error))
        await self._count()
        return self.result

    def _find(self, about: str, at: int, what: str) -> None:
        self.result.findings.append(CallFinding(about=about, at=at, what=what))

    async def _fold(self, upto: int, progress: Callable[[int], None]) -> None:
        """Take in the journal up to this record."""
        batch: list[TurnRecord] = []
        async for row in self._journal.read(self.result.upto, upto):
            self._verify(row)
            record = decode(row)
            if isinstance(record.input, ConfigApplied):
                config = record.input.config
                self._zones.append((record.at, site_zone(config)))
                campaigns = config.calling.campaigns.values()
                self._agentless.update(each.campaign_id for each in campaigns if each.mode == "broadcast")
            batch.append(record)
            if len(batch) == BATCH:
                await self._projector.project(batch)
                progress(record.seq)
                batch = []
        await self._projector.project(batch)
        self.result.upto = max(self.result.upto, upto)

    def _verify(self, row: StoredRecord) -> None:
        if row.seq != self._last_seq + 1:
            raise JournalDamaged(f"record {self._last_seq + 1} is missing, {row.seq} comes next")
        self._last_seq = row.seq
        if row.previous_hash != self._last_hash:
            self._find(f"record {row.seq}", row.at, "the journal does not go on from the record before")
        if chain_hash(row) != row.hash:
            self._find(f"record {row.seq}", row.at, "the journal's record is not what was written: its hash is another")
        self._last_hash = row.hash

    async def _compare(self, progress: Callable[[int], None], *, again: bool) -> None:
        """A server may go on while we read: what differs then is looked at `again`, with both as of one record."""
        calls = [pair async for pair in _unequal(self._own.by_name(), self._log.by_name(), _call_name)]
        refusals = [
            pair async for pair in _unequal(self._own.refusals_by_name(), self._log.refusals_by_name(), _dial_name)
        ]
        if again and (calls or refusals):
            names, dials = [pair.name for pair in calls], [pair.name for pair in refusals]
            logged = await self._log.find(names, dials)
            await self._fold(logged.cursor, progress)
            told = await self._own.find(names, dials)
            calls = _pairs(names, told.attempts, logged.attempts)
            refusals = _pairs(dials, told.refusals, logged.refusals)
        for pair in (*calls, *refusals):
            if pair.told != pair.logged:
                self._find(pair.name, _at(pair.told or pair.logged), _difference(pair))

    async def _ledgers(self, state: State) -> None:
        """What the rules counted when they allowed a line, against the answers in the journal."""
        counted = await self._answers()
        for ledger_id in sorted({*counted, *state.ledgers.rows}):
            ledger = state.ledgers.get(ledger_id)
            kept = {day: (answers, abandoned) for day, answers, abandoned in ledger.days} if ledger else {}
            told = counted.get(ledger_id, {})
            oldest = min(kept, default=0)
            for day in sorted({*kept, *(day for day in told if day >= oldest)}):
                ours, theirs = told.get(day, (0, 0)), kept.get(day, (0, 0))
                if ours != theirs:
                    self._find(
                        ledger_id, 0, f"on {date_of(day)} the journal has {_said(ours)}, the ledger {_said(theirs)}"
                    )

    async def _answers(self) -> dict[str, dict[int, tuple[int, int]]]:
        """By ledger and day: live answers, and how many of them were abandoned."""
        marks: list[tuple[int, str, bool]] = []
        async for row in self._own.by_name():
            if row.counted_at:
                marks += [(row.counted_at, name, row.counted_abandoned) for name in ledger_ids(row.bounds)]
        counted: dict[str, dict[int, tuple[int, int]]] = {}
        for at, ledger_id, abandoned in sorted(marks):
            days = counted.setdefault(ledger_id, {})
            day = max([local_day(self._zone(at), at), *days])  # after a change of the zone days do not go back
            answers, gone = days.get(day, (0, 0))
            days[day] = answers + 1, gone + abandoned
        return counted

    def _zone(self, at: int) -> ZoneTable:
        place = bisect_right([since for since, _ in self._zones], at)
        return self._zones[place - 1][1] if place else UTC

    async def _count(self) -> None:
        async for row in self._own.by_name():
            if row.dialled_at:
                self.result.counts.take(row)
            if _came_late(row) and not row.counted_abandoned and row.campaign_id not in self._agentless:
                late_ms = row.joined_at - row.greeting_ended_at - row.connect_ms
                self._find(
                    row.attempt_id, row.joined_at, f"an agent came {late_ms} ms too late, and it counts as in time"
                )


def _came_late(row: AttemptRow) -> bool:
    """By the instants alone, whatever was made of them; of what counts only."""
    is_known = row.after_greeting and row.counted_at and row.greeting_ended_at and row.joined_at
    return bool(is_known) and row.joined_at > row.greeting_ended_at + row.connect_ms


def _call_name(row: AttemptRow) -> str:
    return row.attempt_id


def _dial_name(row: RefusalRow) -> str:
    return row.dial_id


async def _unequal(
    told: AsyncIterator[Row], logged: AsyncIterator[Row], name: Callable[[Row], str]
) -> AsyncIterator[Pair]:
    """Both in the order of names; those that are not the same, or missing in one."""
    ours, theirs = await anext(told, None), await anext(logged, None)
    while ours or theirs:
        first = min(name(row) for row in (ours, theirs) if row)
        one = ours if ours and name(ours) == first else None
        other = theirs if theirs and name(theirs) == first else None
        if one != other:
            yield Pair(first, one, other)
        ours = await anext(told, None) if one else ours
        theirs = await anext(logged, None) if other else theirs


def _pairs(names: Iterable[str], told: dict[str, Row], logged: dict[str, Row]) -> list[Pair]:
    return [Pair(name, told.get(name), logged.get(name)) for name in names]


def _at(row: Record | None) -> int:
    if isinstance(row, RefusalRow):
        return row.at
    return row.dialled_at if isinstance(row, AttemptRow) else 0


def _difference(pair: Pair) -> str:
    if pair.told is None:
        return "the log has it, and the journal knows nothing of it"
    if pair.logged is None:
        return "the journal has it, and it is missing in the log"
    names = [name for name in pair.told.__struct_fields__ if getattr(pair.told, name) != getattr(pair.logged, name)]
    return "the log has it otherwise than the journal: " + ", ".join(
        f"{name} {getattr(pair.logged, name)!r}, not {getattr(pair.told, name)!r}" for name in names
    )


def _said(counts: tuple[int, int]) -> str:
    return f"{counts[0]} live answers, {counts[1]} of them abandoned"
