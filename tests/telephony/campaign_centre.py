"""A whole server beside the fake carrier that dials campaigns: agents on telephones that stay up, leads, and people,
machines and faxes who answer."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from cti.cli.demo.processes import Centre
from cti.core.codec import decode
from cti.core.events import AnyEvent, ReportIgnored
from cti.core.record import TurnRecord
from cti.journal.sql import SqlJournal
from tests.patience import PATIENCE_S
from tests.telephony.talk_centre import line_is_up
from tests.telephony.trap_centre import Desktop, TrapCentre, write_config

OURS = "+12025550100"
AGENTS = ("ann", "bob", "cleo")
PHONES = {name: f"+1202555017{place}" for place, name in enumerate(AGENTS)}
NUMBERING = Path(__file__).parents[2] / "config" / "calling_rules" / "numbering"

SITE = f"""
name: Campaigns
zone: America/New_York
language: en-US
caller_id: "{OURS}"
not_ready_reasons: [break]
calls_per_second: 0
hold_music: [Please wait., {{pause: 1s}}]
dial_prefixes: ["+1202555017", "+1212556"]
"""
STAFF = "".join(
    f'{name}: {{name: {name}, queues: [out], endpoint: "tel:{phone}", nailed_up: true}}\n'
    for name, phone in PHONES.items()
)
QUEUES = """
out: {name: Out, wrap_up_s: 0, takes_itself: true, music: [Please wait., {pause: 1s}], recording: never}
"""
RULES = """
US-HOURS:
  jurisdiction: US
  title: At any time
  hours: {mon-sun: 00:00-24:00}
  source: A test
  confidence: statute
US-ABANDONED:
  jurisdiction: US
  title: One in four may find nobody
  conduct: {abandoned_at_most: 25, abandoned_days: 30, connect_within: 2s, connect_from: greeting_end}
  source: A test
  confidence: statute
"""
SORRY = """
start: message
steps:
  message:
    menu: This is the shop. To be called no more, press 9.
    choices: {"9": no_more}
    tries: 1
    timeout_s: 2s
    otherwise: bye
  no_more: {opt_out: company, next: bye}
  bye: {hang_up: Good bye.}
"""
NEWS = """
start: message
steps:
  message:
    menu: This is the shop, with news. Press 1 to talk to us. Press 9 to be called no more.
    choices: {"1": agent, "9": no_more}
    tries: 1
    timeout_s: 2s
    otherwise: bye
  agent: {enqueue: out, full: bye}
  no_more: {opt_out: company, next: bye}
  bye: {hang_up: Good bye.}
"""
AT_THE_BEEP = """
start: message
steps:
  message: {play: This is the shop. Please call us back., next: bye}
  bye: {hang_up: Good bye.}
"""


def campaign(name: str, mode: str, dialling: str) -> str:
    return f"""
