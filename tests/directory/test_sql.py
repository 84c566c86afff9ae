"""The directory over a function: asks for numbers only, remembers for a while, never asks too much at once."""

import asyncio

import pytest

from cti.core.events import Customer
from cti.core.ports import Directory
from cti.directory.sql import SqlDirectory
from cti.store.card import CustomerCard
from cti.store.customers import Customers
from cti.store.errors import StoreUnavailable
from cti.store.store import Store
from tests.directory.made import ANN, NUMBER, Clock


class Register:
    """Answers by number, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers = {NUMBER: [ANN]}
        self.asked: list[str] = []

    async def find(self, number: str) -> list[Customer]:
        self.asked.append(number)
        return self.answers.get(number, [])


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def directory(register, clock) -> Directory:
    return SqlDirectory(register.find, region="DE", clock=clock)


@pytest.mark.parametrize("written", [NUMBER, "030 123456", "0049 30 123456", "+49 (0)30 123-456"])
async def test_a_number_is_asked_for_in_its_one_form(directory, register, written):
    assert await directory.find(written) == (ANN,)
    assert register.asked == [NUMBER]


@pytest.mark.parametrize("written", ["", "anonymous", "Restricted", "+", "112", "\x00", "\ud800", "9" * 100_000])
async def test_what_is_no_number_is_not_asked_for(directory, register, written):
    assert await directory.find(written) == ()
    assert register.asked == []


async def test_without_a_region_only_international_numbers_are_asked_for(register):
    directory = SqlDirectory(register.find)
    assert await directory.find("030 123456") == ()
    assert await directory.find("+49 30 123456") == (ANN,)
    with pytest.raises(ValueError, match="no region"):
        SqlDirectory(register.find, region="Germany")


async def test_an_answer_is_remembered_for_half_a_minute_also_when_it_is_nobody(directory, register, clock):
    unknown = "+4930999999"
    for _ in range(3):
        assert await directory.find(NUMBER) == (ANN,)
        assert await directory.find(unknown) == ()
    assert register.asked == [NUMBER, unknown]
    clock.now += 29.9
    await directory.find(unknown)
    assert register.asked == [NUMBER, unknown]
    clock.now += 0.1
    register.answers[unknown] = [ANN]
    assert await directory.find(unknown) == (ANN,)
    assert register.asked == [NUMBER, unknown, unknown]


async def test_the_least_recently_used_answers_go_when_there_are_too_many(directory, register):
    numbers = [f"+4930{place:06}" for place in range(100_000, 110_001)]
    for number in numbers[:-1]:
        await directory.find(number)
    await directory.find(numbers[0])
    await directory.find(numbers[-1])
    register.asked.clear()
    await directory.find(numbers[0])
    await directory.find(numbers[2])
    assert register.asked == []
    await directory.find(numbers[1])
    assert register.asked == [numbers[1]]


async def test_no_more_than_ten_customers_come_back(directory, register):
    register.answers[NUMBER] = [Customer(customer_id=str(place)) for place in range(25)]
    assert [customer.customer_id for customer in await directory.find(NUMBER)] == [str(place) for place in range(10)]


async def test_no_more_than_twenty_questions_are_open_at_once(clock):
    open_now, most, full, release = 0, 0, asyncio.Event(), asyncio.Event()

    async def ask(number):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now == 20:
            full.set()
        await release.wait()
        open_now -= 1
        return [ANN]

    directory = SqlDirectory(ask, clock=clock)
    finding = [asyncio.create_task(directory.find(f"+4930{place:06}")) for place in range(100_000, 100_100)]
    await full.wait()
    for place in (0, 1, 50, 99):
        finding[place].cancel()  # gives its place, or its wish for one, to the others
    release.set()
    found = await asyncio.gather(*finding, return_exceptions=True)
    assert most == 20
    assert sum(answer == (ANN,) for answer in found) == 96


async def test_of_callers_with_one_number_those_who_had_to_wait_do_not_ask_again(clock):
    asked, release = [], asyncio.Event()

    async def ask(number):
        asked.append(number)
        await release.wait()
        return [ANN]

    directory = SqlDirectory(ask, clock=clock)
    finding = [asyncio.create_task(directory.find(NUMBER)) for _ in range(100)]
    release.set()
    assert await asyncio.gather(*finding) == [(ANN,)] * 100
    assert len(asked) <= 20


async def test_what_goes_wrong_is_passed_on_and_not_remembered(clock):
    answers = iter([OSError("gone"), [ANN]])

    async def ask(number):
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    directory = SqlDirectory(ask, clock=clock)
    with pytest.raises(OSError, match="gone"):
        await directory.find(NUMBER)
    assert await directory.find(NUMBER) == (ANN,)


async def test_over_a_real_store(tmp_path):
    url = f"sqlite:///{tmp_path}/store.db"
    reader = await Store.open(url, read_only=True)
    directory = SqlDirectory(Customers(reader, "main").find_by_number)
    with pytest.raises(StoreUnavailable):
        await directory.find(NUMBER)
    store = await Store.open(url)
    await Customers(store, "main").upsert_many([CustomerCard(customer_id="1", name="Ann", numbers=(NUMBER,))])
    assert await directory.find(NUMBER) == (Customer(customer_id="1", name="Ann"),)
    await store.close()
    await reader.close()
