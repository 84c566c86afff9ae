"""Walks a journal from its first record and finds the first that is not as it was written."""

from collections.abc import Callable

import msgspec

from cti.core.codec import decode
from cti.core.errors import JournalDamaged
from cti.core.ports import Journal
from cti.core.record import FIRST_HASH, StoredRecord, chain_hash, digest_of

PROGRESS_RECORDS = 1_000


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How many records are sound, from the first on; which is the first bad one (None when all are sound), and why."""

    records: int
    first_bad: int | None = None
    what: str = ""


async def verify(journal: Journal, *, progress: Callable[[int], None] = lambda records: None) -> Verdict:
    """Check every record: its place, its hash and that of the one before, its personal values unless they have been
    emptied, and that it can be read. `progress` is told now and then how many were sound so far."""
    last: StoredRecord | None = None
    sound = 0
    try:
        async for row in journal.read(0):
            if what := _wrong(row, last):
                return Verdict(records=sound, first_bad=sound + 1, what=what)
            last = row
            sound += 1
            if sound % PROGRESS_RECORDS == 0:
                progress(sound)
    except JournalDamaged as error:
        return Verdict(records=sound, first_bad=sound + 1, what=str(error))
    progress(sound)
    return Verdict(records=sound)


def _wrong(row: StoredRecord, last: StoredRecord | None) -> str:
    """What is wrong with a record, given the sound one before it; empty when nothing is."""
    seq = last.seq + 1 if last else 1
    if row.seq != seq:
        return f"record {seq} is missing, {row.seq} comes next"
    if row.previous_hash != (last.hash if last else FIRST_HASH):
        return f"record {seq} does not follow the one before: its previous hash is another"
    if chain_hash(row) != row.hash:
        return f"record {seq} is not what was written: its hash is another"
    # An emptied personal column leaves its digest behind; a digest without a value is no fault, the reverse is.
    if row.personal is not None and digest_of(row.personal) != row.personal_digest:
        return f"record {seq} has other personal values than were written"
    if last and (row.at < last.at or row.epoch < last.epoch):
        return f"record {seq} is older, or of an older epoch, than the one before"
    try:
        decode(row)
    except JournalDamaged as error:
        return str(error)
    return ""
