"""Random kills under load."""

import asyncio
import random
import shutil
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.chaos.play import SLOW, Play, config_of, playing

BREATH_S = 0.5
"""How long a server that is ready again is left alone, at least. The carrier gives nobody a third chance, so two kills
within one call's two requests prove nothing: whoever was cut off is served through the fallback before the next."""

AT_LONGEST_S = 1.6

ROLES = ("worker",) * 7 + ("follower",) * 2 + ("server",)
SAY_EVERY = 10


async def kill_now_and_then(play: Play, source: random.Random) -> None:
    """Kill one process of the server after another, until cancelled."""
    while True:
        await asyncio.sleep(source.uniform(2 * BREATH_S, 5 * AT_LONGEST_S))
        await play.kill(source.choice(ROLES))


async def kill_at_random(
    data_dir: Path,
    *,
    kills: int,
    seed: int,
    progress: Callable[[str], None] = print,
    carrier_options: Sequence[str] = SLOW,
) -> dict[str, Any]:
    """Kill processes of the server one after another while calls go on; the result tells of harm, if there was any."""
    source = random.Random(seed)
    returned: list[float] = []
    async with playing(data_dir, seed=seed, carrier_options=carrier_options) as play:
        for number in range(1, kills + 1):
            await asyncio.sleep(source.uniform(BREATH_S, AT_LONGEST_S))
            returned.append(await play.kill(source.choice(ROLES)))
            if number % SAY_EVERY == 0:
                live = (await play.centre.control("GET", "live"))["live"]
                progress(f"{number} of {kills} kills, {live} calls on the line")
        progress("nobody new calls; everybody is served to the end")
        judged = await play.verdict()
        harm = await play.harm(judged)
    if not harm:
        for folder in (data_dir, config_of(data_dir)):
            shutil.rmtree(folder, ignore_errors=True)
    return {
        "seed": seed,
        "kills": len(returned),
        "contacts": judged["contacts"],
        "connected": judged["connected"],
        "ready_again_s_max": round(max(returned), 2),
        "ready_again_s_p50": round(statistics.median(returned), 3),
        "harm": harm,
    }
