"""Lists of leads beside a running server: imported, killed half-way, looked at, added to, exported, removed."""

import asyncio
import csv
import json
import os
import signal
import sys

import pytest
import pytest_asyncio

from cti.cli.leads.lists import looking
from cti.cli.local import Refused, request_local
from cti.settings import read
from tests.patience import PATIENCE_S
from tests.serving import command, environment, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory):
    async with serving(tmp_path_factory.mktemp("leads"), {}) as running:
        await running.until("ready")
        yield running


@pytest.fixture
def folder(server):
    return server.data_dir.parent


async def leads(folder, *arguments):
    return await command(folder, "leads", *arguments)


async def done(folder, *arguments):
    """The output of `cti leads` where nothing goes wrong."""
    status, output, errors = await leads(folder, *arguments)
    assert status == 0, errors
    return output


def settings_of(folder):
    return read(environment(folder, "http://127.0.0.1:9"))


async def sizes(folder):
    async with looking(settings_of(folder)) as found:
        return {list_id: size for list_id, size, removing in await found.lists() if not removing}


async def until(says):
    """What the follower does in its own time, no event tells of: it is another process."""
    async with asyncio.timeout(PATIENCE_S):
        while not await says():
            await asyncio.sleep(0.05)


def file_of(folder, numbers, name="leads.csv"):
    rows = "".join(f"{each},Ann {each},305{2_000_000 + each}\n" for each in numbers)
    (folder / name).write_text("id,name,phone\n" + rows)
    return name


async def has(folder, list_id, size):
    return (await sizes(folder)).get(list_id, 0) == size


async def test_a_file_is_shown_imported_and_rejects_are_kept(folder):
    (folder / "spring.csv").write_text(
        "Ref;Name;Phone;Plan\n1;Ann;(305) 555-0123;=cmd|x\n2;Ben;911;gold\n3;Eve;305.555.0123;tin\n"
    )
    asked = ("import", "spring.csv", "--list", "spring", "--country", "US", "--by", "anna")
    status, _, errors = await leads(folder, *asked)
    assert status == 1
    assert "Phone   number" in errors
    assert "Say --yes if that is right" in errors
    assert await sizes(folder) == {}
    status, output, errors = await leads(folder, *asked, "--yes")
    assert (status, output) == (1, "spring.csv: 1 lead imported, 2 rows rejected [main-i1]\n")
    await until(lambda: has(folder, "spring", 1))
    await done(folder, "rejects", "spring", "--out", "rejects.csv")
    with (folder / "rejects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Name"], row["Phone"], row["rejected_line"], row["rejected_why"]) for row in rows] == [
        ("Ben", "911", "3", "Phone: it is an emergency number"),
        ("Eve", "305.555.0123", "4", "row 2 has the same number"),
    ]
    output = await done(folder, "export", "spring")
    assert "'=cmd|x" in output, "a spreadsheet runs nothing of it"
    [told] = [json.loads(line) for line in (await done(folder, "list", "--json")).splitlines()]
    assert (told["list"], told["leads"], told["imports"][0]["by"], told["imports"][0]["rejected"]) == (
        "spring",
        1,
        "anna",
        2,
    )
    assert " spring.csv by anna: 1 lead, 2 rows rejected [main-i1]\n" in await done(folder, "list")
    status, output, _ = await command(folder, "journal", "show")
    assert "anna: 1 leads more on the list spring, 0 changed, 2 rows rejected" in output


async def test_who_is_set_aside_is_asked_again_on_a_list_that_there_is(folder):
    await done(folder, "add", "+13055552222", "--list", "aside")
    assert await done(folder, "revive", "aside") == "nobody on the list aside is set aside: nothing to do\n"
    status, _, errors = await leads(folder, "revive", "asid")
    assert (status, errors) == (1, "There is no list 'asid': did you mean \"aside\"?\n")
    status, _, errors = await leads(folder, "revive", "aside", "--campaign", "wintr")
    assert status == 1
    assert errors.startswith("There is no campaign 'wintr': ")
    await request_local(
        settings_of(folder).data_dir / "admin.sock", "POST", "/leads/revive", json={"list_id": "aside", "by": "anna"}
    )
    status, output, _ = await command(folder, "journal", "show")
    assert "whom the rules refused on the list aside is asked again, says anna" in output


