"""`cti check`: is a configuration right? Every mistake at once, each with its place and its remedy."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

from cti.cli.dialer.site import read_site
from cti.configuration.cautions import HISTORY_DAYS, cautions
from cti.configuration.dropped import dropped
from cti.configuration.load import look
from cti.core.config import SiteConfig
from cti.settings import read
from cti.store.counted import Counted, counted
from cti.store.errors import StoreError
from cti.store.store import Store


def check(directory: Path | None = None, /) -> int:
    """Check a configuration directory. Prints one mistake a line as `file:line:column: what, and the remedy`; where
    there is none, what is hardly meant in the same way, with `warning:` after the place.

    Parameters
    ----------
    directory
        Without it, the one that the server would use: `CTI_CONFIG_DIR`, or else `config`.
    """
    directory = directory or Path(os.environ.get("CTI_CONFIG_DIR") or "config")
    looked = look(directory)
    for found in (*looked.mistakes, *cautions(looked, datetime.now(UTC).date(), _history_days())):
        print(found)
    config = looked.config
    if config is None:
        return 1
    lost = asyncio.run(_lost(config))
    if lost:
        print("\n".join(f"{directory}: {each}" for each in lost))
        return 1
    print(
        f"{directory}: no mistakes ({len(config.entry_points)} entry points, {len(config.flows)} flows, "
        f"{len(config.queues)} queues, {len(config.agents)} agents)"
    )
    return 0


def _history_days() -> int:
    """As the server would be told; what is no number of days it says itself, when it starts."""
    days = os.environ.get("CTI_CALL_HISTORY_DAYS", "")
    return int(days) if days.isascii() and days.isdigit() else HISTORY_DAYS


async def _lost(config: SiteConfig) -> list[str]:
    """What would be lost if this took the place of the configuration in force; nothing where there is no site yet."""
    data_dir = Path(os.environ.get("CTI_DATA_DIR") or "var")
    if not os.environ.get("CTI_DATABASE_URL") and not (data_dir / "journal.db").exists():
        return []
    settings = read(needs_carrier=False)
    site = await read_site(settings)
    if site.state is None or not site.state.config_hash:
        return []
    before = site.state.config.calling
    try:
        store = await Store.open(settings.store_url, read_only=True)
        try:
            named = await counted(store, settings.site)
        finally:
            await store.close()
    except StoreError:  # it was never there, or is not reached: then whatever there may be counts
        named = Counted(frozenset(before.campaigns), frozenset(each.seller for each in before.campaigns.values()))
    return list(dropped(before, config.calling, *named))
