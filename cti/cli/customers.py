"""`cti customers`: who is calling is looked up among these."""

from pathlib import Path

import cyclopts

from cti.cli.local import ask
from cti.core.errors import CtiError

app = cyclopts.App(name="customers", help="The customers that callers are looked up among.")


@app.command(name="import")
def import_(file: Path, /) -> int:
    """Import customers from a CSV file (columns id, name, account, segment, number, ...). Rejected rows are shown.

    Parameters
    ----------
    file
        The CSV file; UTF-8.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CtiError(f"{file} cannot be read: {error.strerror}.") from error
    report = ask("follower.sock", "POST", "/customers", data=content)
    for rejection in report["rejected"]:
        print(f"{file}:{rejection['line']}: {rejection['what']}; {rejection['remedy']}")
    print(f"{report['imported']} imported, {report['updated']} updated, {len(report['rejected'])} rejected")
    return 1 if report["rejected"] else 0
