"""Who calls: some by a script, so that every kind of call is seen soon, and everybody else at random."""

import asyncio
from typing import Any

from cti.cli.demo.processes import Centre

MAIN = "+12025550100"
CLINIC = "+12025550101"
WAREHOUSE = "+12025550102"
CLUB = "+12025550103"
NUMBERS = (MAIN, CLINIC, WAREHOUSE, CLUB)

WEIGHTS = {
    "talks_until_agent_hangs_up": 3,
    "talks_then_hangs_up": 5,
    "hangs_up_in_menu": 1,
    "hangs_up_in_queue": 1,
    "presses_wrong_then_right": 1,
    "presses_nothing": 0.5,
    "odd_caller_id": 1,
    "calls_after_hours": 0.5,
}


async def connect_numbers(centre: Centre) -> None:
    """Tell the carrier where our numbers ask."""
    webhooks = {
        "voice_url": f"{centre.url}/twilio/voice",
        "fallback_url": f"{centre.url}/twilio/fallback",
        "status_callback": f"{centre.url}/twilio/status",
    }
    await centre.control("POST", "numbers", **dict.fromkeys(NUMBERS, webhooks))


async def start_random(centre: Centre, rate_per_s: float, from_numbers: list[str]) -> None:
    """Random callers from now on; many of them are customers we know."""
    await centre.control(
        "POST",
        "callers",
        numbers=[MAIN, MAIN, MAIN, CLUB],
        after_hours_number=WAREHOUSE,
        rate_per_s=rate_per_s,
        weights=WEIGHTS,
        menu_digits=["1", "2", "2"],
        wrong_digits=["7", "0"],
        talk_s=[2, 6],
        patience_s=[6, 14],
        from_numbers=from_numbers,
        live_max=40,
    )


def _after(seconds: float) -> dict[str, Any]:
    return {"after_ms": seconds * 1_000}


HANG_UP = {"hang_up": True}
PRESS_TWO = {"navigate": ["2"], "think_ms": 300}

SCENES: tuple[tuple[float, str, list[dict[str, Any]]], ...] = (
    (0.5, MAIN, [{"wait": "menu"}, _after(0.6), HANG_UP]),
    (1.0, WAREHOUSE, [{"wait": "end"}]),
    (1.5, CLINIC, [{"wait": "bridged"}, _after(6), HANG_UP]),
    (2.0, MAIN, [PRESS_TWO, {"wait": "bridged", "timeout_ms": 45_000}, {"wait": "end"}]),
    (2.5, MAIN, [PRESS_TWO, {"wait": "bridged", "timeout_ms": 45_000}, _after(1.5), HANG_UP]),
    (3.0, CLINIC, [{"wait": "queue"}, _after(2.5), HANG_UP]),
    (3.2, CLINIC, [{"wait": "bridged", "timeout_ms": 20_000}, _after(2), HANG_UP]),
    (3.6, CLINIC, [{"wait": "bridged", "timeout_ms": 20_000}, _after(2), HANG_UP]),
    (3.8, CLINIC, [{"wait": "bridged", "timeout_ms": 20_000}, _after(2), HANG_UP]),
)
"""When, where, and what the caller does. The engine clinic has one agent and room for two: so some find it full."""


async def play_scenes(centre: Centre, from_numbers: list[str]) -> None:
    """The scripted calls, each at its time."""
    began_at = asyncio.get_running_loop().time()
    for place, (at_s, to, script) in enumerate(SCENES):
        await asyncio.sleep(max(0.0, began_at + at_s - asyncio.get_running_loop().time()))
        caller = from_numbers[place % len(from_numbers)]
        await centre.control("POST", "calls", **{"from": caller, "to": to, "script": script})
