"""What became of each call of a campaign, to the millisecond: folded from the journal, for reports and their audit."""

from collections.abc import Callable, Iterable
from typing import Any

from cti.core.base import Record, changed
from cti.core.campaign_config import LedgerBound
from cti.core.commands import Originate
from cti.core.dial import PURPOSES
from cti.core.events import (
    AnyEvent,
    AttemptAbandoned,
    AttemptAnswered,
    AttemptClassified,
    AttemptConnected,
    AttemptEnded,
    AttemptStarted,
    ContactClosed,
    ContactConnected,
    ContactStarted,
    DialCleared,
    DialRefused,
    GreetingEnded,
    LeadReturned,
    LeadTaken,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegPlaced,
    LiveAnswerCounted,
    MessageBegun,
    PlanRequested,
    ReportIgnored,
)
from cti.core.record import TurnRecord
from cti.core.states import Outcome

CAMPAIGN = "campaign"
"""The purpose of calls to leads. Others are agents' own, by hand, which are for a campaign all the same."""


class AttemptRow(Record):
    """One call for a campaign, to a lead or, by its `purpose`, to a number of an agent's choice. Times are ms UTC, 0
    for what did not happen. It was cleared, by record `cleared_seq`, and asked of the carrier at `dialled_at`; until
    then it is none. `classified` is what the carrier made out, `outcome` what came of the call in the end. `late`: an
    agent came after the time was over. `bounds` are the ledgers that it counts in, from `counted_at` on; an agent had
    to be there `connect_ms` after the answer, or, `after_greeting`, after the greeting."""

    attempt_id: str
    campaign_id: str
    seller: str = ""
    programme: str = ""
    lead_id: str = ""
    number_index: int = 0
    provider_ref: str = ""
    rules_version: str = ""
    cleared_seq: int = 0
    bounds: tuple[LedgerBound, ...] = ()
    connect_ms: int = 0
    after_greeting: bool = False
    dialled_at: int = 0
    alerted_at: int = 0
    answered_at: int = 0
    greeting_ended_at: int = 0
    classified_at: int = 0
    classified: str = ""
    contact_id: str = ""
    joined_at: int = 0
    agent_id: str = ""
    abandoned_at: int = 0
    late: bool = False
    message_at: int = 0
    message_flow: str = ""
    counted_at: int = 0
    counted_abandoned: bool = False
    ended_at: int = 0
    outcome: str = ""
    disposition: str = ""
    purpose: str = CAMPAIGN

    @property
    def by_hand(self) -> bool:
        """An agent chose the number, and was there before it rang."""
        return self.purpose != CAMPAIGN

    @property
    def is_live(self) -> bool:
        """A person answered: one whom the ceilings count, whom nobody was there for, or who was reached."""
        return bool(self.counted_at or self.abandoned_at) or self.outcome == Outcome.HUMAN

    @property
    def is_machine(self) -> bool:
        """A machine or a fax answered, and was told apart before it was counted as a person."""
        return not self.is_live and self.outcome in (Outcome.MACHINE, Outcome.FAX)


class RefusalRow(Record):
    """A call for a campaign that was not made: when (ms), and by which rule; the record `seq` says so."""

    dial_id: str
    seq: int
    at: int
    campaign_id: str
    rule: str


