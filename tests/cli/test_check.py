"""`cti check`: the example is right, and what is wrong elsewhere is said line by line, all at once."""

import re
from pathlib import Path

from tests.serving import CONFIG, command, write_config

EXAMPLE = Path(__file__).parents[2] / "config"
LINE = re.compile(r"^\S+:\d+:\d+: .+, .+$")

BROKEN = {
    **CONFIG,
    "agents.yaml": "anna:\n  name: Anna\n  queues: [sale]\nanna:\n  name: Anna\n",
    "entry_points.yaml": "+12025550100:\n  flow: main\n",
    "hours.yaml": "shop: ]\n",
    "queues.yaml": "sales:\n  name: Sales\n  wrap_up_s: soon\n",
}


async def test_the_example_is_right(tmp_path):
    status, output, errors = await command(tmp_path, "check", str(EXAMPLE))
    assert (status, errors) == (0, "")
    assert "no mistakes" in output


async def test_every_mistake_is_a_line_with_its_place(tmp_path):
    write_config(tmp_path, BROKEN)
    status, output, errors = await command(tmp_path, "check", "config")
    assert status == 1
    assert errors.startswith("More is looked at once these are mended")
    lines = output.splitlines()
    assert all(LINE.match(line) for line in lines), output
    places = [":".join(line.split(":")[:2]) for line in lines]
    assert "config/agents.yaml:4" in places  # a key that is there twice
    assert "config/entry_points.yaml:1" in places  # a number without quotes
    assert "config/hours.yaml:1" in places  # no YAML at all
    assert "config/queues.yaml:3" in places  # no number of seconds
    unquoted = next(line for line in lines if line.startswith("config/entry_points.yaml:1"))
    assert '"+12025550100"' in unquoted


async def test_where_everything_was_looked_at_nothing_more_is_announced(tmp_path):
    write_config(tmp_path, {**CONFIG, "campaigns/spring.yaml": "name: S\nseller: S\npurpose: sales\ncountries: [GB]\n"})
    status, output, errors = await command(tmp_path, "check", "config")
    assert (status, errors) == (1, "")
    assert "there are no calling rules for GB" in output


async def test_what_is_hardly_meant_is_a_line_too_but_no_mistake(tmp_path):
    write_config(tmp_path, {**CONFIG, "queues.yaml": CONFIG["queues.yaml"] + "club:\n  name: Club\n"})
    status, output, errors = await command(tmp_path, "check", "config")
    assert (status, errors) == (0, "")
    assert [line for line in output.splitlines() if LINE.match(line)][-1] == (
        "config/queues.yaml:4:1: warning: club: no agent serves this queue, "
        "give it an agent in agents.yaml, or take it away"
    )
    assert output.splitlines()[-1].startswith("config: no mistakes (")


async def test_files_are_named_as_they_are_found_from_here(tmp_path):
    write_config(tmp_path, BROKEN)
    for given in (str(tmp_path / "config"), "./config/", "../" + tmp_path.name + "/config"):
        _, output, _ = await command(tmp_path, "check", given)
        named = {line.partition(":")[0] for line in output.splitlines()}
        assert all((tmp_path / name).is_file() for name in named), named
        assert all(name.startswith(given.removeprefix("./").rstrip("/")) for name in named), named


async def test_a_folder_that_is_not_there(tmp_path):
    status, output, errors = await command(tmp_path, "check", "nowhere")
    assert (status, errors) == (1, "")
    assert output.startswith("nowhere:1:1: ")
    assert len(output.splitlines()) == 1


async def test_without_a_name_the_folder_is_the_servers(tmp_path):
    write_config(tmp_path, CONFIG)
    status, output, _ = await command(tmp_path, "check", CTI_CONFIG_DIR="")
    told = (
        "no mistakes (1 entry point, 1 flow, 1 queue, 1 agent, 0 campaigns, 0 calling rules, 0 calendars, 0 registries)"
    )
    assert (status, output.splitlines()[-1]) == (0, f"config: {told}")  # the zone data may be old
    (tmp_path / "config").rename(tmp_path / "ours")
    status, output, _ = await command(tmp_path, "check", CTI_CONFIG_DIR="ours")
    assert (status, output.splitlines()[-1]) == (0, f"ours: {told}")


async def test_what_this_machine_forgets_too_soon_is_said(tmp_path):
    _, output, _ = await command(tmp_path, "check", str(EXAMPLE))
    assert "CTI_CLEARANCE_NUMBERS_DAYS" not in output
    status, output, _ = await command(tmp_path, "check", str(EXAMPLE), CTI_CLEARANCE_NUMBERS_DAYS="90")
    [line] = [line for line in output.splitlines() if "CTI_CLEARANCE_NUMBERS_DAYS" in line]
    assert status == 0
    assert "proved for 5 years" in line
    assert line.endswith("after 90 days, set it to 1827 or more")
