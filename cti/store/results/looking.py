"""How results stand, for people."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from cti.store.result_tables import result_targets, results
from cti.store.results.common import ASIDE, OPEN, SENT, WAITING
from cti.store.store import Store

_R, _T = results.c, result_targets.c


class Aside(NamedTuple):
    """A result that the receiver refused, when (ms) and why."""

    result_id: str
    lead_id: str
    attempt_id: str
    at: int
    settled_at: int
    why: str


class ResultsStand(NamedTuple):
    """A campaign's results. `target` is JSON, empty where there is none any more; instants are ms, 0 for never.
    `sent` are those that were received lately."""

    campaign_id: str
    target: str
    waiting: int
    oldest_at: int
    open: int
    aside: int
    sent: int
    failing_since: int
    why: str
    tries: int
    next_try_at: int


class LookingAtResults:
    """Reads only. Raises what a store raises."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def stand(self, campaign_id: str = "") -> list[ResultsStand]:
        """Each campaign that has, or had, somewhere to send its results."""

        def work(connection: Connection) -> list[ResultsStand]:
            wanted = (_T.site == self._site) & ((_T.campaign_id == campaign_id) if campaign_id else True)
            rows = connection.execute(select(result_targets).where(wanted).order_by(_T.campaign_id)).all()
            return [self._one(connection, row) for row in rows]

        return await self._store.read(work)

    def _one(self, connection: Connection, row: object) -> ResultsStand:
        found = select(_R.status, func.count(), func.min(_R.at)).where(
            _R.site == self._site,
            _R.campaign_id == row.campaign_id,  # type: ignore[attr-defined]
        )
        counts = {status: (count, oldest) for status, count, oldest in connection.execute(found.group_by(_R.status))}
        named = {name: getattr(row, name) for name in ResultsStand._fields if name in _T}
        return ResultsStand(
            waiting=counts.get(WAITING, (0, 0))[0],
            oldest_at=counts.get(WAITING, (0, 0))[1],
            open=counts.get(OPEN, (0, 0))[0],
            aside=counts.get(ASIDE, (0, 0))[0],
            sent=counts.get(SENT, (0, 0))[0],
            **named,
        )

    async def aside(self, campaign_id: str, most: int) -> list[Aside]:
        """Those that the receiver refused, oldest first."""
        columns = [_R[name] for name in Aside._fields]
        ours = (_R.site == self._site) & (_R.campaign_id == campaign_id) & (_R.status == ASIDE)
        found = select(*columns).where(ours).order_by(_R.position).limit(most)
        return await self._store.read(lambda connection: [Aside(*row) for row in connection.execute(found)])
