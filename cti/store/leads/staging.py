"""Leads of a file on their way in: there, but to be seen by nobody until the journal says that all of them are."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, update

from cti.core.events import LeadDetails
from cti.store.errors import StoreError
from cti.store.leads import common
from cti.store.leads.common import DROPPED, GONE, STAGING, Columns
from cti.store.projection import storable
from cti.store.store import Store
from cti.store.tables import lead_imports, lead_lists, lead_numbers, lead_rejects, leads
from cti.store.upsert import upsert

_L, _I, _R = leads.c, lead_imports.c, lead_rejects.c


class Begin(msgspec.Struct, frozen=True):
    """A file that is to be imported: what it is and how it is read is its `identity`. `at` in ms."""

    list_id: str
    identity: str
    source: str
    by: str
    at: int
    headings: tuple[str, ...] = ()


class Begun(msgspec.Struct, frozen=True):
    """The import, new or from before; `rows` of it are in."""

    import_id: str
    rows: int = 0


class StagedLead(msgspec.Struct, frozen=True):
    """A row of the file that is a lead."""

    row: int
    details: LeadDetails


class Reject(msgspec.Struct, frozen=True):
    """A row that is none, and why; `cells` are what stands there."""

    row: int
    code: str
    reason: str
    remedy: str = ""
    cells: tuple[str, ...] = ()


class Rows(msgspec.Struct, frozen=True):
    """Rows of the file behind row `after`, down to row `upto`."""

    after: int
    upto: int
    leads: tuple[StagedLead, ...] = ()
    rejects: tuple[Reject, ...] = ()


class Sorted(msgspec.Struct, frozen=True):
    """What all rows together show: numbers and the rows that have them, in the order of numbers; rows that are none
    after all; rows that change a lead that was there before (row, lead)."""

    numbers: tuple[tuple[str, int], ...] = ()
    rejects: tuple[Reject, ...] = ()
    changes: tuple[tuple[int, str], ...] = ()


class Staging:
    """The writer's side of imports. What raises `StoreError` says what to do."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def begin(self, wanted: Begin) -> Begun:
        """Begin an import, or find the one of this very file that was not finished."""
        return await self._store.write(lambda connection: self._begin(connection, wanted))

    async def add(self, import_id: str, rows: Rows) -> None:
        """Take in some rows. Those that are in already are passed over."""
        await self._store.write(lambda connection: self._add(connection, import_id, rows))

    async def sort(self, import_id: str, found: Sorted) -> None:
        """Take in what all rows together show. Doing it twice does no harm."""
        await self._store.write(lambda connection: self._sort(connection, import_id, found))

    def _begin(self, connection: Connection, wanted: Begin) -> Begun:
        columns = lead_lists.c
        removing = select(columns.removed_seq).where(columns.site == self._site, columns.list_id == wanted.list_id)
        if connection.scalar(removing):
            raise StoreError(f"the list {wanted.list_id} is just being removed: try again in a minute")
        ours = (_I.site == self._site) & (_I.list_id == wanted.list_id) & (_I.identity == wanted.identity)
        before = connection.execute(select(_I.import_id, _I.rows).where(ours, _I.status == STAGING)).first()
        if before:
            return Begun(before.import_id, before.rows)
        ordinal = (connection.scalar(select(func.max(_I.ordinal)).where(_I.site == self._site)) or 0) + 1
        row: Columns = {
            "import_id": f"{self._site}-i{ordinal}",
            "list_id": storable(wanted.list_id),
            "ordinal": ordinal,
            "identity": wanted.identity,
            "source": storable(wanted.source),
            "imported_by": storable(wanted.by),
            "headings": storable(msgspec.json.encode(wanted.headings).decode()),
            "started_at": wanted.at,
            "status": STAGING,
        }
        nothing_yet = dict.fromkeys(("rows", "rejected", "changing", "done_seq", "settled_upto"), 0)
        common.put(connection, lead_imports, self._site, [row | nothing_yet])
        return Begun(row["import_id"])

    def _add(self, connection: Connection, import_id: str, rows: Rows) -> None:
        found = self._open(connection, import_id)
        if rows.after > found.rows:
            raise StoreError(f"row {rows.after} came, and row {found.rows} was expected: begin again")
        if rows.upto <= found.rows:
            return
        staged = [self._staged(found, lead) for lead in rows.leads if lead.row > found.rows]
        common.put(connection, leads, self._site, staged)
        rejected = self._reject(connection, import_id, [each for each in rows.rejects if each.row > found.rows])
        this = self._is(import_id)
        told = {"rows": rows.upto, "rejected": _I.rejected + rejected}
        connection.execute(update(lead_imports).where(this).values(**told))

    def _staged(self, found: Any, lead: StagedLead) -> Columns:
        return {
            "lead_id": lead_id_of(found.import_id, lead.row),
            "list_id": found.list_id,
            "import_id": found.import_id,
            "touched": lead.row,
            "external_id": storable(lead.details.external_id),
            "details": common.spelled(lead.details),
            "becomes": "",
        }

    def _sort(self, connection: Connection, import_id: str, found: Sorted) -> None:
        self._open(connection, import_id)
        numbers = [{"number": number, "lead_id": lead_id_of(import_id, row)} for number, row in found.numbers]
        common.put(connection, lead_numbers, self._site, numbers)
        if found.rejects:
            gone = [lead_id_of(import_id, each.row) for each in found.rejects]
            connection.execute(delete(leads).where(_L.site == self._site, _L.lead_id.in_(gone)))
            rejected = self._reject(connection, import_id, found.rejects)
            connection.execute(update(lead_imports).where(self._is(import_id)).values(rejected=_I.rejected + rejected))
        if found.changes:
            this = (_L.site == self._site) & (_L.lead_id == bindparam("this"))
            said = [{"this": lead_id_of(import_id, row), "old": lead_id} for row, lead_id in found.changes]
            connection.execute(update(leads).where(this).values(becomes=bindparam("old")), said)
            changing = select(func.count()).select_from(leads)
            ours = (_L.site == self._site) & (_L.list_id == self._list(connection, import_id))
            changed = changing.where(ours, _L.import_id == import_id, _L.becomes != "")
            told = {"changing": connection.scalar(changed) or 0}
            connection.execute(update(lead_imports).where(self._is(import_id)).values(**told))

    def _reject(self, connection: Connection, import_id: str, rejects: Sequence[Reject]) -> int:
        """How many were not rejected before."""
        rows = [
            {
                "site": self._site,
                "import_id": import_id,
                "row": each.row,
                "code": each.code,
                "reason": storable(each.reason),
                "remedy": storable(each.remedy),
                "cells": storable(msgspec.json.encode(each.cells).decode()),
            }
            for each in rejects
        ]
        if not rows:
            return 0
        insertion = upsert(connection.dialect, lead_rejects, []).returning(_R.row)
        return len(connection.execute(insertion, rows).all())

    def _open(self, connection: Connection, import_id: str) -> Any:
        found = connection.execute(select(lead_imports).where(self._is(import_id))).first()
        if found is None or found.status == GONE:
            raise StoreError(f"there is no import {import_id}: begin again")
        if found.status == DROPPED:
            raise StoreError(f"the list {found.list_id} was removed while it was imported: begin again")
        if found.status != STAGING:
            raise StoreError(f"the import {import_id} is done")
        return found

    def _list(self, connection: Connection, import_id: str) -> str:
        return connection.scalar(select(_I.list_id).where(self._is(import_id))) or ""

    def _is(self, import_id: str) -> Any:
        return (_I.site == self._site) & (_I.import_id == import_id)


def lead_id_of(import_id: str, row: int) -> str:
    """What a row of a file is called as a lead."""
    return f"{import_id}.{row}"
