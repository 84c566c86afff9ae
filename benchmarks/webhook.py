"""`webhook_ratio`: webhook to reply, signature checked and record durable, against a bare handler in the same run.

In requests per CPU-second of the serving process, with 64 connections of `wrk`. The calls are whole ones: arrival, a
key, and the waiting document twice; the caller's number is looked up, as it always is.

The two are measured turn by turn, a pair within four seconds: what else the machine and its neighbours do slows a
processor by half from one moment to the next, and must not slow one of them only.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.figure import AT_LEAST, Figure
from benchmarks.serving import ACCOUNT, TOKEN, Serving, cpu_s, free_port

NUMBER = "+12025550100"
CONNECTIONS = 64
WARM_S = 2
TURN_S = 2
CALLS_MAX = 10_000_000
"""More calls than any turn makes: so far apart their numbers begin."""

CONFIG = {
    "site.yaml": (
        "name: Bench\nzone: UTC\nlanguage: en-US\ncalls_per_second: 0\nhold_music: {play: music-20s.wav}\n"
        "apology: Sorry.\nunknown_number: Nobody.\n"
    ),
    "hours.yaml": "{}\n",
    "queues.yaml": "sales:\n  name: Sales\n  contacts_max: 20000\n  music: {play: music-20s.wav}\n",
    "agents.yaml": "anna:\n  name: Anna\n  queues: [sales]\n",
    "entry_points.yaml": f'"{NUMBER}":\n  name: Main\n  flow: main\n',
    "flows/main.yaml": (
        "start: menu\nsteps:\n  menu:\n    menu: Welcome. For sales press 1.\n    choices: {'1': sales}\n"
        "    otherwise: sales\n  sales:\n    enqueue: sales\n    full: bye\n  bye:\n    hang_up: Good bye.\n"
    ),
}  # fmt: skip


def measure(quick: bool) -> list[Figure]:
    """The median over all pairs of ours against the bare handler's."""
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is missing; `make bench` installs it")
    servers, pairs = (1, 2) if quick else (3, 5)
    rates = [rate for _ in range(servers) for rate in _pairs(pairs)]
    ours, bares = zip(*rates, strict=True)
    return [
        Figure(
            name="webhook_ratio",
            value=round(median(ours)),
            unit="requests/CPU-s",
            baseline=round(median(bares)),
            ratio=round(median(our / bare for our, bare in rates), 3),
            goal=0.2,
            bound=AT_LEAST,
            runs=len(rates),
        )
    ]


def _pairs(count: int) -> list[tuple[float, float]]:
    """The rates of a server and of the bare handler, both warm, in turns."""
    with Serving(CONFIG) as server:
        _wrk(server.url, WARM_S)
        with _bare(server_document(server)) as (url, pid):
            _wrk(url, WARM_S, bare=True)
            worker = server.worker_pid()
            return [
                (_rate(server.url, worker, first=turn * CALLS_MAX), _rate(url, pid, bare=True))
                for turn in range(1, count + 1)
            ]


def _rate(url: str, pid: int, *, bare: bool = False, first: int = 0) -> float:
    """Requests that the process answers, per second of processor that it takes for them."""
    before = cpu_s(pid)
    answered = _wrk(url, TURN_S, bare=bare, first=first)
    return answered / (cpu_s(pid) - before)


def server_document(server: Serving) -> str:
    """The reply to a call, for the bare handler to return."""
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

    url = f"{server.url}/twilio/voice"
    fields = {"CallSid": "CA" + "f" * 32, "AccountSid": ACCOUNT, "From": "+12025550199", "To": NUMBER}
    fields |= {"CallStatus": "ringing", "Direction": "inbound", "ApiVersion": "2010-04-01"}
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    with urllib.request.urlopen(request) as response:
        return str(response.read().decode())


@contextmanager
def _bare(document: str) -> Iterator[tuple[str, int]]:
    """The bare handler's address and process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(Path(__file__).parent / "bare.py"), str(port), document])
    try:
        _until_listening(port)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def _until_listening(port: int) -> None:
    import socket

    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("the bare handler did not start")


def _wrk(url: str, seconds: int, *, bare: bool = False, first: int = 0) -> int:
    """How many requests were answered. Anything but 2xx fails the measurement."""
    environment = {
        **os.environ,
        "BENCH_TOKEN": TOKEN,
        "BENCH_BASE": url,
        "BENCH_ACCOUNT": ACCOUNT,
        "BENCH_NUMBER": NUMBER,
        "BENCH_BARE": "1" if bare else "0",
        "BENCH_FIRST": str(first),
    }
    script = str(Path(__file__).parent / "webhook.lua")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"not every request was answered well:\n{output}")
    found = re.search(r"(\d+) requests in", output)
    if found is None:
        raise RuntimeError(f"wrk said nothing of its requests:\n{output}")
    return int(found.group(1))
