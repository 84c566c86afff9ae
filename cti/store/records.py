"""What became of each contact, for reports and for the history that an agent sees."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from cti.core.base import Record
from cti.core.states import Direction, EndCause
from cti.store.numbers import NotANumber, check_region, e164
from cti.store.store import Store
from cti.store.tables import contact_records

LIMIT_MAX = 1_000


class ContactRecord(Record):
    """A contact that is closed. Its fields mean what they mean in `ContactClosed`; `seq` is the journal's record that
    closed it. `from_number` is as received, and empty once its time is over."""

    contact_id: str
    seq: int
    direction: Direction
    cause: EndCause
    outcome: str
    arrived_at: int
    ended_at: int
    flow_id: str = ""
    last_step: str = ""
    queue_id: str = ""
    queued_at: int = 0
    connected_at: int = 0
    agent_ids: tuple[str, ...] = ()
    offers: int = 0
    disposition: str = ""
    queue_refused: str = ""
    offers_missed: int = 0
    offers_declined: int = 0
    talk_ms: int = 0
    to_number: str = ""
    from_number: str = ""


class ContactRecords:
    """A site's contact records, the latest to end first; at most 1,000 at once."""

    def __init__(self, store: Store, site: str, region: str = "") -> None:
        self._store = store
        self._region = check_region(region)
        columns = [contact_records.c[name] for name in ContactRecord.__struct_fields__]
        self._of_site = select(*columns).where(contact_records.c.site == site)

    async def recent(self, limit: int, direction: Direction | None = None) -> list[ContactRecord]:
        """Those that ended last; of one `direction`, or of both."""
        found = self._of_site
        if direction:
            found = found.where(contact_records.c.direction == direction.value)
        return await self._latest(found, limit)

    async def by_number(self, number: str, limit: int) -> list[ContactRecord]:
        """Those with this number on the other side. What is no telephone number has none."""
        try:
            number = e164(number, self._region)
        except NotANumber:
            return []
        return await self._latest(self._of_site.where(contact_records.c.from_number == number), limit)

    async def get(self, contact_id: str) -> ContactRecord | None:
        """The contact's record; None while it is not closed."""
        found = await self._latest(self._of_site.where(contact_records.c.contact_id == contact_id), 1)
        return found[0] if found else None

    async def _latest(self, found: Select[tuple[object, ...]], limit: int) -> list[ContactRecord]:
        latest = found.order_by(contact_records.c.ended_at.desc(), contact_records.c.seq.desc())
        latest = latest.limit(min(max(limit, 0), LIMIT_MAX))

        def work(connection: Connection) -> list[ContactRecord]:
            return [_record(row) for row in connection.execute(latest)]

        return await self._store.read(work)


def _record(row: Sequence[Any]) -> ContactRecord:
    said = dict(zip(ContactRecord.__struct_fields__, row, strict=True))
    return msgspec.convert(said | {"agent_ids": msgspec.json.decode(said["agent_ids"])}, ContactRecord)
