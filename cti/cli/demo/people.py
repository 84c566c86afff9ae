"""Whom the demonstration's campaign calls: people who live on boats, each by the clock of where they are, and what each
does when the telephone rings.

Their numbers are of those that are set apart for fiction, in states without hours of their own; see
`config/campaigns/sea-charts.yaml`. So there is somebody at any hour whom the calling rules allow to be called.
"""

import random
from collections.abc import Iterator
from typing import Any

import msgspec

AREA_CODES = ("207", "208", "217", "302", "304", "316", "402", "404", "406", "414", "501", "515", "603", "609", "614",
              "701", "704", "802", "803", "808")  # fmt: skip
LINES_EACH = 100

ZONES = (
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Europe/London",
    "Asia/Kolkata",
    "Australia/Perth",
    "Pacific/Guam",
)
"""At any instant it is between 8 and 21 o'clock by at least three of these clocks."""

FIRST_NAMES = ("Ada", "Bram", "Cleo", "Dora", "Emil", "Fay", "Gil", "Hana", "Ivo", "June", "Kai", "Lena", "Milo", "Nia",
               "Otis", "Pia", "Quinn", "Rune", "Sara", "Theo")  # fmt: skip
LAST_NAMES = ("Abel", "Brandt", "Costa", "Dale", "Ekman", "Fields", "Grant", "Holt", "Iversen", "Jansen", "Kerr",
              "Lowe", "Mora", "Nash", "Olsen", "Pace", "Reyes", "Stone", "Tate", "Vance")  # fmt: skip

EVERY_REFUSED = 20
"""One in so many has asked not to be called, before the campaign came to them."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`refuses`: is on our own list of whom not to call. `behaviour` is what the carrier is told."""

    number: str
    name: str
    zone: str
    refuses: bool
    behaviour: dict[str, Any]

    @property
    def is_machine(self) -> bool:
        """Whoever listens hears that it is one."""
        return self.behaviour.get("answers_as") in ("machine", "fax")

    def lead(self) -> dict[str, Any]:
        """As it is put on the list. That the zone is verified means: the person said so, lately."""
        return {
            "numbers": [{"number": self.number, "kind": "mobile"}],
            "external_id": self.number,
            "customer": {"customer_id": "", "name": self.name, "segment": "under way"},
            "address": {"zone": self.zone, "verified": True},
            "consent": "written",
        }


def people(source: random.Random) -> Iterator[Person]:
    """Everybody, in the order in which they are called; each once."""
    numbers = [f"+1{code}55501{line:02d}" for code in AREA_CODES for line in range(LINES_EACH)]
    source.shuffle(numbers)
    for place, number in enumerate(numbers):
        yield Person(
            number=number,
            name=f"{source.choice(FIRST_NAMES)} {source.choice(LAST_NAMES)}",
            zone=ZONES[place % len(ZONES)],
            refuses=place % EVERY_REFUSED == EVERY_REFUSED - 1,
            behaviour=_behaviour(source),
        )


PICKS_UP = {"after_ms": [1_500, 5_000], "talk_s": [4, 10], "detected_after_ms": [2_000, 3_000]}
"""Says hello, and talks for a while with whoever is there."""

BEHAVIOURS: tuple[tuple[float, dict[str, Any]], ...] = (
    (55, PICKS_UP),
    (5, {**PICKS_UP, "presses": "9"}),  # whoever hears the message wants no more calls
    (3, {"after_ms": [1_500, 5_000], "script": [{"after_ms": [100, 900]}, {"hang_up": True}]}),
    (12, {"after_ms": [3_000, 8_000], "answers_as": "machine", "detected_after_ms": [2_200, 4_000]}),
    (1, {"after_ms": [1_500, 3_000], "answers_as": "fax", "detected_after_ms": [1_500, 2_500]}),
    (8, {"on_ring": "busy"}),
    (2, {"on_ring": "reject", "after_ms": [1_000, 4_000]}),
    (2, {"on_ring": "unreachable"}),
    (12, {"on_ring": "ignore"}),
)
"""How many in a hundred do what."""


def _behaviour(source: random.Random) -> dict[str, Any]:
    weights, behaviours = zip(*BEHAVIOURS, strict=True)
    return {**source.choices(behaviours, weights)[0], "role": "customer"}
