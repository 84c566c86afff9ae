"""Looking at whom not to call, without a running server."""

import csv
import io
import os
import time

import pytest

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


async def test_a_site_that_never_ran_is_looked_at_by_its_configuration(tmp_path):
    example_with_registries(tmp_path, "us_national")
    answer = await looked_up(tmp_path, MIAMI)
    assert (answer["listed"], answer["own"]) == (False, [])
    assert on_list(answer) is None
    assert await done(tmp_path, "export") == "scope,value,campaign,seller,since,by,origin,reason,entry_id\n"


@pytest.mark.parametrize("arguments", [("check", MIAMI), ("list",)])
async def test_without_a_configuration_there_is_nothing_to_ask(tmp_path, arguments):
    status, _, errors = await dnc(tmp_path, *arguments)
    assert status == 1
    assert "The site has no configuration yet" in errors
