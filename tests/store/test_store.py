"""One writes, others read; what the database does wrong comes out as the store's own errors."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cti.store.card import CustomerCard
from cti.store.customers import Customers
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.store import Store
from tests.servers import free_port

ANN = CustomerCard(customer_id="1", name="Ann", numbers=("+4930123456",))


async def test_a_reader_sees_what_was_written_and_cannot_write(store, reader):
    await Customers(store, "main").upsert_many([ANN])
    assert await Customers(reader, "main").get("1") == ANN
    with pytest.raises(StoreError, match="reading only"):
        await Customers(reader, "main").remove("1")
    with pytest.raises(StoreError):
        await reader.read(lambda connection: connection.execute(text("DELETE FROM customers")))
    assert await Customers(reader, "main").get("1") == ANN


async def test_work_that_fails_changes_nothing(store):
    def half(connection):
        connection.execute(text("DELETE FROM customers"))
        raise ZeroDivisionError

    await Customers(store, "main").upsert_many([ANN])
    with pytest.raises(ZeroDivisionError):
        await store.write(half)
    assert await Customers(store, "main").get("1") == ANN


async def test_work_whose_caller_is_cancelled_is_never_done_by_halves_and_holds_up_nobody(store):
    customers = Customers(store, "main")
    for _ in range(20):
        await customers.upsert_many([ANN])
        task = asyncio.create_task(customers.remove("1"))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.write(lambda connection: None)  # comes after whatever goes on
        numbers = await customers.find_by_number("+4930123456")
        assert (await customers.get("1") is None) == (numbers == ())


async def test_reads_that_are_cancelled_in_any_number_leave_the_others_alone(store, reader):
    await Customers(store, "main").upsert_many([ANN])
    customers = Customers(reader, "main")
    for _ in range(20):
        task = asyncio.create_task(customers.find_by_number("+4930123456"))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert len(await customers.find_by_number("+4930123456")) == 1


async def test_many_read_while_one_writes(store, reader):
    customers = Customers(reader, "main")

    async def write():
        for turn in range(20):
            await Customers(store, "main").upsert_many([CustomerCard(customer_id=str(turn), numbers=ANN.numbers)])

    async def read():
        seen = 0
        while seen < 20:
            found = len(await customers.find_by_number("+4930123456", limit=100))
            assert found >= seen
            seen = found

    await asyncio.gather(write(), *(read() for _ in range(8)))


async def test_closing_finishes_what_was_begun_and_closing_twice_does_nothing(store_url):
    store = await Store.open(store_url)
    writing = asyncio.create_task(Customers(store, "main").upsert_many([ANN]))
    await asyncio.sleep(0)
    await asyncio.gather(store.close(), writing)
    await store.close()
    for asked in (Customers(store, "main").get("1"), Customers(store, "main").remove("1")):
        with pytest.raises(StoreUnavailable, match="closed"):
            await asked
    again = await Store.open(store_url)
    assert await Customers(again, "main").get("1") == ANN
    await again.close()


@pytest.mark.parametrize(
    "url", ["", "not an address", "mysql://host/database", "sqlite://", "sqlite:///:memory:", "redis://host"]
)
async def test_an_address_of_no_store_is_refused(url):
    with pytest.raises(StoreError, match="the store's address"):
        await Store.open(url)


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
async def test_the_driver_may_be_named_or_not(tmp_path, scheme):
    store = await Store.open(f"{scheme}:///{tmp_path}/store.db")
    assert await Customers(store, "main").get("1") is None
    await store.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg"])
async def test_the_driver_of_postgresql_may_be_named_or_not(postgres_url, scheme):
    store = await Store.open(make_url(postgres_url).set(drivername=scheme).render_as_string(hide_password=False))
    assert await Customers(store, "main").get("1") is None
    await store.close()


async def test_a_folder_that_is_not_there_makes_the_store_unavailable(tmp_path):
    with pytest.raises(StoreUnavailable):
        await Store.open(f"sqlite:///{tmp_path}/missing/store.db")


async def test_a_file_that_is_no_database_makes_the_store_unavailable(tmp_path):
    (tmp_path / "store.db").write_text("These are not the bytes of a database." * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await Store.open(f"sqlite:///{tmp_path}/store.db")


async def test_a_server_that_is_not_there_makes_the_store_unavailable():
    with pytest.raises(StoreUnavailable):
        await Store.open(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")


async def test_a_database_that_is_not_there_makes_the_store_unavailable(postgres_url):
    url = make_url(postgres_url).set(database="missing").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable, match="missing"):
        await Store.open(url)
    reader = await Store.open(url, read_only=True)
    with pytest.raises(StoreUnavailable, match="missing"):
        await Customers(reader, "main").get("1")
    await reader.close()


async def test_a_server_that_cut_the_connections_is_connected_to_again(postgres_url):
    store = await Store.open(postgres_url)
    customers = Customers(store, "main")
    await customers.upsert_many([ANN])
    await customers.get("1")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    other = await Store.open(postgres_url)
    await other.write(lambda connection: connection.execute(text(f"{cut} AND pid <> pg_backend_pid()")))
    assert await customers.get("1") == ANN
    assert (await customers.upsert_many([ANN])).updated == 1
    await other.close()
    await store.close()


async def test_a_file_that_another_program_holds_locked_makes_writing_unavailable_not_reading(tmp_path, monkeypatch):
    monkeypatch.setattr("cti.store.sqlite.WAIT_S_MAX", 0.1)
    store = await Store.open(f"sqlite:///{tmp_path}/store.db")
    customers = Customers(store, "main")
    await customers.upsert_many([ANN])
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await customers.remove("1")
    assert await customers.get("1") == ANN
    other.close()
    assert await customers.remove("1")
    await store.close()


async def test_no_error_repeats_a_persons_data(store):
    secret = CustomerCard(customer_id="x" * 10, name="Secret\x00Name\ud800", numbers=("+4930123456",))
    with pytest.raises(StoreError) as caught:
        await Customers(store, "main").upsert_many([secret])
    shown = [str(error) for error in (caught.value, caught.value.__cause__)]
    assert not any("Secret" in text or "4930" in text for text in shown)
