"""The campaign of the demonstration: its agents come to work, people are put on its list as they are called, and at the
end whoever is being rung is served before everybody goes home."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from cti.cli.demo.agents import SimulatedAgent, Stage
from cti.cli.demo.people import Person, people
from cti.cli.demo.processes import Centre
from cti.cli.demo.seats import send_home
from cti.cli.local import Refused
from cti.client import AgentClient, Pop, SupervisorClient
from cti.core.config import SiteConfig

CAMPAIGN, LIST = "sea-charts", "under_way"
DIALLERS = ("ida", "jules", "kofi", "lina")

RULE = "US-ABN-3"

AT_ONCE, FRESH_LEAST = 40, 30
"""So many people are put on the list at once, and when so few are left that nobody has called."""

LOOK_S = 1.0
COUNT_EVERY = 3
"""How many are left is asked in every so many looks."""

SERVED_S = 60.0
"""So long whoever is being rung may take to answer, and to talk to the end."""

TAKES_CALLS = {"on_ring": "answer", "after_ms": [50, 150], "presses": "1", "role": "agent", "one_call_at_a_time": True}
"""How an agent's telephone behaves."""


class Dialler(SimulatedAgent):
    """Talks to whom the campaign called, and says afterwards whether that was a machine: from `called`, by number, it
    knows what a person would hear."""

    def __init__(self, agent_id: str, url: str, token: str, stage: Stage, called: Mapping[str, Person]) -> None:
        super().__init__(agent_id, url, token, stage, patient=True)
        self._called = called
        self._number_of: dict[str, str] = {}

    def take(self, desk: AgentClient, event: Any) -> None:
        """Remember with whom it is."""
        if isinstance(event, Pop) and event.pop:
            self._number_of[event.contact_id] = event.pop.from_number
        super().take(desk, event)

    async def _wrap_up(self, desk: AgentClient, contact_id: str, queue_id: str) -> None:
        person = self._called.get(self._number_of.pop(contact_id, ""))
        if person and person.is_machine:
            await self._try(desk.dispose(contact_id, "machine"))
        else:
            await super()._wrap_up(desk, contact_id, queue_id)


class Dialling:
    """`stand` is how the campaign stood when it was looked at last, as the server says; `called` are the people who
    have been on its list, by number."""

    def __init__(self, centre: Centre, config: SiteConfig, stage: Stage) -> None:
        self._centre = centre
        self._stage = stage
        self.phones = {config.agents[agent_id].endpoint.removeprefix("tel:"): agent_id for agent_id in DIALLERS}
        self.stand: dict[str, Any] = {}
        self.called: dict[str, Person] = {}
        self._people = people(random.Random(stage.source.getrandbits(64)))  # noqa: S311 - who is called is no secret
        self._playing: list[asyncio.Task[None]] = []

    async def open(self, tokens: Iterable[str]) -> list[asyncio.Task[None]]:
        """The campaign runs and its agents, with these tokens, are on their way: what is played, as tasks."""
        await self._centre.control("POST", "endpoints", **dict.fromkeys(self.phones, TAKES_CALLS))
        url, stage = self._centre.url, self._stage
        agents = [
            Dialler(agent_id, url, token, stage, self.called) for agent_id, token in zip(DIALLERS, tokens, strict=True)
        ]
        await self._order("start")
        self._playing = [asyncio.create_task(each) for each in (*(agent.work() for agent in agents), self._play())]
        return self._playing

    async def close(self, supervisor: SupervisorClient) -> None:
        """Nobody new is called, whoever is being rung is served, and then the agents go home: their lines stayed up."""
        with suppress(Refused):  # it was stopped already
            await self._order("drain")
        with suppress(TimeoutError):
            async with asyncio.timeout(SERVED_S):
                await self._until_served()
        for task in self._playing:
            task.cancel()
        await asyncio.gather(*(send_home(supervisor, agent_id) for agent_id in DIALLERS))

    async def _until_served(self) -> None:
        """No line is left, and no agent has to say yet how it went."""
        while True:
            await self._look()
            agents = self.stand["agents"]
            if not (any(self.stand["lines"].values()) or agents["talking"] or agents["wrapping"]):
                return
            await asyncio.sleep(LOOK_S / 4)

    async def _play(self) -> None:
        """People come onto the list as long as there are any."""
        looks = 0
        while True:
            if looks % COUNT_EVERY == 0:
                await self._fill()
            looks += 1
            await self._look()
            await asyncio.sleep(LOOK_S)

    async def _look(self) -> None:
        self.stand = await self._centre.local("admin.sock", "GET", f"/campaigns/{CAMPAIGN}")

    async def _fill(self) -> None:
        left = await self._centre.local("follower.sock", "GET", f"/campaigns/{CAMPAIGN}/leads")
        if left["fresh"] >= FRESH_LEAST:
            return
        portion = list(islice(self._people, AT_ONCE))
        if not portion:
            return
        self.called |= {each.number: each for each in portion}
        await self._centre.control("POST", "endpoints", **{each.number: each.behaviour for each in portion})
        await self._refuse([each.number for each in portion if each.refuses])
        for each in portion:
            body = {"list_id": LIST, "lead": each.lead(), "by": "demo"}
            await self._centre.local("admin.sock", "POST", "/leads", json=body)

    async def _refuse(self, numbers: list[str]) -> None:
        """They are on our own list of whom not to call before anybody could."""
        entries = [{"scope": "company", "value": number, "reason": "asked by letter"} for number in numbers]
        await self._centre.local("admin.sock", "POST", "/suppressions", json={"entries": entries, "by": "demo"})

    async def _order(self, action: str) -> None:
        await self._centre.local("admin.sock", "POST", f"/campaigns/{CAMPAIGN}/{action}", json={"by": "demo"})


def ledger_of(stand: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is counted of the calls, and the ceiling, by the rule that binds all of them. Rules of single states bind
    none: nobody whom we call has a number there. In other rules than the example's, by the strictest."""
    ledgers = stand["ledgers"]
    found: list[Mapping[str, Any]] = [each for each in ledgers if each["rule_id"] == RULE]
    return found[0] if found else min(ledgers, key=lambda each: int(each["ceiling_ppm"]))
