"""What the store's writer does for leads when it has nothing better to do, a piece at a time."""

from sqlalchemy import Connection

from cti.store.leads import settling
from cti.store.leads.entering import Entering, Segments
from cti.store.store import Store


class Upkeep:
    """Settles imports, deletes removed lists, and enters leads for campaigns. Each piece takes a few hundredths of a
    second, and other writes come between them."""

    def __init__(self, store: Store, site: str, segments: Segments) -> None:
        self._store = store
        self._site = site
        self._entering = Entering(site, segments)

    async def step(self) -> bool:
        """Do a piece; False when there is nothing to do. Raises what a store raises."""
        if not await self._store.read(self._is_due):
            return False
        return await self._store.write(self._step)

    def _is_due(self, connection: Connection) -> bool:
        return settling.is_due(connection, self._site) or self._entering.is_due(connection)

    def _step(self, connection: Connection) -> bool:
        if self._entering.step(connection, posted_alone=True):
            return True
        return settling.step(connection, self._site) or self._entering.step(connection)
