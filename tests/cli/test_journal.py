"""`cti journal verify` on a journal that was tampered with."""

import sqlite3
from contextlib import closing

from cti.journal.sql import SqlJournal
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain
from tests.serving import command


async def test_a_damaged_journal_is_named_and_the_exit_status_says_so(tmp_path):
    path = tmp_path / "data" / "journal.db"
    path.parent.mkdir()
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{path}", SITE)
    await journal.append(batch(chain(BEFORE_FIRST, 5), epoch=await journal.take_over("first")))
    await journal.close()
    status, output, _ = await command(tmp_path, "journal", "verify")
    assert (status, output) == (0, "5 records, all verify\n")
    missing = (1, "", "There is no contact main-c999 in this journal.\n")
    assert await command(tmp_path, "journal", "show", "main-c999") == missing
    refused = (1, "", "--limit: give a number from 1.\n")
    assert await command(tmp_path, "journal", "show", "--limit", "-1") == refused
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE records SET body = replace(body, 'CallArrived', 'CallArrives') WHERE seq = 3")
    status, output, errors = await command(tmp_path, "journal", "verify")
    assert status == 1
    assert output.startswith("record 3: ")
    assert len(output.splitlines()) == 1
    assert "Traceback" not in errors
