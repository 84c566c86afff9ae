"""`cti journal` on a journal that was tampered with, and before a reader who has soon had enough."""

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cti.journal.sql import SqlJournal
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain
from tests.patience import PATIENCE_S
from tests.serving import command, environment


async def made(folder: Path, records: int) -> Path:
    path = folder / "data" / "journal.db"
    path.parent.mkdir()
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{path}", SITE)
    await journal.append(batch(chain(BEFORE_FIRST, records), epoch=await journal.take_over("first")))
    await journal.close()
    return path


async def test_a_damaged_journal_is_named_and_the_exit_status_says_so(tmp_path):
    path = await made(tmp_path, 5)
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


@pytest.mark.parametrize(
    "arguments", [("journal", "show"), ("journal", "show", "--json"), ("journal", "verify"), ("check",)]
)
async def test_a_reader_who_goes_ends_it_quietly(tmp_path, arguments):
    await made(tmp_path, 200)  # more than a pipe's buffer holds
    read, write = os.pipe()
    os.close(read)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", *arguments, cwd=tmp_path, env=environment(tmp_path, "http://127.0.0.1:9"),
        stdin=asyncio.subprocess.DEVNULL, stdout=write, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(write)
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert errors.decode().strip() == ""
    assert process.returncode == 128 + signal.SIGPIPE
