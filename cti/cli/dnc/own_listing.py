"""Our own entries one by one, for who looks for one without its number."""

import sys

import orjson

from cti.cli.dialer.site import read_from, read_started_site
from cti.cli.dnc.check import own_json, own_line
from cti.cli.dnc.own import own_lists
from cti.settings import Settings
from cti.store.own_lists import OwnEntry

SHOWN_MAX = 1_000


async def list_own(settings: Settings, search: str, *, removed: bool, json: bool) -> int:
    """Print those in force, or with `removed` all, that have this text somewhere; the exit status."""
    site = await read_started_site(settings)
    shown = more = 0
    async with own_lists(settings) as own:
        async for entry in own.every():
            if (entry.removed_at and not removed) or not _has(entry, search.casefold()):
                continue
            if shown == SHOWN_MAX:
                more += 1
                continue
            print(orjson.dumps(own_json(entry)).decode() if json else _line(entry))
            shown += 1
    left = f", and {more:,} more: `cti dnc export` has all" if more else ""
    print(
        f"{shown:,} {'entry' if shown == 1 else 'entries'}{left}; read from {read_from(settings, site)}",
        file=sys.stderr,
    )
    return 0


def _line(entry: OwnEntry) -> str:
    line = own_line(entry)
    return f"{entry.value}: {line}" if entry.scope in ("company", "campaign") else line


def _has(entry: OwnEntry, text: str) -> bool:
    said = (
        entry.value, entry.campaign_id, entry.seller, entry.added_by, entry.reason, entry.removed_by,
        entry.removed_reason, entry.entry_id,
    )  # fmt: skip
    return any(text in each.casefold() for each in said)
