"""Whom the carrier plays in a shift: the callers, and whoever answers the telephones that we ring."""

import asyncio
from typing import Any

from cti.cli.demo.processes import Centre
from tests.chaos.shift.floor import OUTSIDE, Floor

MAIN, CLINIC, NIGHT, CLUB = "+12025550100", "+12025550101", "+12025550102", "+12025550103"
NUMBERS = (MAIN, CLINIC, NIGHT, CLUB)

SOFTPHONES = ("anna", "ben", "carla", "dmitri", "lena")
TELEPHONES = {
    "elena": "+12025550142",
    "farid": "+12025550143",
    "grace": "sip:grace@phones.example.com",
    "hugo": "sip:hugo@phones.example.com",
}
"""Rung for each call, which 1 takes."""

NAILED_UP = {"ines": "client:ines", "jonas": "+12025550146", "kira": "sip:kira@phones.example.com"}
SUPERVISORS = {"nora": "client:nora", "omar": "+16175550190"}

RINGS = 400
"""For how many rings the behaviours of a telephone are drawn; the last one lasts for ever."""

WEIGHTS = {
    "talks_until_agent_hangs_up": 5,
    "talks_then_hangs_up": 6,
    "hangs_up_in_menu": 0.5,
    "hangs_up_in_queue": 1,
    "presses_wrong_then_right": 0.5,
    "presses_nothing": 0.5,
    "odd_caller_id": 0.5,
}


async def connect(floor: Floor) -> None:
    """Tell the carrier where our numbers and softphones ask, and how telephones behave."""
    url = floor.centre.url
    webhooks = {
        "voice_url": f"{url}/twilio/voice",
        "fallback_url": f"{url}/twilio/fallback",
        "status_callback": f"{url}/twilio/status",
    }
    await floor.centre.control("POST", "numbers", **dict.fromkeys(NUMBERS, webhooks))
    made = await floor.centre.control("POST", "applications", friendly_name="desks", **webhooks)
    floor.application_sid = made["sid"]
    await floor.centre.control("POST", "endpoints", **endpoints(floor))


def endpoints(floor: Floor) -> dict[str, Any]:
    """How everybody behaves whom we ring, ring by ring."""
    drawn = {f"client:{agent_id}": _softphone for agent_id in SOFTPHONES}
    drawn |= dict.fromkeys(TELEPHONES.values(), _telephone)
    drawn |= {address: _nailed_up for address in NAILED_UP.values() if not address.startswith("client:")}
    drawn |= dict.fromkeys(OUTSIDE, _outside)
    drawn |= dict.fromkeys(SUPERVISORS.values(), _supervisor)
    return {address: [draw(floor) for _ in range(RINGS)] for address, draw in drawn.items()}


def _one_of(floor: Floor, *choices: tuple[float, dict[str, Any]]) -> dict[str, Any]:
    weights, behaviours = zip(*choices, strict=True)
    return dict(floor.source.choices(behaviours, weights)[0])


def _softphone(floor: Floor) -> dict[str, Any]:
    return _one_of(
        floor,
        (83, {}),
        (7, {"talk_s": [5, 40]}),
        (4, {"on_ring": "ignore"}),
        (3, {"on_ring": "reject"}),
        (3, {"registered": False}),
    )


def _telephone(floor: Floor) -> dict[str, Any]:
    taken = {"after_ms": [1_000, 4_000], "presses": "1", "one_call_at_a_time": True}
    return _one_of(
        floor,
        (65, taken),
        (15, {**taken, "talk_s": [5, 40]}),
        (5, {**taken, "presses": "2"}),
        (5, {**taken, "presses": "", "answers_as": "machine", "script": [{"after_ms": 30_000}, {"hang_up": True}]}),
        (5, {"on_ring": "ignore"}),
        (5, {"on_ring": "reject"}),
    )


