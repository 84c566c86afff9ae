"""Control: faults, the ledger, the verdict, and waiting for calm."""

import asyncio
from typing import get_args

import msgspec
from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.control.bodies import read_body, reply
from cti.fakecarrier.faults.plan import FaultPlan
from cti.fakecarrier.faults.usual import USUAL
from cti.fakecarrier.ledger.book import PAGES, Page
from cti.fakecarrier.ledger.verdict import judge
from cti.fakecarrier.rooms.hearing import who_hears_whom

SETTLE_S = 30.0


class Judging:
    """What goes wrong, what happened, and what it means."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def set_faults(self, request: web.Request) -> web.StreamResponse:
        """Replace the fault plan; `{}` is a world without faults."""
        self._carrier.dice.follow(await read_body(request, FaultPlan))
        return reply(self._carrier.dice.plan)

    async def get_faults(self, _request: web.Request) -> web.StreamResponse:
        """The plan in force."""
        return reply(self._carrier.dice.plan)

    async def get_usual_faults(self, _request: web.Request) -> web.StreamResponse:
        """The plan for long runs, to be changed as one likes."""
        return reply(USUAL)

    async def set_usual_faults(self, request: web.Request) -> web.StreamResponse:
        """Put it in force, with `seed` if one is given."""
        seed = request.query.get("seed")
        self._carrier.dice.follow(USUAL if seed is None else msgspec.structs.replace(USUAL, seed=int(seed)))
        return reply(self._carrier.dice.plan)

    async def hears(self, request: web.Request) -> web.StreamResponse:
        """Who heard whom at `at` (ms, by default now): each leg that heard somebody, and whom."""
        at_ms = int(request.query.get("at", self._carrier.clock.now_ms()))
        heard: dict[str, list[str]] = {}
        for record in self._carrier.ledger.hearing:
            if record.start_ms <= at_ms and (record.end_ms is None or at_ms < record.end_ms):
                heard.setdefault(record.listener, []).append(record.speaker)
        return reply({"at": at_ms, "hears": heard})

    async def rate(self, _request: web.Request) -> web.StreamResponse:
        """The calls that REST placed and that wait for their turn, in order."""
        rate = self._carrier.call_rate
        return reply({"waiting": rate.waiting, "expected_wait_ms": rate.expected_wait_ms()})

    async def ledger(self, request: web.Request) -> web.StreamResponse:
        """The ledger, whole or only `page=legs,rooms`, and only what is about `sid=`."""
        asked = request.query.get("page")
        names = asked.split(",") if asked else list(PAGES)
        unknown = [name for name in names if name not in get_args(Page)]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: the ledger's pages are {', '.join(PAGES)}")
        sid = request.query.get("sid")
        return reply({name: self._carrier.ledger.page(name, sid) for name in PAGES if name in names})

    async def verdict(self, _request: web.Request) -> web.StreamResponse:
        """What became of the callers."""
        carrier = self._carrier
        return reply(judge(carrier.ledger, carrier.clock.now_ms(), carrier.options.silence_limit_s))

    async def live(self, _request: web.Request) -> web.StreamResponse:
        """How many legs are alive, how many of them on their last chance, and how many requests are under way."""
        legs = self._carrier.legs.live
        inbound = sum(leg.record.direction == "inbound" for leg in legs)
        webhooks = len(self._carrier.sender.tasks)
        return reply(
            {
                "live": len(legs),
                "inbound": inbound,
                "outbound": len(legs) - inbound,
                "last_chances": sum(leg.last_chance for leg in legs),
                "webhooks": webhooks,
                "late": len(self._carrier.sender.late),
                "now_ms": self._carrier.clock.now_ms(),
            }
        )

    async def rooms(self, _request: web.Request) -> web.StreamResponse:
        """The conferences that have not ended: who is in them, and who hears whom."""
        living = [room for room in self._carrier.rooms.newest_first() if room.status != "completed"]
        return reply(
            {
                room.name: {
                    "sid": room.sid,
                    "status": room.status,
                    "hears": who_hears_whom(room.participants.values(), started=room.status == "in-progress"),
                    "called": list(room.pending),
                }
                for room in living
            }
        )

    async def settle(self, request: web.Request) -> web.StreamResponse:
        """Wait until no leg is alive and no request under way, or until `timeout_s` has passed; says which."""
        timeout_s = float(request.query.get("timeout_s", SETTLE_S))
        try:
            async with asyncio.timeout(timeout_s):
                while self._carrier.legs.live or len(self._carrier.sender.tasks):
                    await self._carrier.legs.quiet()
                    await self._carrier.sender.tasks.idle()
        except TimeoutError:
            return reply({"settled": False, "live": len(self._carrier.legs.live)})
        return reply({"settled": True, "live": 0})
