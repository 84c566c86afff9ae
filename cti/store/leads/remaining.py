"""What is left of a campaign's lists: how many leads stand where, and when the next of those who wait is due."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from cti.core.leads import NOWHERE
from cti.core.states import LeadStatus
from cti.store.leads.common import SUCCESS
from cti.store.leads.entering import pieces
from cti.store.store import Store
from cti.store.tables import campaign_counts, campaign_leads, campaign_specs, lead_lists

_C, _N, _S = campaign_leads.c, campaign_counts.c, campaign_specs.c

OUTSIDE = "OUTSIDE"
WAITING = (LeadStatus.RETRY, LeadStatus.CALLBACK)


class Remaining(NamedTuple):
    """`fresh` were never called; `waiting` are to be called again, the first of them at `next_at` (ms; 0: there is
    none), `callbacks` of them as they were promised; `with_dialer` are being called, or are about to be; `done` with,
    `successes` of them; `refused` may not be called, or are on a list; those `outside` are in none of its segments.
    `entering` is 1 while there are leads on its lists that are counted nowhere yet, or nobody has asked for any, else
    0."""

    fresh: int
    waiting: int
    callbacks: int
    next_at: int
    with_dialer: int
    done: int
    successes: int
    refused: int
    outside: int
    entering: int


async def remaining(store: Store, site: str, campaign_id: str) -> Remaining:
    """Counted where leads are entered, so that a million costs no more than ten. Raises what a store raises."""
    return await store.read(lambda connection: _remaining(connection, site, campaign_id))


def _remaining(connection: Connection, site: str, campaign_id: str) -> Remaining:
    gone = select(lead_lists.c.list_id).where(lead_lists.c.site == site, lead_lists.c.removed_seq > 0)
    ours = (_N.site == site) & (_N.campaign_id == campaign_id) & _N.list_id.not_in(gone)
    rows = connection.execute(select(_N.list_id, _N.segment, _N.status, _N["count"]).where(ours)).all()
    total: dict[str, int] = {}
    for _, segment, status, count in rows:
        place = OUTSIDE if segment == NOWHERE else status
        total[place] = total.get(place, 0) + count
    called = [row for row in rows if row.segment != NOWHERE and row.status in WAITING and row[3] > 0]
    waits = [(row.list_id, row.segment, row.status) for row in called]
    next_at = [_first(connection, site, campaign_id, *place) for place in waits]
    callbacks = total.get(LeadStatus.CALLBACK, 0)
    return Remaining(
        fresh=total.get(LeadStatus.NEW, 0),
        waiting=total.get(LeadStatus.RETRY, 0) + callbacks,
        callbacks=callbacks,
        next_at=min((each for each in next_at if each), default=0),
        with_dialer=total.get(LeadStatus.CLAIMED, 0),
        done=total.get(LeadStatus.DONE, 0),
        successes=total.get(SUCCESS, 0),
        refused=total.get(LeadStatus.SUPPRESSED, 0),
        outside=total.get(OUTSIDE, 0),
        entering=int(_is_entering(connection, site, campaign_id)),
    )


def _is_entering(connection: Connection, site: str, campaign_id: str) -> bool:
    asked = select(_S.campaign_id).where(_S.site == site, _S.campaign_id == campaign_id)
    if connection.scalar(asked) is None:
        return True
    return any(piece.campaign_id == campaign_id for piece in pieces(connection, site))


def _first(connection: Connection, site: str, campaign_id: str, list_id: str, segment: str, status: str) -> int:
    """The first of a place by the index that has them in turn."""
    place = (_C.list_id == list_id) & (_C.segment == segment) & (_C.status == status)
    found = select(func.min(_C.next_at)).where((_C.site == site) & (_C.campaign_id == campaign_id) & place)
    return connection.scalar(found) or 0
