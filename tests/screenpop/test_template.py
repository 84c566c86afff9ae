"""The address of a record in somebody else's system."""

import pytest

from cti.core.contact import Contact
from cti.core.events import Customer
from cti.core.states import ContactState, Direction
from cti.screenpop.match import is_number
from cti.screenpop.template import fill


def contact(**fields):
    return Contact(
        **{
            "contact_id": "main-c1",
            "direction": Direction.INBOUND,
            "state": ContactState.QUEUED,
            "leg_id": "main-l1",
            "to_number": "+15550100",
            "arrived_at": 0,
            "from_number": "+4930",
            "queue_id": "sales",
            **fields,
        }
    )


def test_every_name_is_filled():
    template = "{from_number} {to_number} {queue_id} {contact_id} {customer_id}"
    known = contact(customers=(Customer(customer_id="c 1"),))
    assert fill(template, known) == "%2B4930 %2B15550100 sales main-c1 c%201"


@pytest.mark.parametrize("number", ["{customer_id}", "a&b=c", "https://evil.example/", "ü", "%41"])
def test_a_value_cannot_become_more_than_a_value(number):
    filled = fill("https://crm.example/?n={from_number}&q={queue_id}", contact(from_number=number))
    assert filled.startswith("https://crm.example/?n=")
    assert filled.endswith("&q=sales")
    assert not set("{}&/<>").intersection(filled.removeprefix("https://crm.example/?n=").removesuffix("&q=sales"))


def test_no_template_no_address():
    assert fill("", contact()) == ""


def test_a_customers_address_needs_exactly_one():
    for customers in ((), (Customer(customer_id="a"), Customer(customer_id="b"))):
        assert fill("/{customer_id}", contact(customers=customers)) == ""
        assert fill("/{queue_id}", contact(customers=customers)) == "/sales"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+12025550100", True),
        ("+12345", True),
        ("+1234", False),
        ("12025550100", False),
        ("+1202a", False),
        ("", False),
    ],
)
def test_what_can_be_looked_up(number, expected):
    assert is_number(number) is expected
