"""The agents of a shift: they take calls, do in a talk whatever can be done, and come and go."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from cti.cli.demo.agents import SimulatedAgent
from cti.client import (
    AgentClient,
    ClientError,
    DeskContact,
    Ended,
    Joined,
    Lost,
    Offer,
    Refused,
    Requeued,
    Resync,
    State,
    Transferred,
    Unknown,
)
from cti.client.events import AnyEvent
from cti.core.errors import CtiError
from tests.chaos.shift import talks
from tests.chaos.shift.floor import Floor

ABSENT_S = {"crash": (16.0, 40.0), "reload": (1.0, 8.0)}
"""How long a browser is away. One that crashed takes its softphone along without a word, and its time; a page that
is loaded again hangs up first."""


class ShiftAgent(SimulatedAgent):
    """One agent. `dials_in` is who is nailed up by softphone, and so dials in by itself."""

    def __init__(self, agent_id: str, token: str, floor: Floor, *, dials_in: bool = False) -> None:
        super().__init__(agent_id, floor.centre.url, token, floor)
        self.floor = floor
        self.signed_out = False
        """At the end of the shift."""
        self._dials_in = dials_in
        self._in_talk: set[str] = set()
        self._news = asyncio.Event()
        self._vanishing = asyncio.Event()
        self._going = "reload"
        self._line_wanted = asyncio.Event()
        self._line = ""
        self._sits = False

    async def work(self) -> None:
        """Until signed out at the end of the shift: one browser after another."""
        helpers = [asyncio.create_task(self._keep_line())] if self._dials_in else []
        try:
            while not self.signed_out:
                await self._one_browser()
                if not self.signed_out:
                    await self._softphone_goes("vanish" if self._going == "crash" else "hangup")
                    await self.floor.pause(*ABSENT_S[self._going])
        finally:
            for helper in helpers:
                helper.cancel()

    async def _one_browser(self) -> None:
        self._vanishing.clear()
        async with AgentClient(self._url, self._token, backoff=self._backoff) as desk:
            tasks = [asyncio.create_task(self._sit(desk)), asyncio.create_task(self._live(desk))]
            tasks.append(asyncio.create_task(self._vanishing.wait()))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self._talking = ""
            for task in (*tasks, *self._doing):
                task.cancel()
            await asyncio.gather(*tasks, *self._doing, return_exceptions=True)
            for task in done:
                task.result()

    def _backoff(self, attempt: int) -> float:
        return self.floor.source.uniform(0, min(2.0, 0.05 * 2**attempt)) / self.floor.rate

    async def _sit(self, desk: AgentClient) -> None:
        async for event in desk.events():
            self.take(desk, event)

    async def _live(self, desk: AgentClient) -> None:
        """Come to work, be away now and then, and go home when the shift is over."""
        if desk.desk.presence == "SIGNED_OUT":
            await self._until_done(desk.sign_in)
        await desk.open_directory()
        self._line, self._sits = "", True
        self._line_wanted.set()
        await self._come_back(desk)
        while not self.floor.closed:
            await self.floor.pause(20, 60)
            if not self.floor.closing:
                await self._something(desk)
        await self._until_done(desk.sign_out)
        self.signed_out = True

    async def _something(self, desk: AgentClient) -> None:
        """What happens to people at work, whatever they are doing just now."""
        what = self.floor.choose(("not_ready", "sign_out", "crash", "reload", "reconnect", "nothing"))
        if what == "not_ready":
            await self.ask(desk.not_ready(self.floor.source.choice(desk.desk.settings.not_ready_reasons)))
        elif what == "sign_out":
            await self.ask(desk.sign_out())  # refused in a talk, where it ends nothing
        elif what in ABSENT_S:
            self._going, self._sits = what, False
            self._vanishing.set()
        elif what == "reconnect":
            desk.reconnect()

    async def _softphone_goes(self, way: str) -> None:
        """It goes with the browser that it is in."""
        centre, address = self.floor.centre, f"client:{self.agent_id}"
        for leg in (await centre.control("GET", "ledger?page=legs"))["legs"]:
            if leg["ended_at"] is None and address in (leg["from"], leg["to"]):
                with contextlib.suppress(CtiError):  # it has ended just now
                    await centre.control("POST", f"calls/{leg['sid']}/{way}")

    async def ask(self, request: Awaitable[None]) -> bool:
        """Whether the server does it. Callers do as they please meanwhile, so it may well come too late."""
        try:
            await request
        except Refused:
            return False
        return True

    async def until(self, is_so: Callable[[], bool], within_s: float) -> bool:
        """Whether the desk shows it within that time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s / self.floor.rate):
                while not is_so():
                    self._news.clear()
                    await self._news.wait()
        return is_so()

    def contact(self, desk: AgentClient, contact_id: str) -> DeskContact | None:
        """The conversation, while this agent takes part in it."""
        found = (each for each in desk.desk.contacts if each.contact_id == contact_id and each.phase == "CONNECTED")
        return next(found, None)

    def take(self, desk: AgentClient, event: AnyEvent | Unknown | Lost) -> None:
        super().take(desk, event)
        self._news.set()
        if isinstance(event, Joined):
            self._do(talks.take_part(self, desk, event.contact_id))
        elif isinstance(event, Requeued | Transferred | Ended):
            self._talking = "" if event.contact_id == self._talking and self._is_out(event) else self._talking
        elif isinstance(event, State) and event.presence == "SIGNED_OUT" and not self.floor.closed:
            self._do(self._come_back(desk))
        if isinstance(event, State | Resync):
            self._line_wanted.set()

    def _is_out(self, event: Requeued | Transferred | Ended) -> bool:
        return not isinstance(event, Transferred) or event.from_agent_id == self.agent_id

    async def _react(self, desk: AgentClient, offer: Offer) -> None:
        if self.floor.closing:
            await self._accept(desk, offer.offer_id)
        else:
            await super()._react(desk, offer)

    async def _talk(self, desk: AgentClient, contact_id: str) -> None:
        """One at a time with each caller, however often the desk tells of it."""
        if contact_id not in self._in_talk:
            self._in_talk.add(contact_id)
            try:
                await talks.talk(self, desk, contact_id)
            finally:
                self._in_talk.discard(contact_id)

    async def _wrap_up(self, desk: AgentClient, contact_id: str, queue_id: str) -> None:
        await self.floor.pause(1.0, 10.0)
        queue = next((queue for queue in desk.desk.settings.queues if queue.queue_id == queue_id), None)
        choices = queue.dispositions if queue and queue.dispositions else ("done",)
        await self.ask(desk.dispose(contact_id, self.floor.source.choice(choices), "Calls again tomorrow."))

    async def _come_back(self, desk: AgentClient) -> None:
        """After a break, a missed call or an absence. The end of the shift is no time to come back."""
        await self.floor.pause(3.0, 15.0)
        with contextlib.suppress(ClientError):
            if desk.desk.presence == "SIGNED_OUT" and not self.floor.closed:
                await desk.sign_in()
            if not desk.desk.ready and not self.floor.closed:
                await desk.ready()

    async def _keep_line(self) -> None:
        """A nailed-up softphone dials in from each new browser, and again when the line was lost."""
        floor = self.floor
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10 / floor.rate):
                    await self._line_wanted.wait()
            self._line_wanted.clear()
            await floor.pause(0.5, 1.5)
            if self._sits and not floor.closed and not await self._has_line():
                script = [{"after_ms": [60_000, 300_000]}, {"hang_up": True}] if floor.chance(0.5) else []
                path, body = f"clients/{self.agent_id}/connect", {"application_sid": floor.application_sid}
                self._line = (await floor.centre.control("POST", path, **body, script=script))["sid"]

    async def _has_line(self) -> bool:
        if not self._line:
            return False
        ledger = await self.floor.centre.control("GET", f"ledger?page=legs&sid={self._line}")
        return all(leg["ended_at"] is None for leg in ledger["legs"])
