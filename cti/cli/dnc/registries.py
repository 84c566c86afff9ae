"""Registries as the journal and the files have them: which version is in force, how old it may become, what waits."""

from pathlib import Path

import msgspec

from cti.cli.dialer.site import Site
from cti.core.calling import RegistryDemand
from cti.core.registry import HeldVersion, RegistryInForce
from cti.lists.lookup import OpenLists
from cti.settings import LISTS

DAY_MS = 86_400_000


class RegistryRow(msgspec.Struct, frozen=True, kw_only=True):
    """`version` is empty where no copy was imported. A copy is good for `days_max` by the strictest rule that asks for
    it, 0 where none does. `why_not` says why it cannot be looked into. Times in ms."""

    registry_id: str
    name: str
    jurisdiction: str
    example: bool
    version: str
    count: int
    as_of: int
    days_max: int
    why_not: str
    held: HeldVersion | None

    def age_days(self, at: int) -> int:
        """Whole days, begun ones not counted."""
        return max(0, at - self.as_of) // DAY_MS

    def is_stale(self, at: int) -> bool:
        """Older than a rule allows: it stops all calls that it should have been asked for."""
        return bool(self.version and self.days_max and at - self.as_of > self.days_max * DAY_MS)

    def state(self, at: int) -> str:
        """In words."""
        if not self.version:
            return "an empty example" if self.example else "no copy: nobody is called whom it could name"
        if self.why_not:
            return self.why_not
        if self.is_stale(at):
            return "too old: nobody is called whom it could name"
        return "in force"


def registry_rows(site: Site, data_dir: Path) -> list[RegistryRow]:
    """All of the configuration, by id."""
    calling = site.config.calling
    days: dict[str, int] = {}
    for rule in calling.rules:
        if isinstance(rule.demand, RegistryDemand):
            asked = rule.demand
            days[asked.registry_id] = min(days.get(asked.registry_id, asked.days), asked.days)
    in_force = site.state.registries.rows if site.state else {}
    with OpenLists(data_dir / LISTS) as lists:
        missing = lists.missing({key: row.version for key, row in in_force.items() if row.version})
    rows = []
    for registry_id, config in sorted(calling.registries.items()):
        row = in_force.get(registry_id) or RegistryInForce(registry_id=registry_id)
        rows.append(
            RegistryRow(
                registry_id=registry_id,
                name=config.name,
                jurisdiction=config.jurisdiction,
                example=config.example,
                version=row.version,
                count=row.count,
                as_of=row.as_of,
                days_max=days.get(registry_id, 0),
                why_not=missing.get(registry_id, ""),
                held=row.held,
            )
        )
    return rows