class AttemptBook:
    """Rows by attempt, brought up to date record by record. `touched` are those that changed, and `gone` those that
    never came to a call."""

    def __init__(self, rows: Iterable[AttemptRow] = ()) -> None:
        self.rows = {row.attempt_id: row for row in rows}
        self._by_contact = {row.contact_id: row.attempt_id for row in self.rows.values() if row.by_hand}
        self.touched: set[str] = set()
        self.gone: set[str] = set()
        self.refusals: list[RefusalRow] = []

    def take(self, record: TurnRecord) -> None:
        """What happened in a turn."""
        for event in happened(record):
            if isinstance(event, LeadTaken):
                self._begin(event)
            elif isinstance(event, LeadReturned):
                self._forget(event.leg_id)
            elif isinstance(event, DialRefused):
                self._refuse(event, record)
            elif isinstance(event, DialCleared) and _is_by_hand(event):
                self._begin_by_hand(event, record)
            elif type(event) in TOLD:
                self._tell(event, record)

    def _begin(self, event: LeadTaken) -> None:
        self._put(
            AttemptRow(
                attempt_id=event.leg_id,
                campaign_id=event.campaign_id,
                number_index=event.number_index,
                bounds=event.bounds,
                connect_ms=event.connect_ms,
                after_greeting=event.after_greeting,
                programme=event.programme,
            )
        )

    def _begin_by_hand(self, event: DialCleared, record: TurnRecord) -> None:
        """Nothing goes before its clearance. One that was given up meanwhile is not asked of the carrier."""
        if not any(isinstance(each, Originate) and each.leg_id == event.leg_id for each in record.commands):
            return
        row = AttemptRow(
            attempt_id=event.dial_id,
            campaign_id=event.campaign_id,
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            purpose=event.purpose,
            dialled_at=record.at,
        )
        self._by_contact[row.contact_id] = row.attempt_id
        self._put(changed(row, **_cleared(row, event, record)))

    def _forget(self, attempt_id: str) -> None:
        if self.rows.pop(attempt_id, None):
            self.touched.discard(attempt_id)
            self.gone.add(attempt_id)

    def _refuse(self, event: DialRefused, record: TurnRecord) -> None:
        if event.campaign_id and (event.purpose == CAMPAIGN or _is_by_hand(event)):
            self.refusals.append(
                RefusalRow(
                    dial_id=event.dial_id,
                    seq=record.seq,
                    at=record.at,
                    campaign_id=event.campaign_id,
                    rule=event.rule,
                )
            )

    def _tell(self, event: AnyEvent, record: TurnRecord) -> None:
        row = self.rows.get(attempt_of(event) or self._by_contact.get(contact_closed(event), ""))
        if row:
            told = changed(row, **TOLD[type(event)](row, event, record))
            if told != row:
                self._put(told)

    def _put(self, row: AttemptRow) -> None:
        self.rows[row.attempt_id] = row
        self.touched.add(row.attempt_id)


def happened(record: TurnRecord) -> tuple[AnyEvent, ...]:
    """All of a turn; an input that was ignored did not happen."""
    is_ignored = bool(record.events) and isinstance(record.events[0], ReportIgnored)
    return record.events if is_ignored else (record.input, *record.events)


def attempt_of(event: AnyEvent) -> str:
    """The attempt that an event tells of; empty for one that tells of none."""
    name = NAMED_BY.get(type(event))
    return getattr(event, name) if name else ""


def contact_closed(event: AnyEvent) -> str:
    """The contact that is over and says of no attempt, though it may be that of a call by hand; empty for others."""
    return event.contact_id if isinstance(event, ContactClosed) and not event.attempt_id else ""


def _is_by_hand(event: DialCleared | DialRefused) -> bool:
    purpose = PURPOSES.get(event.purpose)
    return bool(event.campaign_id) and event.purpose != CAMPAIGN and purpose is not None and purpose.judged


Told = dict[str, Any]


def _cleared(row: AttemptRow, event: DialCleared, record: TurnRecord) -> Told:
    purpose = event.clearance.facts.purpose if event.clearance else ""
    return {
        "seller": event.seller,
        "programme": row.programme or purpose,
        "rules_version": event.rules_version,
        "cleared_seq": record.seq,
    }


def _started(row: AttemptRow, event: AttemptStarted, record: TurnRecord) -> Told:
    return {"lead_id": event.lead_id, "number_index": event.number_index, "dialled_at": record.at}


def _placed(row: AttemptRow, event: LegPlaced, record: TurnRecord) -> Told:
    return {"provider_ref": event.provider_ref}


def _alerted(row: AttemptRow, event: LegAlerting, record: TurnRecord) -> Told:
    return {"alerted_at": row.alerted_at or record.at} | _named(row, event, record)


