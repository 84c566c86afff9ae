"""Customers are found by every number of theirs, and changed only in what is said."""

import pytest

from cti.core.events import Customer
from cti.store.card import CustomerCard
from cti.store.customers import Customers, Upserted

ANN = CustomerCard(
    customer_id="1",
    name="Ann",
    account="A1",
    segment="gold",
    numbers=("+4930123456", "+4915112345678"),
    address="High Street 1\nBerlin",
    email="ann@example.com",
    value=1250.5,
    source="api",
)
BOB = CustomerCard(customer_id="2", name="Bob", numbers=("+4930123456",))


@pytest.fixture
def customers(store):
    return Customers(store, "main", "DE")


async def test_a_card_comes_back_as_it_was_given(customers):
    assert await customers.upsert_many([ANN, BOB]) == Upserted(imported=2, updated=0)
    assert [await customers.get("1"), await customers.get("2"), await customers.get("3")] == [ANN, BOB, None]


async def test_a_number_finds_its_customers_however_it_is_written(customers):
    await customers.upsert_many([ANN, BOB])
    ann = Customer(customer_id="1", segment="gold", name="Ann", account="A1")
    for written in ("+4915112345678", "0151 12345678", "0049 151/12345678", "+49 (0)151 1234-5678"):
        assert await customers.find_by_number(written) == (ann,)
    assert await customers.find_by_number("+4930123456") == (ann, Customer(customer_id="2", name="Bob"))


@pytest.mark.parametrize("written", ["", "anonymous", "+", "112", "%", "' OR 1=1 --", "\x00", "\ud800", "9" * 100_000])
async def test_what_is_no_number_is_nobodys(customers, written):
    await customers.upsert_many([ANN])
    assert await customers.find_by_number(written) == ()


async def test_without_a_region_only_international_numbers_are_looked_up(store):
    customers = Customers(store, "main")
    await customers.upsert_many([ANN])
    assert await customers.find_by_number("030 123456") == ()
    assert len(await customers.find_by_number("+49 30 123456")) == 1
    with pytest.raises(ValueError, match="no region"):
        Customers(store, "main", "Germany")


async def test_of_many_with_one_number_the_most_valuable_come_first(customers):
    values = {"a": 1.0, "b": None, "c": 300.0, "d": 20.0, "e": None}
    await customers.upsert_many(
        [CustomerCard(customer_id=key, numbers=ANN.numbers, value=value) for key, value in values.items()]
    )
    found = await customers.find_by_number("+4930123456")
    assert [customer.customer_id for customer in found] == ["c", "d", "a", "b", "e"]
    assert [customer.customer_id for customer in await customers.find_by_number("+4930123456", limit=2)] == ["c", "d"]


async def test_a_change_replaces_what_is_said_and_the_numbers(customers):
    await customers.upsert_many([ANN, BOB])
    changed = CustomerCard(customer_id="1", name="Anna", numbers=("+4930999999",))
    assert await customers.upsert_many([changed]) == Upserted(imported=0, updated=1)
    assert await customers.get("1") == changed
    assert await customers.find_by_number("+4915112345678") == ()
    assert len(await customers.find_by_number("+4930999999")) == 1
    assert await customers.get("2") == BOB


async def test_a_change_of_some_fields_leaves_the_others(customers):
    await customers.upsert_many([ANN])
    new = CustomerCard(customer_id="3", name="Cy", numbers=("+4930333333",))
    done = await customers.upsert_many([CustomerCard(customer_id="1", segment="silver"), new], ["segment"])
    assert done == Upserted(imported=1, updated=1)
    assert await customers.get("1") == CustomerCard(
        **{name: getattr(ANN, name) for name in ANN.__struct_fields__} | {"segment": "silver"}
    )
    assert await customers.get("3") == new
    await customers.upsert_many([CustomerCard(customer_id="3", name="gone")], [])
    assert await customers.get("3") == new


async def test_the_order_of_numbers_is_kept_and_a_number_twice_counts_once(customers):
    numbers = ("+4930999999", "+4930111111", "+4930999999", "+4930555555")
    await customers.upsert_many([CustomerCard(customer_id="1", numbers=numbers)])
    card = await customers.get("1")
    assert card is not None
    assert card.numbers == ("+4930999999", "+4930111111", "+4930555555")


async def test_of_several_cards_of_one_customer_the_last_counts(customers):
    assert await customers.upsert_many([BOB, ANN, CustomerCard(customer_id="2", name="Rob")]) == Upserted(2, 0)
    assert await customers.get("2") == CustomerCard(customer_id="2", name="Rob")


@pytest.mark.parametrize("number", ["030123456", "+49 30 123456", "anonymous", "", "+0301234567"])
async def test_a_number_that_is_not_e164_is_refused_with_all_that_came_with_it(customers, number):
    with pytest.raises(ValueError, match=r"not E\.164"):
        await customers.upsert_many([ANN, CustomerCard(customer_id="2", numbers=(number,))])
    assert await customers.get("1") is None


async def test_too_many_at_once_are_refused(customers):
    with pytest.raises(ValueError, match="at most 1000"):
        await customers.upsert_many([CustomerCard(customer_id=str(place)) for place in range(1_001)])


async def test_a_customer_who_is_removed_is_gone_with_all_numbers(customers):
    await customers.upsert_many([ANN, BOB])
    assert await customers.remove("1")
    assert not await customers.remove("1")
    assert await customers.get("1") is None
    assert [customer.customer_id for customer in await customers.find_by_number("+4930123456")] == ["2"]


async def test_sites_in_one_database_do_not_meet(store):
    north, south = Customers(store, "north"), Customers(store, "south")
    await north.upsert_many([ANN])
    await south.upsert_many([CustomerCard(customer_id="1", name="Someone else", numbers=ANN.numbers)])
    assert await north.get("1") == ANN
    assert [customer.name for customer in await south.find_by_number("+4930123456")] == ["Someone else"]
    await south.remove("1")
    assert len(await north.find_by_number("+4930123456")) == 1


@pytest.mark.parametrize("name", ["Zoë 😀", "名前", "' OR 1=1 --", "=1+1", "%s {0}", "a\nb"])
async def test_any_text_is_kept_as_it_is(customers, name):
    await customers.upsert_many([CustomerCard(customer_id=name, name=name)])
    assert await customers.get(name) == CustomerCard(customer_id=name, name=name)
