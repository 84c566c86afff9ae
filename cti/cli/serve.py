"""`cti serve`: the server, until it is told to stop."""

import sys

from cti.runtime.parent import Parent
from cti.settings import read


def serve() -> int:
    """Run the server for one site. What it needs to know is in the environment: see docs/reference/environment.md."""
    settings = read()
    parent = Parent(settings.data_dir, settings.host, settings.port, settings.failpoints)
    print(f"cti: site {settings.site} on {settings.host}:{parent.port}, files in {settings.data_dir}", file=sys.stderr)
    return parent.run()
