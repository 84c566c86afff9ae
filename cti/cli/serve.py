"""`cti serve`: the server, until it is told to stop."""

import os
import sys
from contextlib import suppress

from cti.configuration import check
from cti.runtime.parent import Parent
from cti.settings import read


def serve() -> int:
    """Run the server for one site. What it needs to know is in the environment: see docs/reference/environment.md."""
    os.umask(0o077)  # the journal knows who called
    settings = read()
    parent = Parent(settings.data_dir, settings.host, settings.port, settings.failpoints)
    with suppress(OSError):  # calls are taken even where nobody can be told so
        where = f"{settings.host}:{parent.port}, files in {settings.data_dir}"
        print(f"cti: site {settings.site} on {where}", file=sys.stderr)
    mistakes = check(settings.config_dir)
    if mistakes:
        print(
            "the configuration has mistakes; until they are mended a new site answers with an apology:", file=sys.stderr
        )
        print("\n".join(map(str, mistakes)), file=sys.stderr)
    return parent.run()
