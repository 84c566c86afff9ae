"""A shift from its first call to the verdict."""

import asyncio
import contextlib
import random
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from cti.cli.demo.processes import Centre
from tests.chaos.kills import kill_now_and_then
from tests.chaos.play import CONFIG, Play, bring_customers, token_for
from tests.chaos.shift import people
from tests.chaos.shift.accounts import PAGES, accounts_of, stored
from tests.chaos.shift.agents import ShiftAgent
from tests.chaos.shift.deeds import DEEDS
from tests.chaos.shift.floor import Floor
from tests.chaos.shift.supervisors import ShiftSupervisor
from tests.chaos.shift.told import Told, read_journal

CENTRE = Path(__file__).with_name("centre")
CALLS_PER_S = 5
CALLERS_PER_S = 0.15
ODD_CALLERS_PER_S = 0.04
SILENCE_LIMIT_S = 15
LATE_S, LATE_BY_RESTART_S = 0.3, 2.0
"""How late the machine may be, and how long a restart may take, by the wall's clock: to callers, `rate` times that."""

ANSWER_S, CONNECTION_S = 15, 5
"""How long the carrier waits for our answer, and for a connection to us. By the wall's clock: the machine is not ten
times as fast."""

CALM_S = 120.0
"""How long the last callers may take to be served, by the wall's clock."""

Say = Callable[[str], None]


async def play_shift(
    data_dir: Path,
    *,
    minutes: float = 60,
    rate: float = 10,
    seed: int,
    kills: bool = False,
    silence_limit_s: float | None = None,
    required: tuple[str, ...] = tuple(DEEDS),
    progress: Say = print,
) -> dict[str, Any]:
    """So many minutes of the carrier's, which pass `rate` times as fast as ours. The result says what was done how
    often, and tells of harm, if there was any; a deed of `required` that was never done is one. `silence_limit_s` is
    the promise, and what the machine takes."""
    source = random.Random(seed)
    late_s = LATE_BY_RESTART_S if kills else LATE_S
    silence_limit_s = SILENCE_LIMIT_S + rate * late_s if silence_limit_s is None else silence_limit_s
    async with working(data_dir, rate=rate, seed=seed, silence_limit_s=silence_limit_s, source=source) as (play, floor):
        killing = asyncio.create_task(kill_now_and_then(play, source)) if kills else None
        await _pass_time(play, minutes * 60 / rate, progress)
        if killing:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
        await _close(play, floor, progress)
        judged = await play.verdict()
        harm = await play.harm(judged)
        ledger = await play.centre.control("GET", f"ledger?page={','.join(PAGES)}")
        statuses = await _settled(data_dir / "store.db")
        told = await read_journal(data_dir / "journal.db")
        harm += accounts_of(ledger, told) + stored(ledger["recordings"], statuses)
        harm += [f"never done: {name}" for name in required if not told.deeds[name]]
    if not harm:
        shutil.rmtree(data_dir, ignore_errors=True)
    return _result(seed, minutes, judged, ledger, told) | {"kills": play.kills, "harm": harm}


def _result(seed: int, minutes: float, judged: dict[str, Any], ledger: dict[str, Any], told: Told) -> dict[str, Any]:
    names = ("contacts", "connected", "abandoned", "finished_by_flow", "passed_on", "lost", "bridged_twice", "silent")
    return {
        "seed": seed,
        "minutes": minutes,
        **{name: judged[name] for name in names},
        "agents_doubled": judged["agents_doubled"],
        "recorded": len(ledger["recordings"]),
        "done": {name: told.deeds[name] for name in DEEDS},
    }


async def _pass_time(play: Play, seconds: float, progress: Say) -> None:
    """One line a minute says how it goes."""
    loop = asyncio.get_running_loop()
    ends_at, minute = loop.time() + seconds, 0
    while (left_s := ends_at - loop.time()) > 0:
        if any(task.done() for task in play.people):
            return  # somebody stopped playing: the verdict says why
        await asyncio.sleep(min(left_s, 1.0))
        if (seconds - left_s) // 60 > minute:
            minute += 1
            live = await play.centre.control("GET", "live")
            progress(f"{minute} minutes at work, {live['live']} legs up, {live['webhooks']} requests under way")


