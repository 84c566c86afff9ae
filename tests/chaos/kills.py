"""Random kills under load."""

import asyncio
import random
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos.play import Play, playing

BREATH_S = 0.5
"""How long a server that is ready again is left alone. Who was cut off comes once more, through the fallback, and waits
in the backlog; the carrier gives nobody a third chance, so two kills within one call's two requests prove nothing."""

AT_LONGEST_S = 1.6

ROLES = ("worker", "worker", "worker", "worker", "worker", "worker", "worker", "follower", "follower", "parent")


async def kill_now_and_then(play: Play, source: random.Random) -> None:
    """Kill one process of the server after another, until cancelled. `play.kills` counts them."""
    while True:
        await asyncio.sleep(source.uniform(2 * BREATH_S, 5 * AT_LONGEST_S))
        if play.kill(source.choice(ROLES), source):
            play.kills += 1
            await play.until_ready()


async def kill_at_random(
    data_dir: Path, *, kills: int, seed: int, progress: Callable[[str], None] = print
) -> dict[str, Any]:
    """Kill processes of the server one after another while calls go on; the result tells of harm, if there was any."""
    source = random.Random(seed)
    returned: list[float] = []
    killed = 0
    async with playing(data_dir, seed=seed) as play:
        for number in range(1, kills + 1):
            await asyncio.sleep(source.uniform(BREATH_S, AT_LONGEST_S))
            role = source.choice(ROLES)
            if not play.kill(role, source):
                continue
            killed += 1
            returned.append(await play.until_ready())
            if number % 20 == 0:
                live = (await play.centre.control("GET", "live"))["live"]
                progress(f"{number} kills, {live} calls on the line")
        judged = await play.verdict()
        harm = await play.harm(judged)
    if not harm:
        shutil.rmtree(data_dir, ignore_errors=True)
    return {
        "seed": seed,
        "kills": killed,
        "contacts": judged["contacts"],
        "connected": judged["connected"],
        "ready_again_s_max": round(max(returned), 2),
        "ready_again_s_p50": round(statistics.median(returned), 3),
        "harm": harm,
    }
