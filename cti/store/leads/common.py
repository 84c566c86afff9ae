"""What is the same wherever leads are written: how they are spelled, found, counted, and taken out again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, select

from cti.core.events import LeadDetails, LeadPast
from cti.store.projection import storable
from cti.store.tables import campaign_counts, campaign_leads, campaign_specs, lead_numbers, leads
from cti.store.upsert import increase, upsert

STAGING, SETTLING, DONE, DROPPED, GONE = "STAGING", "SETTLING", "DONE", "DROPPED", "GONE"
"""How far an import is: rows come in, unseen; leads that were there before are changed; all is done; or its list was
removed meanwhile. Of one that is gone nothing is left but its name, which is never given again."""

TAKEN, SUCCESS = "TAKEN", "SUCCESS"
"""Counted beside the statuses: how often a lead was given to the campaign, and how many came to a success."""

PLACE_BITS = 23
"""Within what came by one record: rows of a file (eight millions), or events."""

ROWS_MAX = 5_000_000
PRIORITY_MAX = 100
NUMBERS_MAX = 20
ATTRIBUTES_MAX = 50

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(LeadDetails).decode
_decode_past = msgspec.json.Decoder(LeadPast).decode

Columns = dict[str, Any]


class Count(NamedTuple):
    """What is counted: a status, or a word beside them."""

    campaign_id: str
    list_id: str
    segment: str
    status: str


def spelled(details: LeadDetails) -> str:
    """As the store keeps it."""
    return storable(_encode(details).decode())


def read(details: str) -> LeadDetails:
    """What was kept so."""
    return _decode(details)


def spelled_past(past: LeadPast) -> str:
    """As the store keeps it."""
    return storable(_encode(past).decode())


def read_past(past: str) -> LeadPast:
    """What was kept so; nothing, where nobody was called yet."""
    return _decode_past(past) if past else LeadPast()


def position(seq: int, place: int) -> int:
    """Orders what came in by one record after what came before."""
    return (seq << PLACE_BITS) | place


def numbers_of(details: LeadDetails) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(each.number for each in details.numbers))


def put_numbers(connection: Connection, site: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Numbers and whose they are. Sorted, so that neighbours share a page of the file."""
    rows = [{"site": site, "number": number, "lead_id": lead_id} for number, lead_id in sorted(set(pairs))]
    if rows:
        connection.execute(upsert(connection.dialect, lead_numbers, []), rows)


def drop_numbers(connection: Connection, site: str, pairs: Iterable[tuple[str, str]]) -> None:
    """They are these leads' no longer."""
    rows = [{"this_number": number, "whose": lead_id} for number, lead_id in sorted(set(pairs))]
    if rows:
        columns = lead_numbers.c
        this = (columns.number == bindparam("this_number")) & (columns.lead_id == bindparam("whose"))
        connection.execute(delete(lead_numbers).where(columns.site == site, this), rows)


def put(connection: Connection, table: Table, site: str, rows: Sequence[Columns], changes: Sequence[str] = ()) -> None:
    """Insert rows of one shape; of those that are there already, change these columns."""
    if rows:
        connection.execute(upsert(connection.dialect, table, changes), [{"site": site} | row for row in rows])


def count(connection: Connection, site: str, changes: Mapping[Count, int]) -> None:
    """Add to what is counted."""
    rows = [{"site": site} | key._asdict() | {"count": value} for key, value in sorted(changes.items()) if value]
    if rows:
        connection.execute(increase(connection.dialect, campaign_counts, ["count"]), rows)


def standing(connection: Connection, site: str, campaign_id: str, lead_ids: Sequence[str]) -> list[Any]:
    """Where these leads stand in the campaign; those that it does not know are left out."""
    columns = campaign_leads.c
    ours = (columns.site == site) & (columns.campaign_id == campaign_id) & columns.lead_id.in_(list(lead_ids))
    return list(connection.execute(select(campaign_leads).where(ours)).all())


def campaigns(connection: Connection, site: str) -> list[str]:
    """Those that ever asked for leads."""
    found = select(campaign_specs.c.campaign_id).where(campaign_specs.c.site == site)
    return list(connection.scalars(found.order_by(campaign_specs.c.campaign_id)))


def forget(connection: Connection, site: str, found: Sequence[Any]) -> None:
    """Take leads (with `lead_id` and `details`) out everywhere."""
    lead_ids = [row.lead_id for row in found]
    drop_numbers(connection, site, [(number, row.lead_id) for row in found for number in numbers_of(read(row.details))])
    for campaign_id in campaigns(connection, site):
        rows = standing(connection, site, campaign_id, lead_ids)
        there = Counter(Count(campaign_id, row.list_id, row.segment, row.status) for row in rows)
        count(connection, site, {key: -value for key, value in there.items()})
        columns = campaign_leads.c
        theirs = (columns.site == site) & (columns.campaign_id == campaign_id) & columns.lead_id.in_(lead_ids)
        if rows:
            connection.execute(delete(campaign_leads).where(theirs))
    connection.execute(delete(leads).where(leads.c.site == site, leads.c.lead_id.in_(lead_ids)))
