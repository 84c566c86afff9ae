"""`cti agent`: an agent's desk in this terminal."""

from typing import Annotated

from cyclopts import Parameter

from cti.cli.joining import URL, check_terminal, token_of
from cti.core.errors import CtiError


def agent(*, url: str = URL, token: Annotated[str, Parameter(env_var="CTI_TOKEN")] = "", bell: bool = True) -> int:
    """Take calls in this terminal, by the keyboard alone. The phone itself rings wherever the agent's endpoint is.

    Parameters
    ----------
    url
        The server's address.
    token
        The agent's token, from `cti token issue --agent NAME`; `@FILE` reads it from a file. Without it, it is asked
        for, unseen.
    bell
        Whether the terminal's bell sounds when a contact is offered.
    """
    check_terminal("agent")
    from cti.terminal.agent.app import AgentApp

    try:
        app = AgentApp(url, token_of(token), bell=bell)
    except ValueError as error:
        raise CtiError(f"--url: {error}.") from error
    app.run()
    return app.return_code or 0
