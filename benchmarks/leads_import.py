"""`leads_import_1m_s`: a list of a million leads, from the command until the running server's campaigns may have them.

Everything is as it would be: `cti leads import` reads a CSV file in a process of its own, with names, two numbers for
some, and attributes, in no order at all, and hands it to the server, which is on its own disk. Meanwhile twenty calls a
second arrive, each pressing a key; `leads_import_webhook_ms_p99` says how long their webhooks took.
"""

import asyncio
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.registry_import import CALM_S, Callers, p99
from benchmarks.serving import ROOT, Serving
from benchmarks.webhook import CONFIG

ROWS = 1_000_000
ROWS_QUICK = 50_000
LIST = "bench"
AREA_CODES = ("205", "212", "303", "305", "415", "512", "602", "713", "808", "917")
STATES = ("AL", "NY", "CO", "FL", "CA", "TX", "AZ", "TX", "HI", "NY")
HEADINGS = ("Lead ID", "First Name", "Last Name", "Mobile Phone", "Home Phone", "State", "Zip", "Plan", "Notes")
TOLD = ("gold", "called before")


def measure(quick: bool) -> list[Figure]:
    """One import beside a server."""
    count = ROWS_QUICK if quick else ROWS
    with Serving(CONFIG) as serving:
        path = serving.folder / "leads.csv"
        _write(path, count)
        return asyncio.run(_measure(serving, path, count))


def _write(path: Path, count: int) -> None:
    order = random.Random(1)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADINGS)
        for row, number in enumerate(order.sample(range(len(AREA_CODES) * 1_000_000), count)):
            place, line = divmod(number, 1_000_000)
            mobile = f"({AREA_CODES[place]}) {200 + line // 10_000 * 5 % 800}-{line % 10_000:04}"
            home = f"+1 {AREA_CODES[place]} 9{line // 10_000:02}-{line % 10_000:04}" if row % 4 == 0 else ""
            name = (f"Given{row % 997}", f"Family{row % 49_999}")
            rows.writerow([row, *name, mobile, home, STATES[place], f"{10_000 + row % 80_000}", *TOLD])


async def _measure(serving: Serving, path: Path, count: int) -> list[Figure]:
    callers = Callers(serving.url)
    calling = asyncio.create_task(callers.run())
    await asyncio.sleep(CALM_S)
    calm, callers.took_ms = callers.took_ms, []
    began_at = time.perf_counter()
    said, peak_kib = await asyncio.to_thread(_import, serving, path)
    seconds = time.perf_counter() - began_at
    busy = list(callers.took_ms)
    callers.stop.set()
    await calling
    found = re.search(r"([\d,]+) leads imported, ([\d,]+) rows rejected", said)
    assert found, said
    taken, rejected = (int(each.replace(",", "")) for each in found.groups())
    assert taken + rejected == count, said
    detail = f"{taken:,} leads, {rejected:,} rows rejected, at most {peak_kib / 1024:.0f} MiB"
    webhooks = (
        f"{len(busy):,} webhooks meanwhile, the longest {max(busy):.0f} ms; in the calm before {p99(calm):.0f} ms at "
        f"the 99th percentile, the longest {max(calm):.0f} ms"
    )
    return [
        Figure(name="leads_import_1m_s", value=round(seconds, 1), unit="s", goal=180, detail=detail),
        Figure(name="leads_import_webhook_ms_p99", value=round(p99(busy), 1), unit="ms", goal=100, detail=webhooks),
    ]


def _import(serving: Serving, path: Path) -> tuple[str, int]:
    """What the command said, and how much memory it took at most (KiB)."""
    command = [sys.executable, "-m", "cti", "leads", "import", str(path), "--list", LIST, "--country", "US", "--yes"]
    environment = {**os.environ, "CTI_DATA_DIR": str(serving.data_dir), "CTI_CONFIG_DIR": str(serving.config_dir)}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read()
    assert process.returncode in (0, 1), output
    return output, used.ru_maxrss
