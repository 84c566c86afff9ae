"""A whole server beside the fake carrier, both processes of their own, for one thing going wrong at a time."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cti.cli.demo.processes import Centre
from cti.client import AgentClient, Offer
from tests.patience import PATIENCE_S

MENU, STORY = "+12025550100", "+12025550101"
HARMS = ("lost", "bridged_twice", "silent", "agents_doubled", "dialled_twice")
SALES = {"navigate": ["1"]}
TALK = ({"wait": "bridged"}, {"after_ms": 200}, {"hang_up": True})

SITE = """
name: Traps
zone: America/New_York
language: en-US
caller_id: "+12025550100"
not_ready_reasons: [break]
calls_per_second: 0  # the carrier's own line is one of the traps
hold_music: [Please wait., {pause: 1s}]
"""
AGENTS = """
anna: {name: Anna, queues: [desk]}
ben: {name: Ben, queues: [desk]}
"""
QUEUES = """
desk: {name: Desk, ring_s: 5, wrap_up_s: 0, music: [Please wait., {pause: 1s}], announcement: "You are {position}."}
"""
ENTRY_POINTS = """
"+12025550100": {name: Menu, flow: menu}
"+12025550101": {name: Story, flow: story}
"""
MENU_FLOW = """
start: menu
steps:
  menu:
    menu: Press 1 for sales, 2 for more, 3 for your account.
    choices: {"1": sales, "2": more, "3": account}
    tries: 2
    timeout_s: 1s
    otherwise: bye
  more:
    menu: Press 1 for sales.
    choices: {"1": sales}
    tries: 1
    timeout_s: 1s
    otherwise: bye
  account:
    collect: Your account, please.
    into: account
    digits: 4-8
    tries: 2
    timeout_s: 1s
    next: sales
    otherwise: bye
  sales: {enqueue: desk, full: bye}
  bye: {hang_up: Good bye.}
"""
STORY_FLOW = f"""
start: story
steps:
  story:
    menu: {"This is a long story. " * 28}
    choices: {{"1": sales}}
    tries: 1
    timeout_s: 1s
    otherwise: bye
  sales: {{enqueue: desk, full: bye}}
  bye: {{hang_up: Good bye.}}
"""
STORY_S = len("This is a long story. " * 28) * 0.06 / 8
"""How long the story takes to tell, at the carrier's speed of speech."""


