"""Campaigns from the command line: how they stand, and what they shall do."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from cti.api.local import Site, body_of, posted, problem
from cti.api.outcomes import Outcomes
from cti.configuration.mistake import suggest
from cti.configuration.tuning import read_tuning
from cti.core.errors import ConfigError
from cti.core.events import (
    AnyEvent,
    CampaignControlRefused,
    CampaignControlRequested,
    CampaignStatusChanged,
    CampaignTuned,
    CampaignTuneRequested,
)
from cti.core.pools import pools_of
from cti.core.record import TurnRecord
from cti.views.campaign import stand_of
from cti.views.campaign_ceilings import BoundsOf
from cti.views.campaign_trail import CampaignTrail

ACTIONS = ("start", "pause", "drain", "stop")

DECIDED_S = 5.0
"""How long to wait for what came of it."""


By = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Key = Annotated[str, Meta(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Order(msgspec.Struct):
    """Who says so."""

    by: By = ""


class Tune(msgspec.Struct):
    """Values by the keys of its file, spelled as there; the keys of `back` are to be as in the file again."""

    values: Annotated[dict[Key, Key], Meta(max_length=20)] = {}
    back: Annotated[list[Key], Meta(max_length=20)] = []
    by: By = ""


def with_every_field(value: Any) -> Any:
    """With every field, whatever it holds: programs look for them."""
    if isinstance(value, msgspec.Struct):
        return {name: with_every_field(getattr(value, name)) for name in value.__struct_fields__}
    return [with_every_field(each) for each in value] if isinstance(value, tuple) else value


class CampaignDoors:
    """The handlers. What a campaign shall do is in force once it is answered."""

    def __init__(
        self, site: Site, outcomes: Outcomes, trail: CampaignTrail, clock: Callable[[], int], bounds_of: BoundsOf
    ) -> None:
        self._site = site
        self._outcomes = outcomes
        self._trail = trail
        self._clock = clock
        self._bounds_of = bounds_of

    def routes(self) -> list[web.RouteDef]:
        """`GET /campaigns`, and below each one `GET`, and `POST start`, `pause`, `drain`, `stop` and `tune`."""
        return [
            web.get("/campaigns", self.every),
            web.get("/campaigns/{campaign_id}", self.one),
            web.get("/campaigns/{campaign_id}/trail", self.trail),
            web.post("/campaigns/{campaign_id}/tune", self.tune),
            *(web.post(f"/campaigns/{{campaign_id}}/{action}", self._control(action)) for action in ACTIONS),
        ]

    async def every(self, request: web.Request) -> web.Response:
        """Of the configuration, by id."""
        self._check_readable()
        return web.json_response({"campaigns": [self._stand(each) for each in sorted(self._known())]})

    async def one(self, request: web.Request) -> web.Response:
        """404 for one that is not in the configuration."""
        self._check_readable()
        return web.json_response(self._stand(self._campaign_id(request)))

    async def trail(self, request: web.Request) -> web.Response:
        """Its last minutes, in pieces of ten seconds, oldest first; none of it outlives the process."""
        self._check_readable()
        points = self._trail.points(self._campaign_id(request))
        return web.json_response({"trail": [msgspec.structs.asdict(each) for each in points]})

    def _stand(self, campaign_id: str) -> dict[str, Any]:
        state, at = self._site.state, self._clock()
        pool = pools_of(state).by_campaign.get(campaign_id)
        paced = self._trail.paced_at(pool.pool_id, at) if pool else None
        found: dict[str, Any] = with_every_field(stand_of(state, campaign_id, at, paced, self._bounds_of))
        return found

    def _control(self, action: str) -> Any:
        async def control(request: web.Request) -> web.Response:
            """`accepted` with how it stands now; 409 with the reason when it stays as it was."""
            wanted: Order = await body_of(request, Order)
            self._check_readable()
            campaign_id, name = self._campaign_id(request), f"campaign:{secrets.token_hex(8)}"
            event = CampaignControlRequested(campaign_id=campaign_id, action=action, by=wanted.by, request_id=name)
            record = await self._decided(event, name)
            told = [each for each in record.events if isinstance(each, CampaignStatusChanged)]
            mine = [each for each in told if each.campaign_id == campaign_id]
            if not mine:
                raise problem(503, "The server could not do it: see its log.")
            return web.json_response({"outcome": "accepted", "status": mine[-1].status, "reason": mine[-1].reason})

        return control

    async def tune(self, request: web.Request) -> web.Response:
        """`accepted` with what is tuned now; 409 with everything that is not possible, and then nothing has changed."""
        wanted: Tune = await body_of(request, Tune)
        self._check_readable()
        campaign_id, name = self._campaign_id(request), f"campaign:{secrets.token_hex(8)}"
        try:
            values = read_tuning(wanted.values)
        except ConfigError as error:
            raise problem(409, str(error)) from error
        event = CampaignTuneRequested(
            campaign_id=campaign_id, values=values, back=tuple(wanted.back), by=wanted.by, request_id=name
        )
        record = await self._decided(event, name)
        if not any(isinstance(each, CampaignTuned) for each in record.events):
            raise problem(503, "The server could not do it: see its log.")
        return web.json_response({"outcome": "accepted", "tuned": self._stand(campaign_id)["tuned"]})

    async def _decided(self, event: AnyEvent, name: str) -> TurnRecord:
        """The record in which it was decided. Raises 409 with the reason when it was refused."""
        with self._outcomes.of(name) as heard:
            await posted(self._site, event, key=name)
            try:
                async with asyncio.timeout(DECIDED_S):
                    record = await heard.get()
            except TimeoutError as error:
                raise problem(
                    504, "The server could not say in time what came of it: look before you try again."
                ) from error
        for outcome in record.events:
            if isinstance(outcome, CampaignControlRefused):
                raise problem(409, outcome.detail)
        return record

    def _known(self) -> list[str]:
        return list(self._site.state.config.calling.campaigns)

    def _campaign_id(self, request: web.Request) -> str:
        campaign_id = request.match_info["campaign_id"]
        known = self._known()
        if campaign_id not in known:
            there_are = f"there are {', '.join(sorted(known)) or 'none'}"
            raise problem(404, f"There is no campaign {campaign_id!r}: {suggest(campaign_id, known, there_are)}")
        return campaign_id

    def _check_readable(self) -> None:
        """While the server cannot know its campaigns it must not say that there are none."""
        if self._site.holding and not self._site.state.config_hash:
            raise problem(503, f"Try again in a moment: {self._site.holding}.")
