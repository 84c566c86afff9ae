"""Leads for who looks at them: what lists there are, who is on them, which rows were rejected, whose a number is."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import CompoundSelect, Connection, Select, func, or_, select

from cti.core.events import LeadDetails, LeadNumber
from cti.store.leads import common
from cti.store.leads.common import DONE, GONE, SETTLING, STAGING
from cti.store.leads.staging import Reject
from cti.store.result_tables import call_notes
from cti.store.store import Store
from cti.store.tables import (
    attempt_log,
    campaign_counts,
    lead_imports,
    lead_lists,
    lead_numbers,
    lead_rejects,
    leads,
)

PIECE = 5_000
ASKED_MAX = 900

_L, _I, _R, _N, _A = leads.c, lead_imports.c, lead_rejects.c, lead_numbers.c, attempt_log.c


class KnownLead(NamedTuple):
    """A lead, and the list that it is on."""

    lead_id: str
    list_id: str
    details: LeadDetails


class _Numbers(msgspec.Struct):
    """Of everything that is known of a lead, these alone."""

    numbers: tuple[LeadNumber, ...]


_numbers_in = msgspec.json.Decoder(_Numbers).decode


class StagedKeys(NamedTuple):
    """What a row of an import can be found by."""

    row: int
    external_id: str
    numbers: tuple[str, ...]


class Standing(NamedTuple):
    """Where a lead stands in a campaign, and what an agent said of it last. `amount` in millionths of `currency`. The
    numbers that the rules `refused` for good are each with the rule that did."""

    campaign_id: str
    status: str
    segment: str
    attempts: int
    next_at: int
    last_outcome: str
    last_at: int
    callback_for: str
    disposition: str
    amount: int
    currency: str
    refused: tuple[tuple[str, str], ...] = ()


_IN_COLUMNS = tuple(name for name in Standing._fields if name != "refused")


class LastCall(NamedTuple):
    """Who talked with a lead in a campaign's last call to it, and what was written of it, as long as it is kept."""

    attempt_id: str
    agent_id: str
    note: str


