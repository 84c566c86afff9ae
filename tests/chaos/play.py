"""A busy centre to do harm to, and the verdict afterwards."""

import asyncio
import contextlib
import csv
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from cti.cli.demo.agents import Stage
from cti.cli.demo.callers import connect_numbers, play_scenes, start_random
from cti.cli.demo.harm import RECORDS_MAX, find_harm
from cti.cli.demo.processes import Centre
from cti.cli.demo.show import AGENTS, PATIENT
from tests.chaos.desktops import RecordingAgent, mistold
from tests.patience import PATIENCE_S

CONFIG = Path(__file__).parents[2] / "config"
SETTLE_S = 150
SLOW = ("--silence-limit-s", "60", "--request-timeout-s", "60")
"""A carrier that waits for a slow machine: a run that has to pass anywhere finds out who is forgotten, not who is late.
"""
LOOK_S = 0.02


class Play:
    """A running centre with agents at work and callers calling."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.notes: list[str] = []
        self.contacts: list[dict[str, Any]] = []
        self.people: list[asyncio.Task[None]] = []
        """What agents and scripted callers do. None of them may end by an error."""
        self.agents: list[RecordingAgent] = []
        self.settled = False
        self.kills = 0

    async def kill(self, role: str) -> float:
        """SIGKILL to the process of this role (`server`, which is the parent, `worker`, `follower`), in a moment when
        no caller is on the last chance that the carrier gives. Returns the seconds until another has taken over and
        the server is ready."""
        async with self._patience(f"there was no {role} to kill"):
            while not (pid := self._pid(role)):
                await asyncio.sleep(LOOK_S)
        await self.fair_moment()
        began_at = asyncio.get_running_loop().time()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
        async with self._patience(f"no other {role} was ready after {pid}"):
            while self._pid(role) in (0, pid) or not self._pid("worker") or not await self._is_ready():
                await asyncio.sleep(LOOK_S)
        return asyncio.get_running_loop().time() - began_at

    async def fair_moment(self) -> None:
        """Return when no caller is on the last chance that the carrier gives."""
        async with self._patience("somebody was always on the last chance"):
            while (await self.centre.control("GET", "live"))["last_chances"]:
                await asyncio.sleep(LOOK_S)

    def _pid(self, role: str) -> int:
        """Whose role it is now; 0 while it is nobody's."""
        self.centre.tidings.read()
        return self.centre.tidings.pids.get(role, 0)

    async def _is_ready(self) -> bool:
        with contextlib.suppress(OSError, aiohttp.ClientError, TimeoutError):
            async with self.centre.session.get(f"{self.centre.url}/api/v1/health") as response:
                return bool((await response.json())["status"] == "ready")
        return False

    @contextlib.asynccontextmanager
    async def _patience(self, complaint: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                yield
        except TimeoutError:
            raise AssertionError(f"{complaint} within {PATIENCE_S} s; see {self.centre.data_dir}/server.log") from None

    async def verdict(self) -> dict[str, Any]:
        """Nobody new calls, everybody is served to the end, and the carrier judges."""
        await self.centre.control("DELETE", "callers")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                while not self.settled:
                    self.settled = (await self.centre.control("GET", "settle?timeout_s=20"))["settled"]
        judged: dict[str, Any] = await self.centre.control("GET", "verdict")
        with contextlib.suppress(TimeoutError):  # what is missing then is harm
            async with asyncio.timeout(PATIENCE_S):
                while len(self.contacts) < min(RECORDS_MAX, judged["contacts"]):
                    answer = await self.centre.local("follower.sock", "GET", "/contacts?limit=1000")
                    self.contacts = answer["contacts"]
                    await asyncio.sleep(0.1)
        return judged

    async def harm(self, judged: dict[str, Any]) -> list[str]:
        """What came to harm, in words; empty when all is well."""
        harm = await find_harm(self.centre, judged, self.contacts)
        if not self.settled:
            harm.append("a leg is still up, or a request of the carrier unanswered")
        if not judged["connected"]:
            harm.append("nobody was connected: a run without a talk proves nothing")
        harm += await mistold(self.agents, self.centre.data_dir / "journal.db")
        done = [task for task in self.people if task.done() and not task.cancelled()]
        return harm + [f"somebody stopped playing: {task.exception()!r}" for task in done if task.exception()]


def config_of(data_dir: Path) -> Path:
    """Where the centre's configuration lies."""
    return data_dir.with_name(f"{data_dir.name}-config")


def _without_rate(folder: Path) -> Path:
    """The example centre with as many calls a second as it asks for: so there is more to do harm to."""
    shutil.copytree(CONFIG, folder, dirs_exist_ok=True)
    site = folder / "site.yaml"
    limited = site.read_text()
    unlimited = limited.replace("\ncalls_per_second: 3\n", "\ncalls_per_second: 0\n")
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
    data_dir: Path,
    *,
    seed: int,
    rate_per_s: float = 1.5,
    environment: dict[str, str] | None = None,
    carrier_options: Sequence[str] = SLOW,
) -> AsyncIterator[Play]:
    """A centre at work, until the block ends."""
    notes: list[str] = []
    centre = Centre(
        data_dir,
        _without_rate(config_of(data_dir)),
        notes.append,
        environment=environment,
        calls_per_second=0,
        carrier_options=carrier_options,
    )
    tasks: list[asyncio.Task[None]] = []
    try:
        await centre.start()
        stage = Stage(random.Random(seed))
        agents: list[RecordingAgent] = []
        from_numbers = await bring_customers(centre)
        for agent_id in AGENTS:
            token = await token_for(centre, agent=agent_id)
            agent = RecordingAgent(agent_id, centre.url, token, stage, patient=agent_id == PATIENT)
            agents.append(agent)
            tasks.append(asyncio.create_task(agent.work()))
        await connect_numbers(centre)
        tasks.append(asyncio.create_task(play_scenes(centre, from_numbers)))
        await start_random(centre, rate_per_s, from_numbers)
        play = Play(centre)
        play.people, play.agents = tasks, agents
        play.notes = notes
        yield play
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await centre.stop()
