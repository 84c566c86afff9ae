"""The world's own account of whom not to call: what people wished, and in which order the journal took it.

What was wished is known from whoever wished it; of the records it is only read when they were taken, and what the
server said it had removed or switched. None of this is the rules' own code.
"""

import msgspec

from cti.core.events import RegistrySwitched, SuppressionRemoved
from cti.core.record import TurnRecord
from cti.sim.calling.rings import Asked
from cti.sim.checks.violation import Violation

SHRINK_MAX = 0.01


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants on our lists, or (`gone`) off them."""

    scope: str
    value: str
    campaign_id: str = ""
    seller: str = ""
    gone: bool = False

    @property
    def what(self) -> tuple[str, str, str, str]:
        """Wishes of the same are about one thing."""
        return self.scope, self.value, self.campaign_id, self.seller


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the registry: who is on it, how many it is said to hold and to have lost, and who brought it."""

    numbers: frozenset[str]
    count: int
    removed: int
    as_of: int
    by: str


class Entry(msgspec.Struct, kw_only=True):
    """A wish that is in force from record `added` to before record `removed` (0: it is still). `wanted` is the last
    record in which somebody asked for it."""

    wish: Wish
    added: int
    wanted: int
    removed: int = 0


def hits(wish: Wish, asked: Asked) -> bool:
    """Whether the wish is about this call."""
    if wish.campaign_id not in ("", asked.campaign_id) or wish.seller not in ("", asked.seller):
        return False
    value, number = wish.value, asked.number
    if wish.scope == "household":
        return value in (asked.household_id, asked.person_id)
    if wish.scope in ("area_code", "wireless"):
        return number[: len(value)] == value
    if wish.scope == "wildcard":
        return len(number) == len(value) and not any(
            digit not in ("?", other) for digit, other in zip(value, number, strict=True)
        )
    return value == number


class Wishes:
    """What holds, of our own lists."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._by_key: dict[str, Wish] = {}
        self._standing: dict[tuple[str, str, str, str], Entry] = {}
        self._unwanted: dict[tuple[str, str, str, str], int] = {}

    def made(self, key: str, wish: Wish) -> None:
        """Somebody says so, under this key. It holds once the journal has it."""
        self._by_key[key] = wish

    def take(self, record: TurnRecord) -> None:
        """The next record."""
        wish = self._by_key.get(record.source_key)
        if wish and wish.gone:
            self._unwanted[wish.what] = record.seq
        elif wish:
            self._wished(wish, record.seq)
        for event in record.events:
            if isinstance(event, SuppressionRemoved):
                self._removed((event.scope, event.value, event.campaign_id, event.seller), record.seq)

    def _wished(self, wish: Wish, seq: int) -> None:
        entry = self._standing.get(wish.what)
        if entry:
            entry.wanted = seq
            return
        entry = self._standing[wish.what] = Entry(wish=wish, added=seq, wanted=seq)
        self.entries.append(entry)

    def _removed(self, what: tuple[str, str, str, str], seq: int) -> None:
        """It stands all the same, unless somebody asked for its removal after the last who asked for it."""
        entry = self._standing.get(what)
        if entry and entry.wanted < self._unwanted.get(what, 0):
            entry.removed = seq
            del self._standing[what]


class Registry:
    """Which version is in force, and that it may be."""

    def __init__(self) -> None:
        self.versions: dict[str, Version] = {}
        self._switches: list[tuple[int, str]] = []
        self._confirmations: dict[str, tuple[str, str]] = {}
        self._confirmed_by: dict[str, set[str]] = {}

    def confirmation(self, key: str, version: str, by: str) -> None:
        """Somebody has a second look at a version, under this key."""
        self._confirmations[key] = version, by

    def take(self, record: TurnRecord) -> None:
        """The next record. Raises `Violation` when a version comes into force that must not."""
        version, by = self._confirmations.get(record.source_key, ("", ""))
        if version:
            self._confirmed_by.setdefault(version, set()).add(by)
        for event in record.events:
            if isinstance(event, RegistrySwitched):
                self._check(event)
                self._switches.append((record.seq, event.version))

    def in_force_at(self, seq: int) -> tuple[str, Version | None]:
        """The version in force when this record was decided."""
        name = next((name for switched, name in reversed(self._switches) if switched < seq), "")
        return name, self.versions.get(name)

    def _check(self, event: RegistrySwitched) -> None:
        """One that has lost more than a hundredth needs the word of somebody else than who brought it."""
        version = self.versions[event.version]
        before = self.versions.get(self._switches[-1][1]) if self._switches else None
        if before is None:
            return
        lost = max(before.count - version.count, version.removed)
        others = self._confirmed_by.get(event.version, set()) - {version.by}
        if (lost > SHRINK_MAX * before.count or version.as_of < before.as_of) and not others:
            raise Violation("N", f"the registry's {event.version} lost {lost} and is in force unseen")
