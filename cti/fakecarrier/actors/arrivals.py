"""Random callers: they arrive independently of each other at a given rate, each with a persona of its own."""

import asyncio
import random
from functools import partial
from typing import TYPE_CHECKING, Annotated, get_args

import msgspec

from cti.fakecarrier.actors.personas import ODD_CALLER_IDS, Habits, Persona, script_of
from cti.fakecarrier.actors.script import follow
from cti.fakecarrier.legs.leg import Leg

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier

Weight = Annotated[float, msgspec.Meta(ge=0)]


class Arrivals(Habits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who calls, where, and how often. Stops after `calls_max` calls; at most `live_max` are on the line at once."""

    numbers: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    rate_per_s: Annotated[float, msgspec.Meta(gt=0)]
    weights: dict[Persona, Weight] = msgspec.field(default_factory=dict)
    after_hours_number: str | None = None
    from_numbers: tuple[str, ...] = ()
    calls_max: Annotated[int, msgspec.Meta(ge=1)] | None = None
    live_max: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    seed: int | None = None

    def effective_weights(self) -> dict[Persona, float]:
        """The weights as given; if none are, all personas that can call weigh the same."""
        if self.weights:
            return dict(self.weights)
        personas: tuple[Persona, ...] = get_args(Persona)
        return {one: 1.0 for one in personas if one != "calls_after_hours" or self.after_hours_number is not None}

    def check(self, known_numbers: dict[str, object]) -> None:
        """ValueError if a number is none of the carrier's, or nobody would ever call."""
        for number in (*self.numbers, *filter(None, [self.after_hours_number])):
            if number not in known_numbers:
                raise ValueError(f"{number!r} is not one of the numbers")
        weights = self.effective_weights()
        if not any(weights.values()):
            raise ValueError("all weights are 0: nobody would call")
        if weights.get("calls_after_hours") and self.after_hours_number is None:
            raise ValueError("calls_after_hours needs after_hours_number")


class Callers:
    """The random callers of one carrier; starting anew replaces those yet to come, not those on the line."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._task: asyncio.Task[None] | None = None

    def start(self, arrivals: Arrivals) -> None:
        """Let people call from now on."""
        self.stop()
        self._task = self._carrier.tasks.spawn(self._arrive(arrivals))

    def stop(self) -> None:
        """Nobody new calls; who is on the line carries on."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _arrive(self, arrivals: Arrivals) -> None:
        seed = arrivals.seed if arrivals.seed is not None else self._carrier.options.seed
        source = random.Random(None if seed is None else f"{seed}:callers")  # noqa: S311 - repeatable, no secret
        personas, weights = zip(*arrivals.effective_weights().items(), strict=True)
        live: set[Leg] = set()
        placed = 0
        clock = self._carrier.clock
        next_at: float = clock.now_ms()
        while arrivals.calls_max is None or placed < arrivals.calls_max:
            next_at += source.expovariate(arrivals.rate_per_s) * 1000
            await clock.sleep(max(0.0, next_at - clock.now_ms()) / 1000)
            if len(live) < arrivals.live_max:
                leg = self._call(arrivals, source.choices(personas, weights)[0], source)
                live.add(leg)
                leg.over.add_done_callback(partial(_discard, live, leg))
                placed += 1

    def _call(self, arrivals: Arrivals, persona: Persona, source: random.Random) -> Leg:
        to_party = source.choice(arrivals.numbers)
        if persona == "calls_after_hours" and arrivals.after_hours_number is not None:
            to_party = arrivals.after_hours_number
        if persona == "odd_caller_id":
            from_party = source.choice(ODD_CALLER_IDS)
        elif arrivals.from_numbers:
            from_party = source.choice(arrivals.from_numbers)
        else:
            from_party = f"+1202555{source.randrange(100, 200):04d}"  # a range kept free for fiction
        return place_caller(self._carrier, from_party, to_party, persona, arrivals, source)


def _discard(live: set[Leg], leg: Leg, _over: "asyncio.Future[None]") -> None:
    live.discard(leg)


def place_caller(
    carrier: "Carrier", from_party: str, to_party: str, persona: Persona, habits: Habits, source: random.Random
) -> Leg:
    """One caller of this kind calls now. Each gets random numbers of its own, so that none disturbs the others'."""
    own = random.Random(source.getrandbits(64))  # noqa: S311 - repeatable, no secret
    leg = carrier.call_in(from_party, to_party, persona=persona)
    carrier.accompany(leg, follow(carrier, leg, script_of(persona, habits, own), own))
    return leg
