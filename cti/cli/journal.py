"""`cti journal`: look at the book of record. Reads only; the server may be running."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime

import cyclopts
import msgspec
import orjson
from rich.console import Console
from rich.progress import Progress

from cti.cli.sentences import sentence
from cti.core.codec import decode
from cti.core.errors import CtiError, JournalError
from cti.core.record import StoredRecord, TurnRecord
from cti.journal.sql import SqlJournal
from cti.journal.verify import Verdict, verify
from cti.settings import read

_QUOTED = re.compile(r'"([^"\\]*)"')

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
    journal = await _open()
    try:
        total = (await journal.tail()).seq
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("verifying", total=total)
            return await verify(journal, progress=lambda seq: progress.update(task, completed=seq))
    finally:
        await journal.close()


@app.command
def show(contact: str = "", *, after: int = 0, limit: int = 200, json: bool = False) -> None:
    """Tell what happened, turn by turn: when, who caused it, what followed, and why. Personal data is not shown.

    Times are local; set TZ for those of another zone.

    Parameters
    ----------
    contact
        Only what belongs to this contact, such as main-c17, and to its legs, rooms and offers.
    after
        Begin after this record.
    limit
        How many records at most.
    json
        One line of JSON a record, with every field but the personal ones; times are milliseconds since 1970, UTC.
    """
    if limit < 1:
        raise CtiError("--limit: give a number from 1.")
    found = asyncio.run(_show(contact, after, limit, _print_json if json else _print_words))
    if contact and not found:
        where = f"after record {after} of this journal" if after else "in this journal"
        raise CtiError(f"There is no contact {contact} {where}.")


async def _show(contact: str, after: int, limit: int, tell: Callable[[StoredRecord], None]) -> bool:
    """Whether there was anything to tell."""
    told = 0
    journal = await _open()
    mine = {contact} if contact else set()
    try:
        async for row in journal.read(after):
            if contact and not mine & set(_QUOTED.findall(row.body)):
                continue
            if contact:
                mine |= _belonging(decode(row), contact)
            tell(row)
            told += 1
            if told == limit:
                break
    finally:
        await journal.close()
    return told > 0


async def _open() -> SqlJournal:
    settings = read(needs_carrier=False)
    try:
        return await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
    except JournalError as error:
        raise CtiError(
            f"The journal cannot be opened: {error}. Is there one in {settings.data_dir}? CTI_DATA_DIR names the "
            "server's files."
        ) from error


def _belonging(record: TurnRecord, contact: str) -> set[str]:
    """The legs, rooms and offers that events of the contact name."""
    of_contact = [each for each in (record.input, *record.events) if getattr(each, "contact_id", "") == contact]
    ids = {getattr(each, name, "") for each in of_contact for name in ("leg_id", "call_id", "offer_id")}
    return ids - {""}


def _print_words(row: StoredRecord) -> None:
    record = decode(msgspec.structs.replace(row, personal=None))
    moment = datetime.fromtimestamp(record.at / 1_000).astimezone()
    print(f"{record.seq}  {moment:%Y-%m-%d %H:%M:%S}.{record.at % 1_000:03}  {record.actor}: {sentence(record.input)}")
    for message in (*record.events, *record.commands):
        told = sentence(message)
        if told:
            print(f"      {told}")


def _print_json(row: StoredRecord) -> None:
    head = {"seq": row.seq, "at": row.at, "epoch": row.epoch, "actor": row.actor, "source_key": row.source_key}
    print(orjson.dumps(head | orjson.loads(row.body)).decode())
