"""The store for those who may start before the follower has made it: opened, for reading only, when first asked."""

import asyncio

from cti.core.events import Customer
from cti.store.customers import Customers
from cti.store.recordings import RecordingRecord, Recordings, Wanted
from cti.store.store import Store


class LaterStore:
    """One site's store. While there is none, every question raises the store's error."""

    def __init__(self, url: str, site: str) -> None:
        self._url = url
        self._site = site
        self._made: tuple[Customers, Recordings] | None = None
        self._opening = asyncio.Lock()

    async def find(self, number: str) -> tuple[Customer, ...]:
        """Who has this number, as `Customers.find_by_number`."""
        customers, _ = await self._opened()
        return await customers.find_by_number(number)

    async def latest(self, wanted: Wanted, limit: int) -> list[RecordingRecord]:
        """As `Recordings.latest`."""
        _, recordings = await self._opened()
        return await recordings.latest(wanted, limit)

    async def get(self, recording_id: str) -> RecordingRecord | None:
        """As `Recordings.get`."""
        _, recordings = await self._opened()
        return await recordings.get(recording_id)

    async def _opened(self) -> tuple[Customers, Recordings]:
        async with self._opening:
            if self._made is None:
                store = await Store.open(self._url, read_only=True)
                self._made = Customers(store, self._site), Recordings(store, self._site)
            return self._made
