"""Endpoints: what softphones and telephones do when they ring."""

import asyncio
import random
from collections import Counter
from typing import Annotated, Literal

import msgspec

from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.spans import Range, check_ranges, draw

OnRing = Literal["answer", "ignore", "busy", "reject", "unreachable", "vanish"]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an endpoint does when it rings. `vanish` answers and then, after `vanish_after_s`, is gone without a word.

    `after_ms` is how long it rings before an answer, busy or reject; `talk_s` how long after its first talk begins it
    hangs up (None: never). With `one_call_at_a_time` it is busy while it is on a call. `times` is for how many rings
    this behaviour lasts when another follows it in a list.
    """

    on_ring: OnRing = "answer"
    after_ms: Range = (50, 150)
    talk_s: Range | None = None
    vanish_after_s: Range = 0
    one_call_at_a_time: bool = False
    times: Annotated[int, msgspec.Meta(ge=1)] = 1

    def __post_init__(self) -> None:
        """Refuse ranges that make no sense."""
        check_ranges(after_ms=self.after_ms, talk_s=self.talk_s, vanish_after_s=self.vanish_after_s)


class RingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at one ring, with everything drawn."""

    on_ring: OnRing
    after_s: float
    talk_s: float | None
    vanish_after_s: float


EVERYBODY = "*"


class Endpoints:
    """Behaviours by address (`client:alice`, `+15551234`); `*` is everybody else's."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(None if seed is None else f"{seed}:endpoints")  # noqa: S311 - repeatable, no secret
        self._behaviours: dict[str, list[Behaviour]] = {EVERYBODY: [Behaviour()]}
        self._rings: Counter[str] = Counter()
        self._on_call: Counter[str] = Counter()

    def behave(self, behaviours: dict[str, Behaviour | list[Behaviour]]) -> None:
        """From now on these addresses behave so; of a list each lasts `times` rings and the last for ever."""
        for address, given in behaviours.items():
            self._behaviours[address] = list(given) if isinstance(given, list) else [given]
            self._rings[address] = 0

    def ring(self, to_party: str) -> RingPlan:
        """The address is called: decide what it will do."""
        address = address_of(to_party)
        behaviour = self._next_behaviour(address)
        busy = behaviour.one_call_at_a_time and self._on_call[address] > 0
        return RingPlan(
            on_ring="busy" if busy else behaviour.on_ring,
            after_s=draw(self._random, behaviour.after_ms) / 1000,
            talk_s=None if behaviour.talk_s is None else draw(self._random, behaviour.talk_s),
            vanish_after_s=draw(self._random, behaviour.vanish_after_s),
        )

    def answered(self, leg: Leg) -> None:
        """The address is on this call until it ends."""
        address = address_of(leg.record.to_party)
        self._on_call[address] += 1
        leg.over.add_done_callback(lambda _: self._on_call.subtract([address]))

    def _next_behaviour(self, address: str) -> Behaviour:
        behaviours = self._behaviours.get(address) or self._behaviours[EVERYBODY]
        self._rings[address] += 1
        rings = self._rings[address]
        for behaviour in behaviours[:-1]:
            if rings <= behaviour.times:
                return behaviour
            rings -= behaviour.times
        return behaviours[-1]


async def live_the_call(leg: Leg, plan: RingPlan) -> Literal["hang up", "vanish"] | None:
    """Wait until the endpoint does something of its own accord after answering, and say what; None: it never does."""
    if plan.on_ring == "vanish":
        await asyncio.sleep(plan.vanish_after_s)
        return "vanish"
    if plan.talk_s is None:
        await asyncio.shield(leg.over)
        return None
    await leg.situation.until("bridged")
    await asyncio.sleep(plan.talk_s)
    return "hang up"


def address_of(to_party: str) -> str:
    """The address without the parameters a client address may carry."""
    return to_party.partition("?")[0] if to_party.startswith("client:") else to_party
