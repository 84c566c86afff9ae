"""`cti dialer audit`: is every verdict of the calling rules as it was given, and every call as it was reported? Reads
only; the server may be running."""

import asyncio
import sys
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import msgspec
import orjson
from rich.console import Console
from rich.progress import Progress

from cti.cli.dialer.auditing import Audit, Finding, Report
from cti.cli.dialer.recounting import Recount, Recounted
from cti.cli.store import reading, unreadable
from cti.core.errors import CtiError, JournalError
from cti.journal.sql import SqlJournal
from cti.runtime.parent import is_locked
from cti.runtime.recovery import standing
from cti.runtime.snapshots import Snapshots
from cti.settings import Settings, read
from cti.store.attempt_log import AttemptLog
from cti.store.clearances import Clearances
from cti.store.errors import StoreError
from cti.store.store import Store

HASH_DIGITS = 64


def audit(*, head: str = "", json: bool = False) -> int:
    """Check the proof of every call that was allowed or refused for a campaign, in order: that none is missing, changed
    or moved, and that the same facts under the same rules give the same verdict, which is the one in the journal. Count
    all calls anew from the journal alone, and compare each with the log that reports are made of, and answers and
    abandoned calls with the ledgers that the ceilings are held by.

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
    report, calls = asyncio.run(_audit(read(needs_carrier=False), head))
    lost = bool(head) and report.since_head is None
    if json:
        _print_json(report, head, calls)
    else:
        _print_words(report, head, calls)
    return 1 if report.findings or lost or (calls and calls.findings) else 0


async def _audit(settings: Settings, head: str) -> tuple[Report, Recounted | None]:
    journal = await _journal(settings)
    try:
        async with reading(settings) as store:
            return await _walk(settings, store, journal, head)
    except StoreError as error:
        raise unreadable("The store", error, settings) from error
    finally:
        if journal:
            await journal.close()


async def _walk(
    settings: Settings, store: Store, journal: SqlJournal | None, head: str
) -> tuple[Report, Recounted | None]:
    clearances = Clearances(store, settings.site)
    total = await clearances.count()
    walk = Audit(clearances, journal, head, lambda: is_locked(settings.data_dir))
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("auditing", total=total)
        report = await walk.run(lambda position: progress.update(task, completed=position))
        calls = await _recount(settings, store, journal, progress) if journal else None
    return report, calls


async def _recount(settings: Settings, store: Store, journal: SqlJournal, progress: Progress) -> Recounted:
    """With a store beside, which is thrown away."""
    task = progress.add_task("counting calls", total=(await journal.tail()).seq)
    with TemporaryDirectory(prefix="cti-audit-") as folder:
        own = await Store.open(f"sqlite:///{folder}/calls.db")
        try:
            recount = Recount(
                journal,
                AttemptLog(store, settings.site),
                own,
                settings.site,
                lambda: is_locked(settings.data_dir),
                lambda: standing(settings.site, journal, Snapshots(settings.data_dir / "snapshots")),
            )
            return await recount.run(lambda seq: progress.update(task, completed=seq))
        finally:
            await own.close()


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


def _print_words(report: Report, head: str, calls: Recounted | None) -> None:
    for finding in report.findings:
        print(_line(finding))
    if head and report.since_head is None:
        print(f"the record with the hash {head} is missing: the chain is not the one that was audited then")
    elif head:
        print(f"{report.since_head} since the hash that was given")
    if calls is None:
        print("there is no journal to compare with", file=sys.stderr)
    if report.waiting:
        print(f"{report.waiting} more in the journal, which the running server may still take in", file=sys.stderr)
    if not report.count and not report.findings:
        print("no verdict yet: nobody was to be called for a campaign")
        return
    wrong = len({(finding.position, finding.dial_id) for finding in report.findings})
    said = f"{wrong} of them not as they were" if wrong else "all as they were"
    if calls:
        _print_calls(calls)
    print(f"{report.count} verdicts, {said}; the last has the hash {report.head}")


def _print_calls(calls: Recounted) -> None:
    for finding in calls.findings:
        when = f", {_moment(finding.at)}" if finding.at else ""
        print(f"{finding.about}{when}: {finding.what}")
    counts, said = calls.counts, f"{len(calls.findings)} findings" if calls.findings else "log and ledgers agree"
    told = f"{counts.live_answers} live answers, {counts.abandoned} abandoned"
    print(f"{counts.attempts} calls by the journal, {told}; {said}")


def _line(finding: Finding) -> str:
    where = f"verdict {finding.position}" if finding.position else "a verdict"
    number = finding.number or "a number that is forgotten"
    return f"{where}, {_moment(finding.at)}, {number} ({finding.dial_id}): {finding.what}"


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1_000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _print_json(report: Report, head: str, calls: Recounted | None) -> None:
    found: dict[str, object] = {
        "count": report.count,
        "head": report.head,
        "journal": calls is not None,
        "waiting": report.waiting,
    }
    found["calls"] = msgspec.to_builtins(calls)
    if head:
        found["since_head"] = report.since_head
    print(orjson.dumps(found | {"findings": [_fields(each) for each in report.findings]}).decode())


def _fields(finding: Finding) -> dict[str, str | int]:
    return {name: getattr(finding, name) for name in Finding.__struct_fields__}
