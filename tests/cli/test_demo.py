"""`cti demo`, as it is run where nobody watches: every kind of call, and none comes to harm."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.test_check import EXAMPLE
from tests.patience import PATIENCE_S

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
    "dialled",
    "answered_by_people",
    "people_abandoned",
]
WITHIN_S = 150


def start(folder, *arguments):
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CTI_")}
    return asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", "demo", *arguments, cwd=folder, env=ours, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.slow
async def test_half_a_minute_shows_every_kind_of_call_and_harms_none(tmp_path):
    process = await start(tmp_path, "--for", "30s", "--json")
    output, told = await asyncio.wait_for(process.communicate(), WITHIN_S)
    assert process.returncode == 0, told.decode()
    result = json.loads(output.decode().splitlines()[-1])
    assert list(result) == KEYS
    assert (result["lost"], result["bridged_twice"], result["silent"]) == (0, 0, 0)
    assert 0 < result["connected"] + result["abandoned"] <= result["contacts"]
    assert result["pops"] >= result["connected"] > 0
    assert 0 < result["pop_ms_p50"] <= result["pop_ms_p99"]
    assert result["dialled"] >= result["answered_by_people"] >= result["people_abandoned"]
    assert result["dialled"] > 0
    assert f"sea-charts, by the carrier's ledger: {result['dialled']} dialled" in told.decode()
    # What became of every call is told beside it, for people; the figures add up.
    assert sum(line.startswith("main-c") for line in told.decode().splitlines()) == result["contacts"]
    table = [line[1:-1].split("│") for line in told.decode().splitlines() if line.startswith("│")]
    ours = [int(row[1]) for row in table if row[1].strip()]
    assert sum(ours[:-1]) == ours[-1] == result["contacts"]
    assert (tmp_path / "var" / "demo" / "journal.db").is_file()


@contextlib.asynccontextmanager
async def playing(folder, *arguments):
    """A demonstration that plays, and the process ids that it names. None of its processes is left afterwards."""
    process = await start(folder, "--json", *arguments)
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for line in process.stderr:
                if line.startswith(b"kill -9 any of these"):
                    break
        pids = {role: int(pid) for role, pid in re.findall(r"(\w+) (\d+)", line.decode().partition(":")[2])}
        assert set(pids) == {"server", "worker", "spare", "follower"}
        pids["carrier"] = next(pid for pid in children(process.pid) if pid != pids["server"])
        yield process, pids
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
    async with asyncio.timeout(PATIENCE_S):
        while any(alive(pid) for pid in pids.values()):
            await asyncio.sleep(0.05)


def children(pid):
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def said(process, words):
    """The next line that says so."""
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stderr:
            if words in line.decode():
                return line.decode()
    raise AssertionError(words)


@pytest.mark.slow
async def test_it_tells_who_died_and_how_long_callers_waited(tmp_path):
    async with playing(tmp_path) as (process, pids):
        os.kill(pids["follower"], signal.SIGKILL)
        line = await said(process, "follower")
        assert re.search(rf"follower {pids['follower']} was killed \(SIGKILL\); \d+ reads on", line)
        os.kill(pids["spare"], signal.SIGKILL)
        line = await said(process, "spare")
        assert f"spare worker {pids['spare']} was killed (SIGKILL); another stands by" in line
        os.kill(pids["worker"], signal.SIGKILL)
        line = await said(process, f"worker {pids['worker']}")
        told = re.search(r"was killed \(SIGKILL\); worker (\d+) took over, new calls waited (\d+\.\d) s in", line)
        assert told, line
        os.kill(pids["server"], signal.SIGKILL)
        line = await said(process, f"server {pids['server']}")
        assert re.search(r"its processes ended with it; worker \d+ took over, new calls waited \d+\.\d s in", line)
        assert not alive(int(told.group(1)))


async def test_killed_itself_it_leaves_no_process_behind(tmp_path):
    async with playing(tmp_path) as (process, pids):
        assert all(map(alive, pids.values()))
        process.kill()  # and the end of the block waits for all of them


async def test_without_its_carrier_it_says_what_to_do(tmp_path):
    async with playing(tmp_path) as (process, pids):
        os.kill(pids["carrier"], signal.SIGKILL)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        assert process.returncode == 1
        assert f"The fake carrier (process {pids['carrier']}) was killed (SIGKILL)." in errors.decode()
        assert "start `cti demo` again".lower() in errors.decode().lower()
        assert "Traceback" not in errors.decode()


@pytest.mark.parametrize(
    ("agents", "told"),
    [
        ("anna:\n  nme: Anna\n", 'config/agents.yaml:2:3: anna.nme: unknown key, did you mean "name"?'),
        ("anna:\n  name: Anna\n  queues: [sales]\n  skills: {club: 5}\n", "it has no agent ben, no agent carla, "),
    ],
)
async def test_a_configuration_that_it_cannot_play(tmp_path, agents, told):
    shutil.copytree(EXAMPLE, tmp_path / "config")
    (tmp_path / "config" / "agents.yaml").write_text(agents)
    process = await start(tmp_path)
    output, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert (process.returncode, output) == (1, b"")
    assert errors.decode().startswith("The demonstration ")
    assert told in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_length_of_time_that_is_none(tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", "demo", "--for", "soon",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await process.communicate()
    assert process.returncode == 1
    assert output == b""
    assert errors.decode() == "--for: 'soon' is no length of time; write it like 30s, 5m or 1h.\n"
