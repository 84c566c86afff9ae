"""For which campaigns and sellers something still counts: calls that are remembered, and entries in force."""

from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, select, union

from cti.store.store import Store
from cti.store.tables import call_attempts, suppressions


class Counted(NamedTuple):
    """The ids of campaigns and of sellers."""

    campaigns: frozenset[str] = frozenset()
    sellers: frozenset[str] = frozenset()


async def counted(store: Store, site: str) -> Counted:
    """Raises what a store raises."""

    def work(connection: Connection) -> Counted:
        campaigns, sellers = (connection.execute(_named(name, site)).scalars() for name in ("campaign_id", "seller"))
        return Counted(frozenset(campaigns) - {""}, frozenset(sellers) - {""})

    return await store.read(work)


def _named(name: str, site: str) -> CompoundSelect[Any]:
    calls, entries = call_attempts.c, suppressions.c
    return union(
        select(calls[name]).where(calls.site == site),
        select(entries[name]).where(entries.site == site, entries.removed_at == 0),
    )
