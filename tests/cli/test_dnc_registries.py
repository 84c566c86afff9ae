"""Registries from the command line: imported, switched to, held and confirmed, beside a running server."""

import asyncio
import json
import os
import signal
import sys

import pytest
import pytest_asyncio

from cti.cli.local import Refused, request_local
from tests.cli.dnc_side import calling_server, dnc, done, looked_up, on_list, registry, registry_file
from tests.serving import command, environment

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, LAST = "+12025550000", "+12025552999"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory):
    async with calling_server(tmp_path_factory.mktemp("registries")) as running:
        yield running


@pytest.fixture
def folder(server):
    return server.data_dir.parent


async def explained(folder, number: str) -> list[str]:
    """The rules that say no at noon."""
    at = "2026-11-24T12:00:00-05:00"
    status, output, errors = await command(
        folder, "dialer", "explain", number, "--campaign", "us-sales", "--at", at, "--json"
    )
    assert status == 0, errors
    return [block["rule"] for block in json.loads(output)["blocked_by"]]


async def test_a_registry_is_imported_held_confirmed_and_changed(folder):
    """In one go, as each step needs the one before."""
    row = await registry(folder)
    assert (row["version"], row["example"], row["days_max"]) == (None, False, 31)
    assert await explained(folder, FIRST) == ["US-DNC"], "nobody has looked into a list that is not there"

    file = registry_file(folder, range(3_000))
    output = await done(folder, "import", "us_national", file, "--by", "anna", "--as-of", "2026-11-20")
    assert "registry.txt: 3,000 lines, 0 rejected, 3,000 numbers (column 1+2)" in output
    assert "us_national switched: 3,000 numbers, 3,000 new, 0 gone, as of 2026-11-20" in output
    first = await registry(folder)
    assert (first["count"], first["as_of"], first["held"]) == (3_000, "2026-11-20T00:00:00Z", None)
    assert [on_list(await looked_up(folder, each)) for each in (FIRST, LAST, "+12025553000")] == [True, True, False]
    assert await explained(folder, FIRST) == ["US-DNC"]
    assert await explained(folder, "+12025553000") == []
    output = await done(folder, "import", "us_national", file, "--by", "anna", "--as-of", "2026-11-20")
    assert "this very version is in force" in output

    registry_file(folder, range(2_000))
    status, output, _ = await dnc(folder, "import", "us_national", file, "--by", "anna", "--as-of", "2026-11-21")
    assert status == 1
    assert "HELD: it would shrink from 3000 to 2000 numbers" in output
    assert "cti dnc confirm us_national --by NAME" in output
    held = await registry(folder)
    assert (held["version"], held["held"]["count"], held["held"]["by"]) == (first["version"], 2_000, "anna")
    assert on_list(await looked_up(folder, LAST)), "the version before stays in force"
    assert "HELD" in await done(folder, "list")
    status, _, errors = await dnc(folder, "confirm", "us_national", "--by", "anna")
    assert status == 1
    assert "Somebody else than who brought it" in errors
    assert "2,000 numbers" in await done(folder, "confirm", "us_national", "--by", "nora")
    assert [on_list(await looked_up(folder, each)) for each in (FIRST, LAST)] == [True, False]
    status, _, errors = await dnc(folder, "confirm", "us_national", "--by", "nora")
    assert (status, errors) == (1, "No version of us_national is held: there is nothing to confirm.\n")

    (folder / "changes.txt").write_text("+2025559999\n-2025550000\n")
    output = await done(folder, "import", "us_national", "changes.txt", "--changes", "--by", "anna")
    assert "1 new, 1 gone" in output
    assert [on_list(await looked_up(folder, each)) for each in (FIRST, "+12025559999")] == [False, True]

    status, output, errors = await command(folder, "journal", "show", "--json", "--limit", "1000")
    told = [each for line in output.splitlines() for each in json.loads(line)["events"]]
    switched = [each for each in told if each["type"] == "RegistrySwitched"]
    numbers = [(each["count"], each.get("added", 0), each.get("removed", 0)) for each in switched]
    assert numbers == [(3_000, 3_000, 0), (2_000, 0, 1_000), (2_000, 1, 1)]
    assert [each.get("confirmed_by", "") for each in switched] == ["", "nora", ""]
    assert {each["by"] for each in switched} == {"anna"}
    asked = [json.loads(line)["input"] for line in output.splitlines()]
    kinds = ("RegistrySwitchRequested", "RegistrySwitchConfirmed")
    accounts = [each.get("account", "") for each in asked if each["type"] in kinds]
    assert set(accounts) == {f"uid {os.getuid()}"}


