"""The store for those who may start before the follower has made it: opened, for reading only, when first asked."""

import asyncio
from typing import NamedTuple

from cti.core.commands import ClaimLeads, FindSuppression, GatherCallFacts
from cti.core.events import CallFactsGathered, Customer, LeadsClaimed, SuppressionFound
from cti.core.ports import ListLookup
from cti.store.call_facts import CallFacts, NoLists
from cti.store.customers import Customers
from cti.store.leads.claiming import Claims
from cti.store.leads.entering import Segments, without_segments
from cti.store.recordings import RecordingRecord, Recordings, Wanted
from cti.store.store import Store


class Made(NamedTuple):
    """What is in the store, to be asked."""

    customers: Customers
    recordings: Recordings
    call_facts: CallFacts
    claims: Claims


class LaterStore:
    """One site's store. While there is none, every question raises the store's error. `lists` are the big ones of
    registries, which lie beside it; `segments` reads the expressions of a campaign's segments."""

    def __init__(
        self, url: str, site: str, lists: ListLookup | None = None, segments: Segments = without_segments
    ) -> None:
        self._url = url
        self._site = site
        self._lists = lists or NoLists()
        self._segments = segments
        self._made: Made | None = None
        self._opening = asyncio.Lock()

    async def find(self, number: str) -> tuple[Customer, ...]:
        """Who has this number, as `Customers.find_by_number`."""
        return await (await self._opened()).customers.find_by_number(number)

    async def latest(self, wanted: Wanted, limit: int) -> list[RecordingRecord]:
        """As `Recordings.latest`."""
        return await (await self._opened()).recordings.latest(wanted, limit)

    async def get(self, recording_id: str) -> RecordingRecord | None:
        """As `Recordings.get`."""
        return await (await self._opened()).recordings.get(recording_id)

    async def gather(self, command: GatherCallFacts) -> CallFactsGathered:
        """What is known of a number, as `cti.core.ports.CallFactsSource`."""
        return await (await self._opened()).call_facts.gather(command)

    async def find_entries(self, command: FindSuppression) -> SuppressionFound:
        """The entries of our own lists that say this."""
        return await (await self._opened()).call_facts.find_entries(command)

    async def claim(self, command: ClaimLeads) -> LeadsClaimed:
        """Who is to be called next, as `cti.core.ports.LeadsSource`."""
        return await (await self._opened()).claims.claim(command)

    async def _opened(self) -> Made:
        async with self._opening:
            if self._made is None:
                store = await Store.open(self._url, read_only=True)
                self._made = Made(
                    Customers(store, self._site),
                    Recordings(store, self._site),
                    CallFacts(store, self._site, self._lists),
                    Claims(store, self._site, self._segments),
                )
            return self._made
