"""Lists of leads, from the command line: the follower takes files in, the worker says when they are there."""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

import msgspec
from aiohttp import web
from msgspec import Meta

from cti.api.local import Site, body_of, posted, problem
from cti.core.events import AnyEvent, LeadDetails, LeadPosted, LeadsImported, LeadsRemoved, LeadsRevived
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.leads.common import ATTRIBUTES_MAX, NUMBERS_MAX, PRIORITY_MAX
from cti.store.leads.remaining import Remaining
from cti.store.leads.staging import Begin, Begun, Rows, Sorted
from cti.store.numbers import E164

LIST = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*")

Name = Annotated[str, Meta(max_length=200)]


class Post(msgspec.Struct):
    """A lead for a list."""

    list_id: Name
    lead: LeadDetails
    lead_id: Name = ""
    by: Name = ""


class Imported(msgspec.Struct):
    """An import all of whose rows are in."""

    list_id: Name
    import_id: Name
    imported: int
    updated: int = 0
    moved: int = 0
    rejected: int = 0
    by: Name = ""


class Removal(msgspec.Struct):
    """A lead of a list; without `lead_id` the whole list."""

    list_id: Name
    lead_id: Name = ""
    by: Name = ""


class Revival(msgspec.Struct):
    """A list; without `campaign_id` for all campaigns that call it."""

    list_id: Name
    campaign_id: Name = ""
    by: Name = ""


class LeadDoors:
    """The worker's: each answers once what it did is durable."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """`POST /leads`, `/leads/imported`, `/leads/revive` and `/leads/remove`."""
        return [
            web.post("/leads", self.post),
            web.post("/leads/imported", self.imported),
            web.post("/leads/revive", self.revive),
            web.post("/leads/remove", self.remove),
        ]

    async def post(self, request: web.Request) -> web.Response:
        """Somebody is on the list from now on; who is there by the same id is changed."""
        wanted: Post = await body_of(request, Post)
        _check(wanted.list_id, wanted.by, wanted.lead_id, wanted.lead.external_id)
        _check_lead(wanted.lead)
        named = {"list_id": wanted.list_id, "lead_id": wanted.lead_id, "by": wanted.by}
        return await self._done(LeadPosted(lead=wanted.lead, **named))

    async def imported(self, request: web.Request) -> web.Response:
        """What was imported can be seen from now on."""
        wanted: Imported = await body_of(request, Imported)
        _check(wanted.list_id, wanted.by)
        return await self._done(LeadsImported(**msgspec.structs.asdict(wanted)))

    async def revive(self, request: web.Request) -> web.Response:
        """Whom the rules refused for good is asked again; the rules judge each of them anew."""
        wanted: Revival = await body_of(request, Revival)
        _check(wanted.list_id, wanted.by, wanted.campaign_id)
        return await self._done(LeadsRevived(**msgspec.structs.asdict(wanted)))

    async def remove(self, request: web.Request) -> web.Response:
        """Somebody, or everybody on a list, is not to be called any more."""
        wanted: Removal = await body_of(request, Removal)
        _check(wanted.list_id, wanted.by)
        return await self._done(LeadsRemoved(**msgspec.structs.asdict(wanted)))

    async def _done(self, event: AnyEvent) -> web.Response:
        await posted(self._site, event, key=f"leads:{secrets.token_hex(8)}")
        return web.json_response({})


class StagingDoor(Protocol):
    """Where the rows of files go; as `cti.store.leads.staging.Staging`."""

    async def begin(self, wanted: Begin) -> Begun:
        """Begin, or find what was begun."""

    async def add(self, import_id: str, rows: Rows) -> None:
        """Take in some rows."""

    async def sort(self, import_id: str, found: Sorted) -> None:
        """Take in what all rows together show."""


def staging_routes(staging: StagingDoor) -> list[web.RouteDef]:
    """The follower's: `POST /leads/imports`, and below one of them `/rows` and `/sorted`."""

    async def begin(request: web.Request) -> web.Response:
        wanted: Begin = await body_of(request, Begin)
        _check(wanted.list_id, wanted.by)
        with _Told():
            begun = await staging.begin(wanted)
        return web.json_response(msgspec.structs.asdict(begun))

    async def rows(request: web.Request) -> web.Response:
        found: Rows = await body_of(request, Rows)
        with _Told():
            await staging.add(request.match_info["import_id"], found)
        return web.json_response({})

    async def in_order(request: web.Request) -> web.Response:
        found: Sorted = await body_of(request, Sorted)
        with _Told():
            await staging.sort(request.match_info["import_id"], found)
        return web.json_response({})

    return [
        web.post("/leads/imports", begin),
        web.post("/leads/imports/{import_id}/rows", rows),
        web.post("/leads/imports/{import_id}/sorted", in_order),
    ]


def remaining_routes(remaining: Callable[[str], Awaitable[Remaining]]) -> list[web.RouteDef]:
    """The follower's: `GET /campaigns/{campaign_id}/leads`, how many of a campaign's leads stand where."""

    async def counted(request: web.Request) -> web.Response:
        with _Told():
            found = await remaining(request.match_info["campaign_id"])
        return web.json_response(found._asdict())

    return [web.get("/campaigns/{campaign_id}/leads", counted)]


class _Told:
    """What the store says no to becomes the answer."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StoreUnavailable):
            raise problem(503, f"The store cannot be written now: {error}.") from error
        if isinstance(error, StoreError):
            raise problem(409, f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _check(list_id: str, *written: str) -> None:
    if not LIST.fullmatch(list_id):
        raise problem(400, f"{list_id!r} is no name for a list: write small letters, digits, - and _.")
    if not all(PRINTABLE.fullmatch(words) for words in written):
        raise problem(400, "Names are one line of text, without control characters.")


def _check_lead(lead: LeadDetails) -> None:
    if not lead.numbers or not all(E164.fullmatch(each.number) for each in lead.numbers):
        raise problem(400, "A lead has at least one number, each in E.164.")
    if len(lead.numbers) > NUMBERS_MAX or len(lead.attributes) > ATTRIBUTES_MAX:
        raise problem(400, f"A lead has at most {NUMBERS_MAX} numbers and {ATTRIBUTES_MAX} attributes.")
    if not -PRIORITY_MAX <= lead.priority <= PRIORITY_MAX:
        raise problem(400, f"A lead's priority is from {-PRIORITY_MAX} to {PRIORITY_MAX}.")
