"""Simulated agents: programs on the SDK, through the real socket."""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from cti.client import (
    AgentClient,
    ClientError,
    Connected,
    Ended,
    Offer,
    OfferOver,
    Pop,
    PopUpdated,
    Resync,
    ScreenPop,
    State,
    Transferred,
    WrapUp,
)

DISPOSITIONS = {
    "sales": ("sale", "no_sale", "quote_sent"),
    "support": ("solved", "to_be_continued", "return_agreed"),
    "vip": ("solved", "sale", "to_be_continued"),
    "front_desk": ("helped", "passed_on"),
    "tiny": ("advice_given", "visit_booked"),
    "charts": ("sale", "no_sale", "no_sale"),
}


POPS_KEPT = 20


class Stage:
    """What the agents share: that some offers are rejected or left to ring, how fast pops arrived, and the `last` of
    them as (offer id, agent id, who is calling), the newest first. Their time passes `rate` times as fast."""

    def __init__(self, source: random.Random, rate: float = 1.0) -> None:
        self.source = source
        self.rate = rate
        self.offers = 0
        self.pops: dict[str, float] = {}
        self.last: deque[tuple[str, str, ScreenPop]] = deque(maxlen=POPS_KEPT)
        self._missing = {"declined": "decline", "expired": "ignore"}
        self._trying: dict[str, str] = {}

    def reaction(self, offer_id: str, *, patient: bool) -> str:
        """What an agent does with an offer. Soon one is rejected and one left to ring, until both have been seen to
        the end (callers may leave meanwhile); later ones now and then."""
        if patient:
            return "accept"
        self.offers += 1
        for reason, reaction in self._missing.items():
            if self.offers > 1 and reason not in self._trying.values():
                self._trying[offer_id] = reason
                return reaction
        return self.source.choices(("accept", "decline", "ignore"), (92, 5, 3))[0]

    async def pause(self, shortest_s: float, longest_s: float) -> None:
        """Wait, by the agents' time."""
        await asyncio.sleep(self.source.uniform(shortest_s, longest_s) / self.rate)

    def over(self, offer_id: str, reason: str) -> None:
        """An offer ended."""
        tried = self._trying.pop(offer_id, "")
        if tried and tried == reason:
            self._missing.pop(reason, None)

    def popped(self, agent_id: str, event: Pop) -> None:
        """A pop is on the screen; its `at` (ms) is when the server took in what made the offer possible."""
        if event.offer_id not in self.pops and event.pop:
            self.last.appendleft((event.offer_id, agent_id, event.pop))
        self.pops.setdefault(event.offer_id, max(0.0, time.time() * 1_000 - event.at))

    def more_is_known(self, event: PopUpdated) -> None:
        """The look-up was slower than the offer."""
        for place, (offer_id, agent_id, _) in enumerate(self.last):
            if offer_id == event.offer_id and event.pop:
                self.last[place] = (offer_id, agent_id, event.pop)

    def pop_ms(self, quantile: float) -> float:
        """The quantile (0 to 1) of the pops' milliseconds; 0 before the first pop."""
        spans = sorted(self.pops.values())
        return round(spans[min(len(spans) - 1, int(quantile * len(spans)))], 1) if spans else 0.0


class SimulatedAgent:
    """Signs in, takes calls, talks, sometimes hangs up first, wraps up, goes on. A `patient` one takes every call."""

    def __init__(self, agent_id: str, url: str, token: str, stage: Stage, *, patient: bool = False) -> None:
        self.agent_id = agent_id
        self._url = url
        self._token = token
        self._stage = stage
        self._patient = patient
        self._doing: set[asyncio.Task[None]] = set()
        self._talking = ""

    async def work(self) -> None:
        """Until cancelled."""
        async with AgentClient(self._url, self._token) as desk:
            await self._until_done(desk.sign_in)
            await self._until_done(desk.ready)
            async for event in desk.events():
                self.take(desk, event)

    def take(self, desk: AgentClient, event: Any) -> None:
        """What the agent does about an event."""
        if isinstance(event, Pop):
            self._stage.popped(self.agent_id, event)
        elif isinstance(event, PopUpdated):
            self._stage.more_is_known(event)
        elif isinstance(event, Offer):
            self._do(self._react(desk, event))
        elif isinstance(event, OfferOver):
            self._stage.over(event.offer_id, event.reason.lower())
        elif isinstance(event, Connected):
            self._talking = event.contact_id
            self._do(self._talk(desk, event.contact_id))
        elif isinstance(event, Transferred) and event.to_agent_id == self.agent_id and not event.queue_id:
            self._talking = event.contact_id  # asked in before, and left alone with the customer now
            self._do(self._talk(desk, event.contact_id))
        elif isinstance(event, Ended):
            self._talking = ""
        elif isinstance(event, WrapUp):
            self._do(self._wrap_up(desk, event.contact_id, event.queue_id))
        elif isinstance(event, Resync):
            self._take_up(desk)
        elif isinstance(event, State) and event.ready is False:
            self._do(self._come_back(desk))

    def _take_up(self, desk: AgentClient) -> None:
        """The desk came whole, after a long absence: go on from how things stand."""
        for contact in desk.desk.contacts:
            if contact.phase == "WRAP_UP":
                self._do(self._wrap_up(desk, contact.contact_id, contact.queue_id))
            elif contact.phase == "CONNECTED":
                self._talking = contact.contact_id
                self._do(self._talk(desk, contact.contact_id))
            elif contact.phase in ("OFFERED", "ALERTING"):
                self._do(self._accept(desk, contact.offer_id))
        if desk.desk.presence == "SIGNED_IN" and not desk.desk.ready:
            self._do(self._come_back(desk))

    def _do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _until_done(self, request: Callable[[], Awaitable[None]]) -> None:
        """Ask again while the connection comes and goes."""
        while True:
            with contextlib.suppress(ClientError):
                await request()
                return
            await self._stage.pause(0.5, 0.5)

    async def _try(self, request: Awaitable[None]) -> None:
        """A request that may come too late, since callers do as they please."""
        with contextlib.suppress(ClientError):
            await request

    async def _react(self, desk: AgentClient, offer: Offer) -> None:
        reaction = self._stage.reaction(offer.offer_id, patient=self._patient)
        if reaction == "decline":
            await self._stage.pause(0.4, 1.0)
            await self._try(desk.decline(offer.offer_id, "busy with a visitor"))
        elif reaction == "accept":
            await self._accept(desk, offer.offer_id)

    async def _accept(self, desk: AgentClient, offer_id: str) -> None:
        await self._stage.pause(0.3, 1.0)
        await self._try(desk.accept(offer_id))

    async def _talk(self, desk: AgentClient, contact_id: str) -> None:
        await self._stage.pause(3.0, 8.0)
        if self._talking == contact_id:
            await self._try(desk.hang_up(contact_id))

    async def _wrap_up(self, desk: AgentClient, contact_id: str, queue_id: str) -> None:
        await self._stage.pause(0.5, 2.0)
        disposition = self._stage.source.choice(DISPOSITIONS.get(queue_id, ("done",)))
        await self._try(desk.dispose(contact_id, disposition))

    async def _come_back(self, desk: AgentClient) -> None:
        """After a missed call the server says not ready: back to work in a moment."""
        await self._stage.pause(2.0, 3.0)
        await self._until_done(desk.ready)
