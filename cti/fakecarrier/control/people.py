"""Control: numbers, callers and endpoints."""

import random
from typing import Any

import msgspec
from aiohttp import web

from cti.fakecarrier.actors.arrivals import Arrivals, Callers, place_caller
from cti.fakecarrier.actors.endpoints import Behaviour
from cti.fakecarrier.actors.personas import Habits, Persona
from cti.fakecarrier.actors.script import Step, follow
from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.control.bodies import read_body, reply
from cti.fakecarrier.legs.digits import DIGITS
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.numbers import Number


class PlacedCall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call to one of the numbers: by a script, or by a persona with its habits, or by somebody who does nothing."""

    from_party: str = msgspec.field(name="from")
    to_party: str = msgspec.field(name="to")
    script: list[Step] | None = None
    persona: Persona | None = None
    habits: Habits = Habits()
    extra: dict[str, str] = {}


class Digits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys to press, one after another."""

    digits: str


class People:
    """Who calls, who is called, and which numbers there are."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._callers = Callers(carrier)
        seed = carrier.options.seed
        self._random = random.Random(None if seed is None else f"{seed}:calls")  # noqa: S311 - repeatable, no secret

    async def set_numbers(self, request: web.Request) -> web.StreamResponse:
        """Add or replace numbers."""
        numbers = await read_body(request, dict[str, Number])
        for number in numbers.values():
            number.check()
            if not (number.voice_url or number.voice_application_sid or number.trunk_sid):
                raise ValueError("a number needs a voice_url, a voice_application_sid or a trunk_sid")
        for phone_number, number in numbers.items():
            self._carrier.account.set_number(phone_number, number)
        return reply(self._carrier.account.numbers)

    async def get_numbers(self, _request: web.Request) -> web.StreamResponse:
        """The numbers there are."""
        return reply(self._carrier.account.numbers)

    async def place_call(self, request: web.Request) -> web.StreamResponse:
        """Somebody calls now."""
        call = await read_body(request, PlacedCall)
        if call.to_party not in self._carrier.account.numbers:
            raise LookupError(f"{call.to_party!r} is not one of the numbers")
        if call.script is not None and call.persona is not None:
            raise ValueError("a caller has a script or a persona, not both")
        return reply({"sid": self._place(call).sid}, 201)

    async def hang_up(self, request: web.Request) -> web.StreamResponse:
        """The party on a leg hangs up."""
        self._carrier.hang_up(self._find(request), "hung up")
        return reply({})

    async def vanish(self, request: web.Request) -> web.StreamResponse:
        """The party on a leg is gone without a word."""
        self._carrier.vanish(self._find(request))
        return reply({})

    async def script(self, request: web.Request) -> web.StreamResponse:
        """The party on a leg does this from now on, beside whatever it does already."""
        leg, steps = self._find(request), await read_body(request, list[Step])
        own = random.Random(self._random.getrandbits(64))  # noqa: S311 - repeatable, no secret
        self._carrier.accompany(leg, follow(self._carrier, leg, steps, own))
        return reply({})

    async def press(self, request: web.Request) -> web.StreamResponse:
        """The party on a leg presses keys."""
        leg, body = self._find(request), await read_body(request, Digits)
        if not set(body.digits) <= DIGITS:
            raise ValueError(f"{body.digits!r} has keys that no telephone has")
        self._carrier.press(leg, body.digits)
        return reply({})

    async def start_callers(self, request: web.Request) -> web.StreamResponse:
        """Random callers from now on, instead of those of an earlier request."""
        arrivals = await read_body(request, Arrivals)
        arrivals.check(dict[str, Any](self._carrier.account.numbers))
        self._callers.start(arrivals)
        return reply(arrivals)

    async def stop_callers(self, _request: web.Request) -> web.StreamResponse:
        """Nobody new calls."""
        self._callers.stop()
        return reply({})

    async def set_endpoints(self, request: web.Request) -> web.StreamResponse:
        """How endpoints behave when they ring."""
        behaviours = await read_body(request, dict[str, Behaviour | list[Behaviour]])
        if any(given == [] for given in behaviours.values()):
            raise ValueError("a list of behaviours must not be empty")
        self._carrier.endpoints.behave(behaviours)
        return reply(behaviours)

    def _place(self, call: PlacedCall) -> Leg:
        carrier = self._carrier
        if call.persona is not None:
            return place_caller(carrier, call.from_party, call.to_party, call.persona, call.habits, self._random)
        leg = carrier.call_in(call.from_party, call.to_party, extra=call.extra)
        carrier.accompany(leg, follow(carrier, leg, call.script or [], random.Random(self._random.getrandbits(64))))  # noqa: S311 - repeatable, no secret
        return leg

    def _find(self, request: web.Request) -> Leg:
        sid = request.match_info["sid"]
        leg = self._carrier.legs.find(sid)
        if leg is None or leg.has_ended:
            raise LookupError(f"no live leg {sid}")
        return leg