class LookingAtLeads:
    """Reads only. Raises what a store raises."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def lists(self) -> list[tuple[str, int, bool]]:
        """Each list, how many are on it, and whether it is being removed."""

        def work(connection: Connection) -> list[tuple[str, int, bool]]:
            rows = connection.execute(select(lead_lists).where(lead_lists.c.site == self._site)).all()
            return sorted((row.list_id, self._size(connection, row.list_id), row.removed_seq > 0) for row in rows)

        return await self._store.read(work)

    def _size(self, connection: Connection, list_id: str) -> int:
        seen = self._seen(list_id).with_only_columns(func.count())
        return connection.scalar(seen.order_by(None)) or 0

    async def names(self) -> list[str]:
        """Every list that there is, those too that only an unfinished import is for; none that is being removed."""
        lists = lead_lists.c
        stand = select(lists.list_id).where(lists.site == self._site, lists.removed_seq == 0)
        begun = select(_I.list_id).where(_I.site == self._site, _I.status == STAGING)
        return sorted(row[0] for row in await self._all(stand.union(begun)))

    async def campaigns(self) -> list[str]:
        """Those that ever asked for leads."""
        return await self._store.read(lambda connection: common.campaigns(connection, self._site))

    async def imports(self, list_id: str = "") -> list[Any]:
        """The rows of `lead_imports`, oldest first, without those of which only the name is left."""
        found = select(lead_imports).where(_I.site == self._site, _I.status != GONE).order_by(_I.ordinal)
        return await self._all(found.where(_I.list_id == list_id) if list_id else found)

    async def brought(self, list_id: str) -> dict[str, int]:
        """How many of a list came last by which import, or were changed by it last."""
        per_import = self._seen(list_id).with_only_columns(_L.import_id, func.count()).group_by(_L.import_id)
        return {row[0]: row[1] for row in await self._all(per_import) if row[0]}

    async def counts(self, list_id: str) -> dict[tuple[str, str], int]:
        """How many of a list stand where, by campaign and status."""
        columns = campaign_counts.c
        found = select(columns.campaign_id, columns.status, columns["count"])
        rows = await self._all(found.where(columns.site == self._site, columns.list_id == list_id))
        total = Counter[tuple[str, str]]()
        for campaign_id, status, number in rows:
            total[(campaign_id, status)] += number
        return dict(total)

    def _seen(self, list_id: str) -> Select[Any]:
        done = select(_I.import_id).where(_I.site == self._site, _I.status.in_((SETTLING, DONE)))
        visible = or_(_L.import_id == "", _L.import_id.in_(done)) & (_L.becomes == "")
        return select(leads).where(_L.site == self._site, _L.list_id == list_id, visible)

    async def on_list(self, list_id: str) -> AsyncIterator[KnownLead]:
        """Everybody on a list: import by import in the order of their files, then those who were posted alone."""
        imported = [row.import_id for row in await self.imports() if row.status in (SETTLING, DONE)]
        for import_id in (*imported, ""):
            question = self._seen(list_id).where(_L.import_id == import_id).order_by(_L.touched, _L.lead_id)
            question = question.limit(PIECE)
            found = await self._all(question)
            while found:
                for row in found:
                    yield KnownLead(row.lead_id, row.list_id, common.read(row.details))
                last = found[-1]
                behind = (_L.touched > last.touched) | ((_L.touched == last.touched) & (_L.lead_id > last.lead_id))
                found = await self._all(question.where(_L.touched >= last.touched, behind))

    async def lead(self, lead_id: str) -> KnownLead | None:
        """One that can be seen; None where there is none."""
        rows = await self._all(select(_L.list_id).where(_L.site == self._site, _L.lead_id == lead_id))
        found = await self._all(self._seen(rows[0].list_id).where(_L.lead_id == lead_id)) if rows else []
        return KnownLead(lead_id, found[0].list_id, common.read(found[0].details)) if found else None

    async def standing(self, lead_ids: Sequence[str]) -> dict[str, list[Standing]]:
        """Where leads stand, campaign by campaign."""

        def work(connection: Connection) -> dict[str, list[Standing]]:
            found: dict[str, list[Standing]] = {}
            for campaign_id in common.campaigns(connection, self._site):
                for row in common.standing(connection, self._site, campaign_id, lead_ids):
                    told = Standing(*(getattr(row, name) for name in _IN_COLUMNS))
                    refused = common.read_past(row.past).refused
                    found.setdefault(row.lead_id, []).append(told._replace(refused=refused))
            return found

        return await self._store.read(work)

    async def last_calls(self, standing: Mapping[str, Sequence[Standing]]) -> dict[tuple[str, str], LastCall]:
        """The last call to each of these leads, by campaign and lead. Of what stands `standing` says."""
        last = {(each.campaign_id, lead_id): each.last_at for lead_id, rows in standing.items() for each in rows}
        instants = sorted({*last.values()} - {0})
        same = (call_notes.c.site == _A.site) & (call_notes.c.contact_id == _A.contact_id)
        columns = (_A.campaign_id, _A.lead_id, _A.dialled_at, _A.attempt_id, _A.agent_id, call_notes.c.note)
        asked = select(*columns).select_from(attempt_log.outerjoin(call_notes, same)).where(_A.site == self._site)
        found = {}
        for first in range(0, len(instants), ASKED_MAX):
            for row in await self._all(asked.where(_A.dialled_at.in_(instants[first : first + ASKED_MAX]))):
                if last.get((row.campaign_id, row.lead_id)) == row.dialled_at:
                    found[(row.campaign_id, row.lead_id)] = LastCall(row.attempt_id, row.agent_id, row.note or "")
        return found

    async def having(self, numbers: Sequence[str]) -> list[tuple[str, str, str]]:
        """Who has these numbers (at most 900) and can be seen: number, lead, list."""
        done = select(_I.import_id).where(_I.site == self._site, _I.status.in_((SETTLING, DONE)))
        visible = or_(_L.import_id == "", _L.import_id.in_(done)) & (_L.becomes == "")
        found = (
            select(_N.number, _N.lead_id, _L.list_id)
            .join(leads, (_L.site == _N.site) & (_L.lead_id == _N.lead_id))
            .where(_N.site == self._site, _N.number.in_(list(numbers)), visible)
        )
        return [tuple(row) for row in await self._all(found)]

    async def known_as(self, external_id: str) -> list[str]:
        """Who has this external id and can be seen, on whichever list."""
        found: list[str] = []
        for list_id in await self.names():
            found += [lead_id for _, lead_id in await self.named(list_id, [external_id])]
        return found

    async def is_empty(self, list_id: str) -> bool:
        """Whether nobody on the list can be seen."""
        return not await self._all(self._seen(list_id).with_only_columns(_L.lead_id).limit(1))

    async def named(self, list_id: str, external_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Who on a list has these external ids (at most 900) and can be seen: external id, lead."""
        found = self._seen(list_id).where(_L.external_id.in_(list(external_ids)))
        return [tuple(row) for row in await self._all(found.with_only_columns(_L.external_id, _L.lead_id))]

    async def staged(self, list_id: str, import_id: str) -> AsyncIterator[list[StagedKeys]]:
        """What the rows of an import on its way can be found by, in the order of the file."""
        ours = (_L.site == self._site) & (_L.list_id == list_id) & (_L.import_id == import_id)
        after = 0
        question = select(_L.touched, _L.external_id, _L.details).where(ours).order_by(_L.touched).limit(PIECE)
        while found := await self._all(question.where(_L.touched > after)):
            yield [StagedKeys(row[0], row[1], _distinct(row[2])) for row in found]
            after = found[-1][0]

    async def rejects(self, import_id: str) -> AsyncIterator[Reject]:
        """The rows that were not taken, in the order of the file."""
        after = 0
        question = select(lead_rejects).where(_R.site == self._site, _R.import_id == import_id)
        while found := await self._all(question.where(_R.row > after).order_by(_R.row).limit(PIECE)):
            for row in found:
                cells = msgspec.json.decode(row.cells, type=tuple[str, ...])
                yield Reject(row.row, row.code, row.reason, row.remedy, cells)
            after = found[-1].row

    async def unfinished(self, list_id: str) -> list[Any]:
        """The imports of a list that wait to be gone on with."""
        return [row for row in await self.imports(list_id) if row.status == STAGING]

    async def _all(self, question: Select[Any] | CompoundSelect[Any]) -> list[Any]:
        return await self._store.read(lambda connection: list(connection.execute(question).all()))


def _distinct(details: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.number for each in _numbers_in(details).numbers))
