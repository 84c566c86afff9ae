"""From the journal to our own lists, and to the versions of registries."""

from collections.abc import Sequence
from functools import singledispatchmethod

from sqlalchemy import Connection, select, update

from cti.core.events import RegistrySwitched, RegistrySwitchHeld, SuppressionAdded, SuppressionRemoved
from cti.core.record import TurnRecord
from cti.store.errors import StoreError
from cti.store.projection import Columns, Projection, storable
from cti.store.tables import registries, suppressions


class SuppressionsProjector(Projection):
    """One row for each entry; one that was removed stays. What is added while it is there is no second row."""

    name = "suppressions"
    tables = (suppressions,)

    async def reset(self) -> None:
        """Raises `StoreError`: the journal forgets whom an entry is about long before the entry may be forgotten."""
        raise StoreError("our own lists cannot be made anew: restore the store from a copy")

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """One after another: an entry may be added, removed and added again in one batch."""
        for record in news:
            for event in record.events:
                self._tell(event, record, connection)

    @singledispatchmethod
    def _tell(self, event: object, record: TurnRecord, connection: Connection) -> None:
        """Nothing is known of other events here."""

    @_tell.register
    def _added(self, event: SuppressionAdded, record: TurnRecord, connection: Connection) -> None:
        columns = suppressions.c
        same = (
            (columns.site == self._site)
            & (columns.value == storable(event.value))
            & (columns.removed_at == 0)
            & (columns.scope == event.scope)
            & (columns.campaign_id == storable(event.campaign_id))
            & (columns.seller == storable(event.seller))
            & (columns.beside == storable(event.beside))
        )
        standing = connection.scalar(select(columns.entry_id).where(same)) if event.value else None
        if standing:
            again = {"repeats": columns.repeats + 1}
            connection.execute(update(suppressions).where(same).values(**again))
            return
        row: Columns = {
            "entry_id": event.entry_id,
            "seq": record.seq,
            "scope": event.scope,
            "value": storable(event.value),
            "campaign_id": storable(event.campaign_id),
            "seller": storable(event.seller),
            "reason": storable(event.reason),
            "origin": event.origin,
            "added_by": storable(event.by),
            "added_at": record.at,
            "repeats": 0,
            "removed_seq": 0,
            "removed_at": 0,
            "removed_by": "",
            "removed_reason": "",
            "beside": storable(event.beside),
        }
        self.put(connection, suppressions, [row])

    @_tell.register
    def _removed(self, event: SuppressionRemoved, record: TurnRecord, connection: Connection) -> None:
        columns = suppressions.c
        gone = {
            "removed_seq": record.seq,
            "removed_at": record.at,
            "removed_by": storable(event.by),
            "removed_reason": storable(event.reason),
        }
        ours = (columns.site == self._site) & (columns.entry_id == event.entry_id) & (columns.removed_at == 0)
        connection.execute(update(suppressions).where(ours).values(**gone))


class RegistriesProjector(Projection):
    """One row for each version that was switched to, or held back."""

    name = "registries"
    tables = (registries,)

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """Rows are never changed: what became of a version that was held is a row of its own."""
        rows = [
            _columns(event, record)
            for record in news
            for event in record.events
            if isinstance(event, RegistrySwitched | RegistrySwitchHeld)
        ]
        self.put(connection, registries, rows)


def _columns(event: RegistrySwitched | RegistrySwitchHeld, record: TurnRecord) -> Columns:
    switched = isinstance(event, RegistrySwitched)
    return {
        "seq": record.seq,
        "registry_id": event.registry_id,
        "version": event.version,
        "status": "switched" if switched else "held",
        "at": record.at,
        "as_of": event.as_of,
        "count": event.count,
        "added": event.added,
        "removed": event.removed,
        "reason": event.reason if isinstance(event, RegistrySwitchHeld) else "",
        "switched_by": event.by,
        "confirmed_by": event.confirmed_by if isinstance(event, RegistrySwitched) else "",
    }
