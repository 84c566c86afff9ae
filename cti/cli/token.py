"""`cti token`: bearer tokens for agents' desktops and supervisors' programs."""

import sys
import time
from datetime import datetime
from typing import Any

import cyclopts
import orjson
from rich.console import Console
from rich.table import Table

from cti.cli.local import Refused, ask
from cti.core.errors import ConfigError, CtiError
from cti.settings import read

NOT_IN_FORCE = (
    "The tree in CTI_CONFIG_DIR has this agent, but the journal's configuration is in force, not the tree: changes "
    "cannot be applied yet. A new CTI_DATA_DIR starts with the tree."
)

app = cyclopts.App(name="token", help="Bearer tokens for agents and programs.")


@app.command
def issue(*, agent: str = "", supervisor: str = "", days: int = 365) -> None:
    """Make a token for an agent or a supervisor and print it. It is shown once; the server keeps only its hash.

    Parameters
    ----------
    agent
        The agent it stands for.
    supervisor
        The supervisor it stands for, by any name.
    days
        How long it is good for.
    """
    if not agent and not supervisor:
        raise CtiError("Name an agent or a supervisor: --agent NAME or --supervisor NAME.")
    try:
        answer = ask("admin.sock", "POST", "/tokens", json={"agent": agent, "supervisor": supervisor, "days": days})
    except Refused as refused:
        if refused.status == 404 and _is_in_tree(agent):
            raise CtiError(f"{refused} {NOT_IN_FORCE}") from refused
        raise
    print(answer["token"])
    if not answer["may_listen"]:
        print(f"{supervisor} is not among the supervisors in force, who have a telephone: this token can watch and "
              "steer, but not listen.", file=sys.stderr)  # fmt: skip


def _is_in_tree(agent: str) -> bool:
    from cti.configuration.load import load

    try:
        return agent in load(read(needs_carrier=False).config_dir).agents
    except ConfigError:
        return False


@app.command(name="list")
def list_(*, json: bool = False) -> None:
    """Show the tokens in force: id, whose, made when, good until, and when each last opened a connection.

    The last is known since the server's worker started; a token itself is nowhere kept and cannot be shown.

    Parameters
    ----------
    json
        One line of JSON a token; times are milliseconds since 1970, UTC, 0 for unknown or never.
    """
    tokens = ask("admin.sock", "GET", "/tokens")["tokens"]
    if json:
        for token in tokens:
            print(orjson.dumps(token).decode())
        return
    Console(soft_wrap=True, highlight=False).print(_table(tokens) if tokens else "no tokens")


def _table(tokens: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("id", "scope", "for", "made", "good until", "last used"):
        table.add_column(name, no_wrap=True)
    for token in tokens:
        until = _moment(token["expires_at"], "for ever")
        if 0 < token["expires_at"] <= time.time() * 1_000:
            until += " (expired)"
        made, used = _moment(token["issued_at"], "unknown"), _moment(token["used_at"], "not known")
        table.add_row(token["id"], token["scope"], token["subject"], made, until, used)
    return table


def _moment(at: int, otherwise: str) -> str:
    return f"{datetime.fromtimestamp(at / 1_000).astimezone():%Y-%m-%d %H:%M}" if at else otherwise


@app.command
def revoke(token: str, /) -> None:
    """Make a token worthless at once; a connection that was opened with it ends.

    Parameters
    ----------
    token
        Its id, as `cti token list` shows it, or the token itself.
    """
    ask("admin.sock", "POST", "/tokens/revoke", json={"token": token})
    print("revoked")
