"""The migrations make the tables that the code speaks of, beside whatever else is in the database."""

import asyncio

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from cti.core.commands import FindSuppression
from cti.core.events import ContactClosed
from cti.store.call_facts import CallFacts, NoLists
from cti.store.customers import Customers
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.leads.looking import LookingAtLeads
from cti.store.leads.staging import Begin, Staging
from cti.store.own_lists import OwnLists
from cti.store.schema import MIGRATIONS
from cti.store.store import Store
from cti.store.tables import VERSION_TABLE, contact_records, metadata
from tests.described import described
from tests.store.files import csv


def differences(connection):
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    )
    return compare_metadata(context, metadata)


async def test_a_new_store_has_the_tables_of_the_code(store):
    assert await store.read(differences) == []
    names = await store.read(lambda connection: inspect(connection).get_table_names())
    assert set(names) == {*metadata.tables, VERSION_TABLE}


async def test_the_migrations_make_the_tables_that_a_new_store_has(store):
    def again_by_migrations(connection):
        metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return described(connection, metadata, VERSION_TABLE)

    at_once = await store.read(lambda connection: described(connection, metadata, VERSION_TABLE))
    assert await store.write(again_by_migrations) == at_once


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
    with pytest.raises(StoreError, match="newer than the 0012 of this program"):
        await Store.open(store_url)
    reader = await Store.open(store_url, read_only=True)
    with pytest.raises(StoreError, match="newer than the 0012 of this program"):
        await Customers(reader, "main").get("1")
    await reader.close()


def of_revision(connection, revision):
    """As a version of long ago left it."""
    metadata.drop_all(connection)
    connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_entries_of_before_there_were_people_beside_them_stand_as_they_did(store, store_url):
    await store.write(lambda connection: of_revision(connection, "0004"))
    row = (
        "INSERT INTO suppressions VALUES ('main', :entry_id, 7, 'company', :value, '', '', 'asked', 'cli', 'anna',"
        " 5, 0, :gone, :gone, '', '')"
    )
    rows = [{"entry_id": f"main-s{n}", "value": f"+120255501{n:02}", "gone": n % 2} for n in range(50)]
    await store.write(lambda connection: connection.execute(text(row), rows))
    await store.close()
    store = await Store.open(store_url)
    assert await store.read(differences) == []
    lists = OwnLists(store, "main")
    entries = await lists.about([each["value"] for each in rows])
    assert [(each.entry_id, each.stands, each.beside) for each in entries] == [
        (each["entry_id"], not each["gone"], "") for each in sorted(rows, key=lambda each: each["entry_id"])
    ]
    facts = CallFacts(store, "main", NoLists())
    question = FindSuppression(scope="company", value="+12025550104")
    assert [each.entry_id for each in (await facts.find_entries(question)).found] == ["main-s4"]
    assert (await facts.find_entries(question)).beside == ()
    await store.close()


async def test_a_store_of_before_gives_no_import_a_name_that_an_earlier_one_may_have_had(store, store_url):
    """Lists that were removed, and all that was known of their imports, may have been there."""
    await store.write(lambda connection: of_revision(connection, "0010"))
    cursors = "INSERT INTO cursors VALUES ('main', 'leads', 7), ('main', 'contacts', 9), ('west', 'leads', 0)"
    await store.write(lambda connection: connection.execute(text(cursors)))
    await store.close()
    store = await Store.open(store_url)
    assert await store.read(differences) == []
    begun = [
        (await Staging(store, site).begin(Begin("spring", "file", "leads.csv", "anna", 5))).import_id
        for site in ("main", "west")
    ]
    assert begun == ["main-i10", "west-i1"]
    assert [row.import_id for row in await LookingAtLeads(store, "main").imports()] == ["main-i10"]
    await store.close()


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
