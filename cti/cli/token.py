"""`cti token`: bearer tokens for agents' desktops and supervisors' programs."""

import cyclopts

from cti.cli.local import ask

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
    answer = ask("admin.sock", "POST", "/tokens", json={"agent": agent, "supervisor": supervisor, "days": days})
    print(answer["token"])


@app.command
def revoke(token: str, /) -> None:
    """Make a token worthless at once."""
    ask("admin.sock", "POST", "/tokens/revoke", json={"token": token})
    print("revoked")
