"""`cti journal`: look at the book of record. Reads only; the server may be running."""

import asyncio

import cyclopts
from rich.console import Console
from rich.progress import Progress

from cti.core.codec import decode
from cti.journal.sql import SqlJournal
from cti.journal.verify import Verdict, verify
from cti.settings import read

app = cyclopts.App(name="journal", help="Look at the journal.")


@app.command(name="verify")
def verify_() -> int:
    """Check every record and every link of the chain. Exit status 1 when one does not verify."""
    verdict = asyncio.run(_verify())
    if verdict.first_bad is not None:
        print(f"record {verdict.first_bad}: {verdict.what}")
        return 1
    print(f"{verdict.records} records, all verify")
    return 0


async def _verify() -> Verdict:
    settings = read(needs_carrier=False)
    journal = await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
    try:
        total = (await journal.tail()).seq
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("verifying", total=total)
            return await verify(journal, progress=lambda seq: progress.update(task, completed=seq))
    finally:
        await journal.close()


@app.command
def show(contact: str = "", *, after: int = 0, limit: int = 200) -> None:
    """Print records in words: all of them, or those that name a contact.

    Parameters
    ----------
    contact
        Only records that name this contact id.
    after
        Begin after this sequence number.
    limit
        How many records at most.
    """
    asyncio.run(_show(contact, after, limit))


async def _show(contact: str, after: int, limit: int) -> None:
    settings = read(needs_carrier=False)
    journal = await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
    try:
        async for row in journal.read(after):
            if contact and f'"{contact}"' not in row.body:
                continue
            record = decode(row)
            print(f"{record.seq} {record.at} {record.actor}: {record.input}")
            for message in (*record.events, *record.commands):
                print(f"    {message}")
            limit -= 1
            if limit <= 0:
                return
    finally:
        await journal.close()