def _named(row: AttemptRow, event: LegAlerting | LegAnswered | LegEnded, record: TurnRecord) -> Told:
    """A dial whose answer was lost has its name from what the carrier reports of it: perhaps its end, after which
    nothing counts."""
    return {"provider_ref": row.provider_ref or event.provider_ref}


def _answered(row: AttemptRow, event: AttemptAnswered, record: TurnRecord) -> Told:
    return {"answered_at": row.answered_at or _answered_at(row, record)}


def _answered_at(row: AttemptRow, record: TurnRecord) -> int:
    """Before the record, where what tells of the answer may have waited to be read."""
    waited_ms = record.input.waited_ms if isinstance(record.input, LegAnswered | PlanRequested) else 0
    return max(row.dialled_at, record.at - waited_ms)


def _contact_started(row: AttemptRow, event: ContactStarted, record: TurnRecord) -> Told:
    """The carrier may ask what is to be heard before it reports the answer. A broadcast begins its message at once. Of
    a call that an agent is about to make nobody has heard anything yet."""
    if event.agent_id:
        return {"contact_id": event.contact_id}
    message = {"message_at": record.at, "message_flow": event.flow_id} if event.flow_id else {}
    return {"contact_id": event.contact_id, "answered_at": row.answered_at or _answered_at(row, record), **message}


def _greeting_ended(row: AttemptRow, event: GreetingEnded, record: TurnRecord) -> Told:
    return {"greeting_ended_at": record.at - event.ago_ms}


def _classified(row: AttemptRow, event: AttemptClassified, record: TurnRecord) -> Told:
    return {"classified_at": record.at, "classified": event.outcome.value}


def _joined(row: AttemptRow, event: AttemptConnected, record: TurnRecord) -> Told:
    """To whom, the same turn says of the contact."""
    agents = [
        each.agent_id
        for each in happened(record)
        if isinstance(each, ContactConnected) and each.contact_id == row.contact_id
    ]
    return {"joined_at": record.at, "agent_id": agents[0] if agents else ""}


def _abandoned(row: AttemptRow, event: AttemptAbandoned, record: TurnRecord) -> Told:
    return {"abandoned_at": record.at, "late": event.late}


def _message_begun(row: AttemptRow, event: MessageBegun, record: TurnRecord) -> Told:
    return {"message_at": record.at, "message_flow": event.flow_id}


def _counted(row: AttemptRow, event: LiveAnswerCounted, record: TurnRecord) -> Told:
    return {"counted_at": record.at, "counted_abandoned": event.abandoned} if row.bounds else {}


def _ended(row: AttemptRow, event: AttemptEnded, record: TurnRecord) -> Told:
    return {"ended_at": record.at, "outcome": event.outcome.value}


def _closed(row: AttemptRow, event: ContactClosed, record: TurnRecord) -> Told:
    return {"disposition": event.disposition}


TOLD: dict[type, Callable[[AttemptRow, Any, TurnRecord], Told]] = {
    DialCleared: _cleared,
    AttemptStarted: _started,
    LegPlaced: _placed,
    LegAlerting: _alerted,
    LegAnswered: _named,
    LegEnded: _named,
    AttemptAnswered: _answered,
    ContactStarted: _contact_started,
    GreetingEnded: _greeting_ended,
    AttemptClassified: _classified,
    AttemptConnected: _joined,
    AttemptAbandoned: _abandoned,
    MessageBegun: _message_begun,
    LiveAnswerCounted: _counted,
    AttemptEnded: _ended,
    ContactClosed: _closed,
}

BY_LEG = (LeadTaken, LeadReturned, DialCleared, LegPlaced, LegAlerting, LegAnswered, LegEnded, GreetingEnded)

NAMED_BY: dict[type, str] = dict.fromkeys(TOLD, "attempt_id") | dict.fromkeys(BY_LEG, "leg_id")
"""An attempt is named as its leg is."""
