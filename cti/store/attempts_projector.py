"""From the journal to the history of calls."""

from collections.abc import Sequence
from functools import singledispatchmethod

from sqlalchemy import ColumnElement, Connection, case, delete, select, update

from cti.core.calling import Subject
from cti.core.dial import PURPOSES
from cti.core.events import (
    AttemptAbandoned,
    AttemptAnswered,
    AttemptClassified,
    AttemptConnected,
    AttemptEnded,
    AttemptRefused,
    ContactClosed,
    ContactConnected,
    ContactStarted,
    DialCleared,
    RefusalRecorded,
)
from cti.core.record import TurnRecord
from cti.core.states import Direction, Outcome
from cti.store.errors import StoreError
from cti.store.projection import Columns, Projection, storable
from cti.store.tables import call_attempts

MACHINES = (Outcome.MACHINE, Outcome.FAX)
NOBODY = Subject()


class AttemptsProjector(Projection):
    """One row for each call that was cleared, and for each contact that called us and talked with an agent: the row of
    one that does not is deleted with its end."""

    name = "call_attempts"
    tables = (call_attempts,)

    async def reset(self) -> None:
        """Raises `StoreError`: the journal forgets whom a call was for sooner than the call may be."""
        raise StoreError("the history of calls cannot be made anew: restore the store from a copy")

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """One after another: what came of a call may be in the same batch."""
        for record in news:
            for event in (record.input, *record.events):
                self._tell(event, record, connection)

    @singledispatchmethod
    def _tell(self, event: object, record: TurnRecord, connection: Connection) -> None:
        """Nothing is known of other events here."""

    @_tell.register
    def _cleared(self, event: DialCleared, record: TurnRecord, connection: Connection) -> None:
        purpose = PURPOSES.get(event.purpose)
        if purpose and purpose.judged:
            self._add(connection, event.dial_id, record, event.number, event.subject or NOBODY, event)

    @_tell.register
    def _started(self, event: ContactStarted, record: TurnRecord, connection: Connection) -> None:
        if event.direction is Direction.INBOUND and event.from_number.startswith("+"):
            self._add(connection, event.contact_id, record, event.from_number, NOBODY)

    def _add(
        self,
        connection: Connection,
        attempt_id: str,
        record: TurnRecord,
        number: str,
        subject: Subject,
        cleared: DialCleared | RefusalRecorded | None = None,
    ) -> None:
        row: Columns = {
            "attempt_id": attempt_id,
            "seq": record.seq,
            "at": record.at,
            "number": storable(number),
            "person_id": storable(subject.person_id),
            "household_id": storable(subject.household_id),
            "lead_id": storable(subject.lead_id),
            "debt_id": storable(subject.debt_id),
            "campaign_id": cleared.campaign_id if cleared else "",
            "seller": cleared.seller if cleared else "",
            "told": "",
            "outcome": "",
            "called": 1 if cleared else 0,
        }
        self.put(connection, call_attempts, [row])

    @_tell.register
    def _connected_with_us(self, event: ContactConnected, record: TurnRecord, connection: Connection) -> None:
        ours = self._is(event.contact_id) & (call_attempts.c.called == 0)
        heard = call_attempts.c.told  # from who talked with them before
        told = case((heard == "", "conversations"), else_=heard)
        connection.execute(update(call_attempts).where(ours).values(told=told, at=record.at, seq=record.seq))

    @_tell.register
    def _closed(self, event: ContactClosed, record: TurnRecord, connection: Connection) -> None:
        silent = self._is(event.contact_id) & (call_attempts.c.called == 0) & (call_attempts.c.told == "")
        connection.execute(delete(call_attempts).where(silent))

    @_tell.register
    def _answered(self, event: AttemptAnswered, record: TurnRecord, connection: Connection) -> None:
        self._note(connection, event.attempt_id, "answers")

    @_tell.register
    def _connected(self, event: AttemptConnected, record: TurnRecord, connection: Connection) -> None:
        self._note(connection, event.attempt_id, "conversations")

    @_tell.register
    def _refused(self, event: AttemptRefused, record: TurnRecord, connection: Connection) -> None:
        self._note(connection, event.attempt_id, "refusals")

    @_tell.register
    def _refusal(self, event: RefusalRecorded, record: TurnRecord, connection: Connection) -> None:
        self._add(connection, event.attempt_id, record, event.number, event.subject or NOBODY, event)
        told = {"told": "refusals", "called": 0}
        connection.execute(update(call_attempts).where(self._is(event.attempt_id)).values(**told))

    @_tell.register
    def _abandoned(self, event: AttemptAbandoned, record: TurnRecord, connection: Connection) -> None:
        self._note(connection, event.attempt_id, "abandoned")

    @_tell.register
    def _classified(self, event: AttemptClassified, record: TurnRecord, connection: Connection) -> None:
        if event.outcome in MACHINES:
            self._note(connection, event.attempt_id, "machines")

    @_tell.register
    def _ended(self, event: AttemptEnded, record: TurnRecord, connection: Connection) -> None:
        if event.outcome in MACHINES:
            self._note(connection, event.attempt_id, "machines")
        outcome = {"outcome": event.outcome.value}
        connection.execute(update(call_attempts).where(self._is(event.attempt_id)).values(**outcome))

    def _note(self, connection: Connection, attempt_id: str, word: str) -> None:
        told = connection.scalar(select(call_attempts.c.told).where(self._is(attempt_id)))
        if told is not None and word not in told.split():
            words = {"told": f"{told} {word}".strip()}
            connection.execute(update(call_attempts).where(self._is(attempt_id)).values(**words))

    def _is(self, attempt_id: str) -> ColumnElement[bool]:
        return (call_attempts.c.site == self._site) & (call_attempts.c.attempt_id == attempt_id)
