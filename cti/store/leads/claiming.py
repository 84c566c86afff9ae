"""Who is called next: the leads of a campaign that are due, in its order, in milliseconds out of millions.

Calls that were promised come first. Then segments take turns by their shares; in each, those who are due again come
before those who were never called.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, func, select

from cti.core.commands import ClaimLeads
from cti.core.events import ClaimedLead, LeadsClaimed
from cti.core.leads import Segment
from cti.core.shares import by_shares
from cti.core.states import LeadStatus, Outcome
from cti.store.leads import common, settling
from cti.store.leads.common import SETTLING, SUCCESS, TAKEN
from cti.store.leads.entering import Segments, pieces, posted, rank_of
from cti.store.leads.projector import LeadsProjector
from cti.store.store import Store
from cti.store.tables import (
    campaign_counts,
    campaign_leads,
    campaign_specs,
    cursors,
    lead_imports,
    lead_lists,
    leads,
)

LEADS_MAX = 1_000
BEHIND_TIMES, BEHIND_S = 20, 0.05
"""How long the store is given to come as far as is asked for."""
ENTERING_MS = 2_000
"""While leads are being entered for a campaign, it should ask again soon."""
PROMISED_MS = 10_000
"""And look again for calls that were promised; so it should where more of them are due than it was given."""
LEFT_MAX = 100_000
"""More leads that are due again are not counted one by one."""

ANY = Segment(segment_id="", when="")
"""That of a campaign without segments."""

_C, _N, _I = campaign_leads.c, campaign_counts.c, lead_imports.c


class Place(NamedTuple):
    """Leads that are taken in one order."""

    list_id: str
    segment: str
    status: LeadStatus


class Claims:
    """As `cti.core.ports.LeadsSource`, from a store that the follower fills."""

    def __init__(self, store: Store, site: str, segments: Segments) -> None:
        self._store = store
        self._site = site
        self._segments = segments

    async def claim(self, command: ClaimLeads) -> LeadsClaimed:
        """The answer, as of a record that it names. Raises what a store raises."""
        for _ in range(BEHIND_TIMES):
            found = await self._store.read(lambda connection: self._claim(connection, command))
            if found.as_of_seq >= command.since_seq and not (found.entering and command.above is not None):
                return found
            await asyncio.sleep(BEHIND_S)
        return await self._store.read(lambda connection: self._claim(connection, command))

    def _claim(self, connection: Connection, command: ClaimLeads) -> LeadsClaimed:
        place = (cursors.c.site == self._site) & (cursors.c.projection == LeadsProjector.name)
        as_of_seq = connection.scalar(select(cursors.c.seq).where(place)) or 0
        question = _Question(connection, self._site, command)
        wanted = min(command.leads_max, LEADS_MAX)
        chosen = question.as_they_are(list(islice(question.in_turn(), wanted)))
        told = {row.lead_id: row.details for row in question.details(chosen)}
        chosen = [row for row in chosen if row.lead_id in told]
        is_entering = self._is_entering(connection, command)
        if is_entering and command.spec.segments:
            chosen = self._in_their_segments(command, chosen, told)
        given = tuple(_claimed(row, told[row.lead_id]) for row in chosen)
        next_due_at, promised_at = question.next_due_at(), question.next_due_at(LeadStatus.CALLBACK)
        if is_entering:
            soon, later = command.due_by + ENTERING_MS, command.due_by + PROMISED_MS
            next_due_at, promised_at = min(next_due_at or soon, soon), min(promised_at or later, later)
        elif len(given) == wanted and given[-1].callback:
            promised_at = command.due_by + PROMISED_MS
        return LeadsClaimed(
            campaign_id=command.campaign_id,
            claim_id=command.claim_id,
            as_of_seq=as_of_seq,
            leads=given,
            next_due_at=next_due_at,
            left=max(0, question.due() - len(given)),
            successes=question.successes(),
            above=command.above,
            only_first=command.only_first,
            entering=self._is_entering_posted(connection, command),
            promised_at=promised_at,
        )

    def _in_their_segments(self, command: ClaimLeads, chosen: Sequence[Any], told: Mapping[str, str]) -> list[Any]:
        """Until they are entered anew they stand where the campaign's conditions of before have put them. A promise is
        kept."""
        segment_of = self._segments(command.spec)
        return [
            row
            for row in chosen
            if row.status == LeadStatus.CALLBACK
            or segment_of(row.list_id, common.read(told[row.lead_id])) == row.segment
        ]

    def _is_entering(self, connection: Connection, command: ClaimLeads) -> bool:
        """Whether the campaign is about to get to know more leads."""
        if not self._is_known(connection, command) or settling.is_due(connection, self._site):
            return True
        return any(piece.campaign_id == command.campaign_id for piece in pieces(connection, self._site))

    def _is_entering_posted(self, connection: Connection, command: ClaimLeads) -> bool:
        """The same, of those that were posted alone."""
        if not self._is_known(connection, command):
            return True
        return any(piece.campaign_id == command.campaign_id for piece in posted(connection, self._site))

    def _is_known(self, connection: Connection, command: ClaimLeads) -> bool:
        """Whether leads are entered by what the campaign asks for now."""
        spec = msgspec.json.encode(command.spec, order="deterministic")
        ours = (campaign_specs.c.site == self._site) & (campaign_specs.c.campaign_id == command.campaign_id)
        known = connection.scalar(select(campaign_specs.c.digest).where(ours))
        return known == sha256(spec).hexdigest()[:16]


class _Question:
    """What one claim asks, piece by piece."""

    def __init__(self, connection: Connection, site: str, command: ClaimLeads) -> None:
        self._connection = connection
        self._site = site
        self._command = command
        self._excluding = frozenset(command.excluding)
        gone = select(lead_lists.c.list_id).where(lead_lists.c.site == site, lead_lists.c.removed_seq > 0)
        removed = set(connection.scalars(gone))
        self._lists = [each for each in dict.fromkeys(command.spec.lists) if each not in removed]
        self._counts = self._counted()
        self._every = command.spec.segments or (ANY,)
        """A call that was promised to a person is made also where the segment has its quota."""
        self._segments = [each for each in self._every if not self._is_full(each)]

    def _counted(self) -> Counter[tuple[str, str, str]]:
        ours = (_N.site == self._site) & (_N.campaign_id == self._command.campaign_id)
        found = self._connection.execute(select(_N.list_id, _N.segment, _N.status, _N["count"]).where(ours))
        return Counter({(row.list_id, row.segment, row.status): row[3] for row in found})

    def _total(self, status: str, segment: str | None = None) -> int:
        return sum(
            count
            for (_, of_segment, of_status), count in self._counts.items()
            if of_status == status and segment in (None, of_segment)
        )

    def _is_full(self, segment: Segment) -> bool:
        return bool(segment.quota) and self._total(SUCCESS, segment.segment_id) >= segment.quota

    def successes(self) -> tuple[tuple[str, int], ...]:
        """Of segments with a quota."""
        bounded = [each.segment_id for each in self._command.spec.segments if each.quota]
        return tuple((segment_id, self._total(SUCCESS, segment_id)) for segment_id in bounded)

    def in_turn(self) -> Iterator[Any]:
        """Those who are due, in the order in which they are called."""
        promised = [self._at(each.segment_id, LeadStatus.CALLBACK) for each in self._every]
        yield from sorted(chain(*promised), key=lambda row: (row.next_at, row.lead_id))
        first = list(self._ahead())
        yield from first
        if not self._command.only_first:
            given = {row.lead_id for row in first}
            streams = {each.segment_id: self._in(each.segment_id) for each in self._segments}
            yield from (row for row in self._by_shares(streams) if row.lead_id not in given)

    def _ahead(self) -> Iterator[Any]:
        """Those who come before the others, whether or not those are due again."""
        above = self._command.above
        if above is None:
            return iter(())
        ahead = {each.segment_id: iter(self._at(each.segment_id, LeadStatus.NEW, above)) for each in self._segments}
        return self._by_shares(ahead)

    def _by_shares(self, streams: Mapping[str, Iterator[Any]]) -> Iterator[Any]:
        return by_shares(streams, {each.segment_id: max(1, each.share) for each in self._segments}, self._total(TAKEN))

    def _in(self, segment: str) -> Iterator[Any]:
        """Those of a segment, in their order; who comes later is not looked for before."""
        yield from self._at(segment, LeadStatus.RETRY)
        yield from self._at(segment, LeadStatus.NEW)

    def _at(self, segment: str, status: LeadStatus, above: int | None = None) -> list[Any]:
        """Those in all lists, in their order; only those of a priority `above` this one."""
        found = [row for list_id in self._lists for row in self._first(Place(list_id, segment, status), above)]
        return sorted(found, key=lambda row: (row.next_at, row.rank, row.lead_id))

    def _first(self, place: Place, above: int | None) -> Sequence[Any]:
        """At most as many as are wanted."""
        if not self._counts[place]:
            return ()
        first = self._of(place).where(_C.next_at <= self._command.due_by)
        if self._command.spec.attempts_max and place.status is not LeadStatus.CALLBACK:  # a promise is kept
            first = first.where(_C.attempts < self._command.spec.attempts_max)
        if above is not None:
            first = first.where(_C.next_at == 0, _C.rank < rank_of(above))  # as all of them are: found by the index
        ordered = first.order_by(_C.next_at, _C.rank, _C.lead_id)
        limit = min(self._command.leads_max, LEADS_MAX) + len(self._excluding)
        rows = self._connection.execute(ordered.limit(limit)).all()
        return [row for row in rows if row.lead_id not in self._excluding]

    def _of(self, place: Place) -> Select[Any]:
        return select(campaign_leads).where(
            _C.site == self._site,
            _C.campaign_id == self._command.campaign_id,
            _C.list_id == place.list_id,
            _C.segment == place.segment,
            _C.status == place.status.value,
        )

    def _again(self, *statuses: LeadStatus) -> list[Place]:
        """Where those stand who are due at some time."""
        return [
            Place(list_id, each.segment_id, status)
            for list_id in self._lists
            for status in statuses or (LeadStatus.CALLBACK, LeadStatus.RETRY)
            for each in (self._every if status is LeadStatus.CALLBACK else self._segments)
            if self._counts[(list_id, each.segment_id, status.value)]
        ]

    def next_due_at(self, *statuses: LeadStatus) -> int:
        """When the next who stands so is due and is not yet; 0 for never."""
        due_by = self._command.due_by
        times = [
            self._connection.scalar(self._of(place).with_only_columns(func.min(_C.next_at)).where(_C.next_at > due_by))
            for place in self._again(*statuses)
        ]
        return min((each for each in times if each is not None), default=0)

    def due(self) -> int:
        """How many are due now."""
        new = sum(
            self._counts[(list_id, each.segment_id, LeadStatus.NEW.value)]
            for list_id in self._lists
            for each in self._segments
        )
        due_by = self._command.due_by
        for place in self._again():
            some = self._of(place).with_only_columns(_C.lead_id).where(_C.next_at <= due_by).limit(LEFT_MAX)
            new += self._connection.scalar(select(func.count()).select_from(some.subquery())) or 0
        return new - len(self._excluding)

    def as_they_are(self, chosen: list[Any]) -> list[Any]:
        """Without those whom an import is about to change: nobody is called by what is known to be old."""
        settling = (_I.site == leads.c.site) & (_I.import_id == leads.c.import_id) & (_I.status == SETTLING)
        asked = select(leads.c.becomes).join(lead_imports, settling)
        pending = asked.where(leads.c.site == self._site, leads.c.becomes.in_([row.lead_id for row in chosen]))
        changing = set(self._connection.scalars(pending.where(leads.c.becomes != "")))
        return [row for row in chosen if row.lead_id not in changing]

    def details(self, chosen: Sequence[Any]) -> Sequence[Any]:
        """What is known of them."""
        asked = [row.lead_id for row in chosen]
        return self._connection.execute(
            select(leads.c.lead_id, leads.c.details).where(leads.c.site == self._site, leads.c.lead_id.in_(asked))
        ).all()


def _claimed(row: Any, details: str) -> ClaimedLead:
    known = common.read(details)
    return ClaimedLead(
        lead_id=row.lead_id,
        list_id=row.list_id,
        numbers=known.numbers,
        number_index=row.number_index if row.number_index < len(known.numbers) else 0,
        attempts=row.attempts,
        last_outcome=Outcome(row.last_outcome) if row.last_outcome else None,
        subject=known.subject,
        consent=known.consent,
        customer_at=known.customer_at,
        address=known.address,
        customer=known.customer,
        attributes=known.attributes,
        due_at=row.next_at,
        priority=known.priority,
        segment=row.segment,
        callback=row.status == LeadStatus.CALLBACK,
        callback_for=row.callback_for if row.status == LeadStatus.CALLBACK else "",
        past=common.read_past(row.past),
        external_id=known.external_id,
    )
