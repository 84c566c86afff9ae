"""The migrations make the tables that the code speaks of, beside whatever else is in the database."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from cti.core.events import ContactClosed
from cti.store.customers import Customers
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.store import Store
from cti.store.tables import VERSION_TABLE, contact_records, metadata
from tests.store.files import csv


def differences(connection):
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    )
    return compare_metadata(context, metadata)


async def test_the_migrations_make_the_tables_of_the_code(store):
    assert await store.read(differences) == []
    names = await store.read(lambda connection: inspect(connection).get_table_names())
    assert set(names) == {*metadata.tables, VERSION_TABLE}


async def test_opening_again_changes_nothing_and_keeps_what_is_there(store, store_url):
    customers = Customers(store, "main")
    await customers.import_csv(csv("id,number\n1,+4930123456\n"))
    again = await Store.open(store_url)
    assert await Customers(again, "main").find_by_number("+4930123456") != ()
    await again.close()


async def test_two_that_open_an_empty_database_at_once_both_find_the_tables(store_url):
    stores = await asyncio.gather(*(Store.open(store_url) for _ in range(4)))
    for store in stores:
        assert await Customers(store, "main").get("1") is None
        await store.close()


async def test_tables_of_others_in_the_database_are_left_alone(store_url):
    store = await Store.open(store_url)
    await store.write(lambda connection: connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)")))
    await store.write(lambda connection: connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')")))
    await store.close()
    store = await Store.open(store_url)
    theirs = await store.read(lambda connection: connection.scalar(text("SELECT version_num FROM alembic_version")))
    assert theirs == "theirs"
    await store.close()


async def test_a_newer_store_is_refused_by_writers_and_readers(store, store_url):
    await store.write(lambda connection: connection.execute(text("UPDATE store_version SET version_num = '9999'")))
    with pytest.raises(StoreError, match="newer than the 0006 of this program"):
        await Store.open(store_url)
    reader = await Store.open(store_url, read_only=True)
    with pytest.raises(StoreError, match="newer than the 0006 of this program"):
        await Customers(reader, "main").get("1")
    await reader.close()


async def test_a_reader_that_comes_first_works_once_the_writer_has_made_the_store(store_url):
    reader = await Store.open(store_url, read_only=True)
    with pytest.raises(StoreUnavailable):
        await Customers(reader, "main").get("1")
    store = await Store.open(store_url)
    assert await Customers(reader, "main").get("1") is None
    await store.close()
    await reader.close()


def test_every_field_of_a_closed_contact_has_a_column():
    """Of which attempt it was, the log of attempts tells."""
    assert set(ContactClosed.__struct_fields__) - set(contact_records.columns.keys()) == {"attempt_id"}
