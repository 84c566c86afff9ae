"""The store as commands read it beside a server that has just begun, whose follower has not made it yet."""

import asyncio
import os

from cti.runtime.parent import lock
from cti.store.store import Store
from tests.serving import command


async def test_beside_a_server_a_store_that_is_about_to_be_made_is_waited_for(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    held = lock(data)
    listing = asyncio.create_task(command(tmp_path, "leads", "list"))
    await asyncio.wait({listing}, timeout=1)  # long enough to find nothing, on most machines
    store = await Store.open(f"sqlite+aiosqlite:///{data}/store.db")
    status, output, errors = await listing
    await store.close()
    os.close(held)
    assert (status, errors) == (0, "")
    assert "cti leads import" in output


async def test_without_a_server_it_is_said_at_once_that_there_is_none(tmp_path):
    (tmp_path / "data").mkdir()
    status, _, errors = await command(tmp_path, "leads", "list")
    assert status == 1
    assert f"Is there a store in {tmp_path / 'data'}? CTI_DATA_DIR names the server's files." in errors
