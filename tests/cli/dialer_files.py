"""The files that a server leaves behind after a few calls of a campaign."""

from pathlib import Path

from cti.core.codec import decode
from cti.core.record import Batch, StoredRecord
from cti.journal.sql import SqlJournal
from cti.store.projectors import projections_of
from cti.store.store import Store

SITE = "main"


async def leave_files(folder: Path, records: tuple[StoredRecord, ...]) -> Path:
    """Journal and store, in the folder's data directory."""
    data = folder / "data"
    data.mkdir()
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{data}/journal.db", SITE)
    await journal.take_over("test")
    await journal.append(Batch(epoch=1, records=records))
    await journal.close()
    store = await Store.open(f"sqlite:///{data}/store.db")
    await projections_of(store, SITE).project([decode(row) for row in records])
    await store.close()
    return data
