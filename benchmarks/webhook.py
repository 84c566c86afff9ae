"""`webhook_ratio`: webhook to reply, signature checked and record durable, against a bare handler in the same run.

In requests per CPU-second of the serving process, with 64 connections of `wrk`. The calls are whole ones: arrival, a
key, and the waiting document twice; the caller's number is looked up, as it always is.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.figure import AT_LEAST, Figure
from benchmarks.serving import ACCOUNT, TOKEN, Serving, cpu_s, free_port

NUMBER = "+12025550100"
CONNECTIONS = 64
CONFIG = {
    "site.yaml": (
        "name: Bench\nzone: UTC\nlanguage: en-US\nhold_music: {play: music-20s.wav}\n"
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
    """The median over the runs of ours against the bare handler's, each pair measured one after the other."""
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is missing; `make bench` installs it")
    runs, seconds = (1, 3) if quick else (3, 8)
    ours, bares = [], []
    for _ in range(runs):
        rate, document = _ours(seconds)
        ours.append(rate)
        bares.append(_bare(seconds, document))
    ratio = median(our / bare for our, bare in zip(ours, bares, strict=True))
    return [
        Figure(
            name="webhook_ratio",
            value=round(median(ours)),
            unit="requests/CPU-s",
            baseline=round(median(bares)),
            ratio=round(ratio, 3),
            goal=0.2,
            bound=AT_LEAST,
            runs=runs,
        )
    ]


def _ours(seconds: int) -> tuple[float, str]:
    with Serving(CONFIG) as server:
        _wrk(server.url, 2)  # warm
        document = server_document(server)
        pid = server.worker_pid()
        before = cpu_s(pid)
        answered = _wrk(server.url, seconds, first=10_000_000)
        return answered / (cpu_s(pid) - before), document


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


def _bare(seconds: int, document: str) -> float:
    port = free_port()
    process = subprocess.Popen([sys.executable, str(Path(__file__).parent / "bare.py"), str(port), document])
    try:
        url = f"http://127.0.0.1:{port}"
        _until_listening(port)
        _wrk(url, 1, bare=True)
        before = cpu_s(process.pid)
        answered = _wrk(url, seconds, bare=True)
        return answered / (cpu_s(process.pid) - before)
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
