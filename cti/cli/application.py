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
app.command("cti.cli.serve:serve", help="Run the server for one site.")
app.command("cti.cli.demo.command:demo", help="Run the example centre beside a carrier of its own, and watch it.")
app.command("cti.cli.agent:agent", help="Take calls in this terminal: an agent's desk.")
app.command("cti.cli.watch:watch", help="See and steer the centre in this terminal: a supervisor's console.")
app.command("cti.cli.check:check", help="Check a configuration directory.")
app.command("cti.cli.sim:sim", help="Run the core in virtual time with faults, checked after every turn.")
app.command("cti.cli.twilio:app", name="twilio", help="Compare the carrier's account with the configuration, set it.")
app.command("cti.cli.token:app", name="token", help="Bearer tokens for agents and programs.")
app.command("cti.cli.journal:app", name="journal", help="Look at the journal.")
app.command("cti.cli.customers:app", name="customers", help="Import the customers that callers are looked up among.")


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
