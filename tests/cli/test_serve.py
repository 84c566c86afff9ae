"""`cti serve` refuses to start in words: no stack trace, and everything that is wrong at once."""

import json
import socket

import pytest

from tests.configuration.trees import CALLING
from tests.serving import CONFIG, command, serving


async def test_without_settings_it_says_everything_that_is_missing(tmp_path):
    wrong = {"CTI_TWILIO_ACCOUNT_SID": "", "CTI_TWILIO_AUTH_TOKEN": "", "CTI_LISTEN": "here", "CTI_SITE": "Our Site"}
    status, output, errors = await command(tmp_path, "serve", **wrong)
    assert (status, output) == (1, "")
    assert sorted(line.partition(":")[0] for line in errors.splitlines()) == sorted(wrong)


async def test_a_misspelt_variable_is_told_first_also_where_others_are_wrong(tmp_path):
    status, _, errors = await command(tmp_path, "serve", CTI_LISTEN="here", CTI_SITTE="x")
    assert status == 1
    assert errors.startswith("warning: CTI_SITTE: ")
    assert errors.splitlines()[1].startswith("CTI_LISTEN: ")


async def test_a_second_server_on_the_same_files_is_refused(tmp_path):
    async with serving(tmp_path) as server:
        await server.until("ready")
        status, output, errors = await command(tmp_path, "serve", CTI_LISTEN="127.0.0.1:0")
        assert (status, output) == (1, "")
        assert errors.startswith(f"Another server (process {server.process.pid}) is using {server.data_dir}.")
        assert "CTI_DATA_DIR" in errors
        assert "Traceback" not in errors
        assert (await server.health())["status"] == "ready"  # and the first one has not noticed


async def test_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        status, output, errors = await command(tmp_path, "serve", CTI_LISTEN=address)
    assert (status, output) == (1, "")
    assert errors == f"Cannot listen on {address}: Address already in use. Choose another with CTI_LISTEN.\n"


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_address_that_is_not_ours(tmp_path, host):
    status, _, errors = await command(tmp_path, "serve", CTI_LISTEN=f"{host}:8080")
    assert status == 1
    assert errors.startswith(f"Cannot listen on {host}:8080: ")
    assert len(errors.splitlines()) == 1


async def test_a_place_where_no_files_can_be_kept(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    status, _, errors = await command(tmp_path, "serve", CTI_LISTEN="127.0.0.1:0")
    assert status == 1
    assert errors.startswith(f"The files in {tmp_path / 'data'} cannot be used: ")
    assert len(errors.splitlines()) == 1


async def test_a_tree_that_was_changed_is_compared_with_the_journals(tmp_path):
    async with serving(tmp_path) as server:
        await server.until("ready")
    changed = CONFIG | {"agents.yaml": CONFIG["agents.yaml"] + "zelda:\n  name: Zelda\n"}
    async with serving(tmp_path, changed, CTI_LISTN="hush") as server:
        await server.until("ready")
        status, _, errors = await command(tmp_path, "token", "issue", "--agent", "zelda")
        assert status == 1
        assert "The tree in CTI_CONFIG_DIR has this agent, but" in errors
        status, _, errors = await command(tmp_path, "token", "issue", "--agent", "nobody")
        assert (status, "CTI_CONFIG_DIR" in errors) == (1, False)
        status, _, errors = await command(tmp_path, "token", "issue")
        assert (status, errors) == (1, "Name an agent or a supervisor: --agent NAME or --supervisor NAME.\n")
        status, output, errors = await command(tmp_path, "token", "issue", "--supervisor", "nobody")
        assert (status, len(output.split())) == (0, 1)
        assert "not listen" in errors
        told = json.loads(await server.told("configuration_differs"))
    assert told["differs"] == ["agents.yaml: zelda"]
    assert "CTI_DATA_DIR" in told["remedy"]
    assert any(line.startswith("warning: CTI_LISTN: ") for line in server.log)
    assert "hush" not in "".join(server.log)


async def test_a_broken_tree_leaves_the_journals_in_force(tmp_path):
    async with serving(tmp_path) as server:
        await server.until("ready")
    async with serving(tmp_path, CONFIG | {"site.yaml": "name: ["}) as server:
        await server.until("ready")
        assert "config/site.yaml:1:" in await server.told("configuration_unusable")
    assert any("the journal's configuration stays in force" in line for line in server.log)


async def test_a_start_says_what_this_machine_forgets_sooner_than_a_rule_wants_it_kept(tmp_path):
    calling = {f"{name}.yaml": text for name, text in CALLING.items()}
    calling["calling_rules/gb.yaml"] = CALLING["calling_rules/gb"].replace("15s}", "15s, keep_years: 5}")
    async with serving(tmp_path, CONFIG | calling, CTI_CLEARANCE_NUMBERS_DAYS="90") as server:
        await server.until("ready")
    [line] = [line for line in server.log if "CTI_CLEARANCE_NUMBERS_DAYS" in line]
    assert "warning: GB-RING: it demands that calls are proved for 5 years" in line


async def test_a_start_says_which_results_would_not_leave_this_machine(tmp_path):
    calling = {f"{name}.yaml": text for name, text in CALLING.items()}
    calling["campaigns/uk-sales.yaml"] += 'results: {url: "https://crm.example.com/x", secret: "secret:CRM"}\n'
    async with serving(tmp_path, CONFIG | calling) as server:
        await server.until("ready")
    told = [line for line in server.log if "config/campaigns/uk-sales.yaml:5:1: warning: results: " in line]
    assert len(told) == 2
    assert "crm.example.com is not among the hosts" in told[0]
    assert "there is no secret CRM" in told[1]
