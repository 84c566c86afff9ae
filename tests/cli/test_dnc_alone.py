"""Looking at whom not to call, without a running server."""

import csv
import io
import os
import time

from tests.cli.dnc_side import (
    MIAMI,
    OTHER,
    calling_server,
    dnc,
    done,
    example_with_registries,
    looked_up,
    on_list,
    registry,
    registry_file,
    start_and_stop,
)
from tests.serving import command

NO_SERVER = "No server answers in "


async def test_lists_are_looked_at_without_a_server_also_where_the_store_is_behind(tmp_path):
    async with calling_server(tmp_path):
        await done(tmp_path, "add", MIAMI, "--reason", "asked", "--by", "anna")
        await done(tmp_path, "add", OTHER, "--reason", "asked", "--by", "anna")
        await done(tmp_path, "remove", OTHER, "--reason", "changed mind", "--by", "eve")
        await done(tmp_path, "import", "us_national", registry_file(tmp_path, range(100)), "--by", "anna")
    with_store = await looked_up(tmp_path, MIAMI), await looked_up(tmp_path, OTHER)
    exported = await done(tmp_path, "export", "--removed")
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (tmp_path / "data" / name).unlink(missing_ok=True)
    assert (await looked_up(tmp_path, MIAMI), await looked_up(tmp_path, OTHER)) == with_store
    assert with_store[0]["own"][0]["reason"] == "asked"
    assert with_store[1]["own"][0]["removed_reason"] == "changed mind"
    assert sorted((await done(tmp_path, "export", "--removed")).splitlines()) == sorted(exported.splitlines())
    assert [row["value"] for row in csv.DictReader(io.StringIO(exported))] == [MIAMI, OTHER]
    assert on_list(await looked_up(tmp_path, "+12025550000")) is True
    assert (await registry(tmp_path))["count"] == 100
    for arguments in (
        ("add", MIAMI, "--reason", "x"),
        ("remove", MIAMI, "--reason", "x", "--by", "eve"),
        ("import", "us_national", "registry.txt", "--by", "anna"),
        ("confirm", "us_national", "--by", "nora"),
    ):
        status, _, errors = await dnc(tmp_path, *arguments)
        assert status == 1
        assert errors.startswith(NO_SERVER)


async def test_a_list_that_is_gone_when_the_server_starts_stops_calls_with_words(tmp_path):
    async with calling_server(tmp_path):
        await done(tmp_path, "import", "us_national", registry_file(tmp_path, range(100)), "--by", "anna")
    (tmp_path / "data" / "lists" / (await registry(tmp_path))["version"]).unlink()
    async with calling_server(tmp_path) as server:
        assert "us_national" in await server.told("registry_missing")
        assert "us_national" in (await server.health())["missing_registries"]
    at = "2026-11-24T12:00:00-05:00"
    _, output, _ = await command(tmp_path, "dialer", "explain", "+12125550123", "--campaign", "us-sales", "--at", at)
    assert "US-DNC" in output


async def test_a_copy_that_is_older_than_a_rule_allows_is_said(tmp_path):
    async with calling_server(tmp_path):
        file = tmp_path / registry_file(tmp_path, range(100))
        long_ago = time.time() - 40 * 86_400
        os.utime(file, (long_ago, long_ago))
        assert "the date of the file" in await done(tmp_path, "import", "us_national", file.name, "--by", "anna")
    row = await registry(tmp_path)
    assert (row["stale"], row["age_days"]) == (True, 40)
    assert "too old: nobody is called" in " ".join((await done(tmp_path, "list")).split())
    assert "TOO OLD" in await done(tmp_path, "check", "+12025550000")


async def test_without_a_site_nothing_is_said_of_any_list(tmp_path):
    example_with_registries(tmp_path, "us_national")
    (tmp_path / "leads.txt").write_text(f"{MIAMI}\n")
    backup = tmp_path / "backup.csv"
    told = f"There is no site in {tmp_path}/data, which is no folder; CTI_DATA_DIR names it.\n"
    for arguments in (("check", MIAMI), ("list",), ("export",), ("export", str(backup))):
        assert await dnc(tmp_path, *arguments) == (1, "", told)
    assert await command(tmp_path, "leads", "wash", "leads.txt") == (1, "", told)
    assert not backup.exists()
    (tmp_path / "data").mkdir()
    told = f"There is no site in {tmp_path}/data; CTI_DATA_DIR names it.\n"
    assert await dnc(tmp_path, "check", MIAMI) == (1, "", told)


async def test_which_journal_was_read_is_said_and_a_site_of_another_name_is_not_in_it(tmp_path):
    example_with_registries(tmp_path, "us_national")
    await start_and_stop(tmp_path)
    answer = await looked_up(tmp_path, MIAMI)
    assert (answer["listed"], answer["own"], on_list(answer)) == (False, [], None)
    where = f"the site's journal, record 1, {tmp_path}/data/journal.db"
    assert f"Read from {where}" in await done(tmp_path, "check", MIAMI)
    status, output, errors = await dnc(tmp_path, "export")
    assert (status, errors) == (0, f"0 entries, read from {where}\n")
    assert output == "scope,value,campaign,seller,since,by,origin,reason,entry_id\n"
    status, _, errors = await command(tmp_path, "dnc", "list", CTI_SITE="other")
    assert (status, errors) == (1, f"There is no site other in {tmp_path}/data; CTI_SITE and CTI_DATA_DIR name it.\n")