async def test_an_import_that_is_killed_changes_nothing_and_goes_on(folder):
    before = await registry(folder, "us_fl")
    file = folder / "florida.txt"
    file.write_text("".join(f"305{number:07}\n" for number in range(2_000_000, 2_400_000)))
    arguments = ("dnc", "import", "us_fl", "florida.txt", "--by", "anna")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", *arguments, cwd=folder, env=environment(folder, "http://127.0.0.1:9"),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    unfinished = folder / "data" / "lists" / "unfinished"
    while process.returncode is None and not (unfinished.is_dir() and any(unfinished.iterdir())):
        await asyncio.sleep(0.005)  # nobody tells of it: it is another process
    if process.returncode is None:
        os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    if process.returncode == -signal.SIGKILL:
        assert await registry(folder, "us_fl") == before
    output = await done(folder, *arguments[1:])
    assert "400,000 numbers" in output
    assert (await registry(folder, "us_fl"))["count"] == 400_000
    assert before["version"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("us_nationl", "registry.txt"), "There is no registry 'us_nationl': did you mean \"us_national\"?"),
        (("zebra", "registry.txt"), "There is no registry 'zebra': there are au_dncr, "),
        (("us_national", "nowhere.txt"), "nowhere.txt cannot be read: No such file or directory."),
        (("us_national", "empty.txt"), "has no telephone number in it"),
        (("us_national", "page.html"), "it is a web page or XML"),
        (("us_national", "."), " is no file"),
        (("us_national", "registry.txt", "--as-of", "2126-01-01"), "lies in the future"),
        (
            ("us_national", "registry.txt", "--as-of", "22/11/2026"),
            "--as-of: '22/11/2026' is no date: write it like 2026-11-20.",
        ),
        (("gb_tps", "registry.txt", "--changes"), "There is no version of gb_tps to change"),
    ],
)
async def test_an_import_that_cannot_be_done_is_said_in_a_sentence(folder, arguments, said):
    registry_file(folder, range(10))
    (folder / "empty.txt").write_text("")
    (folder / "page.html").write_text("<html>wrong password</html>\n")
    status, _, errors = await dnc(folder, "import", *arguments, "--by", "anna")
    assert status == 1
    assert said in errors
    assert "Traceback" not in errors


async def switch(folder, version: str, base: str = "") -> int:
    """The status with which the server refuses."""
    body = {"version": version, "as_of": 1, "base": base, "by": "anna"}
    with pytest.raises(Refused) as refused:
        await request_local(folder / "data" / "admin.sock", "POST", "/registries/ca_dncl", json=body)
    return refused.value.status


async def test_a_list_of_another_country_waits_for_a_second_operator_who_sees_how_it_was_read(folder):
    (folder / "usa.txt").write_text("".join(f"212555{number:04}\n" for number in range(500)))
    status, output, _ = await dnc(folder, "import", "gb_tps", "usa.txt", "--by", "anna")
    assert status == 1
    assert "HELD: 100 % of its numbers cannot be of GB: they were read as +44 21" in output
    assert (await registry(folder, "gb_tps"))["version"] is None


async def test_the_server_switches_to_nothing_that_is_not_there_or_not_whole(folder):
    assert await switch(folder, "0" * 64) == 409
    assert await switch(folder, "../journal.db") == 409
    lists = folder / "data" / "lists"
    registry_file(folder, range(20), "small.txt", area=317)
    await done(folder, "import", "us_in", "small.txt", "--by", "anna")
    version = (await registry(folder, "us_in"))["version"]
    content = bytearray((lists / version).read_bytes())
    content[20] ^= 1
    (lists / version).write_bytes(content)
    assert await switch(folder, version) == 409
    assert (await registry(folder, "ca_dncl"))["version"] is None
    await done(folder, "import", "us_in", "small.txt", "--by", "anna")  # which heals it


async def test_somebody_elses_version_that_came_meanwhile_is_not_overwritten(folder):
    registry_file(folder, range(30), "other.txt", area=615)
    await done(folder, "import", "us_tn", "other.txt", "--by", "anna")
    body = {"version": (await registry(folder, "us_tn"))["version"], "as_of": 1, "base": "", "by": "ben"}
    with pytest.raises(Refused, match="Another version of us_tn has come meanwhile"):
        await request_local(folder / "data" / "admin.sock", "POST", "/registries/us_tn", json=body)


async def test_a_list_whose_file_is_gone_is_told_by_health_and_by_check(server, folder):
    registry_file(folder, range(40), "gone.txt", area=307)
    await done(folder, "import", "us_wy", "gone.txt", "--by", "anna")
    assert "missing_registries" not in await server.health()
    version = (await registry(folder, "us_wy"))["version"]
    (folder / "data" / "lists" / version).unlink()
    health = await server.health()
    assert health["status"] == "ready"
    assert "import it again" in health["missing_registries"]["us_wy"]
    assert on_list(await looked_up(folder, "+13075550000"), "us_wy") is None
    assert "import it again" in " ".join((await done(folder, "list")).split())
    await done(folder, "import", "us_wy", "gone.txt", "--by", "anna")
    assert "missing_registries" not in await server.health()
    assert on_list(await looked_up(folder, "+13075550000"), "us_wy")
