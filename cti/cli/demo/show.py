"""The demonstration from curtain to curtain."""

import asyncio
import contextlib
import csv
import os
import random
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console, RenderableType
from rich.live import Live

from cti.cli.demo.agents import SimulatedAgent, Stage
from cti.cli.demo.callers import NUMBERS, connect_numbers, play_scenes, start_random
from cti.cli.demo.dialling import CAMPAIGN, DIALLERS, Dialling
from cti.cli.demo.processes import Centre
from cti.cli.demo.report import Report
from cti.cli.demo.screen import OUTBOUND, Scene, draw
from cti.cli.demo.seats import beside, open_seats
from cti.client import ContactClosed, ContactRecord, SupervisorClient, WholeBoard
from cti.configuration.load import load
from cti.core.config import SiteConfig
from cti.core.errors import ConfigError, CtiError
from cti.runtime.parent import lock

AGENTS = ("anna", "ben", "carla", "dmitri", "elena", "farid", "grace", "hugo")
PATIENT = "hugo"  # alone in the engine clinic: the scenes there need somebody who takes every call
RATE_PER_S = 0.7
PROCESSES = 4
WHOLE_PLAY_S = 30
SCREEN_S = 0.25
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DATA_DIR = Path("var/demo").absolute()


def _config_dir() -> Path:
    """The example centre's configuration: the one of this folder, else the one that came with the program."""
    here, ours = Path("config"), Path(__file__).with_name("centre")
    if (here / "site.yaml").is_file():
        return here
    return ours if ours.is_dir() else Path(__file__).parents[3] / "config"


def _config(directory: Path) -> SiteConfig:
    """Raises `CtiError` with every mistake, or with what the play misses in a configuration that is right."""
    try:
        config = load(directory)
    except ConfigError as error:
        raise CtiError(f"The demonstration cannot start; {directory} has mistakes:\n{error}") from error
    missing = [f"agent {agent_id}" for agent_id in (*AGENTS, *DIALLERS) if agent_id not in config.agents]
    missing += [f"number {number}" for number in NUMBERS if number not in config.entry_points]
    missing += [f"campaign {CAMPAIGN}"] if CAMPAIGN not in config.calling.campaigns else []
    if missing:
        raise CtiError(
            f"The demonstration plays the example centre, and {directory} is another one: it has no "
            f"{', no '.join(missing)}. In a folder without `config`, `cti demo` plays its own."
        )
    return config


async def run(for_s: float | None, *, as_json: bool) -> int:
    """Play, then report. The exit status is 1 if a kind of call was missing or a call came to harm."""
    console = Console(stderr=as_json)
    config_dir = _config_dir()
    config = _config(config_dir)
    running = lock(DATA_DIR.with_name("demo-running"))  # a second one would take the first one's files away
    notes = Notes(console)
    centre = Centre(DATA_DIR, config_dir, notes.add, calls_per_second=config.calls_per_second)
    console.print("starting the server and a carrier ...")
    playing: list[asyncio.Task[None]] = []
    try:
        await centre.start()
        stage = Stage(random.Random())  # noqa: S311 - who does what is a matter of taste
        customers = (config_dir / "customers.csv").read_bytes()
        playing += await _begin(centre, stage, customers)
        dialling = Dialling(centre, config, stage)
        playing += await dialling.open([await _token(centre, agent=agent_id) for agent_id in DIALLERS])
        console.print(f"kill -9 any of these and watch: {await _processes(centre)}", style="yellow", soft_wrap=True)
        seats = await open_seats(centre)
        watching = beside(centre, f"campaign watch {CAMPAIGN}")
        console.print("sit in yourself, in another terminal:", *seats.commands, watching, sep="\n", soft_wrap=True)
        async with SupervisorClient(centre.url, await _token(centre, supervisor="demo")) as supervisor:
            scene = Scene(name=config.name, board=supervisor.wallboard, notes=notes.lines, pids=centre.tidings.pids)
            scene.seats = (*seats.commands, watching)
            scene.campaign_queues = [queue.queue_id for queue in config.queues.values() if queue.takes_itself]
            following = asyncio.create_task(_follow(supervisor, scene))
            playing += [following, asyncio.create_task(seats.play(supervisor.wallboard, _numbers(customers)))]
            show = Show(scene=scene, supervisor=supervisor, stage=stage, dialling=dialling)
            await _watch(centre, show, for_s, None if as_json else notes)
            following.cancel()
            console.print("no more calls; those on the line are served to the end ...")
            await centre.control("DELETE", "callers")
            await asyncio.gather(seats.close(supervisor), dialling.close(supervisor))
        report = Report(centre, stage, dialling, console)
        return await report.give(as_json=as_json, whole_play=for_s is None or for_s >= WHOLE_PLAY_S)
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        await centre.stop()
        os.close(running)


