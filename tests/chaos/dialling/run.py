"""A shift of a campaign, from the list to the comparison of the books."""

import asyncio
import contextlib
import json
import random
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from cti.cli.demo.processes import Centre
from tests.chaos.dialling import carriers_book as theirs
from tests.chaos.dialling import comparison as ours
from tests.chaos.dialling.agents import DialledAgent
from tests.chaos.dialling.centre import (
    CAMPAIGN,
    CONNECT_MS,
    GREETING_MS,
    LIST,
    OURS,
    Size,
    Window,
    phone_of,
    window_at,
    write_centre,
)
from tests.chaos.dialling.people import Lead, behaviours, draw_leads, start_callers, write_list
from tests.chaos.dialling.troubles import MEDIA_S, TAKES_CALLS, Troubles
from tests.chaos.play import Play, token_for
from tests.chaos.shift.floor import Floor
from tests.patience import PATIENCE_S
from tests.serving import command

LONG = Size(agents=50, minutes=10, leads=9_600)
START_S = 25.0
"""So long it takes until everybody is at work, by the wall's clock, roughly."""

CALM_S = 240.0
"""How long the last calls may take to end, and our books to follow, by the wall's clock."""

BUSY_LATE_MS = 30_000
"""By how much a busy machine may be late with a ring that was allowed."""

HARMS = ("lost", "bridged_twice", "agents_doubled", "dialled_twice")
ANSWER_S = 60
"""How long the carrier waits for us, by the wall's clock: whoever is forgotten is found, not who is late."""

Say = Callable[[str], None]


async def play_dialling(
    folder: Path, size: Size, *, seed: int, busy: bool = False, progress: Say = print
) -> dict[str, Any]:
    """The figures, and what was wrong: each call of which the books tell differently, or that was not to be made.
    `busy` is for machines that may be so with other things: then it is found who is forgotten, not who is late."""
    source = random.Random(seed)
    shift_ms = size.minutes * 60_000
    window = window_at(round(time.time() * 1_000 + START_S * 1_000 * size.rate + shift_ms / 2))
    leads = draw_leads(size, window)
    async with _working(folder, size, window, leads, seed, source) as (play, floor, agents):
        progress(f"{len(agents)} agents are at work")
        await _campaign(play, "start")
        await start_callers(play.centre, OURS, size)
        began_at = time.monotonic()
        troubles = Troubles(play, floor, agents, leads)
        trouble = asyncio.create_task(troubles.happen(shift_ms / 1_000 / size.rate))
        await _pass_time(play, shift_ms / 1_000 / size.rate, trouble, progress)
        await trouble
        shift_s = (time.monotonic() - began_at) * size.rate
        settled = await _close(play, floor, size.rate)
        pages = await play.centre.control("GET", f"ledger?page={','.join(theirs.PAGES)}")
        verdict = await play.centre.control("GET", "verdict")
        audit, rows = await _our_books(folder, len(leads))
        died = [task.exception() for task in play.people if task.done() and not task.cancelled() and task.exception()]
    book = theirs.read_book(
        theirs.Ledger(
            pages=pages,
            phones={phone_of(agent_id): agent_id for agent_id in size.agent_ids},
            numbers=frozenset(number for lead in leads for number in lead.numbers),
            greeting_ms=GREETING_MS,
            connect_ms=CONNECT_MS,
        )
    )
    harm = [] if settled else ["a leg is still up, or a request of the carrier unanswered"]
    harm += [f"somebody stopped playing: {each!r}" for each in died]
    harm += [f"{name}: {found}" for name in HARMS for found in verdict["findings"][name]]
    harm += _forbidden(book, leads, window, troubles.refused, late_ms=BUSY_LATE_MS if busy else 0)
    harm += theirs.over_ceiling(book, size.ceiling, excusing=busy)
    harm += ours.disagreements(book, rows, rate=size.rate, busy=busy)
    harm += ours.audited(audit, rows)
    if not harm:
        shutil.rmtree(folder, ignore_errors=True)
    return {"seed": seed, **_figures(book, pages, rows, verdict, size, shift_s), "kills": play.kills, "harm": harm}


