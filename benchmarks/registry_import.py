"""`dnc_import_10m_s`: a registry's ten million numbers, from the command until the running server looks into them.

Everything is as it would be: `cti dnc import` makes the list in a process of its own, out of a file in no order at all,
and has the server, which is on its own journal, switch to it. Meanwhile twenty calls a second arrive, each pressing a
key; how long their webhooks took is told beside the figure, and how long they took in the calm before.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import quantiles

from benchmarks.calls import Webhooks
from benchmarks.figure import Figure
from benchmarks.serving import ROOT, Serving
from benchmarks.webhook import CONFIG, NUMBER

REGISTRY = "us_bench"
IMPORT_CONFIG = {**CONFIG, "do_not_call.yaml": f"{REGISTRY}:\n  name: As many as there are\n  jurisdiction: US\n"}
CALLS_PER_S = 20
CALM_S = 5
KEY = "1"


class Callers:
    """Calls at a steady rate, whether they are answered in time or not; `took_ms` has each webhook's time."""

    def __init__(self, url: str) -> None:
        self._webhooks = Webhooks(url)
        self._calls: set[asyncio.Task[None]] = set()
        self._number = 0
        self.took_ms: list[float] = []
        self.stop = asyncio.Event()

    async def run(self) -> None:
        """Until told to stop, and every call that came is answered."""
        began_at = time.perf_counter()
        while not self.stop.is_set():
            self._number += 1
            task = asyncio.create_task(self._call(self._number))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
            await asyncio.sleep(max(0.0, began_at + self._number / CALLS_PER_S - time.perf_counter()))
        await asyncio.gather(*self._calls)
        await self._webhooks.close()

    async def _call(self, number: int) -> None:
        document = await self._timed(self._webhooks.call(number, NUMBER))
        await self._timed(self._webhooks.press(number, NUMBER, document, KEY))

    async def _timed(self, asking: Awaitable[tuple[int, str]]) -> str:
        began_at = time.perf_counter()
        status, document = await asking
        self.took_ms.append((time.perf_counter() - began_at) * 1_000)
        assert status == 200, document
        return document


def measure(text: Path, count: int) -> Figure:
    """One import of the file, which has `count` different numbers."""
    with Serving(IMPORT_CONFIG) as serving:
        return asyncio.run(_measure(serving, text, count))


async def _measure(serving: Serving, text: Path, count: int) -> Figure:
    callers = Callers(serving.url)
    calling = asyncio.create_task(callers.run())
    await asyncio.sleep(CALM_S)
    calm, callers.took_ms = callers.took_ms, []
    began_at = time.perf_counter()
    said, peak_kib = await asyncio.to_thread(_import, serving, text)
    seconds = time.perf_counter() - began_at
    busy = list(callers.took_ms)
    callers.stop.set()
    await calling
    assert f"{REGISTRY} switched: {count:,} numbers" in said, said
    assert re.search(r" 0 rejected, ", said), said
    return Figure(
        name="dnc_import_10m_s",
        value=round(seconds, 1),
        unit="s",
        goal=60,
        detail=(
            f"{count:,} numbers, at most {peak_kib / 1024:.0f} MiB; {len(busy):,} webhooks meanwhile: {p99(busy):.0f} "
            f"ms at the 99th percentile, the longest {max(busy):.0f} ms; in the calm before {p99(calm):.0f} and "
            f"{max(calm):.0f} ms"
        ),
    )


def p99(took_ms: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(took_ms, n=100)[98]


def _import(serving: Serving, text: Path) -> tuple[str, int]:
    """What the command said, and how much memory it took at most (KiB)."""
    command = [sys.executable, "-m", "cti", "dnc", "import", REGISTRY, str(text), "--by", "bench"]
    environment = {**os.environ, "CTI_DATA_DIR": str(serving.data_dir), "CTI_CONFIG_DIR": str(serving.config_dir)}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read()
    assert process.returncode == 0, output
    return output, used.ru_maxrss
