"""The demonstration from curtain to curtain."""

import asyncio
import contextlib
import csv
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from cti.cli.demo.agents import SimulatedAgent, Stage
from cti.cli.demo.callers import connect_numbers, play_scenes, start_random
from cti.cli.demo.kinds import REQUIRED, in_words, kinds_of
from cti.cli.demo.processes import Centre
from cti.cli.demo.screen import draw
from cti.cli.demo.seats import Seats, open_seats
from cti.client import ContactClosed, ContactRecord, SupervisorClient, WholeBoard
from cti.runtime.parent import lock

AGENTS = ("anna", "ben", "carla", "dmitri", "elena", "farid", "grace", "hugo")
PATIENT = "hugo"  # alone in the engine clinic: the scenes there need somebody who takes every call
RATE_PER_S = 0.7
SETTLE_S = 40.0
SCREEN_S = 0.25
RECORDS_MAX = 1_000
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BAD = ("lost", "bridged_twice", "silent", "agents_doubled", "dialled_twice")


DATA_DIR = Path("var/demo").absolute()


def _config_dir() -> Path:
    """The example centre's configuration: the one of this folder, else the one that came with the program."""
    here = Path("config")
    return here if (here / "site.yaml").is_file() else Path(__file__).parents[3] / "config"


async def run(for_s: float | None, *, as_json: bool) -> int:
    """Play, then report. The exit status is 1 if a kind of call was missing or a call came to harm."""
    console = Console(stderr=as_json)
    config_dir = _config_dir()
    notes: list[str] = []
    running = lock(DATA_DIR.with_name("demo-running"))  # a second one would take the first one's files away
    centre = Centre(DATA_DIR, config_dir, notes.append)
    console.print("starting the server and a carrier ...")
    playing: list[asyncio.Task[None]] = []
    try:
        await centre.start()
        tokens = {agent_id: await _token(centre, agent=agent_id) for agent_id in AGENTS}
        supervisor_token = await _token(centre, supervisor="demo")
        customers = (config_dir / "customers.csv").read_bytes()
        await centre.local("follower.sock", "POST", "/customers", data=customers)
        stage = Stage(random.Random())  # noqa: S311 - who does what is a matter of taste
        for agent_id in AGENTS:
            agent = SimulatedAgent(agent_id, centre.url, tokens[agent_id], stage, patient=agent_id == PATIENT)
            playing.append(asyncio.create_task(agent.work()))
        await connect_numbers(centre)
        from_numbers = [row["number"] for row in csv.DictReader(customers.decode().splitlines())]
        playing.append(asyncio.create_task(play_scenes(centre, from_numbers)))
        await start_random(centre, RATE_PER_S, from_numbers)
        seats = await open_seats(centre)
        console.print("sit in yourself, in another terminal:", *seats.commands(1_000), sep="\n  ", soft_wrap=True)
        async with SupervisorClient(centre.url, supervisor_token) as supervisor:
            finished: dict[str, ContactRecord] = {}
            following = asyncio.create_task(_follow(supervisor, finished))
            playing.append(asyncio.create_task(seats.play(supervisor.wallboard, from_numbers)))
            await _watch(supervisor, finished, for_s, notes, console, seats, quiet=as_json)
            following.cancel()
            await seats.close(supervisor)
        return await _report(centre, stage, console, as_json=as_json, whole_play=for_s is None or for_s >= 30)
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        await centre.stop()
        os.close(running)


async def _token(centre: Centre, **whom: str) -> str:
    answer = await centre.local("admin.sock", "POST", "/tokens", json={**whom, "days": 1})
    return str(answer["token"])


async def _follow(supervisor: SupervisorClient, finished: dict[str, ContactRecord]) -> None:
    """Remember what has finished: a new worker's board begins without it."""
    async for event in supervisor.events():
        if isinstance(event, WholeBoard):
            finished.update({record.contact_id: record for record in event.finished})
        elif isinstance(event, ContactClosed):
            finished[event.contact.contact_id] = event.contact


async def _watch(
    supervisor: SupervisorClient,
    finished: dict[str, ContactRecord],
    for_s: float | None,
    notes: list[str],
    console: Console,
    seats: Seats,
    *,
    quiet: bool,
) -> None:
    """Until the time is over, or somebody presses Ctrl-C."""
    enough = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in ENDINGS:
        loop.add_signal_handler(number, enough.set)
    began_at = loop.time()
    with contextlib.ExitStack() as stack:
        screen = None
        if not quiet and console.is_terminal:
            screen = stack.enter_context(Live(console=console, screen=True, auto_refresh=False))
        while not enough.is_set() and (for_s is None or loop.time() - began_at < for_s):
            if screen:
                commands = seats.commands(console.width - 1)
                picture = draw(supervisor.wallboard, list(finished.values()), notes, commands, live=supervisor.live)
                screen.update(picture, refresh=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), SCREEN_S)


async def _report(centre: Centre, stage: Stage, console: Console, *, as_json: bool, whole_play: bool) -> int:
    """What became of every call, by our records and by the carrier's ledger."""
    console.print("no more callers; those on the line are served to the end ...")
    await centre.control("DELETE", "callers")
    async with asyncio.timeout(SETTLE_S + 10):
        await centre.control("GET", f"settle?timeout_s={SETTLE_S:.0f}")
    verdict = await centre.control("GET", "verdict")
    contacts = await _records(centre, min(RECORDS_MAX, int(verdict["contacts"])))
    for contact in reversed(contacts):
        console.print(f"{contact['contact_id']:<12} {in_words(contact)}", highlight=False)
    seen = {kind for contact in contacts for kind in kinds_of(contact)}
    missing = [words for kind, words in REQUIRED.items() if kind not in seen] if whole_play else []
    result = {
        "contacts": verdict["contacts"],
        "connected": verdict["connected"],
        "abandoned": verdict["abandoned"],
        "lost": verdict["lost"],
        "bridged_twice": verdict["bridged_twice"],
        "silent": verdict["silent"],
        "pops": len(stage.pops),
        "pop_ms_p50": stage.pop_ms(0.50),
        "pop_ms_p99": stage.pop_ms(0.99),
    }
    harmed = [f"{name}: {finding}" for name in BAD for finding in verdict["findings"][name]]
    harmed += [f"quarantined: {contact['contact_id']}" for contact in contacts if contact["outcome"] == "quarantined"]
    if len(contacts) != min(RECORDS_MAX, verdict["contacts"]):
        harmed.append(f"the carrier saw {verdict['contacts']} calls, the records tell of {len(contacts)}")
    for line in harmed:
        console.print(line, style="bold red")
    if missing:
        console.print(f"not seen this time: {', '.join(missing)}", style="bold red")
    if as_json:
        print(json.dumps(result), flush=True)
    else:
        console.print(" ".join(f"{name}={value}" for name, value in result.items()), style="bold")
    sys.stdout.flush()
    return 1 if harmed or missing else 0


async def _records(centre: Centre, expected: int) -> list[dict[str, Any]]:
    """The contact records, once there is one for each call: wrap-up and follower take a moment."""
    contacts: list[dict[str, Any]] = []
    for _ in range(150):
        answer = await centre.local("follower.sock", "GET", "/contacts?limit=1000")
        contacts = answer["contacts"]
        if len(contacts) >= expected:
            break
        await asyncio.sleep(0.1)
    return contacts
