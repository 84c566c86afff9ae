"""A busy centre to do harm to, and the verdict afterwards."""

import asyncio
import contextlib
import csv
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from benchmarks.serving import cpu_s
from cti.cli.demo.agents import SimulatedAgent, Stage
from cti.cli.demo.callers import connect_numbers, play_scenes, start_random
from cti.cli.demo.harm import RECORDS_MAX, find_harm
from cti.cli.demo.processes import Centre
from cti.cli.demo.show import AGENTS, PATIENT

CONFIG = Path(__file__).parents[2] / "config"
SETTLE_S = 75


class Play:
    """A running centre with agents at work and callers calling."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.notes: list[str] = []
        self.contacts: list[dict[str, Any]] = []
        self.people: list[asyncio.Task[None]] = []
        """What agents and scripted callers do. None of them may end by an error."""
        self.settled = False
        self.kills = 0

    def children(self) -> dict[str, list[int]]:
        """The server's processes by role. Of the two called worker, the spare has used less processor time."""
        found: dict[str, list[int]] = {"worker": [], "follower": []}
        with contextlib.suppress(OSError):
            parent = self.centre.server_pid
            for pid in map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                for role, pids in found.items():
                    if role.encode() in command:
                        pids.append(pid)
        return found

    def kill(self, role: str, source: random.Random) -> bool:
        """SIGKILL to a process of this role (`parent`, `worker`, `follower`); False when there is none just now."""
        pids = [self.centre.server_pid] if role == "parent" else self.children()[role]
        if not pids:
            return False
        try:
            os.kill(max(pids, key=cpu_s) if role == "worker" else source.choice(pids), signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            return False
        return True

    async def until_ready(self, within_s: float = 15.0) -> float:
        """Seconds until the server answers that it is ready."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        while loop.time() - began_at < within_s:
            with contextlib.suppress(OSError, Exception):
                async with self.centre.session.get(f"{self.centre.url}/api/v1/health") as response:
                    if (await response.json())["status"] == "ready":
                        return loop.time() - began_at
            await asyncio.sleep(0.02)
        raise AssertionError(f"not ready within {within_s} s; see {self.centre.data_dir}/server.log")

    async def verdict(self) -> dict[str, Any]:
        """Nobody new calls, everybody is served to the end, and the carrier judges."""
        await self.centre.control("DELETE", "callers")
        self.settled = (await self.centre.control("GET", f"settle?timeout_s={SETTLE_S}"))["settled"]
        judged: dict[str, Any] = await self.centre.control("GET", "verdict")
        for _ in range(300):
            answer = await self.centre.local("follower.sock", "GET", "/contacts?limit=1000")
            self.contacts = answer["contacts"]
            if len(self.contacts) >= min(RECORDS_MAX, judged["contacts"]):
                break
            await asyncio.sleep(0.1)
        return judged

    async def harm(self, judged: dict[str, Any]) -> list[str]:
        """What came to harm, in words; empty when all is well."""
        harm = await find_harm(self.centre, judged, self.contacts)
        if not self.settled:
            harm.append("a leg is still up, or a request of the carrier unanswered")
        if not judged["connected"]:
            harm.append("nobody was connected: a run without a talk proves nothing")
        done = [task for task in self.people if task.done() and not task.cancelled()]
        return harm + [f"somebody stopped playing: {task.exception()!r}" for task in done if task.exception()]


def _without_rate(folder: Path) -> Path:
    """The example centre with as many calls a second as it asks for: so there is more to do harm to."""
    shutil.copytree(CONFIG, folder, dirs_exist_ok=True)
    site = folder / "site.yaml"
    limited = site.read_text()
    unlimited = limited.replace("\ncalls_per_second: 1\n", "\ncalls_per_second: 0\n")
    assert unlimited != limited
    site.write_text(unlimited)
    return folder


async def bring_customers(centre: Centre) -> list[str]:
    """Import the example centre's customers. Their numbers."""
    customers = (CONFIG / "customers.csv").read_bytes()
    await centre.local("follower.sock", "POST", "/customers", data=customers)
    return [row["number"] for row in csv.DictReader(customers.decode().splitlines())]


async def token_for(centre: Centre, **whom: str) -> str:
    """A token for an `agent` or a `supervisor`."""
    answer = await centre.local("admin.sock", "POST", "/tokens", json={**whom, "days": 1})
    return str(answer["token"])


@contextlib.asynccontextmanager
async def playing(
    data_dir: Path, *, seed: int, rate_per_s: float = 1.5, environment: dict[str, str] | None = None
) -> AsyncIterator[Play]:
    """A centre at work, until the block ends."""
    notes: list[str] = []
    centre = Centre(
        data_dir,
        _without_rate(data_dir.with_name(f"{data_dir.name}-config")),
        notes.append,
        environment=environment,
        calls_per_second=0,
    )
    tasks: list[asyncio.Task[None]] = []
    try:
        await centre.start()
        stage = Stage(random.Random(seed))
        from_numbers = await bring_customers(centre)
        for agent_id in AGENTS:
            token = await token_for(centre, agent=agent_id)
            agent = SimulatedAgent(agent_id, centre.url, token, stage, patient=agent_id == PATIENT)
            tasks.append(asyncio.create_task(agent.work()))
        await connect_numbers(centre)
        tasks.append(asyncio.create_task(play_scenes(centre, from_numbers)))
        await start_random(centre, rate_per_s, from_numbers)
        play = Play(centre)
        play.people = tasks
        play.notes = notes
        yield play
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await centre.stop()
