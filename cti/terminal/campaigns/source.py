"""How campaigns stand, asked of the server again and again: whoever hands in `ask` says where that is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from cti.client import ClientError
from cti.terminal.campaigns.picture import Shown

Ask = Callable[..., Awaitable[Any]]
"""`(door, method, path, body)`; raises `ClientError` when the server says no, or does not answer."""

EVERY_S = 1.0
LEADS_EVERY = 5
"""What is left changes slowly: it is asked for in every so many rounds."""

WORKER, FOLLOWER = "admin.sock", "follower.sock"


class Campaigns:
    """What was told last. `live` is whether the server answered just now; `why` it did not, in its own words or
    ours."""

    def __init__(self, ask: Ask, names: Sequence[str] = ()) -> None:
        self._ask = ask
        self._names = tuple(names)
        self._rounds = 0
        self.stands: dict[str, dict[str, Any]] = {}
        self.trails: dict[str, list[dict[str, int]]] = {}
        self.leads: dict[str, dict[str, int]] = {}
        self.live = False
        self.why = ""

    async def look(self, chosen: str = "") -> None:
        """Once. The last minutes are asked for of the `chosen` campaign, or of all. Raises `ClientError` for a name
        that is none."""
        try:
            told = (await self._ask(WORKER, "GET", "/campaigns"))["campaigns"]
            stands = {each["campaign_id"]: each for each in told}
            wanted = [name for name in (self._names or stands) if not chosen or name == chosen]
            trails = {name: await self._trail(name) for name in wanted if name in stands}
        except ClientError as error:
            self.live, self.why = False, str(error)
            return
        if missing := [name for name in self._names if name not in stands]:
            known = ", ".join(stands) or "none"
            raise UnknownCampaign(f"There is no campaign {missing[0]!r}: there are {known}.")
        self.stands = {name: stands[name] for name in (self._names or stands)}
        self.trails |= trails
        self.live, self.why = True, ""
        if self._rounds % LEADS_EVERY == 0:
            await self._count()
        self._rounds += 1

    async def _trail(self, name: str) -> list[dict[str, int]]:
        found: list[dict[str, int]] = (await self._ask(WORKER, "GET", f"/campaigns/{name}/trail"))["trail"]
        return found

    async def _count(self) -> None:
        """Without the follower the rest is shown all the same."""
        for name, stand in self.stands.items():
            if not stand["dialled"]:
                continue
            try:
                self.leads[name] = await self._ask(FOLLOWER, "GET", f"/campaigns/{name}/leads")
            except ClientError:
                self.leads.pop(name, None)

    async def told(self, chosen: Callable[[], str] = str) -> AsyncIterator[None]:
        """Again and again, whether or not the server answers, until whoever listens has enough."""
        while True:
            await self.look(chosen())
            yield
            await asyncio.sleep(EVERY_S)

    async def order(self, name: str, action: str, by: str) -> str:
        """Start, pause or drain. Returns how it stands then, in words. Raises `ClientError` when it is refused."""
        answer = await self._ask(WORKER, "POST", f"/campaigns/{name}/{action}", {"by": by})
        return f"{name} is {answer['status'].lower()} now."

    def shown(self, name: str) -> Shown:
        """What is known of it."""
        return Shown(self.stands[name], self.trails.get(name, ()), self.leads.get(name))


class UnknownCampaign(ClientError):
    """Somebody wants to see a campaign that there is not."""
