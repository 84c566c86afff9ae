"""The `cti` command: one file a subcommand, imported when it is asked for."""

import sys

import cyclopts

from cti import __version__
from cti.core.errors import CtiError

app = cyclopts.App(
    name="cti",
    help="A contact-centre server: calls, queues, agents and screen-pops, recoverable to the last event.",
    version=__version__,
)
app.command("cti.cli.serve:serve")
app.command("cti.cli.demo.command:demo")
app.command("cti.cli.check:check")
app.command("cti.cli.sim:sim")
app.command("cti.cli.token:app", name="token")
app.command("cti.cli.journal:app", name="journal")
app.command("cti.cli.customers:app", name="customers")


def main() -> None:
    """Run a subcommand. What is the user's to mend is said in words, without a stack trace."""
    try:
        status = app()
    except CtiError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status or 0)
