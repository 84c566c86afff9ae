"""Campaigns get to know the leads of their lists: which segment each is in, and when it is its turn.

A campaign says what it calls whenever it asks for leads. From then on each lead of its lists is entered for it, in
pieces, so that nothing waits for long; a lead that is changed is entered again, and so are all when the campaign's
lists, order or segments change, or when somebody wants it (`LeadsRevived`). Where a lead stands is not touched by that;
only whom the rules refused for good is asked again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, update

from cti.core.base import changed
from cti.core.events import LeadDetails
from cti.core.leads import ClaimSpec, LeadOrder
from cti.core.states import LeadStatus
from cti.store.leads import common
from cti.store.leads.common import DONE, PLACE_BITS, PRIORITY_MAX, Columns, Count
from cti.store.tables import campaign_entries, campaign_leads, campaign_specs, lead_imports, lead_lists, leads

PIECE = 1_000

SegmentOf = Callable[[str, LeadDetails], str]
"""The segment of a lead, by its list and what is known of it; `NOWHERE` where it is in none of them."""
Segments = Callable[[ClaimSpec], SegmentOf]


def without_segments(spec: ClaimSpec) -> SegmentOf:
    """Where campaigns have none."""
    return lambda list_id, details: ""


SEQ_BITS = 31
"""Of a rank, behind the bits for a place within a record."""

ENOUGH = "ENOUGH"
"""Before its status: a lead that is done with, as the campaign calls nobody so often."""

_L, _E, _I = leads.c, campaign_entries.c, lead_imports.c


class Piece(NamedTuple):
    """Leads of one import (or those posted alone, without one) that a campaign does not know yet, from here on."""

    campaign_id: str
    spec: ClaimSpec
    list_id: str
    import_id: str
    done_seq: int
    upto: int


def pieces(connection: Connection, site: str) -> Iterator[Piece]:
    """What is to be entered, for all campaigns: whoever was posted alone waits behind no file."""
    yield from posted(connection, site)
    for campaign_id, spec, list_id in _called(connection, site):
        yield from _imported(connection, site, campaign_id, spec, list_id)


def posted(connection: Connection, site: str) -> Iterator[Piece]:
    """Those who were posted alone."""
    for campaign_id, spec, list_id in _called(connection, site):
        entered = (_E.site == site) & (_E.campaign_id == campaign_id) & (_E.list_id == list_id) & (_E.import_id == "")
        upto = connection.scalar(select(_E.upto).where(entered)) or 0
        if connection.scalar(_next(site, list_id, "", upto).with_only_columns(_L.lead_id).limit(1)):
            yield Piece(campaign_id, spec, list_id, "", 0, upto)


def _called(connection: Connection, site: str) -> Iterator[tuple[str, ClaimSpec, str]]:
    """Campaigns, what they call, and each list of theirs that is not being removed."""
    removed = set(
        connection.scalars(select(lead_lists.c.list_id).where(lead_lists.c.site == site, lead_lists.c.removed_seq > 0))
    )
    specs = connection.execute(
        select(campaign_specs.c.campaign_id, campaign_specs.c.spec).where(campaign_specs.c.site == site)
    )
    for campaign_id, written in specs.all():
        spec = msgspec.json.decode(written, type=ClaimSpec)
        for list_id in spec.lists:
            if list_id not in removed:
                yield campaign_id, spec, list_id


def _imported(connection: Connection, site: str, campaign_id: str, spec: ClaimSpec, list_id: str) -> Iterator[Piece]:
    entered = select(_E.import_id, _E.upto, _E.done).where(
        _E.site == site, _E.campaign_id == campaign_id, _E.list_id == list_id
    )
    known = {row.import_id: row for row in connection.execute(entered)}
    imports = select(_I.import_id, _I.done_seq).where(_I.site == site, _I.list_id == list_id, _I.status == DONE)
    for import_id, done_seq in connection.execute(imports.order_by(_I.done_seq)).all():
        row = known.get(import_id)
        if row is None or not row.done:
            yield Piece(campaign_id, spec, list_id, import_id, done_seq, row.upto if row else 0)


def _next(site: str, list_id: str, import_id: str, upto: int) -> Select[Any]:
    ours = (_L.site == site) & (_L.list_id == list_id) & (_L.import_id == import_id) & (_L.touched > upto)
    return select(_L.lead_id, _L.touched, _L.details).where(ours).order_by(_L.touched)


class Entering:
    """`segments` reads the expressions of a campaign's segments."""

    def __init__(self, site: str, segments: Segments) -> None:
        self._site = site
        self._segments = segments

    def is_due(self, connection: Connection) -> bool:
        """Whether there is anything to do."""
        return next(pieces(connection, self._site), None) is not None

    def step(self, connection: Connection, *, posted_alone: bool = False) -> bool:
        """Do a piece of it, of at most 1,000 leads. False when there was nothing to do."""
        piece = next((posted if posted_alone else pieces)(connection, self._site), None)
        if piece is None:
            return False
        found = connection.execute(_next(self._site, piece.list_id, piece.import_id, piece.upto).limit(PIECE)).all()
        self._enter(connection, piece, found)
        is_done = bool(piece.import_id) and len(found) < PIECE
        row: Columns = {
            "campaign_id": piece.campaign_id,
            "list_id": piece.list_id,
            "import_id": piece.import_id,
            "upto": found[-1].touched if found else piece.upto,
            "done": int(is_done),
        }
        common.put(connection, campaign_entries, self._site, [row], ["upto", "done"])
        return True

    def _enter(self, connection: Connection, piece: Piece, found: Sequence[Any]) -> None:
        segment_of = self._segments(piece.spec)
        there = {
            row.lead_id: row
            for row in common.standing(connection, self._site, piece.campaign_id, [row.lead_id for row in found])
        }
        new: list[Columns] = []
        again: list[Columns] = []
        counts = Counter[Count]()
        for row in found:
            details = common.read(row.details)
            columns: Columns = {
                "list_id": piece.list_id,
                "segment": segment_of(piece.list_id, details),
                "rank": rank(piece.spec.order, details.priority, row.lead_id, _came(piece, row.touched)),
            }
            before = there.get(row.lead_id)
            begins = before is None or _is_promised(before, details)
            columns |= _begun(details) if begins else _as_it_is(before, piece.spec.attempts_max)
            if before is not None:
                columns |= _asked_anew(before, details)
            if before is not None:
                counts[Count(piece.campaign_id, before.list_id, before.segment, before.status)] -= 1
            counts[Count(piece.campaign_id, piece.list_id, columns["segment"], columns["status"])] += 1
            (new if before is None else again).append({"lead_id": row.lead_id} | columns)
        common.put(connection, campaign_leads, self._site, [_whole(piece.campaign_id, row) for row in new])
        if again:
            connection.execute(_changing(self._site, piece.campaign_id), [_renamed(row) for row in again])
        common.count(connection, self._site, counts)


