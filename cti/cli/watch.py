"""`cti watch`: a supervisor's console in this terminal."""

from typing import Annotated

from cyclopts import Parameter

from cti.cli.joining import URL, check_terminal, token_of
from cti.core.errors import CtiError


def watch(*, url: str = URL, token: Annotated[str, Parameter(env_var="CTI_TOKEN")] = "") -> int:
    """See queues, agents and contacts as they are; listen, whisper, barge in; put agents into a state.

    Parameters
    ----------
    url
        The server's address.
    token
        A supervisor's token, from `cti token issue --supervisor NAME`; `@FILE` reads it from a file. Without it, it
        is asked for, unseen.
    """
    check_terminal("watch")
    from cti.terminal.watch.app import WatchApp

    try:
        app = WatchApp(url, token_of(token))
    except ValueError as error:
        raise CtiError(f"--url: {error}.") from error
    app.run()
    return app.return_code or 0