async def _close(play: Play, floor: Floor, progress: Say) -> None:
    """Nobody new calls, whoever is there is served, everybody goes home."""
    await play.centre.control("DELETE", "callers")
    floor.closing = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CALM_S):
            while await _callers(play.centre):
                await asyncio.sleep(0.3)
    floor.closed = True
    _, late = await asyncio.wait(play.people, timeout=CALM_S)
    if late:
        progress(f"{len(late)} people did not go home")


async def _settled(store_file: Path) -> dict[str, str]:
    """What became of each recording by our store, by the carrier's names, once nothing more is expected: of what was
    never reported the carrier is asked."""
    statuses: dict[str, str] = {}
    with contextlib.suppress(TimeoutError):  # what is missing then is harm
        async with asyncio.timeout(CALM_S):
            while not statuses or {"asked", "running", "paused"} & set(statuses.values()):
                await asyncio.sleep(0.3)
                with contextlib.closing(sqlite3.connect(f"file:{store_file}?mode=ro", uri=True)) as store:
                    rows = store.execute("SELECT recording_id, provider_ref, status FROM recordings").fetchall()
                statuses = {provider_ref or recording_id: status for recording_id, provider_ref, status in rows}
    return statuses


async def _callers(centre: Centre) -> int:
    """How many are on the line who called, softphones not counted."""
    legs = (await centre.control("GET", "ledger?page=legs"))["legs"]
    inbound = (leg for leg in legs if leg["ended_at"] is None and leg["direction"] == "inbound")
    return sum(not leg["from"].startswith("client:") for leg in inbound)


def _config(folder: Path) -> Path:
    shutil.copytree(CENTRE, folder, dirs_exist_ok=True)
    shutil.copytree(CONFIG / "prompts", folder / "prompts", dirs_exist_ok=True)
    return folder


def _centre(data_dir: Path, notes: list[str], rate: float, seed: int, silence_limit_s: float) -> Centre:
    origin_ms = str(time.time_ns() // 1_000_000)
    options = {
        "--clock-rate": str(rate),
        "--clock-origin-ms": origin_ms,
        "--seed": str(seed),
        "--faults": "usual",
        "--ledger": str(data_dir / "ledger.jsonl"),
        "--silence-limit-s": str(silence_limit_s),
        "--request-timeout-s": str(ANSWER_S * rate),
        "--connect-timeout-s": str(CONNECTION_S * rate),
    }
    return Centre(
        data_dir,
        _config(data_dir.with_name(f"{data_dir.name}-config")),
        notes.append,
        environment={"CTI_CLOCK_RATE": str(rate), "CTI_CLOCK_ORIGIN_MS": origin_ms},
        calls_per_second=CALLS_PER_S,
        carrier_options=[word for option in options.items() for word in option],
    )


@contextlib.asynccontextmanager
async def working(
    data_dir: Path, *, rate: float, seed: int, silence_limit_s: float, source: random.Random
) -> AsyncIterator[tuple[Play, Floor]]:
    """A centre with everybody at work, until the block ends."""
    notes: list[str] = []
    centre = _centre(data_dir, notes, rate, seed, silence_limit_s)
    play, floor = Play(centre), Floor(centre, source, rate)
    play.notes = notes
    try:
        await centre.start()
        await people.connect(floor)
        from_numbers = await bring_customers(centre)
        for agent_id in (*people.SOFTPHONES, *people.TELEPHONES, *people.NAILED_UP):
            dials_in = people.NAILED_UP.get(agent_id, "").startswith("client:")
            agent = ShiftAgent(agent_id, await token_for(centre, agent=agent_id), floor, dials_in=dials_in)
            play.people.append(asyncio.create_task(agent.work()))
        for supervisor_id in people.SUPERVISORS:
            token = await token_for(centre, supervisor=supervisor_id)
            play.people.append(asyncio.create_task(ShiftSupervisor(supervisor_id, token, floor).work()))
        await people.start_callers(centre, CALLERS_PER_S, from_numbers)
        play.people.append(asyncio.create_task(people.odd_callers(floor, ODD_CALLERS_PER_S, from_numbers)))
        yield play, floor
    finally:
        for task in play.people:
            task.cancel()
        await asyncio.gather(*play.people, return_exceptions=True)
        await centre.stop()