class Desktop:
    """An agent's program: takes every offer at once, and keeps what happened."""

    def __init__(self, client: AgentClient, *, answers: bool = True) -> None:
        self.client = client
        self._answers = answers
        self.events: list[Any] = []
        self._news = asyncio.Condition()

    async def work(self) -> None:
        async for event in self.client.events():
            self.events.append(event)
            async with self._news:
                self._news.notify_all()
            if isinstance(event, Offer) and self._answers:
                await self.client.accept(event.offer_id)

    def all(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def saw(self, kind: type, times: int = 1, timeout_s: float = PATIENCE_S) -> Any:
        """Wait for the event of this kind, or for that many of them; the last one."""
        return await self.saw_that(kind, lambda event: True, times, timeout_s)

    async def saw_that(
        self, kind: type, fits: Callable[[Any], bool], times: int = 1, timeout_s: float = PATIENCE_S
    ) -> Any:
        """The same, of those that fit."""

        def fitting() -> list[Any]:
            return [event for event in self.all(kind) if fits(event)]

        async with self._news, asyncio.timeout(timeout_s):
            await self._news.wait_for(lambda: len(fitting()) >= times)
        return fitting()[times - 1]


class TrapCentre:
    """The server and the carrier, with what the tests ask of either."""

    def __init__(
        self, centre: Centre, numbers: Sequence[str] = (MENU, STORY), agents: Sequence[str] = ("anna", "ben")
    ) -> None:
        self.centre = centre
        self._numbers_of_ours, self._agents = numbers, agents
        self._tokens: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self.url = centre.url

    async def begin(self) -> None:
        await self.centre.start()
        url = self.centre.url
        doors = {"voice_url": f"{url}/twilio/voice", "fallback_url": f"{url}/twilio/fallback"}
        number = {**doors, "status_callback": f"{url}/twilio/status"}
        await self.centre.control("POST", "numbers", **dict.fromkeys(self._numbers_of_ours, number))
        for name in self._agents:
            answer = await self.centre.local("admin.sock", "POST", "/tokens", json={"agent": name, "days": 1})
            self._tokens[name] = answer["token"]

    async def end(self) -> None:
        await self.centre.stop()

    @contextlib.asynccontextmanager
    async def working(self, name: str = "anna") -> AsyncIterator[Desktop]:
        """An agent at work for the length of the block, with a softphone that answers."""
        await self.phone(name, on_ring="answer", after_ms=20)
        async with self.at_desk(name) as desktop:
            yield desktop

    @contextlib.asynccontextmanager
    async def at_desk(self, name: str, *, answers: bool = True) -> AsyncIterator[Desktop]:
        """An agent signed in and ready for the length of the block; who `answers` takes every offer at the desk."""
        async with AgentClient(self.url, self._tokens[name]) as client:
            desktop = Desktop(client, answers=answers)
            working = asyncio.create_task(desktop.work())
            await client.sign_in()
            await client.ready()
            try:
                yield desktop
                await client.sign_out()
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    async def phone(self, name: str, **behaviour: Any) -> None:
        """How the agent's phone behaves when it rings."""
        await self.centre.control("POST", "endpoints", **{f"client:{name}": behaviour})

    async def faults(self, **plan: Any) -> None:
        """What goes wrong from now on."""
        url = f"{self.centre.carrier_url}/_control/faults"
        async with self.centre.session.post(url, json=plan) as response:
            assert response.status == 200, await response.text()

    async def call(self, *script: dict[str, Any], to: str = MENU, caller: str | None = None, **more: Any) -> str:
        """Somebody calls and does this; the carrier's id of the call. Each call has a number of its own."""
        number = f"+1303555{next(self._numbers):04d}" if caller is None else caller
        body = {"from": number, "to": to, "script": list(script), **more}
        return str((await self.centre.control("POST", "calls", **body))["sid"])

    async def ledger(self, page: str, sid: str = "") -> list[dict[str, Any]]:
        suffix = f"&sid={sid}" if sid else ""
        return list((await self.centre.control("GET", f"ledger?page={page}{suffix}"))[page])

    async def leg(self, sid: str) -> dict[str, Any]:
        (leg,) = await self.ledger("legs", sid)
        return leg

    async def asked(self, door: str, sid: str) -> list[dict[str, Any]]:
        """The carrier's requests to a door of ours about this call, in the order in which they were sent."""
        found = [one for one in await self.ledger("webhooks", sid) if f"/twilio/{door}?" in f"{one['url']}?"]
        return sorted(found, key=lambda one: (one["sent_at"], one["number"]))

    async def until(self, page: str, **values: Any) -> dict[str, Any]:
        """The first entry with these values on a page of the ledger, once it is there."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for entry in await self.ledger(page):
                    if all(entry[name] == value for name, value in values.items()):
                        return entry
                await asyncio.sleep(0.03)  # the ledger tells nobody that it grew

    async def unharmed(self, *sids: str) -> None:
        """Everything ends, and these calls came to no harm."""
        answer = await self.centre.control("GET", "settle?timeout_s=30")
        assert answer["settled"], await self.centre.control("GET", "rooms")
        verdict = await self.centre.control("GET", "verdict")
        agents = {leg["sid"] for leg in await self.ledger("legs") if leg["direction"] != "inbound"}
        harm = [
            (name, found["reason"])
            for name in HARMS
            for found in verdict["findings"][name]
            if set(found["sids"]) & ({*sids} | agents)
        ]
        assert harm == [], harm

    async def record(self, sid: str) -> dict[str, Any]:
        """What the server's books say of the call."""
        number = (await self.leg(sid))["from"]
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = [one for one in await self.records() if one["from_number"] == number]
                if found:
                    (record,) = found
                    return record
                await asyncio.sleep(0.05)  # the books are written behind the calls

    async def records(self) -> list[dict[str, Any]]:
        return list((await self.centre.local("follower.sock", "GET", "/contacts?limit=1000"))["contacts"])


WALK = {
    "site": SITE,
    "agents": AGENTS,
    "queues": QUEUES,
    "entry_points": ENTRY_POINTS,
    "flows/menu": MENU_FLOW,
    "flows/story": STORY_FLOW,
}
"""For calls that come in, wait, and are answered."""


def write_config(folder: Path, files: Mapping[str, str] = WALK) -> Path:
    """The centre's configuration, as files."""
    (folder / "flows").mkdir(parents=True)
    for name, text in ({"hours": "{}\n"} | dict(files)).items():
        (folder / f"{name}.yaml").write_text(text)
    return folder
