"""The `cti` command: one file a subcommand, imported when it is asked for."""

import os
import select
import signal
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
app.command("cti.cli.dialer.command:app", name="dialer", help="May a number be rung, and when; reports, audits.")
app.command("cti.cli.sim:sim", help="Run the core in virtual time with faults, checked after every turn.")
app.command("cti.cli.twilio:app", name="twilio", help="Compare the carrier's account with the configuration, set it.")
app.command("cti.cli.token:app", name="token", help="Bearer tokens for agents and programs.")
app.command("cti.cli.journal:app", name="journal", help="Look at the journal.")
app.command("cti.cli.campaign.command:app", name="campaign", help="Start and stop campaigns, see how they stand.")
app.command("cti.cli.dnc.command:app", name="dnc", help="Whom not to call: our own lists, and registries.")
app.command("cti.cli.leads.command:app", name="leads", help="Lists of people to be called: import, look, export, wash.")
app.command("cti.cli.customers:app", name="customers", help="Import the customers that callers are looked up among.")


def main() -> None:
    """Run a subcommand. What is the user's to mend is said in words, without a stack trace; and when whoever reads has
    had enough, as in `cti journal show | head`, it ends without a word."""
    try:
        try:
            status = _run()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        unread = _unread()
        if not unread:  # it was another pipe that broke
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in unread:  # so that what is still to be written complains of nothing
            os.dup2(nowhere, descriptor)
        status = 128 + signal.SIGPIPE  # as shells tell of a tool that this signal has ended
    sys.exit(status)


def _run() -> int:
    try:
        return app() or 0
    except CtiError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _unread() -> list[int]:
    """Our output and errors, as far as nobody reads them any more."""
    ends = select.poll()
    for stream in (sys.stdout, sys.stderr):
        ends.register(stream, 0)
    return [descriptor for descriptor, _ in ends.poll(0)]  # of what was not asked for, only what is wrong is told