def rank(order: LeadOrder, priority: int, lead_id: str, came: int) -> int:
    """Where a lead stands among those who were never called: the lowest is first. `came` orders what came in."""
    if order is LeadOrder.SHUFFLED:
        return int.from_bytes(blake2b(lead_id.encode(), digest_size=7).digest())
    most = (1 << (SEQ_BITS + PLACE_BITS)) - 1
    return rank_of(priority) + (most - came if order is LeadOrder.NEWEST else came)


def rank_of(priority: int) -> int:
    """The lowest rank of this priority, where that counts: higher priorities are below it."""
    return -max(-PRIORITY_MAX, min(priority, PRIORITY_MAX)) << (SEQ_BITS + PLACE_BITS)


def _came(piece: Piece, touched: int) -> int:
    """Rows of a file came when it was taken in."""
    return common.position(piece.done_seq, touched) if piece.import_id else touched


def _begun(details: LeadDetails) -> Columns:
    if not details.numbers:  # all of them were somebody else's
        return _standing(LeadStatus.DONE)
    if details.callback_at > 0:
        return _standing(LeadStatus.CALLBACK, details.callback_at)
    return _standing(LeadStatus.NEW)


def _standing(status: str, next_at: int = 0, status_before: str = "") -> Columns:
    return {"status": str(status), "next_at": next_at, "status_before": status_before}


def _is_promised(before: Any, details: LeadDetails) -> bool:
    """A call was promised to somebody who was not called yet, or for a time after they were called last."""
    waits = before.status in (LeadStatus.NEW, LeadStatus.RETRY, LeadStatus.DONE)
    return waits and details.callback_at > before.last_at


def _as_it_is(before: Any, attempts_max: int) -> Columns:
    """Who was to be called again is not where the campaign calls nobody so often any more; but is where it does so
    again."""
    is_enough = bool(attempts_max) and before.attempts >= attempts_max
    if before.status == LeadStatus.RETRY and is_enough:
        return _standing(LeadStatus.DONE, before.next_at, ENOUGH)
    if before.status == LeadStatus.DONE and before.status_before == ENOUGH and not is_enough:
        return _standing(LeadStatus.RETRY, before.next_at)
    return _standing(before.status, before.next_at, before.status_before)


def _asked_anew(before: Any, details: LeadDetails) -> Columns:
    """Whom the rules refused for good, on the numbers that they refused: what is known of the lead, or the rules, may
    be otherwise by now. Numbers that nobody has stay spent. Where it was not kept which are which, all are asked."""
    as_it_is: Columns = {"number_index": before.number_index, "past": before.past}
    past = common.read_past(before.past)
    refused = dict(past.refused)
    spent = tuple(number for number in past.spent if refused and number not in refused)
    left = [place for place, each in enumerate(details.numbers) if each.number not in spent]
    if before.status != LeadStatus.SUPPRESSED or not left:
        return as_it_is
    begun = _standing(LeadStatus.RETRY) if before.attempts else _begun(details)
    return begun | {"number_index": left[0], "past": common.spelled_past(changed(past, spent=spent, refused=()))}


def _whole(campaign_id: str, row: Columns) -> Columns:
    untouched = {"number_index": 0, "attempts": 0, "last_outcome": "", "last_at": 0}
    untouched |= {"callback_for": "", "disposition": "", "amount": 0, "currency": "", "past": ""}
    return {"campaign_id": campaign_id} | untouched | row


def _renamed(row: Columns) -> Columns:
    return {f"new_{name}": value for name, value in row.items()}


def _changing(site: str, campaign_id: str) -> Any:
    columns = campaign_leads.c
    this: ColumnElement[bool] = (
        (columns.site == site) & (columns.campaign_id == campaign_id) & (columns.lead_id == bindparam("new_lead_id"))
    )
    names = ("list_id", "segment", "rank", "status", "next_at", "status_before", "number_index", "past")
    return update(campaign_leads).where(this).values({name: bindparam(f"new_{name}") for name in names})
