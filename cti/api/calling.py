"""Whom not to call, and registries, from the command line: what only the worker, who writes the journal, can do."""

import asyncio
import re
import secrets
import socket
import struct
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web
from msgspec import Meta

from cti.api.local import Site, body_of, posted, problem
from cti.api.outcomes import Heard, Outcomes
from cti.configuration.mistake import suggest
from cti.core.calling import Subject
from cti.core.errors import CtiError
from cti.core.events import (
    AnyEvent,
    RefusalRecorded,
    RefusalRefused,
    RefusalReported,
    RegistrySwitchConfirmed,
    RegistrySwitched,
    RegistrySwitchHeld,
    RegistrySwitchRefused,
    RegistrySwitchRequested,
    SuppressionAdded,
    SuppressionFound,
    SuppressionKept,
    SuppressionRefused,
    SuppressionRemovalRequested,
    SuppressionRemoved,
    SuppressionRequested,
)
from cti.core.record import TurnRecord
from cti.core.registry import HeldVersion, RegistryInForce
from cti.core.suppression import SuppressionKey, mistake

ENTRIES_MAX = 200
"""How many entries may be added at once: fewer than may wait to be decided."""

KNOWN_S = 3.0
"""How long to wait for the store to say whether an entry was there before. It holds in any case."""

REMOVED_S = 15.0
"""How long to wait for the store to say which entry is meant: nothing is removed without."""

NOBODY_SAID = "The server could not say in time what came of it. Look with `cti dnc check` before you try again."
CREDENTIALS = struct.Struct("3i")
"""Process, user and group of the other side of a local socket, as Linux tells them."""

PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*")

Words = Annotated[str, Meta(max_length=500)]
Name = Annotated[str, Meta(max_length=100)]


class Entry(msgspec.Struct):
    """What an entry of our own lists says."""

    scope: Name
    value: Name
    campaign_id: Name = ""
    seller: Name = ""
    reason: Words = ""
    person_id: Name = ""


class Additions(msgspec.Struct):
    """Whom not to call from now on, and who says so."""

    entries: Annotated[list[Entry], Meta(min_length=1, max_length=ENTRIES_MAX)]
    by: Name = ""
    origin: Name = "cli"


class Removal(msgspec.Struct):
    """Whose entry holds no longer, and who says so."""

    entry: Entry
    by: Name = ""


class Refusal(msgspec.Struct):
    """Who refused what a campaign calls for, and who says so."""

    number: Name
    campaign_id: Name
    person_id: Name = ""
    by: Name = ""


class Version(msgspec.Struct):
    """A version of a registry that is at hand: its hash, and how it differs from `base`, in numbers (-1: not known).
    `as_of` (ms) is of when it is. `doubt`: why whoever made it thinks that somebody else should have a look."""

    version: Name
    as_of: int
    base: Name = ""
    added: int = -1
    removed: int = -1
    by: Name = ""
    doubt: Words = ""


class Confirmation(msgspec.Struct):
    """Somebody else has looked at the version that is held."""

    version: Name
    by: Name = ""


class Lists(Protocol):
    """The lists of registries, as files."""

    def count(self, version: str) -> int:
        """How many numbers are on one, all of which is read first. Raises `CtiError` when it is not whole."""


