"""The commands that talk to a running server, or read its files while it writes them."""

import json
import re
import time

import pytest
import pytest_asyncio

from cti.cli.demo.callers import CLINIC, MAIN, connect_numbers
from cti.cli.demo.processes import Centre
from cti.client import AgentClient, Connected, Offer, SupervisorClient, TokenRefused, WrapUp, WrapUpOver
from tests.cli.test_check import EXAMPLE
from tests.serving import command

CALLER = "+13035550101"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory):
    """The example centre and its carrier, with nobody at work."""
    running = Centre(tmp_path_factory.mktemp("centre") / "data", EXAMPLE, print)
    try:
        await running.start()
        await connect_numbers(running)
        yield running
    finally:
        await running.stop()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_token_opens_the_door_until_it_is_revoked(centre):
    folder = centre.data_dir.parent
    status, output, errors = await command(folder, "token", "issue", "--agent", "anna", "--days", "1")
    assert (status, errors) == (0, "")
    token = output.strip()
    async with AgentClient(centre.url, token) as desk:
        await desk.sign_in()
        assert desk.desk.presence == "SIGNED_IN"
        await desk.sign_out()
    assert await command(folder, "token", "revoke", token) == (0, "revoked\n", "")
    with pytest.raises(TokenRefused):
        async with AgentClient(centre.url, token):
            pass
    assert await command(folder, "token", "revoke", token) == (1, "", "This token is not in force.\n")


async def test_tokens_are_listed_and_revoked_by_their_id(centre):
    folder = centre.data_dir.parent
    before = time.time() * 1_000
    _, output, _ = await command(folder, "token", "issue", "--agent", "grace", "--days", "2")
    token = output.strip()

    async def listed():
        status, output, _ = await command(folder, "token", "list", "--json")
        assert status == 0
        assert token not in output
        return [row for row in map(json.loads, output.splitlines()) if row["subject"] == "grace"]

    (row,) = await listed()
    assert (row["scope"], row["used_at"]) == ("agent", 0)
    assert before - 1_000 <= row["issued_at"] <= row["expires_at"] - 2 * 24 * 60 * 60 * 1_000 + 1_000
    async with AgentClient(centre.url, token) as desk:
        assert desk.desk.agent_id == "grace"
    assert (await listed())[0]["used_at"] >= row["issued_at"]
    status, output, _ = await command(folder, "token", "list")
    assert status == 0
    assert re.search(rf"^{row['id']} +agent +grace +\d{{4}}-\d\d-\d\d ", output, re.MULTILINE), output
    assert await command(folder, "token", "revoke", row["id"]) == (0, "revoked\n", "")
    assert await listed() == []
    with pytest.raises(TokenRefused):
        async with AgentClient(centre.url, token):
            pass


async def test_a_supervisors_token_shows_the_wallboard(centre):
    status, output, _ = await command(centre.data_dir.parent, "token", "issue", "--supervisor", "eve")
    assert status == 0
    async with SupervisorClient(centre.url, output.strip()) as supervisor:
        assert "sales" in supervisor.wallboard.queues


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--agent", "nobody"), "There is no agent 'nobody'. Agents here: anna, "),
        ((), "Name an agent or a supervisor: --agent NAME or --supervisor NAME"),
        (("--agent", "anna", "--supervisor", "eve"), "Name an agent, or a supervisor, not both."),
        (("--agent", "anna", "--days", "0"), "days: give a number from 1 to 3650."),
    ],
)
async def test_a_token_that_cannot_be_issued(centre, arguments, said):
    status, output, errors = await command(centre.data_dir.parent, "token", "issue", *arguments)
    assert (status, output) == (1, "")
    assert errors.startswith(said)


async def test_customers_are_imported_and_bad_rows_are_named(centre):
    folder = centre.data_dir.parent
    file = folder / "new.csv"
    good = "id,name,account,segment,number\nk1,Kim Lee,1,retail,+13035550901\n"
    file.write_text(good + "k2,Lou Roe,2,retail,12\n")
    status, output, errors = await command(folder, "customers", "import", "new.csv")
    assert (status, errors) == (1, "")
    assert re.match(r"new\.csv:3: .+; .+\n1 imported, 0 updated, 1 rejected\n$", output), output
    file.write_text(good.replace("Kim Lee", "Kim Lee-Roe"))
    assert await command(folder, "customers", "import", "new.csv") == (0, "0 imported, 1 updated, 0 rejected\n", "")


