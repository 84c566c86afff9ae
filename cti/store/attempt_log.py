"""The log of campaigns' calls, read."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select, tuple_

from cti.store.attempt_log_projector import AttemptLogProjector, attempt_row
from cti.store.store import Store
from cti.store.tables import attempt_log, clearances, cursors, refusal_log
from cti.views.attempts import AttemptRow, RefusalRow

PIECE = 1_000

_A, _R = attempt_log.c, refusal_log.c


class Logged(NamedTuple):
    """A call, and where its clearance stands in the chain (0: nowhere)."""

    row: AttemptRow
    position: int


class Found(NamedTuple):
    """Rows by name, as the log has them with the journal's records up to `cursor`."""

    cursor: int
    attempts: dict[str, AttemptRow]
    refusals: dict[str, RefusalRow]


class AttemptLog:
    """One site's. Instants are ms."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def cursor(self) -> int:
        """The journal's record up to which calls have been taken in."""
        return await self._store.read(self._cursor)

    def _cursor(self, connection: Connection) -> int:
        place = (cursors.c.site == self._site) & (cursors.c.projection == AttemptLogProjector.name)
        return connection.scalar(select(cursors.c.seq).where(place)) or 0

    async def count(self, since: int, until: int) -> int:
        """How many calls were made from `since` to before `until`."""
        made = (_A.site == self._site) & (_A.dialled_at >= max(1, since)) & (_A.dialled_at < until)
        asked = select(func.count()).select_from(attempt_log).where(made)
        return await self._store.read(lambda connection: connection.scalar(asked) or 0)

    async def made(self, since: int, until: int) -> AsyncIterator[Logged]:
        """The calls made from `since` to before `until`, in order."""
        same = (
            (clearances.c.site == _A.site)
            & (clearances.c.seq == _A.cleared_seq)
            & (clearances.c.dial_id == _A.attempt_id)
        )
        joined = attempt_log.outerjoin(clearances, same)
        last = (max(0, since - 1), "\U0010ffff")
        while True:
            asked = (
                select(attempt_log, clearances.c.position)
                .select_from(joined)
                .where(_A.site == self._site, tuple_(_A.dialled_at, _A.attempt_id) > last, _A.dialled_at < until)
                .order_by(_A.dialled_at, _A.attempt_id)
                .limit(PIECE)
            )
            piece = await self._logged(asked)
            for each in piece:
                if each.row.dialled_at:
                    yield each
            if len(piece) < PIECE:
                return
            last = (piece[-1].row.dialled_at, piece[-1].row.attempt_id)

    async def _logged(self, asked: "Select[tuple[object, ...]]") -> list[Logged]:
        def work(connection: Connection) -> list[Logged]:
            return [Logged(attempt_row(row), row["position"] or 0) for row in connection.execute(asked).mappings()]

        return await self._store.read(work)

    async def by_name(self) -> AsyncIterator[AttemptRow]:
        """Every row, lines that are no calls yet among them."""
        last = ""
        while True:
            asked = select(attempt_log).where(_A.site == self._site, _A.attempt_id > last)
            piece = await self._attempts(asked.order_by(_A.attempt_id).limit(PIECE))
            for row in piece:
                yield row
            if len(piece) < PIECE:
                return
            last = piece[-1].attempt_id

    async def _attempts(self, asked: "Select[tuple[object, ...]]") -> list[AttemptRow]:
        return await self._store.read(
            lambda connection: [attempt_row(row) for row in connection.execute(asked).mappings()]
        )

    async def refused(self, since: int, until: int) -> AsyncIterator[RefusalRow]:
        """Calls that were not made from `since` to before `until`."""
        last = (since - 1, "\U0010ffff")
        while True:
            asked = (
                select(refusal_log)
                .where(_R.site == self._site, tuple_(_R.at, _R.dial_id) > last, _R.at < until)
                .order_by(_R.at, _R.dial_id)
                .limit(PIECE)
            )
            piece = await self._refusals(asked)
            for row in piece:
                yield row
            if len(piece) < PIECE:
                return
            last = (piece[-1].at, piece[-1].dial_id)

    async def refusals_by_name(self) -> AsyncIterator[RefusalRow]:
        """Every one."""
        last = ""
        while True:
            asked = select(refusal_log).where(_R.site == self._site, _R.dial_id > last)
            piece = await self._refusals(asked.order_by(_R.dial_id).limit(PIECE))
            for row in piece:
                yield row
            if len(piece) < PIECE:
                return
            last = piece[-1].dial_id

    async def _refusals(self, asked: "Select[tuple[object, ...]]") -> list[RefusalRow]:
        return await self._store.read(
            lambda connection: [_refusal(row) for row in connection.execute(asked).mappings()]
        )

    async def find(self, attempt_ids: list[str], dial_ids: list[str]) -> Found:
        """The rows of these names, all as of one record of the journal."""
        while True:
            found = await self._find(attempt_ids, dial_ids)
            if found:
                return found

    async def _find(self, attempt_ids: list[str], dial_ids: list[str]) -> Found | None:
        """None when the log went on meanwhile, as PostgreSQL lets a reader see."""

        def work(connection: Connection) -> Found | None:
            cursor = self._cursor(connection)
            ours = select(attempt_log).where(_A.site == self._site)
            theirs = select(refusal_log).where(_R.site == self._site)
            attempts, refusals = {}, {}
            for first in range(0, len(attempt_ids), PIECE // 2):
                names = attempt_ids[first : first + PIECE // 2]
                for row in connection.execute(ours.where(_A.attempt_id.in_(names))).mappings():
                    attempts[row["attempt_id"]] = attempt_row(row)
            for first in range(0, len(dial_ids), PIECE // 2):
                names = dial_ids[first : first + PIECE // 2]
                for row in connection.execute(theirs.where(_R.dial_id.in_(names))).mappings():
                    refusals[row["dial_id"]] = _refusal(row)
            return Found(cursor, attempts, refusals) if self._cursor(connection) == cursor else None

        return await self._store.read(work)


def _refusal(columns: object) -> RefusalRow:
    return RefusalRow(**{name: columns[name] for name in RefusalRow.__struct_fields__})  # type: ignore[index]
