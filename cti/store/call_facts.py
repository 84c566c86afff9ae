"""What is known of a number that is to be rung: our own lists, registries, earlier calls; as of one record."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select, union

from cti.core.calling import AttemptFact, Listing, Subject
from cti.core.commands import FindSuppression, GatherCallFacts
from cti.core.events import BesideEntry, CallFactsGathered, FoundEntry, SuppressionFound
from cti.core.overlay import Attempt, attempt_fact
from cti.core.ports import ListLookup
from cti.core.repeating import found_for
from cti.core.suppression import (
    NUMBERS,
    WILDCARD,
    SuppressionKey,
    covers,
    patterns_about,
    prefixes_of,
    values_about,
)
from cti.store.attempts_projector import AttemptsProjector
from cti.store.connections import Work
from cti.store.persons import names_of, subject_of
from cti.store.projection import storable
from cti.store.store import Store
from cti.store.suppressions_projector import SuppressionsProjector
from cti.store.tables import call_attempts, cursors, suppressions

BEHIND_S, BEHIND_TIMES, BEHIND_TIMES_ASKED = 0.05, 60, 160
"""How long, and how often, to wait for the store where it has not come far enough; and where a person waits for the
answer, whom nobody asks for again."""

VALUES_MAX = 5_000
"""How many numbers a statement may name."""

ATTEMPTS_MAX = 1_000
"""More calls to one person than any rule counts; the newest are taken."""

Answer = TypeVar("Answer", CallFactsGathered, SuppressionFound)

PROJECTIONS = (SuppressionsProjector.name, AttemptsProjector.name)
NOBODY = Subject()


LOST, RESTORE = "", "restore the store from a copy"
"""The value of an entry that was projected when the journal no longer had it."""

# The statements are made once: making one takes longer than carrying it out.
_OURS: BindParameter[str] = bindparam("ours")
_S, _A = suppressions.c, call_attempts.c
_ENTRY = (_S.entry_id, _S.scope, _S.value, _S.campaign_id, _S.seller, _S.added_at)
_CALL = (
    _A.attempt_id,
    _A.seq,
    _A.at,
    _A.number,
    _A.person_id,
    _A.household_id,
    _A.lead_id,
    _A.debt_id,
    _A.campaign_id,
    _A.seller,
    _A.told,
    _A.called,
)
TRAITS = ("number", "person_id", "household_id", "lead_id", "debt_id")

PLACES = select(cursors.c.seq).where(cursors.c.site == _OURS, cursors.c.projection.in_(PROJECTIONS))
STANDING = select(*_ENTRY).where(
    _S.site == _OURS, _S.value.in_(bindparam("values", expanding=True)), _S.removed_at == 0
)
PATTERNS = select(*_ENTRY).where(_S.site == _OURS, _S.scope == WILDCARD, _S.removed_at == 0)
PATTERNS_CHANGED = select(func.coalesce(func.max(_S.seq), 0), func.coalesce(func.max(_S.removed_seq), 0)).where(
    _S.site == _OURS, _S.scope == WILDCARD
)


def _newest(trait: str) -> Select[Any]:
    same = select(*_CALL).where(_A.site == _OURS, _A[trait].in_(bindparam(trait, expanding=True)))
    newest_first = (_A.at + 0).desc()  # by time alone databases would walk over all calls, in search of a thousand
    return select(same.order_by(newest_first).limit(ATTEMPTS_MAX).subquery())


# A question for each trait: with all in one, databases read the whole table rather than several indexes.
EARLIER = union(*(_newest(trait) for trait in TRAITS))


class NoLists:
    """For who has imported none."""

    def holds(self, registry_id: str, version: str, number: str) -> bool:
        """Nothing is at hand."""
        raise LookupError(f"version {version} of {registry_id} is not here: import it")


class Patterns:
    """The entries of scope `wildcard`, found by what matches them. `newest` tells one generation from the next."""

    def __init__(self, newest: int, entries: Iterable[tuple[SuppressionKey, Listing]]) -> None:
        self.newest = newest
        self._entries: dict[str, list[tuple[SuppressionKey, Listing]]] = {}
        for key, listing in entries:
            self._entries.setdefault(key.value, []).append((key, listing))
        self._beginnings = {beginning for pattern in self._entries for beginning in prefixes_of(pattern)}

    def about(self, number: str) -> Iterable[tuple[SuppressionKey, Listing]]:
        """Those that match it, for whatever campaign and seller."""
        for pattern in patterns_about(number, self._beginnings):
            yield from self._entries.get(pattern, ())


class CallFacts:
    """As `cti.core.ports.CallFactsSource`, from a store that the follower fills."""

    def __init__(self, store: Store, site: str, lists: ListLookup) -> None:
        self._store = store
        self._site = site
        self._lists = lists
        self._patterns = Patterns(-1, [])

    async def gather(self, command: GatherCallFacts) -> CallFactsGathered:
        """The answer, as of a record that it names. The store is given a moment to come as far as is asked for."""
        return await self._when_it_has_come(lambda connection: self._look(connection, command), command.since_seq)

    async def _when_it_has_come(self, work: Work[Answer], since_seq: int, times: int = BEHIND_TIMES) -> Answer:
        """The answer once it is as of this record, or the last one after a while: then it is asked for again."""
        for _ in range(times):
            found = await self._store.read(work)
            if found.as_of_seq >= since_seq:
                return found
            await asyncio.sleep(BEHIND_S)
        return await self._store.read(work)

    def _look(self, connection: Connection, command: GatherCallFacts) -> CallFactsGathered:
        as_of_seq = self._as_of(connection)  # first: what is found may be newer, but never older
        subject = subject_of(connection, self._site, command.number, command.subject)
        try:
            listed = (*self._own(connection, command, subject), *self._of_registries(command))
        except LookupError as error:
            return CallFactsGathered(dial_id=command.dial_id, missing=str(error.args[0] if error.args else error))
        return CallFactsGathered(
            dial_id=command.dial_id,
            as_of_seq=as_of_seq,
            listed=listed,
            registries=command.registries,
            attempts=tuple(self._attempts(connection, command, subject)),
            subject=subject,
        )

    def _of_registries(self, command: GatherCallFacts) -> Iterable[Listing]:
        """Raises `LookupError` where a version is not at hand."""
        for registry_id, version in command.registries:
            if self._lists.holds(registry_id, version, command.number):
                yield Listing(list_id=registry_id, scope="registry")

    def _as_of(self, connection: Connection) -> int:
        """How far the slower of the two has come; what the other knows beyond that does no harm."""
        places = connection.execute(PLACES, {"ours": self._site}).scalars().all()
        return min(places) if len(places) == len(PROJECTIONS) else 0

    def _own(self, connection: Connection, command: GatherCallFacts, subject: Subject | None) -> Iterable[Listing]:
        """Raises `LookupError` where an entry no longer says whom it is about: it may be anybody."""
        values = [LOST, *(storable(value) for value in values_about(command.number, subject))]
        about = (command.number, subject, command.campaign_id, command.seller)
        for row in connection.execute(STANDING, {"ours": self._site, "values": values}):
            if row.value == LOST:
                raise LookupError(f"entry {row.entry_id} of our own lists has lost whom it is about: {RESTORE}")
            if covers(_key(row), *about):
                yield _listing(row)
        for key, listing in self._all_patterns(connection).about(command.number):
            if covers(key, *about):
                yield listing

    def _all_patterns(self, connection: Connection) -> Patterns:
        """No index of the database finds them: kept in memory until one is added or removed."""
        newest = sum(connection.execute(PATTERNS_CHANGED, {"ours": self._site}).one())
        patterns = self._patterns  # another thread may know more, or less
        if newest != patterns.newest:
            rows = connection.execute(PATTERNS, {"ours": self._site})
            patterns = self._patterns = Patterns(newest, [(_key(row), _listing(row)) for row in rows])
        return patterns

    def _attempts(
        self, connection: Connection, command: GatherCallFacts, subject: Subject | None
    ) -> Iterable[AttemptFact]:
        said = subject or NOBODY
        traits = {
            "number": (command.number, *said.other_numbers),
            "person_id": (said.person_id, *said.known_as),
            "household_id": (said.household_id,),
            "lead_id": (said.lead_id,),
            "debt_id": (said.debt_id,),
        }
        wanted = {trait: [storable(value) for value in values if value] for trait, values in traits.items()}
        found = [_attempt(row) for row in connection.execute(EARLIER, {"ours": self._site, **wanted})]
        for each in sorted(found, key=lambda attempt: (attempt.at, attempt.attempt_id)):
            fact = attempt_fact(each, command.number, subject, command.campaign_id, command.seller)
            if fact and (each.called or each.told):
                yield fact

    async def find_entries(self, command: FindSuppression) -> SuppressionFound:
        """The entries of our own lists that say this and are in force, and those beside them."""

        def work(connection: Connection) -> SuppressionFound:
            columns, as_of_seq = suppressions.c, self._as_of(connection)
            value, persons = storable(command.value), command.persons
            ours = (
                (columns.site == self._site)
                & (columns.removed_at == 0)
                & (columns.campaign_id == storable(command.campaign_id))
                & (columns.seller == storable(command.seller))
            )
            same = ours & (columns.scope == command.scope) & (columns.value == value) & (columns.beside == "")
            said = select(columns.entry_id, columns.added_at, columns.seq, columns.value)
            rows = connection.execute(said.where(same)).all()
            wants_beside = command.scope in NUMBERS and not command.entry_id
            near = ours & (columns.beside == value) & (columns.beside != "")  # the latter as its index says
            beside = connection.execute(said.where(near)).all() if wants_beside else []
            return found_for(
                command,
                found=tuple(FoundEntry(entry_id=row[0], since=row[1], seq=row[2]) for row in rows),
                as_of_seq=as_of_seq,
                persons=names_of(connection, self._site, command.value) if persons else (),
                beside=tuple(BesideEntry(entry_id=row[0], since=row[1], seq=row[2], value=row[3]) for row in beside),
            )

        return await self._when_it_has_come(work, command.since_seq, BEHIND_TIMES_ASKED)


def _key(row: Any) -> SuppressionKey:
    return SuppressionKey(scope=row.scope, value=row.value, campaign_id=row.campaign_id, seller=row.seller)


def _listing(row: Any) -> Listing:
    return Listing(list_id=row.entry_id, scope=row.scope, since=row.added_at)


def _attempt(row: Any) -> Attempt:
    subject = Subject(person_id=row.person_id, household_id=row.household_id, lead_id=row.lead_id, debt_id=row.debt_id)
    return Attempt(
        attempt_id=row.attempt_id,
        seq=row.seq,
        at=row.at,
        number=row.number,
        subject=subject,
        campaign_id=row.campaign_id,
        seller=row.seller,
        told=tuple(row.told.split()),
        called=bool(row.called),
    )


def earlier_calls(connection: Connection, site: str, numbers: Collection[str]) -> list[Attempt]:
    """All that is known of calls to these numbers, whomever they were for; the oldest first."""
    wanted = [storable(number) for number in numbers]
    found: list[Attempt] = []
    for first in range(0, len(wanted), VALUES_MAX):
        question = select(*_CALL).where(_A.site == site, _A.number.in_(wanted[first : first + VALUES_MAX]))
        found += [_attempt(row) for row in connection.execute(question)]
    return sorted(found, key=lambda attempt: (attempt.at, attempt.attempt_id))
