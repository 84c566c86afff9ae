"""Who is posted without any id: a form on a web page knows none. They are known by a number of theirs."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from cti.core.base import changed
from cti.core.events import LeadDetails, LeadPast
from cti.core.states import LeadStatus
from cti.store.leads import common
from cti.store.leads.common import Columns
from cti.store.projection import storable
from cti.store.tables import lead_numbers, leads

ASKED_AGAIN = (LeadStatus.NEW, LeadStatus.RETRY, LeadStatus.DONE)


def known_by_number(connection: Connection, site: str, details: LeadDetails, visible: ColumnElement[bool]) -> Any:
    """Of those that are `visible`, the one that has the first of these numbers that anybody has: of several always the
    same, however often each was changed."""
    owned = (lead_numbers.c.site == leads.c.site) & (lead_numbers.c.lead_id == leads.c.lead_id)
    found = select(leads.c.lead_id, leads.c.details).join(lead_numbers, owned).where(visible)
    for number in common.numbers_of(details):
        theirs = found.where(lead_numbers.c.site == site, lead_numbers.c.number == storable(number))
        row = connection.execute(theirs.order_by(lead_numbers.c.lead_id).limit(1)).first()
        if row:
            return row
    return None


def merged(before: LeadDetails, post: LeadDetails) -> LeadDetails:
    """Whoever posts by a number knows nothing of what is known besides: that stays, other numbers behind the posted
    ones, and so do the address and the names by which calls are counted."""
    posted = set(common.numbers_of(post))
    return changed(
        post,
        numbers=(*post.numbers, *(each for each in before.numbers if each.number not in posted)),
        external_id=before.external_id,
        customer=post.customer or before.customer,
        address=post.address or before.address,
        subject=post.subject or before.subject,
        consent=post.consent or before.consent,
        customer_at=post.customer_at or before.customer_at,
        priority=post.priority or before.priority,
        attributes=tuple((dict(before.attributes) | dict(post.attributes)).items()),
    )


def asked_again(standing: Any, details: LeadDetails) -> Columns | None:
    """How somebody stands who wants to be called, though they were called already: as if they were new, but for numbers
    that nobody has. None where it stays as it is: they are about to be called, or an agent has promised when."""
    if standing.status not in ASKED_AGAIN and not (standing.status == LeadStatus.CALLBACK and details.callback_at):
        return None
    past = common.read_past(standing.past)
    nobodys = tuple(number for number in past.spent if number not in dict(past.refused))
    return {
        "status": LeadStatus.NEW.value,
        "status_before": "",
        "next_at": 0,
        "number_index": next((at for at, each in enumerate(details.numbers) if each.number not in nobodys), 0),
        "attempts": 0,
        "callback_for": "",
        "past": common.spelled_past(LeadPast(spent=nobodys, missed=past.missed)),
    }
