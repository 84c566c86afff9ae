"""Where tables for people are written."""

import sys

from rich.console import Console

FILE_COLUMNS = 400
"""How wide a file is, or a pipe: it has no edge."""


def console_of() -> Console:
    """As wide as the terminal, if it is one."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else FILE_COLUMNS)