class Notes:
    """What happened to the processes: printed at once, or kept for the screen while there is one, and printed then."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.lines: list[str] = []
        self.on_screen = False

    def add(self, words: str) -> None:
        """One sentence."""
        line = f"{datetime.now().astimezone():%H:%M:%S}  {words}"
        self.lines.append(line)
        if not self.on_screen:
            self.console.print(line, style="yellow", highlight=False, soft_wrap=True)

    @contextlib.contextmanager
    def screen(self) -> Iterator[Live]:
        """The terminal's other screen; when it closes, what was noted stays to be read."""
        first = len(self.lines)
        self.on_screen = True
        try:
            with Live(console=self.console, screen=True, auto_refresh=False) as live:
                yield live
        finally:
            self.on_screen = False
            for line in self.lines[first:]:
                self.console.print(line, style="yellow", highlight=False, soft_wrap=True)


async def _begin(centre: Centre, stage: Stage, customers: bytes) -> list[asyncio.Task[None]]:
    """Everybody at work: what they do, as tasks."""
    tokens = {agent_id: await _token(centre, agent=agent_id) for agent_id in AGENTS}
    await centre.local("follower.sock", "POST", "/customers", data=customers)
    agents = [
        SimulatedAgent(agent_id, centre.url, token, stage, patient=agent_id == PATIENT)
        for agent_id, token in tokens.items()
    ]
    await connect_numbers(centre)
    from_numbers = _numbers(customers)
    await start_random(centre, RATE_PER_S, from_numbers)
    doing = [*(agent.work() for agent in agents), play_scenes(centre, from_numbers)]
    return [asyncio.create_task(each) for each in doing]


def _numbers(customers: bytes) -> list[str]:
    return [row["number"] for row in csv.DictReader(customers.decode().splitlines())]


async def _processes(centre: Centre) -> str:
    """Who there is to kill, once the spare stands by too."""
    for _ in range(30):
        if len(centre.tidings.pids) == PROCESSES:
            break
        await asyncio.sleep(0.1)
    return ", ".join(f"{role} {pid}" for role, pid in centre.tidings.pids.items())


async def _token(centre: Centre, **whom: str) -> str:
    answer = await centre.local("admin.sock", "POST", "/tokens", json={**whom, "days": 1})
    return str(answer["token"])


async def _follow(supervisor: SupervisorClient, scene: Scene) -> None:
    """Remember which callers have gone: a new worker's board begins without them."""
    finished: dict[str, ContactRecord] = {}
    async for event in supervisor.events():
        if isinstance(event, WholeBoard):
            finished.update({record.contact_id: record for record in event.finished})
        elif isinstance(event, ContactClosed):
            finished[event.contact.contact_id] = event.contact
        scene.finished = [record for record in finished.values() if record.direction != OUTBOUND]


class Show(NamedTuple):
    """What the screen is drawn from."""

    scene: Scene
    supervisor: SupervisorClient
    stage: Stage
    dialling: Dialling

    def now(self, width: int, height: int) -> RenderableType:
        """The whole screen as it is at this moment."""
        scene = self.scene
        scene.live = self.supervisor.live
        scene.pops = [(agent_id, pop) for _, agent_id, pop in self.stage.last]
        scene.pop_ms = self.stage.pop_ms(0.5)
        scene.campaign = self.dialling.stand
        return draw(scene, width, height)


async def _watch(centre: Centre, show: Show, for_s: float | None, notes: Notes | None) -> None:
    """Until the time is over, or somebody presses Ctrl-C. Raises `CtiError` when the carrier dies."""
    enough = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in ENDINGS:
        loop.add_signal_handler(number, enough.set)
    began_at = loop.time()
    ending = asyncio.ensure_future(enough.wait())
    either: list[asyncio.Future[Any]] = [ending, centre.carrier_gone]
    with contextlib.ExitStack() as stack:
        live = stack.enter_context(notes.screen()) if notes and notes.console.is_terminal else None
        while not ending.done() and (for_s is None or loop.time() - began_at < for_s):
            if live:
                live.update(show.now(*live.console.size), refresh=True)
            await asyncio.wait(either, timeout=SCREEN_S, return_when=asyncio.FIRST_COMPLETED)
            if centre.carrier_gone.done():
                ending.cancel()
                raise CtiError(centre.carrier_gone.result())
    ending.cancel()