name: {name}
seller: Shop
purpose: service
mode: {mode}
countries: [US]
consent: written
ring: 5s
caller_id: "{OURS}"
dialling:
  lists: [{name}]
{dialling}
"""


TO_AGENTS = "  queue: out\n  abandoned_flow: sorry\n"
CAMPAIGNS = {
    "mixed": campaign("mixed", "predictive", f"{TO_AGENTS}  answering: {{detect: beside}}\n"),
    "first": campaign(
        "first",
        "progressive",
        f"{TO_AGENTS}  answering: {{detect: first, machine: flow, machine_flow: beep, unknown: hang_up}}\n",
    ),
    "rough": campaign("rough", "progressive", TO_AGENTS),
    "killed": campaign("killed", "predictive", TO_AGENTS),
    "nobody": campaign("nobody", "progressive", TO_AGENTS),
    "news": campaign("news", "broadcast", "  flow: news\n  answering: {detect: first}\n  pacing: {lines_max: 4}\n"),
}

CAMPAIGNS["by_hand"] = CAMPAIGNS["nobody"].partition("dialling:")[0].replace("progressive", "preview")
"""One that people dial."""

FILES = {
    "site": SITE,
    "agents": STAFF,
    "queues": QUEUES,
    "entry_points": f'"{OURS}": {{name: Shop, flow: sorry}}\n',
    "flows/sorry": SORRY,
    "flows/news": NEWS,
    "flows/beep": AT_THE_BEEP,
}

E = TypeVar("E", bound=AnyEvent)


class CampaignCentre(TrapCentre):
    """The server and the carrier, with what tests of campaigns ask of either."""

    def __init__(self, centre: Centre) -> None:
        super().__init__(centre, (OURS,), AGENTS)

    async def call_list(self, list_id: str, behaviours: dict[str, dict[str, Any]]) -> None:
        """These numbers behave so when they ring, and whoever has one is a lead on the list."""
        roles = {number: {"role": "customer", **behaviour} for number, behaviour in behaviours.items()}
        await self.centre.control("POST", "endpoints", **roles)
        for number in behaviours:
            lead = {"numbers": [{"number": number, "kind": "mobile"}], "external_id": number}
            await self.centre.local("admin.sock", "POST", "/leads", json={"list_id": list_id, "lead": lead})

    async def campaign(self, campaign_id: str, action: str = "") -> dict[str, Any]:
        """What it is told to do; without, how it stands."""
        if not action:
            return dict(await self.centre.local("admin.sock", "GET", f"/campaigns/{campaign_id}"))
        path = f"/campaigns/{campaign_id}/{action}"
        return dict(await self.centre.local("admin.sock", "POST", path, json={"by": "sue"}))

    @contextlib.asynccontextmanager
    async def on_line(self, *names: str) -> AsyncIterator[dict[str, Desktop]]:
        """These agents are signed in, and their lines are up."""
        async with contextlib.AsyncExitStack() as stack:
            desks = {}
            for name in names:
                taken = {"on_ring": "answer", "after_ms": 20, "presses": "1", "presses_after_ms": 300, "role": "agent"}
                await self.centre.control("POST", "endpoints", **{PHONES[name]: taken})
                desks[name] = await stack.enter_async_context(self.at_desk(name, answers=False))
            for desk in desks.values():
                await line_is_up(desk)
            yield desks

    async def calls(self, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The carrier's leg to each of them, of those that it rang; none was rung twice."""
        found: dict[str, dict[str, Any]] = {}
        for leg in await self.ledger("legs"):
            if leg["to"] in numbers:
                assert leg["to"] not in found, f"{leg['to']} was rung twice"
                found[leg["to"]] = leg
        return found

    async def all_called(self, campaign_id: str, numbers: Sequence[str]) -> None:
        """Wait until each of them was called, every call is over, and what follows is decided."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                over = [leg for leg in (await self.calls(numbers)).values() if leg["ended_at"]]
                stand = await self.campaign(campaign_id)
                if len(over) == len(numbers) and not any(stand["lines"].values()):
                    return
                await asyncio.sleep(0.1)  # neither tells of it

    async def all_tried(self, campaign_id: str, count: int) -> None:
        """Wait until so many calls were asked of the carrier, whether it had time for them or not, and are over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                stand = await self.campaign(campaign_id)
                if stand["begun"] >= count and not any(stand["lines"].values()):
                    return
                await asyncio.sleep(0.1)

    async def told(self, kind: type[E]) -> list[E]:
        """All events of a kind in the journal."""
        every = (event for record in await self.journal() for event in events_of(record))
        return [event for event in every if isinstance(event, kind)]

    async def journal(self) -> list[TurnRecord]:
        journal = await SqlJournal.open(f"sqlite:///{self.centre.data_dir / 'journal.db'}", "main", read_only=True)
        try:
            return [decode(row) async for row in journal.read(0)]
        finally:
            await journal.close()


def events_of(record: TurnRecord) -> list[AnyEvent]:
    """What happened: an input that was ignored did not."""
    is_ignored = bool(record.events) and isinstance(record.events[0], ReportIgnored)
    return [*record.events] if is_ignored else [record.input, *record.events]


@contextlib.asynccontextmanager
async def open_centre(
    folder: Path,
    campaigns: Mapping[str, str] = CAMPAIGNS,
    environment: Mapping[str, str] | None = None,
    **others: str,
) -> AsyncIterator[CampaignCentre]:
    """The processes, for the length of the block, the server in this `environment`; with `others` in place of these
    files."""
    files = FILES | {f"campaigns/{name}": text for name, text in campaigns.items()} | {"calling_rules/us": RULES}
    files |= others
    config = folder / "config"
    (config / "campaigns").mkdir(parents=True)
    shutil.copytree(NUMBERING, config / "calling_rules" / "numbering")
    write_config(config, files)
    processes = Centre(folder / "data", config, lambda note: None, environment=environment, calls_per_second=0)
    centre = CampaignCentre(processes)
    try:
        await centre.begin()
        yield centre
    finally:
        await centre.end()


def numbers(first: int, count: int) -> list[str]:
    """Of people in New York."""
    return [f"+1212556{number:04d}" for number in range(first, first + count)]
