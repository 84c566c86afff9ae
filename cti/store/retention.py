"""Personal values go when their time is over. The rest of a contact record stays, for the reports."""

from sqlalchemy import Connection, delete, func, or_, select, update

from cti.store.result_tables import call_notes, results
from cti.store.results.common import SENT
from cti.store.store import Store
from cti.store.tables import call_attempts, clearance_numbers, contact_records, forgotten_numbers
from cti.store.upsert import upsert


async def forget(store: Store, site: str, contacts_before: int, calls_before: int, clearances_before: int) -> None:
    """What is personal and older than these instants (ms) goes."""
    await erase_numbers(store, site, contacts_before)
    await erase_said(store, site, contacts_before)
    await erase_called(store, site, calls_before)
    await forget_cleared(store, site, clearances_before)


async def erase_numbers(store: Store, site: str, before_at: int) -> int:
    """Empty the callers' numbers of contacts that ended before `before_at` (ms), leaving no copy in the file either.
    Returns how many were not empty."""

    def work(connection: Connection) -> int:
        old = (contact_records.c.site == site) & (contact_records.c.ended_at < before_at)
        numbered = old & (contact_records.c.from_number != "")
        return connection.execute(update(contact_records).where(numbered).values(from_number="")).rowcount

    count = await store.write(work)
    if count:
        await store.sweep()
    return count


async def erase_said(store: Store, site: str, before_at: int) -> int:
    """Empty what agents wrote of calls before `before_at` (ms), leaving no copy in the file either, and delete that
    results were received before. Returns how many notes were not empty."""

    def work(connection: Connection) -> int:
        received = (results.c.site == site) & (results.c.status == SENT) & (results.c.settled_at < before_at)
        connection.execute(delete(results).where(received))
        old = (call_notes.c.site == site) & (call_notes.c.at < before_at)
        return connection.execute(update(call_notes).where(old, call_notes.c.note != "").values(note="")).rowcount

    count = await store.write(work)
    if count:
        await store.sweep()
    return count


async def erase_called(store: Store, site: str, before_at: int) -> int:
    """Empty whom calls were for that were made before `before_at` (ms), leaving no copy in the file either. Nothing in
    them is counted for anybody any more. Returns how many were not empty."""
    columns = call_attempts.c
    personal = dict.fromkeys(("number", "person_id", "household_id", "lead_id", "debt_id"), "")

    def work(connection: Connection) -> int:
        old = (columns.site == site) & (columns.at < before_at)
        named = old & or_(*(columns[name] != "" for name in personal))
        return connection.execute(update(call_attempts).where(named).values(**personal)).rowcount

    count = await store.write(work)
    if count:
        await store.sweep()
    return count


async def forget_cleared(store: Store, site: str, before_at: int) -> int:
    """Delete whose numbers verdicts before `before_at` (ms) were about, with the salts of their digests, leaving no
    copy in the file either: the proofs stay, and so does a mark that says how far it went. Returns how many there
    were."""

    def work(connection: Connection) -> int:
        old = (clearance_numbers.c.site == site) & (clearance_numbers.c.at < before_at)
        last = connection.scalar(select(func.max(clearance_numbers.c.position)).where(old))
        if last is None:
            return 0
        mark = upsert(connection.dialect, forgotten_numbers, ["position", "before_at"])
        connection.execute(mark, {"site": site, "position": last, "before_at": before_at})
        return connection.execute(delete(clearance_numbers).where(old)).rowcount

    count = await store.write(work)
    if count:
        await store.sweep()
    return count
