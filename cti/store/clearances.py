"""The proofs of verdicts, read in the order in which they were given."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from cti.store.clearance_chain import FIRST_HASH, ClearanceRow
from cti.store.clearances_projector import ClearancesProjector
from cti.store.store import Store
from cti.store.tables import clearance_numbers, clearances, cursors, forgotten_numbers, rulebooks

PIECE = 1_000


class Proof(NamedTuple):
    """A row of the chain, with the number that it is about and the salt of its digest, as long as they are kept:
    `kept_at` is the instant (ms) beside them, 0 where there is no row of them."""

    row: ClearanceRow
    number: str
    salt: str
    kept_at: int = 0


class Forgotten(NamedTuple):
    """The numbers of the proofs up to `position` were deleted, as those of before `before_at` (ms)."""

    position: int = 0
    before_at: int = 0


class Clearances:
    """One site's."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def count(self) -> int:
        """How many there are."""
        counted = select(func.count()).select_from(clearances).where(clearances.c.site == self._site)
        return await self._store.read(lambda connection: connection.scalar(counted) or 0)

    async def last(self) -> tuple[int, str]:
        """The position and the hash of the last one: what an audit prints."""
        newest = select(clearances.c.position, clearances.c.hash).where(clearances.c.site == self._site)
        asked = newest.order_by(clearances.c.position.desc()).limit(1)
        found = await self._store.read(lambda connection: connection.execute(asked).first())
        return (found[0], found[1]) if found else (0, FIRST_HASH)

    async def upto(self) -> int:
        """The journal's record up to which verdicts have been taken in."""
        place = select(cursors.c.seq).where(
            cursors.c.site == self._site, cursors.c.projection == ClearancesProjector.name
        )
        return await self._store.read(lambda connection: connection.scalar(place) or 0)

    async def forgotten(self) -> Forgotten:
        """How far numbers were forgotten."""
        table = forgotten_numbers
        asked = select(table.c.position, table.c.before_at).where(table.c.site == self._site)
        found = await self._store.read(lambda connection: connection.execute(asked).first())
        return Forgotten(*found) if found else Forgotten()

    async def in_order(self) -> AsyncIterator[Proof]:
        """Each of them, by position."""
        last = 0
        while piece := await self._after(last):
            for proof in piece:
                yield proof
            last = piece[-1].row.position

    async def _after(self, position: int) -> list[Proof]:
        table, numbers = clearances, clearance_numbers
        same = (numbers.c.site == table.c.site) & (numbers.c.position == table.c.position)
        asked = (
            select(table, numbers.c.number, numbers.c.salt, numbers.c.at.label("kept_at"))
            .select_from(table.outerjoin(numbers, same))
            .where(table.c.site == self._site, table.c.position > position)
            .order_by(table.c.position)
            .limit(PIECE)
        )

        def work(connection: Connection) -> list[Proof]:
            names = ClearanceRow.__struct_fields__
            rows = connection.execute(asked).mappings()
            return [
                Proof(
                    ClearanceRow(**{name: row[name] for name in names}),
                    row["number"] or "",
                    row["salt"] or "",
                    row["kept_at"] or 0,
                )
                for row in rows
            ]

        return await self._store.read(work)

    async def rulebook(self, rules_version: str) -> bytes | None:
        """The rules of this name, as they were written: see `RulebookContent`."""
        asked = select(rulebooks.c.content).where(
            rulebooks.c.site == self._site, rulebooks.c.rules_version == rules_version
        )
        content = await self._store.read(lambda connection: connection.scalar(asked))
        return content.encode() if content is not None else None
