"""`cti serve`: the server, until it is told to stop."""

import os
import signal
import sys
import threading
from datetime import UTC, datetime

from cti.runtime.parent import Parent
from cti.runtime.standard_error import forgive
from cti.settings import Settings, read, unknown


def serve(*, die_with_parent: bool = False) -> int:
    """Run the server for one site. What it needs to know is in the environment: see docs/reference/environment.md.

    Parameters
    ----------
    die_with_parent
        Stop in good order when standard input closes: whoever started the server holds its other end.
    """
    forgive()  # calls are taken even where nobody can be told so
    os.umask(0o077)  # the journal knows who called
    if die_with_parent:
        threading.Thread(target=_stop_with_stdin, daemon=True).start()
    for sentence in unknown():  # first: a variable that is misspelt may be why another one is missing
        print(f"warning: {sentence}", file=sys.stderr)
    settings = read()
    parent = Parent(settings.data_dir, settings.host, settings.port, settings.failpoints)
    where = f"{settings.host}:{parent.port}, files in {settings.data_dir}"
    print(f"cti: site {settings.site} on {where}", file=sys.stderr)
    return parent.run(lambda: _tell_mistakes(settings))


def _tell_mistakes(settings: Settings) -> None:
    from cti.cli.sending import not_sent  # here, since the worker need not wait for them
    from cti.configuration.cautions import about_results, kept_too_short
    from cti.configuration.load import look

    looked = look(settings.config_dir)
    kept = kept_too_short(looked, datetime.now(UTC).date(), settings.clearance_numbers_days)
    for caution in (*kept, *about_results(looked, not_sent)):
        print(caution, file=sys.stderr)
    if looked.mistakes:
        effect = "the journal's configuration stays in force; a new site, which has none yet, answers with an apology"
        print(f"the configuration has mistakes; until they are mended {effect}:", file=sys.stderr)
        print("\n".join(map(str, looked.mistakes)), file=sys.stderr)


def _stop_with_stdin() -> None:
    while os.read(0, 4_096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
