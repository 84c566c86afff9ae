"""The fake carrier as a process: its command line, its one line of output, its ledger file, its end."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from cti.fakecarrier.options import parse_options
from tests.fakecarrier.toy import AUTH_TOKEN, Toy, twiml
from tests.fakecarrier.world import ACCOUNT_SID, CALLER, NUMBER
from tests.patience import PATIENCE_S

REQUIRED = ["--account-sid", ACCOUNT_SID, "--auth-token", AUTH_TOKEN]


@pytest.fixture
async def start() -> AsyncIterator[Callable[..., Awaitable[tuple[Process, int]]]]:
    processes: list[Process] = []

    async def start_process(*arguments: str) -> tuple[Process, int]:
        command = [sys.executable, "-m", "cti.fakecarrier", *REQUIRED, *arguments]
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        processes.append(process)
        assert process.stdout is not None
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
        assert ready["ready"] is True
        return process, ready["port"]

    yield start_process
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_call_from_ready_to_quit_with_a_ledger_file(start, toy: Toy, tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    process, port = await start("--ledger", str(ledger), "--speech-speed", "100", "--seed", "5")
    toy.door("/voice", twiml("<Say>hello</Say><Hangup/>"))
    control = f"http://127.0.0.1:{port}/_control"
    async with aiohttp.ClientSession() as http:
        await http.post(f"{control}/numbers", json={NUMBER: {"voice_url": f"{toy.base}/voice"}})
        await http.post(f"{control}/calls", json={"from": CALLER, "to": NUMBER})
        assert (await toy.knock("/voice")).signed
        async with http.get(f"{control}/settle?timeout_s=3") as answer:
            assert (await answer.json())["settled"]
        await http.post(f"{control}/quit")
    stdout, stderr = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert (process.returncode, stdout, stderr) == (0, b"", b"")
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert [line["page"] for line in lines] == ["webhooks", "legs"]
    assert (lines[1]["from"], lines[1]["end_reason"]) == (CALLER, "hangup")


async def test_it_ends_on_a_signal_and_with_its_parent_if_told_so(start):
    (child, _), (independent, _) = await asyncio.gather(start("--die-with-parent"), start())
    child.stdin.close()
    independent.stdin.close()
    assert await asyncio.wait_for(child.wait(), PATIENCE_S) == 0
    assert independent.returncode is None
    independent.terminate()
    assert await asyncio.wait_for(independent.wait(), PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ([], "--account-sid"),
        ([*REQUIRED, "--listen", "0.0.0.0:80"], "loopback"),
        ([*REQUIRED, "--listen", "here"], "HOST:PORT"),
        ([*REQUIRED, "--speech-speed", "0"], "--speech-speed"),
        ([*REQUIRED, "--calls-per-second", "-1"], "--calls-per-second"),
    ],
)
def test_mistakes_on_the_command_line(arguments, what, capsys):
    with pytest.raises(SystemExit) as exit_:
        parse_options(arguments)
    assert exit_.value.code == 2
    assert what in capsys.readouterr().err


def test_defaults_are_the_carriers():
    options = parse_options(REQUIRED)
    assert (options.calls_per_second, options.ring_buffer_s, options.request_timeout_s) == (1.0, 5.0, 15.0)
    assert (options.silence_limit_s, options.speech_speed, options.play_s, options.port) == (15.0, 1.0, 20.0, 0)