def _nailed_up(floor: Floor) -> dict[str, Any]:
    taken = {"after_ms": [500, 2_000], "presses": "1", "role": "agent", "one_call_at_a_time": True}
    return _one_of(
        floor,
        (50, taken),
        (30, {**taken, "script": [{"after_ms": [40_000, 300_000]}, {"hang_up": True}]}),
        (5, {**taken, "presses": "", "answers_as": "machine", "script": [{"after_ms": 30_000}, {"hang_up": True}]}),
        (5, {"on_ring": "ignore"}),
    )


def _outside(floor: Floor) -> dict[str, Any]:
    answered = {"after_ms": [1_000, 5_000], "role": "customer", "talk_s": [15, 90]}
    return _one_of(
        floor,
        (50, answered),
        (25, {**answered, "talk_s": [2, 15]}),
        (5, {**answered, "answers_as": "machine"}),
        (5, {**answered, "on_ring": "busy"}),
        (5, {**answered, "on_ring": "reject"}),
        (10, {**answered, "on_ring": "ignore"}),
    )


def _supervisor(floor: Floor) -> dict[str, Any]:
    return _one_of(
        floor,
        (80, {"role": "supervisor"}),
        (10, {"role": "supervisor", "script": [{"after_ms": [3_000, 15_000]}, {"hang_up": True}]}),
        (10, {"role": "supervisor", "on_ring": "ignore"}),
    )


async def start_callers(centre: Centre, rate_per_s: float, from_numbers: list[str]) -> None:
    """Random callers from now on."""
    await centre.control(
        "POST",
        "callers",
        numbers=[MAIN, MAIN, MAIN, CLUB],
        rate_per_s=rate_per_s,
        weights=WEIGHTS,
        menu_digits=["1", "2"],
        wrong_digits=["7", "0"],
        talk_s=[10, 70],
        patience_s=[30, 90],
        from_numbers=from_numbers,
        live_max=40,
    )


def _message(floor: Floor) -> list[dict[str, Any]]:
    words = {"say": "Please call me back tomorrow morning, it is about the outboard engine. " * 3}
    hang_up: dict[str, Any] = {"hang_up": True}
    return [{"wait": "record"}, {"after_ms": [200, 2_000]}, words, floor.source.choice(({"press": "#"}, hang_up))]


def _odd_caller(floor: Floor) -> tuple[str, list[dict[str, Any]]]:
    """Where the caller calls, and what a caller does whom nobody expects: leaves a message or just goes when there is
    to be one, hangs up on hold, is gone without a word, plays with the keys."""
    bridged = {"wait": "bridged", "timeout_ms": 60_000}
    match floor.choose(("message", "no message", "clinic", "on hold", "gone", "gone in line", "keys")):
        case "message":
            return NIGHT, _message(floor)
        case "no message":
            return NIGHT, [{"wait": "record"}, {"hang_up": True}]
        case "clinic":
            return CLINIC, [{"wait": "bridged", "timeout_ms": 40_000}, {"after_ms": [5_000, 20_000]}, {"hang_up": True}]
        case "on hold":
            wait = {"wait": "held", "timeout_ms": 60_000}
            return CLUB, [bridged, wait, {"after_ms": [0, 4_000]}, {"hang_up": True}]
        case "gone":
            return CLUB, [bridged, {"after_ms": [1_000, 20_000]}, {"vanish": True}]
        case "gone in line":
            return CLUB, [{"wait": "queue"}, {"after_ms": [0, 2_000]}, {"vanish": True}]
        case _:
            keys = [{"press": "1"}, {"after_ms": 2_000}, {"press": "*0#"}, {"after_ms": 9_000}]
            return CLUB, [bridged, *keys, {"hang_up": True}]


async def odd_callers(floor: Floor, rate_per_s: float, from_numbers: list[str]) -> None:
    """They call at random beside the others, until the shift is about to close."""
    while not floor.closing:
        await asyncio.sleep(floor.source.expovariate(rate_per_s) / floor.rate)
        to, script = _odd_caller(floor)
        body = {"from": floor.source.choice(from_numbers), "to": to, "script": script}
        await floor.centre.control("POST", "calls", **body)
