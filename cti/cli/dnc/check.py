"""Every list that a number is on, and why: ours, and those of registries."""

from time import time_ns

import msgspec
import orjson
from rich.console import Console
from rich.text import Text

from cti.cli.dialer import question
from cti.cli.dialer.site import Site, read_from, read_started_site
from cti.cli.dnc.own import Own, own_lists
from cti.cli.dnc.registries import RegistryRow, registry_rows
from cti.core.calling import CampaignConfig, Subject
from cti.core.numbering import Address
from cti.core.suppression import HOUSEHOLD, SuppressionKey, covers, values_about
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.numbering.locate import locate
from cti.lists.lookup import OpenLists
from cti.settings import LISTS, Settings
from cti.store.own_lists import OwnEntry

VERSION_DIGITS = 12


class OnRegistry(msgspec.Struct, frozen=True):
    """A registry, and whether the number is on it; None where that cannot be told."""

    row: RegistryRow
    listed: bool | None
    why_not: str = ""


class Found(msgspec.Struct, frozen=True):
    """All that there is to tell of a number, at `at` (ms). `own` are the entries that cover it, removed ones too.
    `read_from` says which journal was read."""

    number: str
    shown: str
    campaign_id: str
    at: int
    own: list[OwnEntry]
    registries: list[OnRegistry]
    read_from: str

    @property
    def in_force(self) -> list[OwnEntry]:
        """Those that keep it from being called."""
        return [entry for entry in self.own if entry.stands]

    @property
    def listed(self) -> bool:
        """On any list."""
        return bool(self.in_force) or any(each.listed for each in self.registries)


async def look_up(settings: Settings, written: str, campaign_id: str, country: str) -> Found:
    """With a campaign, only what its calls are judged by. Raises `CtiError`."""
    site = await read_started_site(settings)
    campaign = question.campaign_of(site.config, campaign_id, site.source) if campaign_id else None
    number, shown = question.number(written, country.upper() or (campaign.countries[0] if campaign else ""))
    async with own_lists(settings) as own:
        entries = await covering(own, number, campaign)
    rows = registry_rows(site, settings.data_dir)
    if campaign:
        wanted = _wanted(site, campaign, number)
        rows = [row for row in rows if row.registry_id in wanted]
    with OpenLists(settings.data_dir / LISTS) as lists:
        asked = [_asked(lists, row, number) for row in rows]
    at = time_ns() // 1_000_000
    return Found(number, shown, campaign_id, at, entries, asked, read_from(settings, site))


async def covering(own: Own, number: str, campaign: CampaignConfig | None = None) -> list[OwnEntry]:
    """The entries that cover a number in E.164, removed ones too; with a campaign, for its calls."""
    subject = await own.subject_of(number)
    near = await own.about(values_about(number, subject))
    return [entry for entry in near if _covers(entry, number, subject, campaign)]


