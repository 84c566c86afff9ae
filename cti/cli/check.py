"""`cti check`: is a configuration right? Every mistake at once, each with its place and its remedy."""

import os
from pathlib import Path

from cti.configuration import check as configuration_check
from cti.configuration.load import load


def check(directory: Path | None = None, /) -> int:
    """Check a configuration directory. Prints one mistake a line as `file:line:column: what, and the remedy`.

    Parameters
    ----------
    directory
        Without it, the one that the server would use: `CTI_CONFIG_DIR`, or else `config`.
    """
    directory = directory or Path(os.environ.get("CTI_CONFIG_DIR") or "config")
    mistakes = configuration_check(directory)
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        return 1
    config = load(directory)
    print(
        f"{directory}: no mistakes ({len(config.entry_points)} entry points, {len(config.flows)} flows, "
        f"{len(config.queues)} queues, {len(config.agents)} agents)"
    )
    return 0
