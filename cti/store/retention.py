"""Personal values go when their time is over. The rest of a contact record stays, for the reports."""

from sqlalchemy import Connection, update

from cti.store.store import Store
from cti.store.tables import contact_records


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