async def look_up_household(settings: Settings, name: str) -> Found:
    """A household, or a person, by the name that it was added with. Registries know numbers only. Raises `CtiError`."""
    site = await read_started_site(settings)
    async with own_lists(settings) as own:
        entries = [entry for entry in await own.about([name]) if (entry.scope, entry.value) == (HOUSEHOLD, name)]
    return Found("", name, "", time_ns() // 1_000_000, entries, [], read_from(settings, site))


def _covers(entry: OwnEntry, number: str, subject: Subject | None, campaign: CampaignConfig | None) -> bool:
    """Without a campaign, whichever it is for."""
    if campaign:
        return covers(entry.key, number, subject, campaign.campaign_id, campaign.seller)
    return covers(SuppressionKey(scope=entry.scope, value=entry.value), number, subject, "", "")


def _wanted(site: Site, campaign: CampaignConfig, number: str) -> tuple[str, ...]:
    calling = site.config.calling
    place = locate(number, Address(), calling.numbering)
    return Rulebook(calling, site.config.zones).binding(call_facts(campaign, place)).registry_ids


def _asked(lists: OpenLists, row: RegistryRow, number: str) -> OnRegistry:
    if not row.version:
        return OnRegistry(row, False if row.example else None)
    try:
        return OnRegistry(row, lists.holds(row.registry_id, row.version, number))
    except LookupError as error:
        return OnRegistry(row, None, str(error))


def as_json(found: Found) -> str:
    """One line for programs; its shape does not change."""
    return orjson.dumps(
        {
            "number": found.number,
            "listed": found.listed,
            "own": [own_json(entry) for entry in found.own],
            "registries": [_registry_json(each, found.at) for each in found.registries],
        }
    ).decode()


def own_json(entry: OwnEntry) -> dict[str, object]:
    """An entry for programs; its shape does not change."""
    said: dict[str, object] = {
        "entry_id": entry.entry_id,
        "scope": entry.scope,
        "value": entry.value,
        "campaign": entry.campaign_id,
        "seller": entry.seller,
        "since": question.iso(entry.added_at),
        "by": entry.added_by,
        "origin": entry.origin,
        "reason": entry.reason,
        "in_force": not entry.removed_at,
    }
    if entry.removed_at:
        until, by, why = question.iso(entry.removed_at), entry.removed_by, entry.removed_reason
        said |= {"removed_at": until, "removed_by": by, "removed_reason": why}
    return said


def _registry_json(each: OnRegistry, at: int) -> dict[str, object]:
    row = each.row
    return {
        "registry": row.registry_id,
        "name": row.name,
        "listed": each.listed,
        "version": row.version or None,
        "as_of": question.iso(row.as_of) if row.version else None,
        "age_days": row.age_days(at) if row.version else None,
        "days_max": row.days_max or None,
        "stale": row.is_stale(at),
        "example": row.example,
        "why_not": each.why_not,
    }


def show(found: Found, console: Console) -> None:
    """For people."""
    for_whom = f" for {found.campaign_id}" if found.campaign_id else ""
    if found.listed:
        verdict = Text("Listed", "bold red").append(
            f": {found.shown} is not to be called{for_whom}", "not bold default"
        )
    else:
        doubt = any(each.listed is None for each in found.registries)
        words = "is on no list that could be looked into" if doubt else "is on no list"
        verdict = Text("Not listed", "bold green").append(f": {found.shown} {words}{for_whom}", "not bold default")
    console.print(verdict)
    console.print(Text("\nOur own lists", "bold"))
    for line in [own_line(entry) for entry in found.own] or ["not on them"]:
        console.print(Text(f"  {line}"), soft_wrap=True)
    console.print(Text("\nRegistries", "bold"))
    for line in _registry_lines(found) or ["none is asked for" if found.number else "they know numbers only"]:
        console.print(Text(f"  {line}"), soft_wrap=True)
    console.print(Text(f"\nRead from {found.read_from}", "dim"), soft_wrap=True)


def own_line(entry: OwnEntry) -> str:
    """What it covers, since when, by whom and why."""
    what = entry.scope.replace("_", " ")
    if entry.scope not in ("company", "campaign"):
        what += f" {entry.value}"
    what += f" for {entry.campaign_id}" if entry.campaign_id else ""
    what += f" of {entry.seller}" if entry.seller else ""
    by = entry.added_by or "somebody"
    line = f"{what}: since {minute(entry.added_at)}, by {by} ({entry.origin.replace('_', ' ')})"
    line += f": {entry.reason}" if entry.reason else ""
    if entry.removed_at:
        why = f"{minute(entry.removed_at)} by {entry.removed_by}: {entry.removed_reason}"
        line = f"no longer: {line}; removed {why}"
    return f"{line} [{entry.entry_id}]"


def _registry_lines(found: Found) -> list[str]:
    known = [each for each in found.registries if each.row.version or each.listed is None]
    lines = [_registry_line(each, found.at) for each in known]
    examples = [each.row.registry_id for each in found.registries if not each.row.version and each.row.example]
    if examples:
        those = "1 empty example" if len(examples) == 1 else f"{len(examples)} empty examples"
        lines.append(f"not listed in {those}: {', '.join(examples)}")
    return lines


def _registry_line(each: OnRegistry, at: int) -> str:
    row = each.row
    if each.listed is None:
        return f"{row.registry_id} ({row.name}): {each.why_not or 'no copy: import one with `cti dnc import`'}"
    age = row.age_days(at)
    of = f"as of {question.iso(row.as_of)[:10]}, {age} {'day' if age == 1 else 'days'} old"
    limit = f" of {row.days_max} allowed" if row.days_max else ""
    stale = ", TOO OLD" if row.is_stale(at) else ""
    word = "LISTED" if each.listed else "not listed"
    return f"{row.registry_id} ({row.name}): {word}; {of}{limit}{stale}, version {row.version[:VERSION_DIGITS]}"


def minute(at: int) -> str:
    """`2026-11-22 10:15 UTC`."""
    return f"{question.iso(at - at % 60_000)[:16].replace('T', ' ')} UTC"
