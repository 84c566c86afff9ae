"""Endpoints: what softphones and telephones do when they ring."""

import asyncio
import random
from collections import Counter, defaultdict
from typing import Annotated, Literal

import msgspec

from cti.fakecarrier.actors.script import Step
from cti.fakecarrier.ledger.records import Role
from cti.fakecarrier.legs.digits import DIGITS
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.spans import Range, check_ranges, draw

OnRing = Literal["answer", "ignore", "busy", "reject", "unreachable", "vanish"]
AnswersAs = Literal["human", "machine", "fax", "unknown"]
GreetingEnd = Literal["beep", "silence", "other"]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an endpoint does when it rings. `vanish` answers and then, after `vanish_after_s`, is gone without a word.

    `after_ms` is how long it rings before an answer, busy or reject; `talk_s` how long after its first talk begins it
    hangs up (None: never). With `one_call_at_a_time` it is busy while it is on a call; unless told otherwise clients
    are so and others are not. A client that is not `registered` is unreachable. `presses` are the keys for the first
    menu it hears, after `presses_after_ms`; `script` is what it does once it has answered. `answers_as` is what machine
    detection makes of it after `detected_after_ms`; a machine's greeting lasts `greeting_s` and ends as it says. `role`
    tells the ledger whose leg it is. `times` is for how many rings this behaviour lasts when another follows it.
    """

    on_ring: OnRing = "answer"
    after_ms: Range = (50, 150)
    talk_s: Range | None = None
    vanish_after_s: Range = 0
    one_call_at_a_time: bool | None = None
    registered: bool = True
    presses: str = ""
    presses_after_ms: Range = (300, 800)
    script: tuple[Step, ...] = ()
    answers_as: AnswersAs = "human"
    detected_after_ms: Range = (3000, 5000)
    greeting_s: Range = (6, 12)
    greeting_ends_with: GreetingEnd = "beep"
    role: Role | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] = 1

    def __post_init__(self) -> None:
        """Refuse ranges that make no sense."""
        check_ranges(after_ms=self.after_ms, talk_s=self.talk_s, vanish_after_s=self.vanish_after_s)
        check_ranges(presses_after_ms=self.presses_after_ms, detected_after_ms=self.detected_after_ms)
        check_ranges(greeting_s=self.greeting_s)
        if not set(self.presses) <= DIGITS:
            raise ValueError(f"{self.presses!r} has keys that no telephone has")

    def steps(self) -> list[Step]:
        """All that it does by itself once it has answered, besides hanging up after its talk."""
        keys = [Step(wait="menu"), Step(after_ms=self.presses_after_ms), Step(press=self.presses)]
        return [*(keys if self.presses else ()), *self.script]


class RingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at one ring, with everything drawn."""

    on_ring: OnRing
    after_s: float
    talk_s: float | None
    vanish_after_s: float
    answers_as: AnswersAs = "human"
    detected_after_s: float = 0
    greeting_s: float = 0
    greeting_ends_with: GreetingEnd = "beep"
    role: Role | None = None
    steps: tuple[Step, ...] = ()
    source: random.Random


EVERYBODY = "*"


class Endpoints:
    """Behaviours by address (`client:alice`, `+15551234`); `*` is everybody else's."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(None if seed is None else f"{seed}:endpoints")  # noqa: S311 - repeatable, no secret
        self._behaviours: dict[str, list[Behaviour]] = {EVERYBODY: [Behaviour()]}
        self._rings: Counter[str] = Counter()
        self._on_call: defaultdict[str, list[Leg]] = defaultdict(list)

    def behave(self, behaviours: dict[str, Behaviour | list[Behaviour]]) -> None:
        """From now on these addresses behave so; of a list each lasts `times` rings and the last for ever."""
        for address, given in behaviours.items():
            self._behaviours[address] = list(given) if isinstance(given, list) else [given]
            self._rings[address] = 0

    def ring(self, to_party: str) -> RingPlan:
        """The address is called: decide what it will do."""
        address = address_of(to_party)
        behaviour = self._next_behaviour(address)
        return RingPlan(
            on_ring=self._on_ring(address, behaviour),
            after_s=draw(self._random, behaviour.after_ms) / 1000,
            talk_s=None if behaviour.talk_s is None else draw(self._random, behaviour.talk_s),
            vanish_after_s=draw(self._random, behaviour.vanish_after_s),
            answers_as=behaviour.answers_as,
            detected_after_s=draw(self._random, behaviour.detected_after_ms) / 1000,
            greeting_s=draw(self._random, behaviour.greeting_s),
            greeting_ends_with=behaviour.greeting_ends_with,
            role=behaviour.role,
            steps=tuple(behaviour.steps()),
            source=random.Random(self._random.getrandbits(64)),  # noqa: S311 - repeatable, no secret
        )

    def _on_ring(self, address: str, behaviour: Behaviour) -> OnRing:
        if not behaviour.registered:
            return "unreachable"
        one_at_a_time = behaviour.one_call_at_a_time
        if one_at_a_time is None:
            one_at_a_time = address.startswith("client:")
        talks = any(not leg.vanished for leg in self._on_call[address])  # who vanished may come back by a new leg
        return "busy" if one_at_a_time and talks else behaviour.on_ring

    def answered(self, leg: Leg) -> None:
        """The endpoint of this leg is on a call until it ends."""
        address = address_of(leg.record.endpoint)
        self._on_call[address].append(leg)
        leg.over.add_done_callback(lambda _: self._on_call[address].remove(leg))

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
        await leg.clock.sleep(plan.vanish_after_s)
        return "vanish"
    if plan.talk_s is None:
        await asyncio.shield(leg.over)
        return None
    await leg.situation.until("bridged")
    await leg.clock.sleep(plan.talk_s)
    return "hang up"


def address_of(party: str) -> str:
    """The address without the parameters that a client's or a SIP address may carry."""
    if party.startswith("client:"):
        return party.partition("?")[0]
    if party.startswith(("sip:", "sips:")):
        return party.partition("?")[0].partition(";")[0]
    return party
