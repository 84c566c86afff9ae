"""`cti check`: is a configuration right? Every mistake at once, each with its place and its remedy."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cti.cli.dialer.site import read_site
from cti.cli.sending import not_sent
from cti.cli.store import reading
from cti.configuration.cautions import HISTORY_DAYS, about_results, cautions
from cti.configuration.dropped import dropped
from cti.configuration.load import look
from cti.configuration.mistake import Mistake
from cti.core.config import SiteConfig
from cti.core.errors import CtiError
from cti.settings import numbers_kept_days, read
from cti.store.counted import Counted, counted
from cti.store.errors import StoreError


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
    warned = cautions(looked, datetime.now(UTC).date(), _history_days(), numbers_kept_days())
    for found in (*looked.mistakes, *sorted([*warned, *about_results(looked, not_sent)])):
        print(_with_path(found, directory))
    config = looked.config
    if config is None:
        if looked.unchecked:
            print(
                "More is looked at once these are mended: what files say together, such as campaigns and their rules.",
                file=sys.stderr,
            )
        return 1
    lost = asyncio.run(_lost(config))
    if lost:
        print("\n".join(f"{directory}: {each}" for each in lost))
        return 1
    print(f"{directory}: no mistakes ({_counted(config)})")
    _compare(config)
    return 0


def _with_path(mistake: Mistake, directory: Path) -> Mistake:
    """With the file as it is found from here, where a mistake names it by the folder's own name alone."""
    return msgspec.structs.replace(mistake, file=str(directory.joinpath(*Path(mistake.file).parts[1:])))


def _counted(config: SiteConfig) -> str:
    calling = config.calling
    counts = (
        (len(config.entry_points), "entry point"),
        (len(config.flows), "flow"),
        (len(config.queues), "queue"),
        (len(config.agents), "agent"),
        (len(calling.campaigns), "campaign"),
        (len(calling.rules), "calling rule"),
        (len(calling.calendars), "calendar"),
    )
    told = [f"{count} {word if count == 1 else word + 's'}" for count, word in counts]
    registries = len(calling.registries)
    return ", ".join([*told, f"{registries} {'registry' if registries == 1 else 'registries'}"])


def _compare(config: SiteConfig) -> None:
    """With the configuration in force of the site that was started here, if there is one."""
    from cti.cli.dialer.site import differing  # what reads journals is slow to import, and seldom needed

    try:
        settings = read(needs_carrier=False)
        differs = asyncio.run(differing(settings, config))
    except CtiError as error:
        print(f"Whether the site here runs this configuration cannot be told: {error}")
        return
    if differs:
        print(
            f"The site in {settings.data_dir} runs another configuration, and goes on with it: {'; '.join(differs)}.\n"
            "Changes cannot be applied yet; docs/howto/change-a-started-site.md says what can be done."
        )


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
    try:
        site = await read_site(settings)
    except CtiError:  # then it cannot be compared either, which is said
        return []
    if site.state is None or not site.state.config_hash:
        return []
    before = site.state.config.calling
    try:
        async with reading(settings) as store:
            named = await counted(store, settings.site)
    except StoreError:  # it was never there, or is not reached: then whatever there may be counts
        named = Counted(frozenset(before.campaigns), frozenset(each.seller for each in before.campaigns.values()))
    return list(dropped(before, config.calling, *named))
