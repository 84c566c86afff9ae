"""Our own lists of whom not to call, for people: every entry with who added it, when and why; and who removed it."""

from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from cti.core.calling import Subject
from cti.core.suppression import SCOPES, WILDCARD, SuppressionKey
from cti.store.persons import subject_of
from cti.store.projection import storable
from cti.store.store import Store
from cti.store.suppressions_projector import SuppressionsProjector
from cti.store.tables import cursors, suppressions

VALUES_MAX = 5_000
"""How many values a statement may name."""


class OwnEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table, as it says itself. In force while `removed_at` is 0; times in ms."""

    entry_id: str
    scope: str
    value: str
    campaign_id: str = ""
    seller: str = ""
    reason: str = ""
    origin: str = ""
    added_by: str = ""
    added_at: int = 0
    seq: int = 0
    removed_at: int = 0
    removed_by: str = ""
    removed_reason: str = ""
    beside: str = ""

    @property
    def stands(self) -> bool:
        """It keeps people from being called."""
        return self.removed_at == 0

    @property
    def key(self) -> SuppressionKey:
        """What it says."""
        return SuppressionKey(
            scope=self.scope,
            value=self.value,
            campaign_id=self.campaign_id,
            seller=self.seller,
            beside=self.beside,
        )


_ROW = [suppressions.c[name] for name in OwnEntry.__struct_fields__]

Place = tuple[str, int, str]
"""How far a walk through all entries has come; `START` before the first."""

START: Place = (SCOPES[0], -1, "")


class OwnLists:
    """A site's entries, removed ones too. Raises what a store raises."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def as_of(self) -> int:
        """The last record that the entries know of."""
        ours = (cursors.c.site == self._site) & (cursors.c.projection == SuppressionsProjector.name)

        def work(connection: Connection) -> int:
            return connection.scalar(select(cursors.c.seq).where(ours)) or 0

        return await self._store.read(work)

    async def subject_of(self, number: str) -> Subject | None:
        """Whose number it is, with their others, as far as that is known."""
        return await self._store.read(lambda connection: subject_of(connection, self._site, number, None))

    async def count(self) -> int:
        """How many there are and were."""
        ours = suppressions.c.site == self._site

        def work(connection: Connection) -> int:
            return connection.scalar(select(func.count()).select_from(suppressions).where(ours)) or 0

        return await self._store.read(work)

    async def about(self, values: Collection[str], *, standing: bool = False) -> list[OwnEntry]:
        """Those with one of these values, and all patterns; the oldest first. `standing`: only those in force."""
        columns, wanted = suppressions.c, [storable(value) for value in values]
        found: dict[str, OwnEntry] = {}
        pieces = [wanted[first : first + VALUES_MAX] for first in range(0, len(wanted), VALUES_MAX)]
        for piece in pieces:
            found |= await self._where(columns.value.in_(piece), standing=standing)
        found |= await self._where(columns.scope == WILDCARD, standing=standing)
        return sorted(found.values(), key=lambda entry: (entry.seq, entry.entry_id))

    async def _where(self, condition: ColumnElement[bool], *, standing: bool) -> dict[str, OwnEntry]:
        wanted = (suppressions.c.site == self._site) & condition
        if standing:
            wanted &= suppressions.c.removed_at == 0
        question = select(*_ROW).where(wanted)

        def work(connection: Connection) -> dict[str, OwnEntry]:
            rows = connection.execute(question).mappings()
            return {row["entry_id"]: OwnEntry(**row) for row in rows}

        return await self._store.read(work)

    async def page(self, after: Place, limit: int) -> tuple[list[OwnEntry], Place | None]:
        """The next entries of a walk through all, scope by scope, and how far that is; None at the end."""
        scope, seq, entry_id = after
        columns = suppressions.c
        question = (
            select(*_ROW)
            .where(columns.site == self._site, columns.scope == scope, columns.seq >= seq)
            .where(tuple_(columns.seq, columns.entry_id) > (seq, entry_id))
            .order_by(columns.seq, columns.entry_id)
            .limit(limit)
        )

        def work(connection: Connection) -> list[OwnEntry]:
            return [OwnEntry(**row) for row in connection.execute(question).mappings()]

        found = await self._store.read(work)
        if len(found) == limit:
            return found, (scope, found[-1].seq, found[-1].entry_id)
        following = SCOPES[SCOPES.index(scope) + 1 :]
        return found, (following[0], -1, "") if following else None
