"""What the reference says about reading the journal by hand works on a journal."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from cti.journal.sql import SqlJournal
from cti.journal.tables import metadata
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain

REFERENCE = (Path(__file__).parents[2] / "docs/reference/journal.md").read_text()


async def test_its_queries_run_beside_a_working_server(sqlite_url, tmp_path):
    journal = await SqlJournal.open(sqlite_url, SITE)
    epoch = await journal.take_over("host:1")
    await journal.append(batch(chain(BEFORE_FIRST, 20), epoch=epoch))
    (queries,) = re.findall(r"```sql\n(.*?)```", REFERENCE, re.DOTALL)
    with closing(sqlite3.connect(f"file:{tmp_path}/journal.db?mode=ro", uri=True)) as hand:
        turns, contact, commands, owner = [hand.execute(query).fetchall() for query in queries.split(";\n")[:-1]]
    assert turns[0][0] == 20
    assert turns[0][2:] == ("carrier", "CallArrived", "LegStarted")
    assert [seq for seq, _ in contact] == [17]
    assert len(commands) == 40
    assert owner[0][:3] == (SITE, 1, "host:1")
    await journal.close()


def test_it_speaks_of_every_table_and_column():
    names = [table.name for table in metadata.sorted_tables]
    names += [column.name for table in metadata.sorted_tables for column in table.columns]
    assert [name for name in names if f"`{name}`" not in REFERENCE and name not in ("key", "ordinal")] == []
