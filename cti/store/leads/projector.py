"""From the journal to lists of leads, and to where each lead stands in each campaign."""

from collections import Counter
from collections.abc import Sequence
from functools import singledispatchmethod
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, or_, select, update

from cti.core.base import changed
from cti.core.commands import ClaimLeads
from cti.core.events import (
    AttemptStarted,
    LeadDetails,
    LeadNumberWrong,
    LeadPosted,
    LeadScheduled,
    LeadsClaimed,
    LeadsImported,
    LeadsReleased,
    LeadsRemoved,
    LeadsRevived,
)
from cti.core.ids import LEAD, make_id
from cti.core.record import TurnRecord
from cti.core.states import LeadStatus
from cti.store.errors import StoreError
from cti.store.leads import common
from cti.store.leads.common import DONE, DROPPED, SETTLING, STAGING, SUCCESS, TAKEN, Columns, Count
from cti.store.leads.posting import asked_again, known_by_number, merged
from cti.store.projection import Projection, storable
from cti.store.tables import (
    campaign_counts,
    campaign_entries,
    campaign_leads,
    campaign_specs,
    lead_imports,
    lead_lists,
    leads,
)

_C = campaign_leads.c
_CHANGE = update(campaign_leads).where(
    _C.site == bindparam("here"), _C.campaign_id == bindparam("campaign"), _C.lead_id == bindparam("lead")
)


CHANGING = (
    *("status", "status_before", "next_at", "number_index", "attempts", "last_outcome", "last_at"),
    *("callback_for", "disposition", "amount", "currency", "past"),
)
"""The columns of `campaign_leads` that change at all."""

OVER = (LeadStatus.DONE, LeadStatus.SUPPRESSED)
"""Who stands so is not called again."""


