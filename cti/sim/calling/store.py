"""The store as a worker finds it: some records behind, slow at times, and now and then not there at all."""

from collections.abc import Callable, Sequence

from cti.core.calling import AttemptFact, Listing
from cti.core.commands import FindSuppression, GatherCallFacts
from cti.core.events import (
    CallFactsGathered,
    DialCleared,
    FoundEntry,
    SuppressionAdded,
    SuppressionFound,
    SuppressionRemoved,
)
from cti.core.ports import Result
from cti.core.record import TurnRecord
from cti.sim.calling.truth import Asked, Entry, Truth, hits, what_of
from cti.sim.nature import Nature

BEHIND_MAX = 40
SLOW_MS = 3_000

Done = Callable[[Result], None]


class Store:
    """Answers as of a record of its own choice, and takes its time: what it says is out of date when it comes."""

    def __init__(self, nature: Nature, records: Sequence[TurnRecord], truth: Truth) -> None:
        self._nature = nature
        self._records = records
        self._truth = truth

    def ask(self, command: GatherCallFacts | FindSuppression, done: Done) -> None:
        """Some day `done` hears."""
        if self._nature.strikes("directory_failed"):
            self._nature.after(1, 500, lambda: done(Result("failed", code="FAILED", detail="the store is gone")))
            return
        records = self._records[: self._as_of(command.since_seq)]
        answer = self._gathered(command, records) if isinstance(command, GatherCallFacts) else _found(command, records)
        longest_ms = SLOW_MS if self._nature.chance(0.3) else 60
        self._nature.after(1, longest_ms, lambda: done(Result("done", (answer,))))

    def _as_of(self, since_seq: int) -> int:
        """Mostly far enough."""
        last = len(self._records)
        as_of = max(0, last - self._nature.between(0, BEHIND_MAX)) if self._nature.chance(0.6) else last
        return as_of if self._nature.chance(0.1) else min(max(as_of, since_seq), last)

    def _gathered(self, command: GatherCallFacts, records: Sequence[TurnRecord]) -> CallFactsGathered:
        household = command.subject.household_id if command.subject else ""
        about = Asked(zones=(), campaign_id=command.campaign_id, household_id=household)
        listed = [
            Listing(list_id=entry_id, scope=entry.scope)
            for entry_id, entry in _standing(records).items()
            if hits(entry, command.number, about)
        ]
        for registry_id, version in command.registries:
            if version not in self._truth.versions:
                return CallFactsGathered(dial_id=command.dial_id, missing=f"no version {version}")
            if command.number in self._truth.versions[version]:
                listed.append(Listing(list_id=registry_id, scope="registry"))
        attempts = [
            AttemptFact(at=record.at, same=("number",), attempt_id=event.dial_id)
            for record in records
            for event in record.events
            if isinstance(event, DialCleared) and event.number == command.number
        ]
        return CallFactsGathered(
            dial_id=command.dial_id,
            as_of_seq=len(records),
            listed=tuple(listed),
            registries=command.registries,
            attempts=tuple(attempts),
        )


def _standing(records: Sequence[TurnRecord]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for record in records:
        for event in record.events:
            if isinstance(event, SuppressionAdded):
                entry = Entry(scope=event.scope, value=event.value, campaign_id=event.campaign_id, added=record.seq)
                if not any(what_of(entry) == what_of(other) for other in found.values()):
                    found[event.entry_id] = entry
            elif isinstance(event, SuppressionRemoved):
                found.pop(event.entry_id, None)
    return found


def _found(command: FindSuppression, records: Sequence[TurnRecord]) -> SuppressionFound:
    same = tuple(
        FoundEntry(entry_id=entry_id, since=1, seq=entry.added)
        for entry_id, entry in _standing(records).items()
        if what_of(entry) == what_of(command)
    )
    return SuppressionFound(
        scope=command.scope,
        value=command.value,
        campaign_id=command.campaign_id,
        seller=command.seller,
        entry_id=command.entry_id,
        reason=command.reason,
        by=command.by,
        request_id=command.request_id,
        found=same,
        as_of_seq=len(records),
        asked_seq=command.asked_seq,
    )
