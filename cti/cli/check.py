"""`cti check`: is a configuration right? Every mistake at once, each with its place and its remedy."""

import os
from datetime import UTC, datetime
from pathlib import Path

from cti.configuration.cautions import HISTORY_DAYS, cautions
from cti.configuration.load import look


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
    print(
        f"{directory}: no mistakes ({len(config.entry_points)} entry points, {len(config.flows)} flows, "
        f"{len(config.queues)} queues, {len(config.agents)} agents)"
    )
    return 0


def _history_days() -> int:
    """As the server would be told; what is no number of days it says itself, when it starts."""
    days = os.environ.get("CTI_CALL_HISTORY_DAYS", "")
    return int(days) if days.isascii() and days.isdigit() else HISTORY_DAYS