def _forbidden(
    book: theirs.Book, leads: list[Lead], window: Window, refused: dict[str, int], *, late_ms: int
) -> list[str]:
    closes = {number: window.closes_at for lead in leads for number in lead.numbers if number.startswith(window.prefix)}
    return [
        *theirs.rung_twice(book),
        *theirs.two_lines(book, [lead.numbers for lead in leads]),
        *theirs.rung_against(book, refused),
        *theirs.rung_past(book, closes, late_ms=late_ms),
    ]


def _figures(
    book: theirs.Book, pages: Any, rows: list[dict[str, str]], verdict: Any, size: Size, shift_s: float
) -> dict[str, Any]:
    live = [call for call in book.calls if call.is_live]
    abandoned = [call for call in live if call.abandoned_at]
    joined = sum(bool(call.joined_at) for call in live)
    agent_hours = size.agents * shift_s / 3_600
    return {
        "agents": size.agents,
        "minutes": round(shift_s / 60, 1),
        "attempts": len(rows),
        "calls": len(book.calls),
        "answered": sum(bool(call.answered_at) for call in book.calls),
        "machines": sum(call.is_machine for call in book.calls),
        "live_answers": len(live),
        "abandoned": len(abandoned),
        "abandoned_late": sum(bool(call.joined_at) for call in abandoned),
        "abandoned_while_away": sum(call.kept_waiting for call in abandoned),
        "heard_nobody": sum(call.heard_nobody for call in book.calls),
        "abandoned_per_cent": round(100 * len(abandoned) / max(1, len(live)), 2),
        "abandoned_by_ours": sum(int(row["abandoned"]) for row in rows),
        "abandoned_apart_ms_max": ours.apart_ms(book, rows),
        "messages": sum(bool(call.message_at) for call in book.calls),
        "callers": verdict["contacts"],
        "talk_share": round(book.talked_ms / 3_600_000 / agent_hours, 3),
        "talk_minutes_per_agent_hour": round(book.talked_ms / 60_000 / agent_hours, 1),
        "connects_per_agent_hour": round(joined / agent_hours, 1),
        "webhook_ms_p50": theirs.webhook_ms(pages, 0.5),
        "webhook_ms_p99": theirs.webhook_ms(pages, 0.99),
        "webhooks": len(pages["webhooks"]),
    }


async def _campaign(play: Play, action: str) -> None:
    await play.centre.local("admin.sock", "POST", f"/campaigns/{CAMPAIGN}/{action}", json={"by": "sue"})


async def _pass_time(play: Play, seconds: float, trouble: "asyncio.Task[None]", progress: Say) -> None:
    loop = asyncio.get_running_loop()
    ends_at, minute = loop.time() + seconds, 0
    while (left_s := ends_at - loop.time()) > 0:
        if any(task.done() for task in play.people) or (trouble.done() and trouble.exception()):
            return  # somebody stopped playing, or the troubles did: that is told
        await asyncio.sleep(min(left_s, 1.0))
        if (seconds - left_s) // 60 > minute:
            minute += 1
            stand = await play.centre.local("admin.sock", "GET", f"/campaigns/{CAMPAIGN}")
            progress(f"{minute} minutes at work, {stand['begun']} lines begun, under way: {stand['lines']}")


async def _close(play: Play, floor: Floor, rate: float) -> bool:
    """Nobody new is called or calls; whoever is there is served. Whether all of that came to its end."""
    await play.centre.control("DELETE", "callers")
    floor.closing = True
    await _campaign(play, "drain")
    settled = False
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CALM_S):
            while True:
                stand = await play.centre.local("admin.sock", "GET", f"/campaigns/{CAMPAIGN}")
                if not any(stand["lines"].values()) and not (await play.centre.control("GET", "live"))["inbound"]:
                    break
                await asyncio.sleep(0.3)
            floor.closed = True
            await asyncio.wait(play.people)
            while not settled:
                settled = (await play.centre.control("GET", "settle?timeout_s=20"))["settled"]
    return settled


