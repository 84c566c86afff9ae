"""What the reference says about reading and filling the store by hand works on a store."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from cti.store.customers import Customers
from cti.store.projector import Projector
from cti.store.store import Store
from cti.store.tables import metadata
from tests.store.files import csv
from tests.store.made import SITE, closed, record, started

REFERENCE = (Path(__file__).parents[2] / "docs/reference/store.md").read_text(encoding="utf-8")


def block(language):
    (found,) = re.findall(rf"```{language}\n(.*?)```", REFERENCE, re.DOTALL)
    return found


async def test_its_queries_run_beside_a_working_store(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/store.db")
    now = 2**53
    talk = closed(
        "c1", queue_id="sales", queued_at=now, connected_at=now + 4_000, ended_at=now + 9_000, agent_ids=("ann",)
    )
    await Projector(store, SITE).project([record(1, started("c1")), record(2, talk), record(3, closed("c3"))])
    await Customers(store, SITE, "DE").import_csv(csv(block("csv")))
    with closing(sqlite3.connect(f"file:{tmp_path}/store.db?mode=ro", uri=True)) as hand:
        answers = [hand.execute(query).fetchall() for query in block("sql").split(";\n")[:-1]]
    recent, queues, customers, contacts, recordings, cursor = answers
    assert [row[0] for row in recent] == ["c1", "c3"]
    assert queues == [("sales", 1, 1, 4.0)]
    assert [row[:3] for row in customers] == [(SITE, "1001", "Ann Miller")]
    assert contacts == [("c1", "connected", "")]
    assert recordings == []
    assert cursor == [(3,)]
    await store.close()


async def test_its_file_can_be_imported(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/store.db")
    customers = Customers(store, SITE, "DE")
    report = await customers.import_csv(csv(block("csv")))
    assert (report.imported, report.rejected) == (2, [])
    card = await customers.get("1001")
    assert card is not None
    assert (card.numbers, card.address) == (("+4930123456", "+4915112345678"), "High Street 1\n12345 Berlin")
    await store.close()


def test_it_speaks_of_every_table_and_column():
    names = [table.name for table in metadata.sorted_tables]
    names += [column.name for table in metadata.sorted_tables for column in table.columns]
    assert [name for name in names if f"`{name}`" not in REFERENCE] == []
