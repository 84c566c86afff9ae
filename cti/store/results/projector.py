"""From the journal to results: what came of each call of a campaign that sends them, once nothing more comes of it."""

from collections.abc import Sequence
from functools import singledispatchmethod

import msgspec
from sqlalchemy import Connection, delete, select, update

from cti.core.commands import Originate
from cti.core.events import (
    ConfigApplied,
    ContactClosed,
    DialCleared,
    DialRefused,
    DispositionRecorded,
    LeadScheduled,
)
from cti.core.ids import RESULT, make_id
from cti.core.record import TurnRecord
from cti.core.states import LeadStatus
from cti.store.errors import StoreError
from cti.store.leads.common import position
from cti.store.projection import Projection, storable
from cti.store.result_tables import call_notes, result_targets, results
from cti.store.results.common import OPEN, WAITING, Told
from cti.views.attempts import happened

MANUAL = "manual"

_encode = msgspec.json.Encoder(order="deterministic").encode
_R, _N, _T = results.c, call_notes.c, result_targets.c


class ResultsProjector(Projection):
    """A row for each call, or lead that is never called, while its campaign has somewhere to send it."""

    name = "results"
    tables = (results, result_targets, call_notes)

    async def reset(self) -> None:
        """Raises `StoreError`: all would be sent again."""
        raise StoreError("results cannot be made anew, they would be sent again: restore the store from a copy")

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """One after another: where results go may change between two."""
        for record in news:
            self._refused: DialRefused | None = None
            for place, event in enumerate(happened(record)):
                self._tell(event, record, place, connection)

    @singledispatchmethod
    def _tell(self, event: object, record: TurnRecord, place: int, connection: Connection) -> None:
        """Nothing is known of other events here."""

    @_tell.register
    def _configured(self, event: ConfigApplied, record: TurnRecord, place: int, connection: Connection) -> None:
        """What was tried in vain at the old address is tried at the new one at once."""
        wanted = {
            campaign.campaign_id: _encode(campaign.results).decode()
            for campaign in event.config.calling.campaigns.values()
            if campaign.results
        }
        found = select(_T.campaign_id, _T.target).where(_T.site == self._site)
        known = {row.campaign_id: row.target for row in connection.execute(found)}
        rows = [
            {"campaign_id": key, "target": wanted.get(key, "")}
            for key in sorted({*wanted, *known})
            if wanted.get(key, "") != known.get(key)
        ]
        fresh = {"failing_since": 0, "why": "", "tries": 0, "next_try_at": 0}
        self.put(connection, result_targets, [row | fresh for row in rows])

    @_tell.register
    def _refused_by(self, event: DialRefused, record: TurnRecord, place: int, connection: Connection) -> None:
        self._refused = event

    @_tell.register
    def _scheduled(self, event: LeadScheduled, record: TurnRecord, place: int, connection: Connection) -> None:
        """After a call, or when there will be none."""
        is_never = event.status is LeadStatus.SUPPRESSED
        if not (event.last_at or is_never) or not self._is_sent(connection, event.campaign_id):
            return
        told = Told(
            last_at=event.last_at,
            attempts=event.attempts,
            outcome=event.last_outcome.value if event.last_outcome and event.last_at else "",
            status=event.status.value,
            next_at=event.next_at,
            callback_for=storable(event.callback_for),
            disposition=storable(event.disposition),
            amount=event.amount,
            currency=storable(event.currency),
            success=event.success,
            rule=self._refused.rule if is_never and self._refused and not event.last_at else "",
        )
        self._add(connection, record, place, WAITING, event.campaign_id, told, lead_id=storable(event.lead_id))

    @_tell.register
    def _cleared(self, event: DialCleared, record: TurnRecord, place: int, connection: Connection) -> None:
        """A call by hand has no lead of which anything would be decided: it is over with its contact."""
        if event.purpose != MANUAL or not self._is_sent(connection, event.campaign_id):
            return
        if any(isinstance(each, Originate) and each.leg_id == event.leg_id for each in record.commands):
            ids = {"attempt_id": event.dial_id, "contact_id": event.contact_id}
            self._add(connection, record, place, OPEN, event.campaign_id, Told(), **ids)

    @_tell.register
    def _said(self, event: DispositionRecorded, record: TurnRecord, place: int, connection: Connection) -> None:
        row = {
            "contact_id": event.contact_id,
            "at": record.at,
            "agent_id": storable(event.agent_id),
            "disposition": storable(event.disposition),
            "kind": event.kind,
            "amount": event.amount,
            "currency": storable(event.currency),
            "callback_at": event.callback_at,
            "callback_for": storable(event.callback_for),
            "note": storable(event.note),
        }
        self.put(connection, call_notes, [row])

    @_tell.register
    def _closed(self, event: ContactClosed, record: TurnRecord, place: int, connection: Connection) -> None:
        """What was said of somebody who was not called for a campaign is nobody's business here."""
        if event.attempt_id:
            return
        ours = (_R.site == self._site) & (_R.contact_id == event.contact_id) & (_R.status == OPEN)
        over = {"status": WAITING, "at": record.at, "position": position(record.seq, place)}
        if not connection.execute(update(results).where(ours).values(**over)).rowcount:
            this = (_N.site == self._site) & (_N.contact_id == event.contact_id)
            connection.execute(delete(call_notes).where(this))

    def _is_sent(self, connection: Connection, campaign_id: str) -> bool:
        this = (_T.site == self._site) & (_T.campaign_id == campaign_id)
        return bool(connection.scalar(select(_T.target).where(this)))

    def _add(
        self,
        connection: Connection,
        record: TurnRecord,
        place: int,
        status: str,
        campaign_id: str,
        told: Told,
        **ids: str,
    ) -> None:
        row = dict.fromkeys(("lead_id", "attempt_id", "contact_id", "message_id", "body", "why"), "") | {
            "position": position(record.seq, place),
            "campaign_id": campaign_id,
            "result_id": make_id(self._site, RESULT, record.seq, place),
            "status": status,
            "at": record.at,
            "told": _encode(told).decode(),
            "settled_at": 0,
        }
        self.put(connection, results, [row | ids])
