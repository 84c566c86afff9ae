"""Agents who talk to whom the campaign reaches, and vanish now and then."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from cti.cli.demo.agents import SimulatedAgent
from cti.client import AgentClient, Refused, State
from tests.chaos.shift.floor import Floor

GONE_S = (5.0, 15.0)
"""How long an agent is away whose machine has crashed."""

SHORT_S, LONG_S = (6.0, 15.0), (25.0, 35.0)
"""When the agent has had enough of a talk: before most people have, or after all of them."""


class DialledAgent(SimulatedAgent):
    """On a line that stays up. Hangs up now and then; mostly the other side does."""

    def __init__(self, agent_id: str, token: str, floor: Floor) -> None:
        super().__init__(agent_id, floor.centre.url, token, floor)
        self.floor = floor
        self.has_line = asyncio.Event()
        """The line is up for the first time, and the agent ready."""
        self.hears = True
        """Whose telephone is gone does not hang up on a caller who is not to be heard."""
        self._crashing = asyncio.Event()

    def crash(self) -> None:
        """The desktop is gone without a word, and comes back in a while."""
        self._crashing.set()

    async def work(self) -> None:
        """Until everybody goes home: one desktop after another."""
        while not self.floor.closed:
            self._crashing.clear()
            async with AgentClient(self._url, self._token) as desk:
                tasks = [asyncio.create_task(self._sit(desk)), asyncio.create_task(self._stay(desk))]
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in (*tasks, *self._doing):
                    task.cancel()
                await asyncio.gather(*tasks, *self._doing, return_exceptions=True)
                for task in done:
                    task.result()
            if not self.floor.closed:
                await self.floor.pause(*GONE_S)

    async def _stay(self, desk: AgentClient) -> None:
        if desk.desk.presence == "SIGNED_OUT":
            await self._until_done(desk.sign_in)
        await self._until_done(desk.ready)
        while not self.floor.closed and not self._crashing.is_set():
            self._look(desk)
            await asyncio.sleep(0.2)
        if self.floor.closed:
            await self._until_done(desk.sign_out)

    async def _sit(self, desk: AgentClient) -> None:
        async for event in desk.events():
            self.take(desk, event)

    def _look(self, desk: AgentClient) -> None:
        if desk.desk.ready:
            self.has_line.set()

    def take(self, desk: AgentClient, event: Any) -> None:
        """Whoever is made not ready comes back, but not at the end."""
        if not (isinstance(event, State) and self.floor.closing):
            super().take(desk, event)

    async def _ask(self, request: Awaitable[None]) -> None:
        try:
            await request
        except Refused:
            return  # it is over by itself

    async def _talk(self, desk: AgentClient, contact_id: str) -> None:
        """At last the agent hangs up: on a machine that nobody told from a person, say."""
        await self.floor.pause(*(SHORT_S if self.floor.chance(0.2) else LONG_S))
        if self._talking == contact_id and self.hears:
            await self._ask(desk.hang_up(contact_id))

    async def _wrap_up(self, desk: AgentClient, contact_id: str, queue_id: str) -> None:
        await self.floor.pause(0.5, 3)
        await self._ask(desk.end_wrap_up(contact_id))
