"""What goes wrong in the course of a shift, and when."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cti.core.errors import CtiError
from tests.chaos.dialling.agents import DialledAgent
from tests.chaos.dialling.centre import phone_of
from tests.chaos.dialling.people import Lead
from tests.chaos.play import Play
from tests.chaos.shift.floor import Floor

CALLS = {"path": "/Calls.json", "method": "POST"}
LATE = {"door": "", "kind": "callback", "delay_ms": [0, 300], "duplicate": 0.03, "duplicate_gap_ms": [10, 2_000],
        "reorder": 0.05, "reorder_within_ms": 1_000}  # fmt: skip
SLOW = {"webhooks": [{"door": "^(?!.*fallback)", "kind": "document", "delay_ms": [0, 150]}, LATE],
        "rest": [{"path": "", "slow": 0.4, "slow_ms": [300, 2_000]}], "read_delay_ms": 300}  # fmt: skip
SILENT = {"webhooks": [{**LATE, "drop": 0.02, "late": 0.02, "lost_reply": 0.02}],
          "rest": [{**CALLS, "lost_reply": 0.2}, {"path": "", "lost_reply": 0.02}], "read_delay_ms": 300}  # fmt: skip
AFTER_THE_DEED = {"webhooks": [LATE], "rest": [{**CALLS, "server_error": 0.2}]}
AT_ITS_LIMIT = {"rest_concurrent_max": 0}
CALM: dict[str, Any] = {}

TAKES_CALLS = {"on_ring": "answer", "after_ms": 100, "presses": "1", "role": "agent", "one_call_at_a_time": True}
"""How an agent's telephone behaves."""
DEAD = {"on_ring": "ignore"}

MEDIA_S = 20
"""How long the carrier keeps a line up whose other end is gone."""

MARGIN = 3
"""Whoever asks not to be called is so many leads for each agent further on than the one that is being called."""

Deed = Callable[[], Awaitable[None]]


class Troubles:
    """All of them. `refused` has the number of each who asked not to be called, and when that was durable (ms, by the
    carrier's clock)."""

    def __init__(self, play: Play, floor: Floor, agents: Sequence[DialledAgent], leads: Sequence[Lead]) -> None:
        self._play = play
        self._floor = floor
        self._agents = agents
        self._leads = leads
        self.refused: dict[str, int] = {}

    async def happen(self, length_s: float) -> None:
        """In their order, each at its part of so many seconds of the wall's. It begins and ends calmly."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        deeds = []
        for part, deed in self._course():
            await asyncio.sleep(max(0.0, began_at + part * length_s - loop.time()))
            deeds.append(asyncio.ensure_future(deed()))
        await asyncio.gather(*deeds)

    def _course(self) -> list[tuple[float, Deed]]:
        return [
            (0.15, self._refuse),
            (0.25, self._faults(SLOW)),
            (0.30, self._kill),
            (0.35, self._vanish),
            (0.40, self._faults(SILENT)),
            (0.45, self._refuse),
            (0.50, self._kill),
            (0.55, self._faults(AFTER_THE_DEED)),
            (0.60, self._vanish),
            (0.65, self._limit),
            (0.70, self._faults(SLOW)),
            (0.72, self._refuse),
            (0.75, self._kill),
            (0.80, self._vanish),
            (0.82, self._outage),
            (0.92, self._faults(CALM)),
        ]

    def _faults(self, plan: dict[str, Any]) -> Deed:
        async def follow() -> None:
            url = f"{self._play.centre.carrier_url}/_control/faults"
            async with self._play.centre.session.post(url, json=plan) as response:
                if response.status != 200:
                    raise CtiError(f"the carrier does not take these faults: {await response.text()}")

        return follow

    async def _limit(self) -> None:
        """For a moment the carrier takes no request at all."""
        await self._faults(AT_ITS_LIMIT)()
        await self._floor.pause(2, 3)
        await self._faults(AFTER_THE_DEED)()

    async def _kill(self) -> None:
        """The worker dies while lines ring."""
        for _ in range(200):
            live = await self._play.centre.control("GET", "live")
            if live["outbound"] > len(self._agents):
                break
            await asyncio.sleep(0.05)
        await self._play.kill("worker")

    async def _vanish(self) -> None:
        """One agent's telephone is gone without a word, another one's desktop."""
        first, second = self._floor.source.sample(self._agents, 2)
        first.hears = False
        await self._lines_go([first], "vanish")
        second.crash()
        await self._floor.pause(MEDIA_S, MEDIA_S)
        first.hears = True

    async def _outage(self) -> None:
        """Most desks are without telephones for a while, and lines ring."""
        struck = self._floor.source.sample(self._agents, len(self._agents) * 4 // 5)
        phones = [phone_of(agent.agent_id) for agent in struck]
        await self._play.centre.control("POST", "endpoints", **dict.fromkeys(phones, DEAD))
        await self._lines_go(struck, "hangup")
        await self._floor.pause(8, 8)
        await self._play.centre.control("POST", "endpoints", **dict.fromkeys(phones, TAKES_CALLS))

    async def _lines_go(self, agents: Sequence[DialledAgent], way: str) -> None:
        phones = {phone_of(agent.agent_id) for agent in agents}
        for leg in (await self._play.centre.control("GET", "ledger?page=legs"))["legs"]:
            if leg["to"] in phones and not leg["ended_at"]:
                with contextlib.suppress(CtiError):  # it has ended just now
                    await self._play.centre.control("POST", f"calls/{leg['sid']}/{way}")

    async def _refuse(self) -> None:
        """Some who are on the list, and are not called yet, ask not to be called: by number."""
        rung = {each["to"] for each in (await self._play.centre.control("GET", "ledger?page=rung"))["rung"]}
        last = max((place for place, lead in enumerate(self._leads) if rung & set(lead.numbers)), default=0)
        begin = last + MARGIN * len(self._agents)
        chosen = [number for lead in self._leads[begin : begin + 60 : 4] for number in lead.numbers]
        entries = [{"scope": "company", "value": number, "seller": "Shop"} for number in chosen]
        await self._play.centre.local("admin.sock", "POST", "/suppressions", json={"entries": entries, "by": "sue"})
        at = (await self._play.centre.control("GET", "live"))["now_ms"]
        self.refused |= dict.fromkeys(chosen, at)
