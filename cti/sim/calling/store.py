"""The store as a worker finds it: some records behind, slow at times, and now and then not there at all."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from cti.core.calling import AttemptFact, Listing
from cti.core.commands import FindSuppression, GatherCallFacts
from cti.core.events import (
    AttemptAnswered,
    AttemptConnected,
    CallFactsGathered,
    ContactConnected,
    ContactStarted,
    DialCleared,
    FoundEntry,
    SuppressionAdded,
    SuppressionFound,
    SuppressionRemoved,
)
from cti.core.overlay import Attempt, attempt_fact
from cti.core.ports import Result
from cti.core.record import TurnRecord
from cti.core.repeating import found_for
from cti.core.states import Direction
from cti.core.suppression import SuppressionKey, covers
from cti.sim.calling.lists import Version
from cti.sim.nature import Nature

BEHIND_MAX = 40
SLOW_MS = 3_000

Done = Callable[[Result], None]


class Row(msgspec.Struct):
    """An entry of our own lists."""

    entry_id: str
    key: SuppressionKey
    added: int
    added_at: int
    removed: int = 0


class Call(msgspec.Struct):
    """An earlier call, and what was told of it in which record."""

    attempt: Attempt
    told: list[tuple[int, str]] = []


class Store:
    """Answers as of a record of its own choice, and takes its time: what it says is out of date when it comes."""

    def __init__(self, nature: Nature, records: Sequence[TurnRecord], versions: dict[str, Version]) -> None:
        self._nature = nature
        self._records = records
        self._versions = versions
        self._taken = 0
        self._rows: dict[str, Row] = {}
        self._calls: dict[str, Call] = {}
        self._came_from: dict[str, str] = {}

    def ask(self, command: GatherCallFacts | FindSuppression, done: Done) -> None:
        """Some day `done` hears."""
        if self._nature.strikes("directory_failed"):
            self._nature.after(1, 500, lambda: done(Result("failed", code="FAILED", detail="the store is gone")))
            return
        self._catch_up()
        as_of = self._as_of(command.since_seq)
        answer = self._gathered(command, as_of) if isinstance(command, GatherCallFacts) else self._found(command, as_of)
        longest_ms = SLOW_MS if self._nature.chance(0.3) else 60
        self._nature.after(1, longest_ms, lambda: done(Result("done", (answer,))))

    def _as_of(self, since_seq: int) -> int:
        """Mostly far enough."""
        last = len(self._records)
        as_of = max(0, last - self._nature.between(0, BEHIND_MAX)) if self._nature.chance(0.6) else last
        return as_of if self._nature.chance(0.1) else min(max(as_of, since_seq), last)

    def _catch_up(self) -> None:
        for record in self._records[self._taken :]:
            for event in (record.input, *record.events):
                self._take(event, record)
        self._taken = len(self._records)

    def _take(self, event: object, record: TurnRecord) -> None:
        match event:
            case SuppressionAdded():
                key = SuppressionKey(
                    scope=event.scope, value=event.value, campaign_id=event.campaign_id, seller=event.seller
                )
                self._rows[event.entry_id] = Row(event.entry_id, key, record.seq, record.at)
            case SuppressionRemoved() if event.entry_id in self._rows:
                self._rows[event.entry_id].removed = record.seq
            case DialCleared() if event.campaign_id:
                self._calls[event.dial_id] = Call(
                    Attempt(
                        attempt_id=event.dial_id,
                        seq=record.seq,
                        at=record.at,
                        number=event.number,
                        subject=event.subject,
                        campaign_id=event.campaign_id,
                        seller=event.seller,
                    )
                )
            case AttemptAnswered():
                self._calls[event.attempt_id].told.append((record.seq, "answers"))
            case AttemptConnected():
                self._calls[event.attempt_id].told.append((record.seq, "conversations"))
            case ContactStarted(direction=Direction.INBOUND):
                self._came_from[event.contact_id] = event.from_number
            case ContactConnected() if self._came_from.get(event.contact_id, "").startswith("+"):
                number = self._came_from[event.contact_id]
                attempt = Attempt(
                    attempt_id=event.contact_id, seq=record.seq, at=record.at, number=number, called=False
                )
                self._calls[event.contact_id] = Call(attempt, [(record.seq, "conversations")])

    def _gathered(self, command: GatherCallFacts, as_of: int) -> CallFactsGathered:
        about = (command.number, command.subject, command.campaign_id, command.seller)
        listed = [
            Listing(list_id=row.entry_id, scope=row.key.scope, since=row.added_at)
            for row in self._standing(as_of)
            if covers(row.key, *about)
        ]
        for registry_id, name in command.registries:
            if name not in self._versions:
                return CallFactsGathered(dial_id=command.dial_id, missing=f"no version {name}")
            if command.number in self._versions[name].numbers:
                listed.append(Listing(list_id=registry_id, scope="registry"))
        return CallFactsGathered(
            dial_id=command.dial_id,
            as_of_seq=as_of,
            listed=tuple(listed),
            registries=command.registries,
            attempts=tuple(self._attempts(command, as_of)),
        )

    def _attempts(self, command: GatherCallFacts, as_of: int) -> Iterator[AttemptFact]:
        for call in self._calls.values():
            if call.attempt.seq > as_of:
                continue
            told = tuple(word for seq, word in call.told if seq <= as_of)
            attempt = msgspec.structs.replace(call.attempt, told=told) if told else call.attempt
            fact = attempt_fact(attempt, command.number, command.subject, command.campaign_id, command.seller)
            if fact:
                yield fact

    def _standing(self, as_of: int) -> Iterator[Row]:
        for row in self._rows.values():
            if row.added <= as_of and not 0 < row.removed <= as_of:
                yield row

    def _found(self, command: FindSuppression, as_of: int) -> SuppressionFound:
        wanted = SuppressionKey(
            scope=command.scope, value=command.value, campaign_id=command.campaign_id, seller=command.seller
        )
        same = tuple(
            FoundEntry(entry_id=row.entry_id, since=row.added_at, seq=row.added)
            for row in self._standing(as_of)
            if row.key == wanted
        )
        return found_for(command, found=same, as_of_seq=as_of)
