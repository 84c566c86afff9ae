"""What is known of many numbers at once, for who washes a list with it: our own lists, and earlier calls."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from cti.core.overlay import Attempt
from cti.core.suppression import WILDCARD, covers, patterns_about, prefixes_of
from cti.store.call_facts import earlier_calls
from cti.store.own_lists import OwnEntry, OwnLists
from cti.store.store import Store


class Batch:
    """What the store says of some numbers."""

    def __init__(self, entries: Iterable[OwnEntry], attempts: Iterable[Attempt]) -> None:
        self._entries: dict[str, list[OwnEntry]] = {}
        self._beginnings: set[str] = set()
        for entry in entries:
            self._entries.setdefault(entry.value, []).append(entry)
            if entry.scope == WILDCARD:
                self._beginnings.update(prefixes_of(entry.value))
        self._attempts: dict[str, list[Attempt]] = {}
        for attempt in attempts:
            self._attempts.setdefault(attempt.number, []).append(attempt)

    def entries(self, number: str, campaign_id: str, seller: str) -> list[OwnEntry]:
        """Those in force that cover such a call."""
        values = (*prefixes_of(number), *patterns_about(number, self._beginnings))
        found = [entry for value in values for entry in self._entries.get(value, ())]
        return [entry for entry in found if covers(entry.key, number, None, campaign_id, seller)]

    def attempts(self, number: str) -> Sequence[Attempt]:
        """Calls to this number."""
        return self._attempts.get(number, ())


class Washing:
    """Asks for many numbers at a time. Raises what a store raises."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site
        self._own = OwnLists(store, site)

    async def known(self, numbers: Sequence[str]) -> Batch:
        """At most a thousand at once."""
        prefixes = {prefix for number in numbers for prefix in prefixes_of(number)}
        entries = await self._own.about(sorted(prefixes), standing=True)

        def work(connection: Connection) -> list[Attempt]:
            return earlier_calls(connection, self._site, numbers)

        return Batch(entries, await self._store.read(work))
