"""The doors in the data directory, for the command line of whoever may read the server's files. Not on the network."""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec
from aiohttp import web

from cti.core.errors import JournalUnavailable, Overloaded
from cti.core.events import TokenIssued, TokenRevoked
from cti.core.ports import Intake
from cti.core.state import State

TOKEN_ID_CHARACTERS = 12
RETRY_AFTER_S = "2"
DAY_MS = 24 * 60 * 60 * 1_000


class Site(Intake, Protocol):
    """The way in, and what there is."""

    @property
    def state(self) -> State:
        """The site as it is now."""


class TokenWanted(msgspec.Struct):
    """A token for an agent or for a supervisor, good for `days`."""

    agent: str = ""
    supervisor: str = ""
    days: int = 365


class TokenNamed(msgspec.Struct):
    """The token to revoke, in full or by its id."""

    token: str


def hash_of(token: str) -> str:
    """How a bearer token is known: the hex SHA-256 of its text."""
    return hashlib.sha256(token.encode()).hexdigest()


def id_of(token_hash: str) -> str:
    """How a token is spoken of: the beginning of its hash, which opens nothing."""
    return token_hash[:TOKEN_ID_CHARACTERS]


def admin_routes(site: Site, tokens_used: Mapping[str, int]) -> list[web.RouteDef]:
    """`GET` and `POST /tokens`, `POST /tokens/revoke`: what only the worker can do. `tokens_used` says when (ms) each
    token, by its hash, last opened a connection."""

    async def tokens(request: web.Request) -> web.Response:
        _check_readable(site)
        rows = [
            {
                "id": id_of(token.token_hash),
                "scope": token.scope,
                "subject": token.subject,
                "issued_at": token.issued_at,
                "expires_at": token.expires_at,
                "used_at": tokens_used.get(token.token_hash, 0),
            }
            for token in site.state.tokens.rows.values()
        ]
        return web.json_response({"tokens": sorted(rows, key=lambda row: (row["scope"], row["subject"], row["id"]))})

    async def issue(request: web.Request) -> web.Response:
        wanted = await _body(request, TokenWanted)
        scope = "agent" if wanted.agent else "supervisor"
        subject = wanted.agent or wanted.supervisor
        if bool(wanted.agent) == bool(wanted.supervisor):
            raise _problem(400, "Name an agent, or a supervisor, not both.")
        if wanted.agent and wanted.agent not in site.state.agents:
            known = ", ".join(sorted(site.state.agents.rows)[:20]) or "none"
            raise _problem(404, f"There is no agent {wanted.agent!r}. Agents here: {known}.")
        if not 1 <= wanted.days <= 3_650:
            raise _problem(400, "days: give a number from 1 to 3650.")
        token = secrets.token_urlsafe(32)
        expires_at = int(time.time() * 1_000) + wanted.days * DAY_MS
        event = TokenIssued(token_hash=hash_of(token), scope=scope, subject=subject, expires_at=expires_at)
        await _posted(site.post, event)
        answer = {"token": token, "scope": scope, "subject": subject, "expires_at": expires_at}
        may_listen = scope == "agent" or subject in site.state.config.supervisors
        return web.json_response(answer | {"may_listen": may_listen})

    async def revoke(request: web.Request) -> web.Response:
        named = (await _body(request, TokenNamed)).token
        _check_readable(site)
        meant = [key for key in site.state.tokens.rows if named in (id_of(key), key) or key == hash_of(named)]
        if len(meant) != 1:
            raise _problem(404, "This token is not in force.")
        token_hash = meant[0]
        await _posted(site.post, TokenRevoked(token_hash=token_hash))
        return web.json_response({"revoked": True})

    return [web.get("/tokens", tokens), web.post("/tokens", issue), web.post("/tokens/revoke", revoke)]


def _check_readable(site: Site) -> None:
    """While the server cannot know its tokens it must not say that there are none."""
    if site.holding and not site.state.tokens.rows:
        raise _problem(503, f"Try again in a moment: {site.holding}.")


class Rejected(Protocol):
    """A row that was not imported: its line in the file, what is wrong, and how to mend it."""

    line: int
    what: str
    remedy: str


class Imported(Protocol):
    """What an import came to, in rows."""

    imported: int
    updated: int
    rejected: list[Any]


class StoreDoor(Protocol):
    """What the follower's store does for the command line."""

    async def import_customers(self, content: bytes) -> Imported:
        """Take in a CSV file."""

    async def recent_contacts(self, limit: int) -> list[dict[str, Any]]:
        """The newest contact records, newest first."""


def follower_routes(store: StoreDoor) -> list[web.RouteDef]:
    """`POST /customers` (a CSV file) and `GET /contacts`: what only the follower, who writes the store, can do."""

    async def customers(request: web.Request) -> web.Response:
        report = await store.import_customers(await request.read())
        rejected = [{"line": row.line, "what": row.what, "remedy": row.remedy} for row in report.rejected]
        return web.json_response({"imported": report.imported, "updated": report.updated, "rejected": rejected})

    async def contacts(request: web.Request) -> web.Response:
        limit = request.query.get("limit", "100")
        if not limit.isdigit():
            raise _problem(400, "limit: give a number.")
        return web.json_response({"contacts": await store.recent_contacts(min(int(limit), 1_000))})

    return [web.post("/customers", customers), web.get("/contacts", contacts)]


async def _body(request: web.Request, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError as error:
        raise _problem(400, f"The body is not right: {error}.") from error


async def _posted(post: Callable[..., Awaitable[str]], event: TokenIssued | TokenRevoked) -> None:
    try:
        await post(event, key=f"token:{event.token_hash}:{type(event).__name__}", actor="admin")
    except Overloaded as error:
        raise _problem(503, f"Calls come first, and {error}. Try again in a moment.") from error
    except JournalUnavailable as error:
        raise _problem(503, f"Nothing can be recorded now: {error}.") from error


def _problem(status: int, detail: str) -> web.HTTPException:
    kinds = {400: web.HTTPBadRequest, 404: web.HTTPNotFound, 503: web.HTTPServiceUnavailable}
    headers = {"Retry-After": RETRY_AFTER_S} if status == 503 else None
    text = msgspec.json.encode({"detail": detail}).decode()
    return kinds[status](text=text, content_type="application/json", headers=headers)
