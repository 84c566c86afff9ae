"""The people of a list: their numbers, and what they do when it rings. How likely somebody answers drifts along the
list, so that it drifts while it is called."""

import csv
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.chaos.dialling.centre import NEW_YORK, Size, Window

EVERY_WINDOWED = 12
"""One lead in so many lives where the day ends during the shift."""

EVERY_TWO_NUMBERS = 25
"""One lead in so many has a second number; nobody has the first one."""

AT_ONCE = 500
"""How many behaviours the carrier is told of in one request."""


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be called, first on the first number."""

    lead_id: str
    numbers: tuple[str, ...]


def draw_leads(size: Size, window: Window) -> list[Lead]:
    """The list, in the order in which it is called."""
    leads = []
    for place in range(size.leads):
        prefix = window.prefix if place % EVERY_WINDOWED == EVERY_WINDOWED - 1 else NEW_YORK
        numbers = [f"{prefix}{place:04d}"]
        if place % EVERY_TWO_NUMBERS == 0:
            numbers.append(f"{NEW_YORK.replace('556', '557')}{place:04d}")
        leads.append(Lead(lead_id=f"p{place:05d}", numbers=tuple(numbers)))
    return leads


def write_list(file: Path, leads: list[Lead]) -> None:
    """As a spreadsheet that can be imported."""
    with file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerow(["id", "mobile", "work"])
        writer.writerows([lead.lead_id, *lead.numbers, *[""] * (2 - len(lead.numbers))] for lead in leads)


def behaviours(leads: list[Lead], size: Size, source: random.Random) -> Iterator[dict[str, Any]]:
    """What each number does when it rings, in portions."""
    portion: dict[str, Any] = {}
    for place, lead in enumerate(leads):
        answers = 0.32 + 0.14 * math.sin(4 * math.pi * place / len(leads))
        *gone, number = lead.numbers
        portion |= {each: _unreachable(source, size) | {"role": "customer"} for each in gone}
        portion[number] = _drawn(source, answers, size) | {"role": "customer"}
        if len(portion) >= AT_ONCE:
            yield portion
            portion = {}
    yield portion


def _drawn(source: random.Random, answers: float, size: Size) -> dict[str, Any]:
    nobody = 1 - answers
    choices = (
        (0.90 * answers, _person),
        (0.03 * answers, _mumbles),
        (0.04 * answers, _impatient),
        (0.03 * answers, _refuses),
        (0.30 * nobody, _machine),
        (0.02 * nobody, _fax),
        (0.12 * nobody, _busy),
        (0.04 * nobody, _rejects),
        (0.04 * nobody, _unreachable),
        (0.48 * nobody, _ignores),
    )
    weights, kinds = zip(*choices, strict=True)
    return dict(source.choices(kinds, weights)[0](source, size))


def _person(source: random.Random, size: Size) -> dict[str, Any]:
    """Says hello for a second or so, and listens."""
    greeting_ms = source.uniform(700, 1_800)
    rings_ms = [1_500, 5_000]
    return {"after_ms": rings_ms, "talk_s": list(size.talk_s), "detected_after_ms": greeting_ms + SILENCE_MS}


SILENCE_MS = 1_200
"""After so much silence the carrier takes a greeting for over."""


def _mumbles(source: random.Random, size: Size) -> dict[str, Any]:
    """The carrier cannot tell what this is."""
    return _person(source, size) | {"answers_as": "unknown"}


def _impatient(source: random.Random, size: Size) -> dict[str, Any]:
    """Hangs up before anybody could be there, or just then."""
    return _person(source, size) | {"talk_s": None, "script": [{"after_ms": [100, 1_000]}, {"hang_up": True}]}


def _refuses(source: random.Random, size: Size) -> dict[str, Any]:
    """Whoever hears the message says how it is: not again."""
    return _person(source, size) | {"presses": "9"}


def _machine(source: random.Random, size: Size) -> dict[str, Any]:
    rings_ms = [3_000, min(8_000, 900 * size.ring_s)]
    return {"after_ms": rings_ms, "answers_as": "machine", "detected_after_ms": [2_200, 4_500]}


def _fax(source: random.Random, size: Size) -> dict[str, Any]:
    return _machine(source, size) | {"answers_as": "fax"}


def _busy(source: random.Random, size: Size) -> dict[str, Any]:
    return {"on_ring": "busy"}


def _rejects(source: random.Random, size: Size) -> dict[str, Any]:
    return {"on_ring": "reject", "after_ms": [1_000, 4_000]}


def _unreachable(source: random.Random, size: Size) -> dict[str, Any]:
    return {"on_ring": "unreachable"}


def _ignores(source: random.Random, size: Size) -> dict[str, Any]:
    return {"on_ring": "ignore"}


async def start_callers(centre: Any, to: str, size: Size) -> None:
    """People who ring us, at random, from now on."""
    await centre.control(
        "POST",
        "callers",
        numbers=[to],
        rate_per_s=size.callers_per_s,
        weights={"talks_then_hangs_up": 6, "hangs_up_in_queue": 1},
        talk_s=list(size.talk_s),
        patience_s=[20, 60],
        from_numbers=[f"+1303555{place:04d}" for place in range(200, 400)],
        live_max=size.agents // 2,
    )
