"""What must hold, judged from the ledger of telephones rung and the order of the records: no code of the rules' own."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from cti.core.commands import FindSuppression
from cti.core.events import (
    DialCleared,
    RegistrySwitched,
    SuppressionAdded,
    SuppressionKept,
    SuppressionRemovalRequested,
    SuppressionRemoved,
    SuppressionRequested,
)
from cti.core.record import TurnRecord
from cti.sim.calling.centre import CALLS_MAX, CALLS_WITHIN_H, CLOSES, HOUR_MS, OPENS, REGISTRY, RING_S, SALES
from cti.sim.checks.violation import Violation

LATE_MS = 3_000
"""How long after it was cleared a request may leave."""


CLOCK_MS = 500
"""How much the server's clock may be ahead."""


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """A request to ring somebody left us at `left_at` (ms)."""

    left_at: int
    number: str
    leg_id: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Whom somebody wanted to call: where the person may be, and what for."""

    zones: tuple[str, ...]
    campaign_id: str
    household_id: str


class Entry(msgspec.Struct, kw_only=True):
    """An entry of the lists, from record `added` to before record `removed` (0: it stands). Record `wanted` is the last
    in which somebody asked for it."""

    scope: str
    value: str
    campaign_id: str
    added: int
    removed: int = 0
    wanted: int = 0


def hits(entry: Entry, number: str, asked: Asked) -> bool:
    """Whether the entry is about this call."""
    if entry.campaign_id and entry.campaign_id != asked.campaign_id:
        return False
    if entry.scope == "household":
        return entry.value == asked.household_id
    if entry.scope == "area_code":
        return number[: len(entry.value)] == entry.value
    if entry.scope == "wildcard":
        return len(number) == len(entry.value) and not any(
            digit not in ("?", other) for digit, other in zip(entry.value, number, strict=True)
        )
    return entry.value == number


def entries_of(records: Sequence[TurnRecord]) -> list[Entry]:
    """All that there ever were, as these records tell. A removal is of all that say the same. What is removed stands
    all the same, unless somebody asked for its removal after the last who asked for the entry."""
    found: dict[str, Entry] = {}
    unwanted: dict[tuple[str, str, str], int] = {}
    for record in records:
        if isinstance(record.input, SuppressionRemovalRequested):
            unwanted[what_of(record.input)] = record.seq
        for event in record.events:
            if isinstance(event, SuppressionAdded):
                scope, value, campaign_id = what_of(event)
                found[event.entry_id] = Entry(
                    scope=scope, value=value, campaign_id=campaign_id, added=record.seq, wanted=record.seq
                )
            elif isinstance(event, SuppressionKept) and isinstance(record.input, SuppressionRequested):
                found[event.entry_id].wanted = record.seq
            elif isinstance(event, SuppressionRemoved):
                for entry in found.values():
                    if what_of(entry) == what_of(event) and not entry.removed:
                        entry.removed = record.seq if entry.wanted < unwanted.get(what_of(event), 0) else 0
    return list(found.values())


Said = Entry | SuppressionAdded | SuppressionRemoved | SuppressionRemovalRequested | FindSuppression


def what_of(said: Said) -> tuple[str, str, str]:
    """Entries of which this is the same are one."""
    return said.scope, said.value, said.campaign_id


class Truth:
    """Everything that was rung, and everything that was recorded. `durable_at` is when (ms) each record was."""

    def __init__(self, records: Sequence[TurnRecord], durable_at: Sequence[int]) -> None:
        self.rings: list[Ring] = []
        self.asked: dict[str, Asked] = {}
        self.versions: dict[str, frozenset[str]] = {}
        self._records = records
        self._durable_at = durable_at

    def rung(self, ring: Ring) -> None:
        """A request to ring somebody leaves. Raises `Violation` when it must not."""
        cleared_seq, cleared_at = self._cleared(ring)
        asked = self.asked[ring.leg_id]
        waited_ms = ring.left_at - cleared_at
        if waited_ms > LATE_MS:
            raise Violation("N", f"{ring.number} is rung {waited_ms} ms after it was cleared", ring.leg_id)
        self._by_lists(ring, asked, cleared_seq)
        self._by_registry(ring, asked, cleared_seq)
        self._by_hours(ring, asked)
        self._by_cap(ring)
        self.rings.append(ring)

    def _cleared(self, ring: Ring) -> tuple[int, int]:
        """The record in which it was, and when that became known."""
        for record in reversed(self._records):
            for event in record.events:
                if isinstance(event, DialCleared) and event.leg_id == ring.leg_id:
                    return record.seq, record.at
        raise Violation("N", f"{ring.number} is rung, and no record cleared it", ring.leg_id)

    def _by_lists(self, ring: Ring, asked: Asked, cleared_seq: int) -> None:
        for entry in entries_of(self._records):
            if not hits(entry, ring.number, asked):
                continue
            stood_when_cleared = entry.added < cleared_seq and not 0 < entry.removed < cleared_seq
            added_since = entry.added > cleared_seq and self._durable_at[entry.added - 1] < ring.left_at
            removed_since = entry.removed and self._durable_at[entry.removed - 1] <= ring.left_at
            if stood_when_cleared or (added_since and not removed_since):
                what = f"{ring.number} is rung, and record {entry.added} says not to ({entry.scope})"
                raise Violation("N", what, ring.leg_id)

    def _by_registry(self, ring: Ring, asked: Asked, cleared_seq: int) -> None:
        if asked.campaign_id != SALES:
            return
        version = ""
        for record in self._records[: cleared_seq - 1]:
            for event in record.events:
                if isinstance(event, RegistrySwitched) and event.registry_id == REGISTRY:
                    version = event.version
        if not version or ring.number in self.versions[version]:
            raise Violation("N", f"{ring.number} is rung, and is on the registry ({version or 'none'})", ring.leg_id)

    def _by_hours(self, ring: Ring, asked: Asked) -> None:
        """From the first ring to the last, wherever the person may be."""
        for name in asked.zones:
            for at in (ring.left_at + CLOCK_MS, ring.left_at + 1_000 * RING_S):
                local = datetime.fromtimestamp(at / 1_000, ZoneInfo(name))
                if not OPENS <= local.hour < CLOSES:
                    raise Violation("N", f"{ring.number} is rung at {local:%a %H:%M:%S} in {name}", ring.leg_id)

    def _by_cap(self, ring: Ring) -> None:
        since = ring.left_at - CALLS_WITHIN_H * HOUR_MS + LATE_MS
        before = {each.leg_id for each in self.rings if each.number == ring.number and each.left_at > since}
        calls = len(before | {ring.leg_id})  # what was turned away is asked for again
        if calls > CALLS_MAX:
            raise Violation("N", f"{ring.number} is rung {calls} times within a day", ring.leg_id)
