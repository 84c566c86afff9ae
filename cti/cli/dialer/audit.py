"""`cti dialer audit`: is every verdict of the calling rules as it was given? Reads only; the server may be running."""

import asyncio
import sys
from datetime import UTC, datetime

import orjson
from rich.console import Console
from rich.progress import Progress

from cti.cli.dialer.auditing import Audit, Finding, Report
from cti.core.errors import CtiError, JournalError
from cti.journal.sql import SqlJournal
from cti.runtime.parent import is_locked
from cti.settings import Settings, read
from cti.store.clearances import Clearances
from cti.store.errors import StoreError
from cti.store.store import Store

HASH_DIGITS = 64


def audit(*, head: str = "", json: bool = False) -> int:
    """Check the proof of every call that was allowed or refused for a campaign, in order: that none is missing, changed
    or moved, and that the same facts under the same rules give the same verdict, which is the one in the journal.

    Prints how many there are and the hash of the last one. Keep that hash elsewhere: with it, the next audit finds a
    chain that was made anew as a whole. Exit status 1 when anything is found.

    Parameters
    ----------
    head
        The hash that an earlier audit printed: it must still be there.
    json
        One line of JSON.
    """
    if head and not (len(head) == HASH_DIGITS and set(head) <= set("0123456789abcdef")):
        raise CtiError("--head: give the 64 hexadecimal digits that an earlier audit printed.")
    report, with_journal = asyncio.run(_audit(read(needs_carrier=False), head))
    lost = bool(head) and report.since_head is None
    if json:
        _print_json(report, head, with_journal=with_journal)
    else:
        _print_words(report, head, with_journal=with_journal)
    return 1 if report.findings or lost else 0


async def _audit(settings: Settings, head: str) -> tuple[Report, bool]:
    store = await Store.open(settings.store_url, read_only=True)
    journal = await _journal(settings)
    try:
        clearances = Clearances(store, settings.site)
        total = await clearances.count()
        walk = Audit(clearances, journal, head, lambda: is_locked(settings.data_dir))
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("auditing", total=total)
            report = await walk.run(lambda position: progress.update(task, completed=position))
    except StoreError as error:
        raise CtiError(
            f"The store cannot be read: {error}. Is there one in {settings.data_dir}? CTI_DATA_DIR names the server's "
            "files."
        ) from error
    finally:
        await store.close()
        if journal:
            await journal.close()
    return report, journal is not None


async def _journal(settings: Settings) -> SqlJournal | None:
    """It may be gone, years later: the proofs stand by themselves."""
    try:
        journal = await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
    except JournalError:
        return None
    try:
        await journal.tail()
    except JournalError:
        await journal.close()
        return None
    return journal


def _print_words(report: Report, head: str, *, with_journal: bool) -> None:
    for finding in report.findings:
        print(_line(finding))
    if head and report.since_head is None:
        print(f"the record with the hash {head} is missing: the chain is not the one that was audited then")
    elif head:
        print(f"{report.since_head} since the hash that was given")
    if not with_journal:
        print("there is no journal to compare with", file=sys.stderr)
    if report.waiting:
        print(f"{report.waiting} more in the journal, which the running server may still take in", file=sys.stderr)
    wrong = len({(finding.position, finding.dial_id) for finding in report.findings})
    said = f"{wrong} of them not as they were" if wrong else "all as they were"
    print(f"{report.count} verdicts, {said}; the last has the hash {report.head}")


def _line(finding: Finding) -> str:
    moment = datetime.fromtimestamp(finding.at / 1_000, UTC)
    where = f"verdict {finding.position}" if finding.position else "a verdict"
    number = finding.number or "a number that is forgotten"
    return f"{where}, {moment:%Y-%m-%d %H:%M:%S} UTC, {number} ({finding.dial_id}): {finding.what}"


def _print_json(report: Report, head: str, *, with_journal: bool) -> None:
    found = {"count": report.count, "head": report.head, "journal": with_journal, "waiting": report.waiting}
    if head:
        found["since_head"] = report.since_head
    print(orjson.dumps(found | {"findings": [_fields(each) for each in report.findings]}).decode())


def _fields(finding: Finding) -> dict[str, str | int]:
    return {name: getattr(finding, name) for name in Finding.__struct_fields__}