async def _our_books(folder: Path, leads: int) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The audit, and the report's rows, once the log has come so far that every call has its end."""
    file = folder / "report.csv"
    days = [time.strftime("%Y-%m-%d", time.gmtime(time.time() + hours * 3_600)) for hours in (-24, 24)]
    period = ("--from", days[0], "--to", days[1])
    ends_at = time.monotonic() + PATIENCE_S
    while True:
        status, output, errors = await command(folder, "dialer", "report", CAMPAIGN, *period, "--csv", str(file))
        if status:
            raise AssertionError(f"no report: {output} {errors}")
        rows = ours.read_report(file)
        if all(row["ended_at"] for row in rows) or time.monotonic() > ends_at:
            break
        await asyncio.sleep(1)
    _, output, errors = await command(folder, "dialer", "audit", "--json")
    if not output:
        raise AssertionError(f"no audit: {errors}")
    return json.loads(output), rows


async def _import(folder: Path, leads: list[Lead]) -> None:
    write_list(folder / "people.csv", leads)
    status, output, errors = await command(
        folder, "leads", "import", str(folder / "people.csv"), "--list", LIST, "--country", "US", "--yes"
    )
    if status:
        raise AssertionError(f"the list was not imported: {output} {errors}")


@contextlib.asynccontextmanager
async def _working(
    folder: Path, size: Size, window: Window, leads: list[Lead], seed: int, source: random.Random
) -> AsyncIterator[tuple[Play, Floor, list[DialledAgent]]]:
    """The centre with everybody at work, until the block ends."""
    shutil.rmtree(folder, ignore_errors=True)
    origin_ms = str(time.time_ns() // 1_000_000)
    options = {
        "--clock-rate": str(size.rate),
        "--clock-origin-ms": origin_ms,
        "--seed": str(seed),
        "--ledger": str(folder / "ledger.jsonl"),
        "--request-timeout-s": str(ANSWER_S * size.rate),
        "--connect-timeout-s": str(ANSWER_S * size.rate),
        "--media-timeout-s": str(MEDIA_S),
    }
    centre = Centre(
        folder / "data",
        write_centre(folder / "config", size, window),
        lambda note: None,
        environment={"CTI_CLOCK_RATE": str(size.rate), "CTI_CLOCK_ORIGIN_MS": origin_ms},
        calls_per_second=size.calls_per_second,
        carrier_options=[word for option in options.items() for word in option],
    )
    play, floor = Play(centre), Floor(centre, source, size.rate)
    try:
        await centre.start()
        doors = {"voice_url": f"{centre.url}/twilio/voice", "fallback_url": f"{centre.url}/twilio/fallback"}
        await centre.control("POST", "numbers", **{OURS: {**doors, "status_callback": f"{centre.url}/twilio/status"}})
        await centre.control("POST", "endpoints", **{phone_of(each): TAKES_CALLS for each in size.agent_ids})
        for portion in behaviours(leads, size, source):
            await centre.control("POST", "endpoints", **portion)
        await _import(folder, leads)
        agents = []
        for agent_id in size.agent_ids:
            agents.append(DialledAgent(agent_id, await token_for(centre, agent=agent_id), floor))
            play.people.append(asyncio.create_task(agents[-1].work()))
        async with asyncio.timeout(CALM_S):
            for agent in agents:
                await agent.has_line.wait()
        yield play, floor, agents
    finally:
        for task in play.people:
            task.cancel()
        await asyncio.gather(*play.people, return_exceptions=True)
        await centre.stop()