async def test_a_file_of_customers_that_is_not_there(centre):
    status, _, errors = await command(centre.data_dir.parent, "customers", "import", "nowhere.csv")
    assert status == 1
    assert "nowhere.csv" in errors
    assert "Traceback" not in errors


async def test_the_journal_is_verified_and_shown_while_it_is_written(centre):
    folder = centre.data_dir.parent
    await centre.control(
        "POST", "calls", **{"from": CALLER, "to": MAIN, "script": [{"wait": "menu"}, {"hang_up": True}]}
    )
    await centre.control("GET", "settle?timeout_s=20")
    status, output, _ = await command(folder, "journal", "verify")
    assert status == 0
    assert re.fullmatch(r"[1-9]\d* records, all verify\n", output)

    status, output, _ = await command(folder, "journal", "show", TZ="UTC")
    assert status == 0
    first = output.splitlines()[0]
    assert re.fullmatch(r"1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  server: a worker took over .*", first)
    contact = re.search(r"contact (main-c\d+) began: inbound", output)
    assert contact, output
    status, story, _ = await command(folder, "journal", "show", contact.group(1))
    records = [line for line in story.splitlines() if not line.startswith(" ")]
    assert status == 0
    assert "carrier: a call came in" in records[0]
    assert f"inbound, number {MAIN}" in story
    assert f"      {contact.group(1)} hung up in the flow" in story
    assert CALLER not in output + story  # personal data stays out
    status, output, _ = await command(folder, "journal", "show", contact.group(1), "--limit", "1", "--json")
    record = json.loads(output)
    assert (status, record["actor"], record["input"]["type"]) == (0, "carrier", "CallArrived")
    assert CALLER not in output


async def test_a_contact_is_told_to_its_end(centre):
    """Records that name only its legs and rooms belong to it as well."""
    folder = centre.data_dir.parent
    status, output, _ = await command(folder, "token", "issue", "--agent", "hugo")
    async with AgentClient(centre.url, output.strip()) as desk:
        await desk.sign_in()
        await desk.ready()
        script = [{"wait": "bridged", "timeout_ms": 20_000}, {"after_ms": 20_000}]
        await centre.control("POST", "calls", **{"from": CALLER, "to": CLINIC, "script": script})
        async for event in desk.events():
            if isinstance(event, Offer):
                await desk.accept(event.offer_id)
            elif isinstance(event, Connected):  # who hangs up is asked for, so no order of reports can blur it
                await desk.hang_up(event.contact_id)
            elif isinstance(event, WrapUp):
                await desk.dispose(event.contact_id, "visit_booked")
            elif isinstance(event, WrapUpOver):
                break
    status, story, _ = await command(folder, "journal", "show", event.contact_id)
    assert status == 0
    for told in (
        "waits in queue tiny", "was offered to hugo", "hugo pressed accept", "is asked to ring leg", "rings",
        "hear each other", "is over: agent hung up, talked", "hugo chose visit_booked", "is closed: connected",
    ):  # fmt: skip
        assert told in story, story


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "issue", "--agent", "anna"),
        ("token", "list"),
        ("token", "revoke", "x"),
        ("customers", "import", __file__),
    ],
)
async def test_where_no_server_runs_it_is_said_so(tmp_path, arguments):
    status, output, errors = await command(tmp_path, *arguments)
    assert (status, output) == (1, "")
    assert errors.startswith(f"No server answers in {tmp_path / 'data'}. Start it with `cti serve`")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("what", ["verify", "show"])
async def test_where_there_is_no_journal_it_is_said_so(tmp_path, what):
    status, output, errors = await command(tmp_path, "journal", what)
    assert (status, output) == (1, "")
    assert "journal" in errors
    assert "Traceback" not in errors
