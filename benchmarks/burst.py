"""`burst_ms_p99`: how long a call's webhook takes while 200 participant events arrive in the same second.

100 callers are in the line; their legs are held and retrieved, as the carrier reports it, in clumps of 20 ten times a
second, second after second. Meanwhile 20 calls a second arrive and press a key: these are timed, from sending to the
last byte of the answer, outside the server.
"""

import asyncio
import json
import time
import urllib.request

from benchmarks.calls import Webhooks, found
from benchmarks.figure import Figure
from benchmarks.serving import Serving
from benchmarks.webhook import CONFIG, NUMBER

LEGS = 100
CLUMP = 20
CLUMPS_PER_S = 10
CALLS_PER_S = 20
CALM_S = 2


def measure(quick: bool) -> list[Figure]:
    """The 99th percentile, in milliseconds."""
    with Serving(CONFIG) as server:
        before = _records(server.url)
        calm, spans, told = asyncio.run(_measure(server.url, 6 if quick else 20))
        recorded = _records(server.url) - before
        assert recorded >= 2 * LEGS + len(calm) + len(spans) + told, "not every event became a record"
    detail = (
        f"{len(spans)} webhooks beside {told} participant events; median {_percentile(spans, 0.5):.1f} ms, longest "
        f"{max(spans):.1f} ms; p99 without the events {_percentile(calm, 0.99):.1f} ms"
    )
    return [Figure(name="burst_ms_p99", value=round(_percentile(spans, 0.99), 2), unit="ms", goal=100, detail=detail)]


def _records(url: str) -> int:
    """How many the journal has."""
    with urllib.request.urlopen(f"{url}/api/v1/health") as response:
        return int(json.load(response)["seq"])


async def _measure(url: str, seconds: int) -> tuple[list[float], list[float], int]:
    """How long webhooks took without and with the events, in ms, and how many events were told."""
    calls, rooms = Webhooks(url), Webhooks(url, connections=CLUMP)
    try:
        legs = [await _queued(calls, number) for number in range(LEGS)]
        calm = await _time_calls(calls, CALM_S, LEGS)
        telling = asyncio.create_task(_tell(rooms, legs, seconds))
        spans = await _time_calls(calls, seconds, 10 * LEGS)
        return calm, spans, await telling
    finally:
        await calls.close()
        await rooms.close()


async def _queued(calls: Webhooks, number: int) -> str:
    """A caller in the line; returns the name of the leg."""
    _, menu = await calls.call(number, NUMBER)
    status, _ = await calls.press(number, NUMBER, menu, "1")
    assert status == 200
    return found(r"leg=([^&\"]+)", menu)


async def _tell(rooms: Webhooks, legs: list[str], seconds: int) -> int:
    """What happens to the participants; each event changes something, and none is told twice."""
    began_at, told = time.monotonic(), 0

    async def one(event: int) -> None:
        number = event % LEGS
        kind = "participant-unhold" if event // LEGS % 2 else "participant-hold"
        fields = {"StatusCallbackEvent": kind, "ConferenceSid": f"CF{number:032x}", "ParticipantLabel": legs[number]}
        fields |= {"SequenceNumber": str(event + 2), "FriendlyName": f"main-k{number}", **_sid_of(number)}
        status, _ = await rooms.post(f"{rooms.url}/twilio/room?site=main&room=main-k{number}", **fields)
        assert status == 204

    for clump in range(seconds * CLUMPS_PER_S):
        await asyncio.sleep(max(0.0, began_at + clump / CLUMPS_PER_S - time.monotonic()))
        await asyncio.gather(*(one(event) for event in range(told, told + CLUMP)))
        told += CLUMP
    return told


def _sid_of(number: int) -> dict[str, str]:
    """The carrier's name for the leg of this call."""
    return {"CallSid": Webhooks.parties(number, NUMBER)["CallSid"]}


async def _time_calls(calls: Webhooks, seconds: int, first: int) -> list[float]:
    """Calls arrive evenly and press a key; how long each request took, in ms."""
    spans: list[float] = []

    async def one(number: int) -> None:
        began = time.perf_counter()
        status, menu = await calls.call(number, NUMBER)
        answered = time.perf_counter()
        assert status == 200
        status, _ = await calls.press(number, NUMBER, menu, "1")
        assert status == 200
        spans.extend(((answered - began) * 1_000, (time.perf_counter() - answered) * 1_000))

    began_at = time.monotonic()
    tasks = []
    for number in range(seconds * CALLS_PER_S):
        await asyncio.sleep(max(0.0, began_at + number / CALLS_PER_S - time.monotonic()))
        tasks.append(asyncio.create_task(one(first + number)))
    await asyncio.gather(*tasks)
    return spans


def _percentile(spans: list[float], share: float) -> float:
    ordered = sorted(spans)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