class LeadsProjector(Projection):
    """What is posted, imported and removed; and whom campaigns were given, and what they do next with them."""

    name = "leads"
    tables = (leads, lead_lists, lead_imports, campaign_leads, campaign_counts, campaign_specs, campaign_entries)

    async def reset(self) -> None:
        """Raises `StoreError`: what came from files is nowhere else."""
        raise StoreError("lists of leads cannot be made anew: restore the store from a copy")

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """One after another: whom a campaign was given may come back in the same batch."""
        for record in news:
            for place, event in enumerate((record.input, *record.events)):
                self._tell(event, record, place, connection)
            for command in record.commands:
                if isinstance(command, ClaimLeads):
                    self._asked(command, connection)

    @singledispatchmethod
    def _tell(self, event: object, record: TurnRecord, place: int, connection: Connection) -> None:
        """Nothing is known of other events here."""

    def _asked(self, command: ClaimLeads, connection: Connection) -> None:
        """A campaign that asks for something else than before is entered anew."""
        spec = msgspec.json.encode(command.spec, order="deterministic").decode()
        digest = sha256(spec.encode()).hexdigest()[:16]
        ours = (campaign_specs.c.site == self._site) & (campaign_specs.c.campaign_id == command.campaign_id)
        before = connection.scalar(select(campaign_specs.c.digest).where(ours))
        if before == digest:
            return
        self.put(
            connection, campaign_specs, [{"campaign_id": command.campaign_id, "digest": digest, "spec": storable(spec)}]
        )
        entries = campaign_entries.c
        connection.execute(
            delete(campaign_entries).where(entries.site == self._site, entries.campaign_id == command.campaign_id)
        )

    @_tell.register
    def _claimed(self, event: LeadsClaimed, record: TurnRecord, place: int, connection: Connection) -> None:
        changes, counts = [], Counter[Count]()
        for row in self._standing(connection, event.campaign_id, [lead.lead_id for lead in event.leads]):
            if row.status != LeadStatus.CLAIMED:
                changes.append(self._change(row, counts, status=LeadStatus.CLAIMED.value, status_before=row.status))
                counts[Count(event.campaign_id, row.list_id, row.segment, TAKEN)] += 1
        self._apply(connection, changes, counts)

    @_tell.register
    def _released(self, event: LeadsReleased, record: TurnRecord, place: int, connection: Connection) -> None:
        counts = Counter[Count]()
        changes = [
            self._change(row, counts, status=row.status_before)
            for row in self._standing(connection, event.campaign_id, event.lead_ids)
            if row.status == LeadStatus.CLAIMED
        ]
        self._apply(connection, changes, counts)

    @_tell.register
    def _started(self, event: AttemptStarted, record: TurnRecord, place: int, connection: Connection) -> None:
        for row in self._standing(connection, event.campaign_id, [event.lead_id]):
            counted = self._change(row, Counter(), attempts=row.attempts + 1, last_at=record.at)
            self._apply(connection, [counted], Counter())

    @_tell.register
    def _scheduled(self, event: LeadScheduled, record: TurnRecord, place: int, connection: Connection) -> None:
        for row in self._standing(connection, event.campaign_id, [event.lead_id]):
            counts = Counter[Count]()
            told = {
                "status": event.status.value,
                "next_at": event.next_at,
                "number_index": event.number_index,
                "attempts": event.attempts,
                "last_outcome": event.last_outcome.value if event.last_outcome else "",
                "callback_for": storable(event.callback_for),
            }
            if event.last_at:  # else nobody was called, and what was said in the last call stands
                told |= {
                    "last_at": event.last_at,
                    "disposition": storable(event.disposition),
                    "amount": event.amount,
                    "currency": storable(event.currency),
                }
            if event.past:
                told["past"] = common.spelled_past(event.past)
            if event.status in (LeadStatus.RETRY, LeadStatus.DONE) and not event.disposition:
                told |= self._promised_meanwhile(connection, event.lead_id, max(record.at, event.last_at))
            change = self._change(row, counts, **told)
            counts[Count(event.campaign_id, row.list_id, row.segment, SUCCESS)] += event.success
            self._apply(connection, [change], counts)

    def _promised_meanwhile(self, connection: Connection, lead_id: str, at: int) -> dict[str, str | int]:
        """Whoever was posted with a time for a call, while they were called in vain, is called then."""
        this = (leads.c.site == self._site) & (leads.c.lead_id == storable(lead_id))
        details = connection.scalar(select(leads.c.details).where(this))
        promised_at = common.read(details).callback_at if details else 0
        return {"status": LeadStatus.CALLBACK.value, "next_at": promised_at} if promised_at > at else {}

    @_tell.register
    def _wrong(self, event: LeadNumberWrong, record: TurnRecord, place: int, connection: Connection) -> None:
        """A lead without any is done with, in all campaigns."""
        columns = leads.c
        this = (columns.site == self._site) & (columns.lead_id == storable(event.lead_id))
        found = connection.execute(select(columns.details).where(this)).first()
        if found is None or not event.number:
            return
        details = common.read(found.details)
        left = tuple(each for each in details.numbers if each.number != event.number)
        if len(left) == len(details.numbers):
            return
        fewer = common.spelled(changed(details, numbers=left))
        connection.execute(update(leads).where(this).values(details=fewer))
        common.drop_numbers(connection, self._site, [(storable(event.number), storable(event.lead_id))])
        if not left:
            self._give_up(event.lead_id, connection)

    def _give_up(self, lead_id: str, connection: Connection) -> None:
        for campaign_id in common.campaigns(connection, self._site):
            counts = Counter[Count]()
            rows = [row for row in self._standing(connection, campaign_id, [lead_id]) if row.status not in OVER]
            self._apply(connection, [self._change(row, counts, status=LeadStatus.DONE.value) for row in rows], counts)

    @_tell.register
    def _posted(self, event: LeadPosted, record: TurnRecord, place: int, connection: Connection) -> None:
        """Where the journal has forgotten who it is, there is nothing to keep."""
        if event.lead is None:
            return
        list_id, details = storable(event.list_id), event.lead
        by_number = not (event.lead_id or details.external_id)
        before = self._known(connection, event, details)
        lead_id = before.lead_id if before else storable(event.lead_id) or make_id(self._site, LEAD, record.seq, place)
        if before:
            known = common.read(before.details)
            common.drop_numbers(connection, self._site, [(number, lead_id) for number in common.numbers_of(known)])
            details = merged(known, details) if by_number else details
        row: Columns = {
            "lead_id": lead_id,
            "list_id": list_id,
            "import_id": "",
            "touched": common.position(record.seq, place),
            "external_id": storable(details.external_id),
            "details": common.spelled(details),
            "becomes": "",
        }
        self.put(connection, leads, [row])
        new = [(storable(number), lead_id) for number in common.numbers_of(details)]
        common.put_numbers(connection, self._site, new)
        self._make_list(connection, list_id, record)
        if before and by_number:
            self._ask_again(lead_id, details, connection)

    def _known(self, connection: Connection, event: LeadPosted, details: LeadDetails) -> Any:
        """The lead on the list that is meant; none that is still being imported."""
        seen = select(lead_imports.c.import_id).where(
            lead_imports.c.site == self._site, lead_imports.c.status.in_((SETTLING, DONE))
        )
        columns = leads.c
        visible = (
            (columns.site == self._site)
            & (columns.list_id == storable(event.list_id))
            & (columns.becomes == "")
            & or_(columns.import_id == "", columns.import_id.in_(seen))
        )
        if not (event.lead_id or details.external_id):
            return known_by_number(connection, self._site, details, visible)
        by_id, by_other = (
            columns.lead_id == storable(event.lead_id),
            columns.external_id == storable(details.external_id),
        )
        found = select(columns.lead_id, columns.details).where(visible, by_id if event.lead_id else by_other)
        return connection.execute(found.limit(1)).first()

    def _ask_again(self, lead_id: str, details: LeadDetails, connection: Connection) -> None:
        for campaign_id in common.campaigns(connection, self._site):
            for row in self._standing(connection, campaign_id, [lead_id]):
                anew, counts = asked_again(row, details), Counter[Count]()
                if anew:
                    self._apply(connection, [self._change(row, counts, **anew)], counts)

    @_tell.register
    def _imported(self, event: LeadsImported, record: TurnRecord, place: int, connection: Connection) -> None:
        columns = lead_imports.c
        waiting = (columns.site == self._site) & (columns.import_id == event.import_id) & (columns.status == STAGING)
        changing = connection.scalar(select(columns.changing).where(waiting))
        if changing is None:
            return
        status = SETTLING if changing else DONE
        connection.execute(update(lead_imports).where(waiting).values(status=status, done_seq=record.seq))
        self._make_list(connection, event.list_id, record)

    @_tell.register
    def _removed(self, event: LeadsRemoved, record: TurnRecord, place: int, connection: Connection) -> None:
        columns = leads.c
        if event.lead_id:
            this = (
                (columns.site == self._site) & (columns.list_id == event.list_id) & (columns.lead_id == event.lead_id)
            )
            found = connection.execute(select(columns.lead_id, columns.details).where(this)).all()
            common.forget(connection, self._site, found)
            return
        ours = (lead_lists.c.site == self._site) & (lead_lists.c.list_id == event.list_id)
        self._make_list(connection, event.list_id, record)
        connection.execute(update(lead_lists).where(ours).values(removed_seq=record.seq))
        imports = (lead_imports.c.site == self._site) & (lead_imports.c.list_id == event.list_id)
        unfinished = imports & (lead_imports.c.status == STAGING)
        connection.execute(update(lead_imports).where(unfinished).values(status=DROPPED))

    @_tell.register
    def _revived(self, event: LeadsRevived, record: TurnRecord, place: int, connection: Connection) -> None:
        """The list is entered anew, and with it whom the rules refused."""
        columns = campaign_entries.c
        these = (columns.site == self._site) & (columns.list_id == event.list_id)
        if event.campaign_id:
            these &= columns.campaign_id == event.campaign_id
        connection.execute(delete(campaign_entries).where(these))

    def _make_list(self, connection: Connection, list_id: str, record: TurnRecord) -> None:
        row: Columns = {"list_id": list_id, "made_at": record.at, "removed_seq": 0}
        common.put(connection, lead_lists, self._site, [row])

    def _standing(self, connection: Connection, campaign_id: str, lead_ids: Sequence[str]) -> list[Any]:
        return common.standing(connection, self._site, campaign_id, [storable(lead_id) for lead_id in lead_ids])

    def _change(self, row: Any, counts: Counter[Count], **told: str | int) -> Columns:
        """All columns that change at all, so that one statement does for every row."""
        found = {name: getattr(row, name) for name in CHANGING} | told
        counts[Count(row.campaign_id, row.list_id, row.segment, row.status)] -= 1
        counts[Count(row.campaign_id, row.list_id, row.segment, str(found["status"]))] += 1
        return {"here": self._site, "campaign": row.campaign_id, "lead": row.lead_id} | found

    def _apply(self, connection: Connection, changes: list[Columns], counts: Counter[Count]) -> None:
        if changes:
            names = [name for name in changes[0] if name not in ("here", "campaign", "lead")]
            connection.execute(_CHANGE.values({name: bindparam(name) for name in names}), changes)
            common.count(connection, self._site, counts)
