"""A whole server beside the fake carrier, for what may go wrong while people talk: agents on softphones, on telephones
that ring for each call, and nailed up; a supervisor; recordings and messages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from cti.cli.demo.processes import Centre
from cti.client import Connected, State, SupervisorClient
from tests.telephony.trap_centre import Desktop, TrapCentre, write_config

DESK, PHONES, LINE, SOFT_LINE, MAILBOX = (f"+1202555010{digit}" for digit in range(5))
NUMBERS = (DESK, PHONES, LINE, SOFT_LINE, MAILBOX)
OUTSIDE = "+12025550190"
"""Somebody else's telephone, which may be rung."""

PAUL, NINA = "+12025550171", "+12025550172"
"""Paul's telephone rings for each call, Nina's stays up."""

CARRIER_ADDS_S = 2
"""What the carrier adds to each ringing here, so that it is not the one that ends it."""

SITE = """
name: Talks
zone: America/New_York
language: en-US
caller_id: "+12025550100"
not_ready_reasons: [break]
calls_per_second: 0
hold_music: [Please wait., {pause: 1s}]
dial_prefixes: ["+120255501"]
supervisors: {sue: {name: Sue}}
"""
AGENTS = f"""
anna: {{name: Anna, queues: [desk]}}
ben: {{name: Ben, queues: [desk, phones: 2, line: 2, soft_line: 2]}}
paul: {{name: Paul, queues: [phones], endpoint: "tel:{PAUL}"}}
nina: {{name: Nina, queues: [line], endpoint: "tel:{NINA}", nailed_up: true}}
zoe: {{name: Zoe, queues: [soft_line], endpoint: "client:zoe", nailed_up: true}}
"""
QUEUE = 'ring_s: 5, wrap_up_s: 0, music: [Please wait., {pause: 1s}], announcement: "You are {position}.", '
QUEUES = f"""
desk: {{name: Desk, {QUEUE} recording: on_request}}
phones: {{name: Phones, {QUEUE} recording: never}}
line: {{name: Line, {QUEUE} recording: never}}
soft_line: {{name: Soft line, {QUEUE} recording: never}}
"""
FLOWS = {"desk": DESK, "phones": PHONES, "line": LINE, "soft_line": SOFT_LINE, "mailbox": MAILBOX}
ENTRY_POINTS = "".join(f'"{number}": {{name: {flow}, flow: {flow}}}\n' for flow, number in FLOWS.items())
TO_QUEUE = """
start: wait
steps:
  wait: {{enqueue: {queue}, full: bye}}
  bye: {{hang_up: Good bye.}}
"""
TO_MAILBOX = """
start: message
steps:
  message: {voicemail: "Please leave a message.", silence_s: 2s, next: bye}
  bye: {hang_up: Good bye.}
"""
FILES = {
    "site": SITE,
    "agents": AGENTS,
    "queues": QUEUES,
    "entry_points": ENTRY_POINTS,
    "flows/mailbox": TO_MAILBOX,
    **{f"flows/{queue}": TO_QUEUE.format(queue=queue) for queue in FLOWS if queue != "mailbox"},
}

STAYS = ({"wait": "bridged", "timeout_ms": 60_000}, {"wait": "end"})
"""A caller who talks, and leaves the end to the other side."""


class TalkCentre(TrapCentre):
    """The server and the carrier, with what tests of conversations ask of either."""

    def __init__(self, centre: Centre, notes: list[str]) -> None:
        super().__init__(centre, NUMBERS, ("anna", "ben", "paul", "nina", "zoe"))
        self.notes = notes
        """A sentence for each death in the server."""

    @contextlib.asynccontextmanager
    async def supervised(self) -> AsyncIterator[SupervisorClient]:
        """A supervisor's program, for the length of the block."""
        answer = await self.centre.local("admin.sock", "POST", "/tokens", json={"supervisor": "sue", "days": 1})
        async with SupervisorClient(self.url, answer["token"]) as board:
            reading = asyncio.create_task(_read(board))
            try:
                yield board
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def talking(self, desktop: Desktop, to: str = DESK, *script: dict[str, Any]) -> tuple[str, str]:
        """Somebody calls this number and talks to this agent: the carrier's id of the call, and the contact."""
        times = len(desktop.all(Connected)) + 1
        sid = await self.call(*(script or STAYS), to=to)
        connected = await desktop.saw(Connected, times)
        return sid, connected.contact_id

    async def number(self, number: str, **behaviour: Any) -> None:
        """How a telephone behaves when it rings."""
        await self.centre.control("POST", "endpoints", **{number: behaviour})

    async def hears(self, listener: str) -> list[str]:
        """Whom this leg can hear now."""
        return list((await self.centre.control("GET", "hears"))["hears"].get(listener, []))

    async def hangs_up(self, sid: str) -> None:
        """The leg's own party hangs up."""
        await self.centre.control("POST", f"calls/{sid}/hangup")

    async def newest_leg(self, to: str) -> dict[str, Any]:
        """The leg that rang there last, once there is one."""
        return [leg for leg in await self.ledger("legs") if leg["to"] == to][-1]

    async def over(self, sid: str) -> None:
        """Wait until this leg has ended."""
        async with asyncio.timeout(60):
            while not (await self.leg(sid))["ended_at"]:
                await asyncio.sleep(0.03)  # the ledger tells nobody that it grew

    async def everybody_goes(self) -> None:
        """No caller is left to the next test, however this one ended."""
        for leg in await self.ledger("legs"):
            if leg["direction"] == "inbound" and not leg["ended_at"]:
                await self.hangs_up(leg["sid"])


async def line_is_up(desktop: Desktop) -> None:
    """A nailed-up agent is ready, now that the line is there; without it nobody stays ready."""
    await desktop.saw_that(State, lambda state: state.reason == "no_line")
    async with asyncio.timeout(60):
        while not desktop.client.desk.ready:
            await asyncio.sleep(0.02)  # over lost connections too, of which no event tells


async def _read(board: SupervisorClient) -> None:
    async for _ in board.events():
        pass


@contextlib.asynccontextmanager
async def open_centre(folder: Path, *, environment: dict[str, str] | None = None) -> AsyncIterator[TalkCentre]:
    """The processes, for the length of the block."""
    notes: list[str] = []
    processes = Centre(
        folder / "data",
        write_config(folder / "config", FILES),
        notes.append,
        environment=environment,
        calls_per_second=0,
        carrier_options=("--ring-buffer-s", str(CARRIER_ADDS_S), "--recording-ready-s", "0.2"),
    )
    centre = TalkCentre(processes, notes)
    try:
        await centre.begin()
        yield centre
    finally:
        await centre.end()
