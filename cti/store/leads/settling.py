"""What is left to do when an import is done, or a list removed: in pieces, so that nothing waits for long."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from cti.store.leads import common
from cti.store.leads.common import DONE, DROPPED, GONE, SETTLING, Columns, Count
from cti.store.tables import campaign_entries, campaign_leads, lead_imports, lead_lists, lead_rejects, leads

PIECE = 500

NOTHING_LEFT: Columns = {
    **dict.fromkeys(("list_id", "identity", "source", "imported_by", "headings"), ""),
    **dict.fromkeys(("started_at", "rows", "rejected", "changing", "done_seq", "settled_upto"), 0),
    "status": GONE,
}
"""Of an import whose list was removed, but for its name and its number."""

_L, _I = leads.c, lead_imports.c

_BECOME = (
    update(leads)
    .where(_L.site == bindparam("here"), _L.lead_id == bindparam("old"))
    .values({name: bindparam(name) for name in ("list_id", "import_id", "touched", "external_id", "details")})
)


def is_due(connection: Connection, site: str) -> bool:
    """Whether there is anything to do."""
    return _settling(connection, site) is not None or _removed(connection, site) is not None


def step(connection: Connection, site: str) -> bool:
    """Do a piece of it. False when there was nothing to do."""
    unsettled = _settling(connection, site)
    if unsettled is not None:
        _settle(connection, site, unsettled)
        return True
    removed = _removed(connection, site)
    if removed is not None:
        _remove(connection, site, removed)
        return True
    return False


def _settling(connection: Connection, site: str) -> Any:
    found = select(lead_imports).where(_I.site == site, _I.status == SETTLING).order_by(_I.done_seq)
    return connection.execute(found.limit(1)).first()


def _settle(connection: Connection, site: str, unsettled: Any) -> None:
    """Leads that were there before become what the file says of them; what they were in campaigns stays theirs."""
    rows = (
        select(leads)
        .where(
            _L.site == site,
            _L.list_id == unsettled.list_id,
            _L.import_id == unsettled.import_id,
            _L.touched > unsettled.settled_upto,
        )
        .order_by(_L.touched)
    )
    found = connection.execute(rows.limit(PIECE)).all()
    _become(connection, site, [row for row in found if row.becomes])
    told = {"settled_upto": found[-1].touched} if found else {"status": DONE}
    this = (_I.site == site) & (_I.import_id == unsettled.import_id)
    connection.execute(update(lead_imports).where(this).values(**told))


def _become(connection: Connection, site: str, rows: list[Any]) -> None:
    if not rows:
        return
    old_ids = [row.becomes for row in rows]
    found = connection.execute(select(_L.lead_id, _L.details).where(_L.site == site, _L.lead_id.in_(old_ids)))
    old = {row.lead_id: row.details for row in found}
    rows = [row for row in rows if row.becomes in old]  # one that was removed meanwhile is new
    new = {row.becomes: common.numbers_of(common.read(row.details)) for row in rows}
    before = [(number, key) for key in new for number in common.numbers_of(common.read(old[key]))]
    staged = [(number, row.lead_id) for row in rows for number in new[row.becomes]]
    common.drop_numbers(connection, site, [*before, *staged])
    common.put_numbers(connection, site, [(number, key) for key, numbers in new.items() for number in numbers])
    names = ("list_id", "import_id", "touched", "external_id", "details")
    changes = [{"here": site, "old": row.becomes} | {name: getattr(row, name) for name in names} for row in rows]
    if changes:
        gone = [row.lead_id for row in rows]
        connection.execute(delete(leads).where(_L.site == site, _L.lead_id.in_(gone)))
        connection.execute(_BECOME, changes)
        _take_along(connection, site, rows[0].list_id, [row.becomes for row in rows])


def _take_along(connection: Connection, site: str, list_id: str, lead_ids: list[str]) -> None:
    """Campaigns call them from the list that they are on now."""
    columns = campaign_leads.c
    for campaign_id in common.campaigns(connection, site):
        there = common.standing(connection, site, campaign_id, lead_ids)
        moved = [row for row in there if row.list_id != list_id]
        counts = Counter[Count]()
        for row in moved:
            counts[Count(campaign_id, row.list_id, row.segment, row.status)] -= 1
            counts[Count(campaign_id, list_id, row.segment, row.status)] += 1
        if moved:
            theirs = columns.lead_id.in_([row.lead_id for row in moved])
            ours = (columns.site == site) & (columns.campaign_id == campaign_id) & theirs
            connection.execute(update(campaign_leads).where(ours).values(list_id=list_id))
            common.count(connection, site, counts)


def _removed(connection: Connection, site: str) -> Any:
    found = select(lead_lists).where(lead_lists.c.site == site, lead_lists.c.removed_seq > 0)
    return connection.execute(found.order_by(lead_lists.c.removed_seq).limit(1)).first()


def _remove(connection: Connection, site: str, removed: Any) -> None:
    """What was on the list before the record that removed it. What came since stays."""
    imports = select(_I.import_id).where(
        _I.site == site,
        _I.list_id == removed.list_id,
        or_(_I.status == DROPPED, (_I.done_seq > 0) & (_I.done_seq < removed.removed_seq)),
    )
    import_ids = list(connection.scalars(imports))
    until = common.position(removed.removed_seq, 0)
    before = or_(_L.import_id.in_(import_ids), (_L.import_id == "") & (_L.touched < until))
    these = select(_L.lead_id, _L.details).where(_L.site == site, _L.list_id == removed.list_id, before)
    found = connection.execute(these.limit(PIECE)).all()
    if found:
        common.forget(connection, site, found)
    elif import_ids:
        _drop_import(connection, site, import_ids[0])
    else:
        this = (lead_lists.c.site == site) & (lead_lists.c.list_id == removed.list_id)
        connection.execute(update(lead_lists).where(this).values(removed_seq=0))
        if not _is_used(connection, site, removed.list_id):
            connection.execute(delete(lead_lists).where(this))


def _drop_import(connection: Connection, site: str, import_id: str) -> None:
    """With the rows that were rejected, a piece at a time. Its name stays taken: calls and results that name its leads
    are of nobody else, ever."""
    ours = (lead_rejects.c.site == site) & (lead_rejects.c.import_id == import_id)
    upto = connection.scalar(select(lead_rejects.c.row).where(ours).order_by(lead_rejects.c.row).offset(PIECE).limit(1))
    if upto is not None:
        connection.execute(delete(lead_rejects).where(ours, lead_rejects.c.row < upto))
        return
    connection.execute(delete(lead_rejects).where(ours))
    entered = (campaign_entries.c.site == site) & (campaign_entries.c.import_id == import_id)
    connection.execute(delete(campaign_entries).where(entered))
    this = (_I.site == site) & (_I.import_id == import_id)
    connection.execute(update(lead_imports).where(this).values(**NOTHING_LEFT))


def _is_used(connection: Connection, site: str, list_id: str) -> bool:
    of_list = select(func.count()).select_from(lead_imports).where(_I.site == site, _I.list_id == list_id)
    posted = select(_L.lead_id).where(_L.site == site, _L.list_id == list_id).limit(1)
    return bool(connection.scalar(of_list)) or connection.scalar(posted) is not None
