"""Results of campaigns, from the command line: what the receiver refused is sent again."""

from typing import Protocol

import msgspec
from aiohttp import web

from cti.api.local import body_of, problem
from cti.store.errors import StoreError


class Wanted(msgspec.Struct):
    """Whose results."""

    campaign_id: str


class AgainDoor(Protocol):
    """Where they wait; as `cti.store.results.outbox.Outbox`."""

    async def again(self, campaign_id: str) -> int:
        """Send them again; returns how many there are."""


def results_routes(outbox: AgainDoor) -> list[web.RouteDef]:
    """The follower's: `POST /results/again`."""

    async def again(request: web.Request) -> web.Response:
        wanted: Wanted = await body_of(request, Wanted)
        try:
            return web.json_response({"again": await outbox.again(wanted.campaign_id)})
        except StoreError as error:
            raise problem(503, f"The store cannot be written now: {error}.") from error

    return [web.post("/results/again", again)]
