"""Which segment of a campaign a lead is in: the first whose condition holds."""

from collections.abc import Callable
from typing import Any

from cti.core.events import LeadDetails
from cti.core.leads import NOWHERE, ClaimSpec
from cti.core.numbering import Address
from cti.expressions.condition import Condition

NAMES = (
    "account attributes consent country customer_at external_id kinds list name postcode priority segment state zone"
).split()
"""What a segment's condition may speak of."""

NOT_SAID = Address()


def segments_of(spec: ClaimSpec) -> Callable[[str, LeadDetails], str]:
    """Takes a lead's list and what is known of it; gives its segment, or `NOWHERE`. A campaign without segments has one
    without a name. Raises `BadCondition`."""
    conditions = [(each.segment_id, Condition(each.when, NAMES)) for each in spec.segments]
    if not conditions:
        return lambda list_id, details: ""

    def segment_of(list_id: str, details: LeadDetails) -> str:
        said = values(list_id, details)
        return next((name for name, condition in conditions if condition.holds(said)), NOWHERE)

    return segment_of


def values(list_id: str, details: LeadDetails) -> dict[str, Any]:
    """What is known of a lead, by the names that conditions have for it."""
    customer, address = details.customer, details.address or NOT_SAID
    return {
        "list": list_id,
        "external_id": details.external_id,
        "name": customer.name if customer else "",
        "account": customer.account if customer else "",
        "segment": customer.segment if customer else "",
        "country": address.country,
        "state": address.state,
        "postcode": address.postcode,
        "zone": address.zone,
        "consent": details.consent,
        "customer_at": details.customer_at,
        "priority": details.priority,
        "kinds": [each.kind for each in details.numbers],
        "attributes": dict(details.attributes),
    }
