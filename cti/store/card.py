"""A customer's card: everything the store knows about one customer."""

from cti.core.base import Record

FIELDS = ("name", "account", "segment", "numbers", "address", "email", "value", "source")
"""What a card says about its customer."""


class CustomerCard(Record):
    """`numbers` are E.164, the first the usual one; `value` is what the customer is worth to the business, in whatever
    unit it counts in, None when nobody said; `source` is where the card came from."""

    customer_id: str
    name: str = ""
    account: str = ""
    segment: str = ""
    numbers: tuple[str, ...] = ()
    address: str = ""
    email: str = ""
    value: float | None = None
    source: str = ""
