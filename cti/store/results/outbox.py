"""Results on their way out: which go next, in which message, and what became of it."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from cti.core.campaign_config import ResultsTarget
from cti.core.results import ResultsDue, ResultsMessage
from cti.store.result_tables import result_targets, results
from cti.store.results.bodies import bodies, iso
from cti.store.results.common import ASIDE, SENT, WAITING, seq_of
from cti.store.store import Store
from cti.store.tables import cursors

TOGETHER_MAX = 500
"""So many results are one message at most."""

AT_ONCE_MAX = 8
"""So many messages of one result each are under way at one time."""

LOOKED_MAX = 64
"""Of so many that wait, those are sent at once that are of different leads."""

NEEDED = ("attempt_log", "call_attempts", "leads", "results")
"""The projections that know a call."""

_target = msgspec.json.Decoder(ResultsTarget).decode
_R, _T = results.c, result_targets.c
_CHANGE = update(results).where(_R.site == bindparam("here"), _R.position == bindparam("this"))


class Outbox:
    """One site's, for the one process that writes the store; as `cti.core.results.ResultsOutbox`."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site

    async def due(self) -> list[ResultsDue]:
        """Every campaign that has somewhere to send its results."""
        found = select(result_targets).where(_T.site == self._site, _T.target != "").order_by(_T.campaign_id)
        rows = await self._store.read(lambda connection: list(connection.execute(found)))
        return [
            ResultsDue(
                campaign_id=row.campaign_id,
                target=_target(row.target),
                failing_since=row.failing_since,
                tries=row.tries,
                next_try_at=row.next_try_at,
            )
            for row in rows
        ]

    async def next(self, campaign_id: str, before_at: int, *, together: bool) -> list[ResultsMessage]:
        """What is sent next of results from before this instant (ms)."""
        waiting = self._waiting(campaign_id).where(_R.at < before_at).order_by(_R.position)
        first = waiting.with_only_columns(_R.position).limit(1)
        if not await self._store.read(lambda connection: connection.scalar(first)):
            return []
        limited = waiting.limit(TOGETHER_MAX if together else LOOKED_MAX)
        return await self._store.write(lambda connection: self._made(connection, limited, together=together))

    def _waiting(self, campaign_id: str) -> Any:
        ours = (_R.site == self._site) & (_R.campaign_id == campaign_id)
        return select(results).where(ours, _R.status == WAITING)

    def _made(self, connection: Connection, waiting: Any, *, together: bool) -> list[ResultsMessage]:
        """Whoever is sent again is sent as before, so what is made is kept before it leaves."""
        upto = self._known_upto(connection)
        rows = [row for row in connection.execute(waiting) if seq_of(row.position) <= upto]
        if not rows:
            return []
        groups = [_first_message(rows)] if together else [(row,) for row in _first_of_each(rows)]
        fresh = [row for group in groups for row in group if not row.body]
        made = bodies(connection, self._site, fresh)
        messages, changes = [], []
        for group in groups:
            name = group[0].message_id if together else ""
            name = name or (group[0].result_id if len(group) == 1 else f"{group[0].result_id}-{len(group)}")
            told = [made.get(row.position) or row.body for row in group]
            messages.append(_message(name, group, told, together=together))
            changes += [
                {"here": self._site, "this": row.position, "message_id": name, "body": body}
                for row, body in zip(group, told, strict=True)
                if (row.message_id, row.body) != (name, body)
            ]
        if changes:
            connection.execute(_CHANGE.values(message_id=bindparam("message_id"), body=bindparam("body")), changes)
        return messages

    def _known_upto(self, connection: Connection) -> int:
        """The record up to which everything is known of calls."""
        columns = cursors.c
        needed = (columns.site == self._site) & columns.projection.in_(NEEDED)
        row = connection.execute(select(func.min(columns.seq), func.count()).where(needed)).one()
        return int(row[0]) if row[1] == len(NEEDED) else 0

    async def received(self, campaign_id: str, message: ResultsMessage, at: int) -> None:
        """The receiver has it: that it was sent stays, what was sent goes."""
        done = {"status": SENT, "body": "", "why": "", "settled_at": at}

        def work(connection: Connection) -> None:
            connection.execute(update(results).where(self._are(message.positions)).values(**done))
            working = {"failing_since": 0, "why": "", "tries": 0, "next_try_at": 0}
            failing = self._of(campaign_id) & (_T.tries > 0)
            connection.execute(update(result_targets).where(failing).values(**working))

        await self._store.write(work)

    async def refused(self, campaign_id: str, message: ResultsMessage, why: str, at: int) -> None:
        """Set aside. A message of several is made smaller, until the one that it was about is alone."""
        first, second = halves(message.positions)

        def work(connection: Connection) -> None:
            if not first:
                aside = {"status": ASIDE, "why": why, "settled_at": at}
                connection.execute(update(results).where(self._are(message.positions)).values(**aside))
                return
            for half in (first, second):
                rows = connection.execute(select(_R.result_id).where(self._are(half)).order_by(_R.position)).all()
                name = f"{rows[0].result_id}-{len(half)}" if len(half) > 1 else rows[0].result_id
                connection.execute(update(results).where(self._are(half)).values(message_id=name))

        await self._store.write(work)

    async def failing(self, campaign_id: str, why: str, tries: int, since: int, next_try_at: int) -> None:
        """It does not work just now."""
        told = {"why": why, "tries": tries, "failing_since": since, "next_try_at": next_try_at}
        await self._store.write(
            lambda connection: connection.execute(update(result_targets).where(self._of(campaign_id)).values(**told))
        )

    async def again(self, campaign_id: str) -> int:
        """What the receiver refused is to be sent again, as it was. Returns how many there are."""
        aside = (_R.site == self._site) & (_R.campaign_id == campaign_id) & (_R.status == ASIDE)
        waiting = {"status": WAITING, "why": "", "settled_at": 0, "message_id": ""}
        return await self._store.write(
            lambda connection: connection.execute(update(results).where(aside).values(**waiting)).rowcount
        )

    def _of(self, campaign_id: str) -> ColumnElement[bool]:
        return (_T.site == self._site) & (_T.campaign_id == campaign_id)

    def _are(self, positions: Sequence[int]) -> ColumnElement[bool]:
        return (_R.site == self._site) & _R.position.in_(list(positions))


def halves(positions: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """The first is empty where there is only one."""
    middle = len(positions) // 2
    return positions[:middle], positions[middle:]


def _first_message(rows: Sequence[Any]) -> Sequence[Any]:
    """The results of the message that was made before, else all that are in none."""
    name = rows[0].message_id
    following = next((place for place, row in enumerate(rows) if row.message_id != name), len(rows))
    return rows[:following]


def _first_of_each(rows: Sequence[Any]) -> list[Any]:
    """Of each lead the oldest."""
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(row.lead_id or row.result_id, row)
    return list(found.values())[:AT_ONCE_MAX]


def _message(name: str, group: Sequence[Any], told: Sequence[str], *, together: bool) -> ResultsMessage:
    every = [msgspec.Raw(each.encode()) for each in told]
    data = {"campaign": group[0].campaign_id, "results": every} if together else every[0]
    kind = "call.results" if together else "call.result"
    body = msgspec.json.encode({"type": kind, "timestamp": iso(group[-1].at), "data": data})
    return ResultsMessage(message_id=name, positions=tuple(row.position for row in group), body=body)
