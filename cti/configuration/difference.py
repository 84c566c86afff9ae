"""What differs between the configuration in force and another, by the files in which people would look for it."""

from collections.abc import Mapping

from cti.configuration.files import (
    AGENTS,
    CALENDARS,
    CALLING_RULES,
    CAMPAIGNS,
    DO_NOT_CALL,
    ENTRY_POINTS,
    FLOWS,
    HOURS,
    QUEUES,
    SITE,
)
from cti.core.calling import CallingConfig
from cti.core.config import SiteConfig

NAMES_MAX = 10

_TABLES = {"agents": AGENTS, "entry_points": ENTRY_POINTS, "hours": HOURS, "queues": QUEUES}
_OF_THE_MACHINE = ("zones", "zone_data")
_MACHINE = "time zones, or their data on this machine"


def differences(in_force: SiteConfig, other: SiteConfig) -> list[str]:
    """The files that differ, sorted, each with the keys in it, as `agents.yaml: anna, zelda`."""
    found: dict[str, list[str]] = {}
    for field in SiteConfig.__struct_fields__:
        before, after = getattr(in_force, field), getattr(other, field)
        if before == after:
            continue
        if field == "flows":
            found |= {f"{FLOWS}/{flow_id}.yaml": [] for flow_id in _changed(before, after)}
        elif field in _TABLES:
            found[_TABLES[field]] = _changed(before, after)
        elif field == "calling":
            found |= _of_calling(before, after)
        elif field in _OF_THE_MACHINE:
            found[_MACHINE] = []
        else:
            found.setdefault(SITE, []).append(field)
    return [f"{file}: {_listed(keys)}" if keys else file for file, keys in sorted(found.items())]


def _of_calling(before: CallingConfig, after: CallingConfig) -> dict[str, list[str]]:
    found = {
        CALLING_RULES: _changed(*({rule.rule_id: rule for rule in each.rules} for each in (before, after))),
        CALENDARS: _changed(before.calendars, after.calendars),
        DO_NOT_CALL: _changed(before.registries, after.registries),
    }
    files = {f"{CAMPAIGNS}/{key}.yaml": list[str]() for key in _changed(before.campaigns, after.campaigns)}
    return {file: keys for file, keys in found.items() if keys} | files


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return sorted(key for key in {**before, **after} if before.get(key) != after.get(key))


def _listed(keys: list[str]) -> str:
    more = len(keys) - NAMES_MAX
    return ", ".join(keys[:NAMES_MAX]) + (f" and {more} more" if more > 0 else "")
