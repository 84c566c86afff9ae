"""Ten times the callers while the server stands still for a while: nobody is lost, and it comes back by itself."""

import asyncio

from cti.core.codec import decode
from cti.core.events import CallArrived
from tests.runtime.test_serve import journal_of
from tests.serving import Server, serving

USUAL_PER_S = 5
TIMES = 10
BURST_S = 5
COME_AGAIN_S = 1.0

STALL = "before_commit=stall:8000:12"
"""A commit stalls for so long that whoever calls then must be held, and whoever calls later is refused, on a machine of
any speed; and early enough that the usual callers meet it."""


class Crowd:
    """Callers. Each comes again while held, as the answer says, until the menu is heard."""

    def __init__(self, server: Server) -> None:
        self.called = 0
        self.heard: list[int] = []
        """Each number as often as it heard the menu."""
        self.held = asyncio.Event()
        """Somebody was asked to come again."""
        self._server = server

    async def call(self) -> bool:
        """One more caller, until the menu is heard: whether at the first try. Silence or an error fail the test."""
        self.called += 1
        number = self.called
        at_once = True
        while True:
            status, document = await self._server.call(number)
            assert status == 200
            if "<Gather" in document:
                self.heard.append(number)
                return at_once
            assert "<Say" in document or "<Play" in document
            assert "<Redirect" in document
            at_once = False
            self.held.set()
            await asyncio.sleep(COME_AGAIN_S)

    async def a_usual_second(self) -> bool:
        """So many callers as come in a second: whether each was served at the first try."""
        async with asyncio.TaskGroup() as group:
            calls = []
            for _ in range(USUAL_PER_S):
                calls.append(group.create_task(self.call()))
                await asyncio.sleep(1 / USUAL_PER_S)
        return all(call.result() for call in calls)


async def test_a_burst_passes_and_leaves_no_trace(tmp_path):
    async with serving(tmp_path, CTI_FAILPOINTS=STALL) as server:
        await server.until("ready")
        crowd = Crowd(server)
        async with asyncio.TaskGroup() as burst:
            while not crowd.held.is_set():
                burst.create_task(crowd.call())
                await asyncio.sleep(1 / USUAL_PER_S)
            for _ in range(TIMES * USUAL_PER_S * BURST_S):
                burst.create_task(crowd.call())
        refused = (await server.health())["load"]["refused"]
        assert refused["new_calls"] > 0  # it was a burst
        while not (await crowd.a_usual_second() and await nothing_waits(server)):
            pass
        assert sorted(crowd.heard) == list(range(1, crowd.called + 1))
        async with journal_of(server) as journal:
            inputs = [decode(row).input async for row in journal.read(0)]
    arrived = [event.provider_ref for event in inputs if type(event) is CallArrived]
    assert len(arrived) == len(set(arrived)) == crowd.called


async def nothing_waits(server: Server) -> bool:
    return set((await server.health())["load"]["waiting"].values()) == {0}
