"""`cti demo`, as it is run where nobody watches: every kind of call, and none comes to harm."""

import asyncio
import json
import os
import sys

KEYS = [
    "contacts",
    "connected",
    "abandoned",
    "lost",
    "bridged_twice",
    "silent",
    "pops",
    "pop_ms_p50",
    "pop_ms_p99",
]
WITHIN_S = 150


async def test_half_a_minute_shows_every_kind_of_call_and_harms_none(tmp_path):
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CTI_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", "demo", "--for", "30s", "--json",
        cwd=tmp_path, env=ours, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, said = await asyncio.wait_for(process.communicate(), WITHIN_S)
    assert process.returncode == 0, said.decode()
    result = json.loads(output.decode().splitlines()[-1])
    assert list(result) == KEYS
    assert (result["lost"], result["bridged_twice"], result["silent"]) == (0, 0, 0)
    assert 0 < result["connected"] + result["abandoned"] <= result["contacts"]
    assert result["pops"] >= result["connected"] > 0
    assert 0 < result["pop_ms_p50"] <= result["pop_ms_p99"]
    # What became of every call is told beside it, for people.
    assert sum(line.startswith("main-c") for line in said.decode().splitlines()) == result["contacts"]
    assert (tmp_path / "var" / "demo" / "journal.db").is_file()


async def test_a_length_of_time_that_is_none(tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", "demo", "--for", "soon",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await process.communicate()
    assert process.returncode == 1
    assert output == b""
    assert errors.decode() == "--for: 'soon' is no length of time; write it like 30s, 5m or 1h.\n"