async def test_an_import_that_is_killed_is_seen_by_nobody_and_goes_on(folder):
    name = file_of(folder, range(30_000), "many.csv")
    asked = ("import", name, "--list", "many", "--country", "US", "--yes")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", "leads", *asked, cwd=folder, env=environment(folder, "http://127.0.0.1:9"),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async def begun():
        async with looking(settings_of(folder)) as found:
            return process.returncode is not None or any(row.rows for row in await found.unfinished("many"))

    await until(begun)
    if process.returncode is None:
        os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    if process.returncode == -signal.SIGKILL:
        assert "many" not in await sizes(folder)
    status, output, errors = await leads(folder, *asked)
    assert status in (0, 1), errors
    if process.returncode == -signal.SIGKILL:
        assert "goes on behind line" in errors
        assert "30,000 leads imported, 0 rows rejected" in output
    else:
        assert "0 leads imported, 30,000 changed, 0 rows rejected" in output
    await until(lambda: has(folder, "many", 30_000))


async def test_a_lead_is_added_changed_and_shown(folder):
    asked = ("--list", "hot", "--id", "zoe-7", "--name", "Zoe", "--state", "fl", "--attribute", "plan=gold")
    output = await done(folder, "add", "mobile:(786) 555-0123", "+12125550199", *asked, "--country", "US")
    assert output == "+17865550123 is on the list hot from now on\n"
    await until(lambda: has(folder, "hot", 1))
    told = json.loads(await done(folder, "show", "+17865550123"))
    assert (told["list"], told["external_id"], told["customer"]["name"]) == ("hot", "zoe-7", "Zoe")
    assert [each["number"] for each in told["numbers"]] == ["+17865550123", "+12125550199"]
    await done(folder, "add", "+17865550124", "--list", "hot", "--id", "zoe-7")
    await until(lambda: _has_number(folder, "+17865550124"))
    assert await sizes(folder) | {"hot": 1} == await sizes(folder)
    assert json.loads(await done(folder, "show", told["lead"]))["numbers"] == [{"number": "+17865550124"}]
    assert json.loads(await done(folder, "show", "zoe-7"))["lead"] == told["lead"]


async def test_showing_somebody_who_does_not_want_to_be_called_says_so(folder):
    await done(folder, "add", "+17865550177", "--list", "calm", "--id", "K-1040")
    await until(lambda: has(folder, "calm", 1))
    assert json.loads(await done(folder, "show", "K-1040"))["do_not_call"] == []
    status, _, errors = await command(folder, "dnc", "add", "+17865550177", "--reason", "asked", "--by", "anna")
    assert status == 0, errors
    [barred] = json.loads(await done(folder, "show", "K-1040"))["do_not_call"]
    assert (barred["number"], barred["scope"], barred["reason"]) == ("+17865550177", "company", "asked")


async def test_rows_whose_number_is_none_are_not_taken_and_say_why(folder):
    (folder / "notes.csv").write_text(
        "id,phone\n1,call her sister\n2,222-555-1234\n3,305-400-9999\n4,unknown number\n5,305-400-9998 ext 5\n"
    )
    status, output, _ = await leads(folder, "import", "notes.csv", "--list", "notes", "--country", "US", "--yes",
                                    "--map", "phone=number")  # fmt: skip
    assert (status, output.split("[")[0]) == (1, "notes.csv: 1 lead imported, 4 rows rejected ")
    await until(lambda: has(folder, "notes", 1))
    rows = list(csv.DictReader((await done(folder, "rejects", "notes")).splitlines()))
    assert {row["id"]: (row["rejected_why"], row["rejected_remedy"]) for row in rows} == {
        "1": ("phone: it is no telephone number: there are words in it", "write the number alone, in digits"),
        "2": ("phone: the plan of +1 has no such number", "ask for another"),
        "4": ("phone: it is no telephone number: there are words in it", "write the number alone, in digits"),
        "5": ("phone: it has an extension, which cannot be rung", "give the number of a direct line"),
    }


async def test_an_export_has_the_order_of_the_file_and_then_who_came_alone(folder):
    name = file_of(folder, range(120), "order.csv")
    await done(folder, "import", name, "--list", "order", "--country", "US", "--yes", "--duplicates", "keep")
    await done(folder, "add", "+17865550160", "--list", "order", "--id", "alone")
    await until(lambda: has(folder, "order", 121))
    rows = csv.DictReader((await done(folder, "export", "order")).splitlines())
    assert [row["id"] for row in rows] == [*map(str, range(120)), "alone"]


async def test_a_file_in_another_encoding_is_told_how_to_be_read(folder):
    (folder / "old.csv").write_bytes("Bât,phone\nx,3052009997\n".encode("cp1252"))
    asked = ("import", "old.csv", "--list", "old", "--country", "US")
    status, _, errors = await leads(folder, *asked)
    assert (status, "say --encoding cp1252" in errors) == (1, True)
    status, _, errors = await leads(folder, *asked, "--encoding", "cp1252")
    assert (status, "say --encoding" in errors, "Bât" in errors) == (1, False, True)


