"""What is said at the end: what became of every call, by our records and by the carrier's ledger."""

import asyncio
import json
import sys
from typing import Any

from rich.console import Console

from cti.cli.demo.agents import Stage
from cti.cli.demo.dialled import PAGES, Asked, Dialled, read_ledger
from cti.cli.demo.dialling import CAMPAIGN, Dialling, ledger_of
from cti.cli.demo.figures import dialled_in_words, table_of
from cti.cli.demo.harm import RECORDS_MAX, find_harm
from cti.cli.demo.kinds import REQUIRED, in_words, kinds_of
from cti.cli.demo.processes import Centre
from cti.cli.demo.seats import beside

SETTLE_S = 40.0


class Report:
    """The end of a play that nobody calls in any more."""

    def __init__(self, centre: Centre, stage: Stage, dialling: Dialling, console: Console) -> None:
        self._centre = centre
        self._stage = stage
        self._dialling = dialling
        self._console = console
        self._ceiling_ppm = int(ledger_of(dialling.stand)["ceiling_ppm"])

    async def give(self, *, as_json: bool, whole_play: bool) -> int:
        """The exit status: 1 if a call came to harm, or a kind of call is missing in a `whole_play`."""
        centre, console = self._centre, self._console
        async with asyncio.timeout(SETTLE_S + 10):
            await centre.control("GET", f"settle?timeout_s={SETTLE_S:.0f}")
        verdict = await centre.control("GET", "verdict")
        contacts = await self._records(min(RECORDS_MAX, int(verdict["contacts"])))
        for contact in reversed(contacts):
            console.print(f"{contact['contact_id']:<12} {in_words(contact)}", highlight=False, soft_wrap=True)
        console.print(table_of(contacts, verdict))
        dialled = await self._dialled()
        self._tell_of_campaign(dialled)
        seen = {kind for contact in contacts for kind in kinds_of(contact)}
        missing = [words for kind, words in REQUIRED.items() if kind not in seen] if whole_play else []
        wrong = [*await find_harm(centre, verdict, contacts), *dialled.wrong]
        for line in wrong:
            console.print(line, style="bold red", soft_wrap=True)
        if missing:
            console.print(f"not seen this time: {', '.join(missing)}", style="bold red")
        self._tell(self._figures(verdict, dialled), as_json=as_json)
        return 1 if wrong or missing else 0

    def _figures(self, verdict: dict[str, Any], dialled: Dialled) -> dict[str, Any]:
        stage = self._stage
        return {
            "contacts": verdict["contacts"],
            "connected": verdict["connected"],
            "abandoned": verdict["abandoned"],
            "lost": verdict["lost"],
            "bridged_twice": verdict["bridged_twice"],
            "silent": verdict["silent"],
            "pops": len(stage.pops),
            "pop_ms_p50": stage.pop_ms(0.50),
            "pop_ms_p99": stage.pop_ms(0.99),
            "dialled": dialled.dialled,
            "answered_by_people": dialled.people,
            "people_abandoned": dialled.abandoned,
        }

    def _tell(self, figures: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            print(json.dumps(figures), flush=True)
        else:
            line = " ".join(f"{name}={value}" for name, value in figures.items())
            self._console.print(line, style="bold", soft_wrap=True)
        sys.stdout.flush()

    def _tell_of_campaign(self, dialled: Dialled) -> None:
        console, words = self._console, dialled_in_words(dialled, self._ceiling_ppm)
        console.print(f"{CAMPAIGN}, by the carrier's ledger: {words}", highlight=False, soft_wrap=True)
        commands = (f"dialer report {CAMPAIGN}", "dialer audit")
        console.print("what can be proved of it:", *(beside(self._centre, each) for each in commands), sep="\n",
                      highlight=False, soft_wrap=True)  # fmt: skip

    async def _dialled(self) -> Dialled:
        called = self._dialling.called
        asked = Asked(
            numbers=set(called),
            refused={number for number, each in called.items() if each.refuses},
            phones=set(self._dialling.phones),
            ceiling_ppm=self._ceiling_ppm,
        )
        return read_ledger(await self._centre.control("GET", f"ledger?page={PAGES}"), asked)

    async def _records(self, expected: int) -> list[dict[str, Any]]:
        """The records of those who called us, once there is one for each: wrap-up and follower take a moment."""
        contacts: list[dict[str, Any]] = []
        for _ in range(150):
            path = f"/contacts?limit={RECORDS_MAX}&direction=inbound"
            contacts = (await self._centre.local("follower.sock", "GET", path))["contacts"]
            if len(contacts) >= expected:
                break
            await asyncio.sleep(0.1)
        return contacts
