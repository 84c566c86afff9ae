"""What is known of many numbers at once, for who washes a list with it: our own lists, and earlier calls."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from cti.core.calling import Subject
from cti.core.overlay import Attempt
from cti.core.suppression import WILDCARD, covers, patterns_about, prefixes_of, values_about
from cti.store.call_facts import earlier_calls
from cti.store.own_lists import OwnEntry, OwnLists
from cti.store.persons import holders_of
from cti.store.store import Store


class Batch:
    """What the store says of some numbers."""

    def __init__(
        self, entries: Iterable[OwnEntry], attempts: Iterable[Attempt], subjects: Mapping[str, Subject] | None = None
    ) -> None:
        self._subjects = subjects or {}
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
        subject = self.subject(number)
        values = dict.fromkeys((*values_about(number, subject), *patterns_about(number, self._beginnings)))
        found = [entry for value in values for entry in self._entries.get(value, ())]
        return [entry for entry in found if covers(entry.key, number, subject, campaign_id, seller)]

    def attempts(self, number: str) -> Sequence[Attempt]:
        """Calls to this number, and to the person's others."""
        subject = self.subject(number)
        others = subject.other_numbers if subject else ()
        return tuple(attempt for each in (number, *others) for attempt in self._attempts.get(each, ()))

    def subject(self, number: str) -> Subject | None:
        """Whose number it is, as far as that is known."""
        return self._subjects.get(number)


class Washing:
    """Asks for many numbers at a time. Raises what a store raises."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site
        self._own = OwnLists(store, site)

    async def known(self, numbers: Sequence[str]) -> Batch:
        """At most a thousand at once."""
        subjects = await self._store.read(lambda connection: holders_of(connection, self._site, numbers))
        values = {value for number in numbers for value in values_about(number, subjects.get(number))}
        entries = await self._own.about(sorted(values), standing=True)
        others = {other for subject in subjects.values() for other in subject.other_numbers}

        def work(connection: Connection) -> list[Attempt]:
            return earlier_calls(connection, self._site, sorted({*numbers, *others}))

        return Batch(entries, await self._store.read(work), subjects)