class CallingDoors:
    """The handlers. Each answers once what it did is durable, and in force."""

    def __init__(self, site: Site, outcomes: Outcomes, lists: Lists) -> None:
        self._site = site
        self._outcomes = outcomes
        self._lists = lists

    def routes(self) -> list[web.RouteDef]:
        """`POST` to `/suppressions`, below it `/remove`, and to `/refusals`; `/registries`, and what is below one."""
        return [
            web.post("/suppressions", self.add),
            web.post("/suppressions/remove", self.remove),
            web.post("/refusals", self.refused),
            web.get("/registries", self.registries),
            web.post("/registries/{registry_id}", self.switch),
            web.post("/registries/{registry_id}/confirm", self.confirm),
        ]

    async def add(self, request: web.Request) -> web.Response:
        """For each entry: `added`, `known` (it was there already), or `refused` and why. One alone is also looked for
        among those that are long there."""
        wanted: Additions = await body_of(request, Additions)
        _check_words(wanted.by)
        if len(wanted.entries) == 1:
            return web.json_response({"entries": [await self._add(wanted.entries[0], wanted, looked_for=True)]})
        adding = [self._add(entry, wanted, looked_for=False) for entry in wanted.entries]
        answers = await asyncio.gather(*adding, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer  # whoever asks again adds nothing twice
        return web.json_response({"entries": answers})

    def _with_ids(self, entry: Entry) -> None:
        """A seller may be called by the name that is shown."""
        campaigns = self._site.state.config.calling.campaigns.values()
        ids = {campaign.seller_name: campaign.seller for campaign in campaigns if campaign.seller_name}
        entry.seller = ids.get(entry.seller, entry.seller)

    async def _add(self, entry: Entry, wanted: Additions, *, looked_for: bool) -> dict[str, Any]:
        self._with_ids(entry)
        wrong = mistake(_key(entry)) or self._names_nobody(entry)
        if wrong:
            return {"outcome": "refused", "detail": wrong}
        _check_words(entry.reason)
        name = f"dnc:{secrets.token_hex(8)}"
        event = SuppressionRequested(
            scope=entry.scope,
            value=entry.value,
            campaign_id=entry.campaign_id,
            seller=entry.seller,
            reason=entry.reason,
            origin=wanted.origin,
            by=wanted.by,
            request_id=name if looked_for else "",
            person_id=entry.person_id,
        )
        with self._outcomes.of(name) as heard:
            await posted(self._site, event, key=name)
            return await _added(heard, looked_for=looked_for)

    def _names_nobody(self, entry: Entry) -> str:
        """An entry for a campaign or a seller that is not there would keep nobody from being called."""
        campaigns = self._site.state.config.calling.campaigns
        sellers = dict.fromkeys(campaign.seller for campaign in campaigns.values())
        for kind, name, known in (("campaign", entry.campaign_id, campaigns), ("seller", entry.seller, sellers)):
            if name and name not in known:
                there_are = f"there are {', '.join(sorted(known)) or 'none'}"
                return f"There is no {kind} {name!r}: {suggest(name, known, there_are)}"
        return ""

    async def remove(self, request: web.Request) -> web.Response:
        """The ids of the entries that said so, and of those for people that stood beside
        them. 409 when there is none, and for whatever else is not done."""
        wanted: Removal = await body_of(request, Removal)
        entry = wanted.entry
        self._with_ids(entry)
        _check_words(wanted.by, entry.reason)
        name = f"dnc:{secrets.token_hex(8)}"
        event = SuppressionRemovalRequested(
            scope=entry.scope,
            value=entry.value,
            campaign_id=entry.campaign_id,
            seller=entry.seller,
            reason=entry.reason,
            origin="cli",
            by=wanted.by,
            request_id=name,
        )
        with self._outcomes.of(name) as heard:
            await posted(self._site, event, key=name)
            return web.json_response(await _removed(heard))

    async def refused(self, request: web.Request) -> web.Response:
        """As which attempt it counts. 409 where it cannot be recorded."""
        wanted: Refusal = await body_of(request, Refusal)
        _check_words(wanted.by, wanted.person_id)
        name = f"refusal:{secrets.token_hex(8)}"
        event = RefusalReported(
            campaign_id=wanted.campaign_id,
            number=wanted.number,
            subject=Subject(person_id=wanted.person_id) if wanted.person_id else None,
            by=wanted.by,
            request_id=name,
        )
        with self._outcomes.of(name) as heard:
            await posted(self._site, event, key=name)
            record = await _next(heard, KNOWN_S)
        for outcome in record.events:
            if isinstance(outcome, RefusalRecorded):
                return web.json_response({"attempt_id": outcome.attempt_id, "since": record.at})
            if isinstance(outcome, RefusalRefused):
                raise problem(409, outcome.detail)
        raise problem(504, NOBODY_SAID)

    async def registries(self, request: web.Request) -> web.Response:
        """Each registry of the configuration, and which version of it is in force or held."""
        if self._site.holding and not self._site.state.config_hash:
            raise problem(503, f"Try again in a moment: {self._site.holding}.")
        state = self._site.state
        configured = state.config.calling.registries
        rows = []
        for registry_id, config in sorted(configured.items()):
            in_force = state.registries.get(registry_id) or RegistryInForce(registry_id=registry_id)
            said = {"name": config.name, "jurisdiction": config.jurisdiction, "example": config.example}
            rows.append(said | msgspec.structs.asdict(in_force) | {"held": _fields(in_force.held)})
        return web.json_response({"registries": rows})

    async def switch(self, request: web.Request) -> web.Response:
        """Have a version take the place of the one in force: `switched`, `held` for somebody else's word, or `refused`.
        409 when its file is not there or not whole, and when another version has come meanwhile."""
        wanted: Version = await body_of(request, Version)
        _check_words(wanted.by, wanted.doubt)
        registry_id = self._registry_id(request)
        count = await self._count(wanted.version)
        in_force = self._site.state.registries.get(registry_id)
        if (in_force.version if in_force else "") != wanted.base:
            raise problem(409, f"Another version of {registry_id} has come meanwhile. Import the file again.")
        event = RegistrySwitchRequested(
            registry_id=registry_id,
            version=wanted.version,
            count=count,
            added=wanted.added,
            removed=wanted.removed,
            as_of=wanted.as_of,
            by=wanted.by,
            doubt=wanted.doubt,
            account=_account_of(request),
        )
        return web.json_response(await self._decided(event))

    async def confirm(self, request: web.Request) -> web.Response:
        """Another operator's word for the version that is held."""
        wanted: Confirmation = await body_of(request, Confirmation)
        _check_words(wanted.by)
        registry_id = self._registry_id(request)
        row = self._site.state.registries.get(registry_id)
        if row is None or row.held is None:
            raise problem(409, f"No version of {registry_id} is held: there is nothing to confirm.")
        await self._count(wanted.version)
        event = RegistrySwitchConfirmed(
            registry_id=registry_id, version=wanted.version, by=wanted.by, account=_account_of(request)
        )
        return web.json_response(await self._decided(event))

    def _registry_id(self, request: web.Request) -> str:
        registry_id = request.match_info["registry_id"]
        if self._site.holding:
            raise problem(503, f"Nothing can be recorded now: {self._site.holding}.")
        known = self._site.state.config.calling.registries
        if registry_id not in known:
            there_are = f"there are {', '.join(sorted(known)) or 'none'}"
            raise problem(404, f"There is no registry {registry_id!r}: {suggest(registry_id, known, there_are)}")
        return registry_id

    async def _count(self, version: str) -> int:
        try:
            return await asyncio.to_thread(self._lists.count, version)
        except CtiError as error:
            raise problem(409, f"The server does not switch to it: {error}") from error

    async def _decided(self, event: RegistrySwitchRequested | RegistrySwitchConfirmed) -> dict[str, Any]:
        name = f"registry:{secrets.token_hex(8)}"
        with self._outcomes.of(name) as heard:
            await posted(self._site, event, key=name)
            record = await _next(heard, KNOWN_S)
        for outcome in record.events:
            for word, kind in OUTCOMES.items():
                if isinstance(outcome, kind):
                    return {"outcome": word, **msgspec.structs.asdict(outcome)}
        raise problem(504, NOBODY_SAID)


OUTCOMES: dict[str, type[AnyEvent]] = {
    "switched": RegistrySwitched,
    "held": RegistrySwitchHeld,
    "refused": RegistrySwitchRefused,
}


async def _added(heard: Heard, *, looked_for: bool) -> dict[str, Any]:
    """What is known of an addition when it is durable, or a moment later."""
    answer: dict[str, Any] = {}
    deadline = asyncio.get_running_loop().time() + KNOWN_S
    while True:
        try:
            record = await _next(heard, deadline - asyncio.get_running_loop().time())
        except web.HTTPGatewayTimeout:
            if answer:
                return answer
            raise
        for event in record.events:
            if isinstance(event, SuppressionRefused):
                return {"outcome": "refused", "detail": event.detail}
            if isinstance(event, SuppressionKept):
                answer |= {"outcome": "known", "entry_id": event.entry_id, "since": event.since}
            if isinstance(event, SuppressionAdded) and not event.beside:
                answer |= {"outcome": "added", "entry_id": event.entry_id, "since": record.at}
            if isinstance(event, SuppressionAdded) and event.beside:
                answer["beside"] = [*answer.get("beside", ()), event.entry_id]
        is_all = not looked_for or isinstance(record.input, SuppressionFound) or answer.get("outcome") == "known"
        if answer and is_all:
            return answer


async def _removed(heard: Heard) -> dict[str, list[str]]:
    deadline = asyncio.get_running_loop().time() + REMOVED_S
    while True:
        record = await _next(heard, deadline - asyncio.get_running_loop().time())
        gone = [event for event in record.events if isinstance(event, SuppressionRemoved)]
        if gone:
            return {
                "removed": [event.entry_id for event in gone if not event.beside],
                "beside": [event.entry_id for event in gone if event.beside],
            }
        for event in record.events:
            if isinstance(event, SuppressionRefused):
                raise problem(503 if event.code == "UNAVAILABLE" else 409, event.detail)


async def _next(heard: Heard, timeout_s: float) -> TurnRecord:
    try:
        async with asyncio.timeout(timeout_s):
            return await heard.get()
    except TimeoutError as error:
        raise problem(504, NOBODY_SAID) from error


def _fields(held: HeldVersion | None) -> dict[str, Any] | None:
    return msgspec.structs.asdict(held) if held else None


def _key(entry: Entry) -> SuppressionKey:
    return SuppressionKey(scope=entry.scope, value=entry.value, campaign_id=entry.campaign_id, seller=entry.seller)


def _account_of(request: web.Request) -> str:
    """The account of the machine under which the other side runs, as the machine says; empty where it cannot."""
    there = request.transport.get_extra_info("socket") if request.transport else None
    if there is None or there.family != socket.AF_UNIX:
        return ""
    _, uid, _ = CREDENTIALS.unpack(there.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
    return f"uid {uid}"


def _check_words(*written: str) -> None:
    if not all(PRINTABLE.fullmatch(words) for words in written):
        raise problem(400, "Names and reasons are one line of text, without control characters.")
