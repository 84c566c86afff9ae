"""What the desks need before they open: a terminal, an address and a token."""

import getpass
import sys
from pathlib import Path

from cti.core.errors import CtiError

URL = "http://127.0.0.1:8080"


def token_of(given: str) -> str:
    """The token as given; of `@FILE` what the file holds; of nothing what is typed, unseen. Raises `CtiError`."""
    if given.startswith("@"):
        try:
            given = Path(given[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CtiError(f"--token: the file {given[1:]} cannot be read: {error}.") from error
    elif not given:
        given = getpass.getpass("Token: ")
    token = given.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise CtiError(
            "This is no token. `cti token issue` makes one: --agent NAME for a desk, --supervisor NAME to watch"
        )
    return token


def check_terminal(command: str) -> None:
    """Raises `CtiError` where nobody could see or press anything."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise CtiError(f"`cti {command}` is for people, and needs a terminal. Programs use `cti.client`.")