async def test_without_a_store_it_says_where_one_was_looked_for(tmp_path):
    for arguments in (("list",), ("export", "spring"), ("results",)):
        status, output, errors = await leads(tmp_path, *arguments)
        assert (status, output) == (1, "")
        assert "CTI_DATA_DIR names the server's files" in errors


async def test_a_name_that_nothing_has_changes_nothing(folder):
    await done(folder, "add", "+17865550170", "--list", "owners")
    await until(lambda: has(folder, "owners", 1))
    status, output, errors = await leads(folder, "remove", "ownrs", "--yes")
    assert (status, output, errors) == (1, "", "There is no list 'ownrs': did you mean \"owners\"?\n")
    status, _, errors = await leads(folder, "remove", "owners", "main-i9.9")
    assert (status, "There is no lead 'main-i9.9' on the list owners" in errors) == (1, True)
    _, told, _ = await command(folder, "journal", "show")
    assert (told.count("ownrs"), told.count("main-i9.9")) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "winer"), "There is no list 'winer': did you mean \"winter\"?"),
        (("export", "winter", "--campaign", "wintr"), "There is no campaign 'wintr': there is no campaign at all"),
        (("rejects", "winter"), "Nothing was imported into 'winter'"),
    ],
)
async def test_a_list_that_there_is_is_looked_at_by_its_name(folder, arguments, said):
    await done(folder, "add", "+17865550171", "--list", "winter", "--id", "1")
    await until(lambda: has(folder, "winter", 1))
    status, _, errors = await leads(folder, *arguments)
    assert (status, said in errors) == (1, True)


async def _has_number(folder, number):
    async with looking(settings_of(folder)) as found:
        return bool(await found.having([number]))


async def test_a_list_is_removed_when_that_is_meant(folder):
    await done(folder, "add", "+17865550150", "--list", "gone")
    await until(lambda: has(folder, "gone", 1))
    status, _, errors = await leads(folder, "remove", "gone")
    assert (status, "Say --yes" in errors) == (1, True)
    await done(folder, "remove", "gone", "--yes")
    await until(lambda: has(folder, "gone", 0))

    async def is_gone() -> bool:
        return not await _has_number(folder, "+17865550150")

    await until(is_gone)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "nowhere.csv", "--list", "x", "--yes"), "nowhere.csv cannot be read"),
        (("import", "names.csv", "--list", "x", "--yes"), "No column is one of numbers"),
        (("import", "names.csv", "--list", "No Such", "--yes"), "is no name for a list"),
        (("import", "names.csv", "--list", "x", "--map", "nam=id"), "there is no column 'nam'"),
        (("add", "911", "--list", "x", "--country", "US"), "911: it is an emergency number"),
        (("add", "+13055550123", "--list", "x", "--attribute", "plan"), "write name=value"),
        (("show", "nobody"), "There is no lead 'nobody'"),
        (("show", "+13055559999"), "Nobody on any list has the number"),
        (("export", "nothing"), "There is no list 'nothing'"),
        (("rejects", "nothing"), "There is no list 'nothing'"),
        (("results", "wintr"), "There is no campaign 'wintr'"),
        (("results", "wintr", "--again"), "There is no campaign 'wintr'"),
        (("import", "names.csv", "--list", "x", "--country", "USA"), "there is no country 'USA'; write US"),
        (("import", "names.csv", "--list", "x", "--country", "uk"), "there is no country 'uk'; write GB"),
        (("add", "3055550123", "--list", "x", "--country", "XX"), "there is no country 'XX'; write the two letters"),
        (("wash", "names.csv", "--country", "USA"), "there is no country 'USA'; write US"),
    ],
)
async def test_what_cannot_be_done_is_told_in_words(folder, arguments, said):
    (folder / "names.csv").write_text("name,city\nAnn,Rome\n")
    status, _, errors = await leads(folder, *arguments)
    assert status == 1
    assert said in errors


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"list_id": "../x", "lead": {"numbers": [{"number": "+13055550123"}]}}, "no name for a list"),
        ({"list_id": "x", "lead": {"numbers": []}}, "at least one number"),
        ({"list_id": "x", "lead": {"numbers": [{"number": "911"}]}}, "at least one number, each in E.164"),
        ({"list_id": "x", "lead": {"numbers": [{"number": "+13055550123"}], "priority": 999}}, "priority is from"),
        ({"list_id": "x", "lead": {"numbers": [{"number": "+13055550123"}] * 21}}, "at most 20 numbers"),
        ({"list_id": "x"}, "The body is not right"),
    ],
)
async def test_the_door_takes_no_lead_that_is_none(server, body, said):
    with pytest.raises(Refused) as refused:
        await request_local(server.data_dir / "admin.sock", "POST", "/leads", json=body)
    assert said in str(refused.value)
