"""The doors in the data directory, for the command line of whoever may read the server's files. Not on the network."""

import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from aiohttp import web

from cti.api.local import Site, body_of, posted, problem
from cti.core.events import TokenIssued, TokenRevoked
from cti.core.states import Direction

TOKEN_ID_CHARACTERS = 12
DAY_MS = 24 * 60 * 60 * 1_000


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
        wanted = await body_of(request, TokenWanted)
        scope = "agent" if wanted.agent else "supervisor"
        subject = wanted.agent or wanted.supervisor
        if bool(wanted.agent) == bool(wanted.supervisor):
            raise problem(400, "Name an agent, or a supervisor, not both.")
        if wanted.agent and wanted.agent not in site.state.agents:
            known = ", ".join(sorted(site.state.agents.rows)[:20]) or "none"
            raise problem(404, f"There is no agent {wanted.agent!r}. Agents here: {known}.")
        if not 1 <= wanted.days <= 3_650:
            raise problem(400, "days: give a number from 1 to 3650.")
        token = secrets.token_urlsafe(32)
        expires_at = int(time.time() * 1_000) + wanted.days * DAY_MS
        event = TokenIssued(token_hash=hash_of(token), scope=scope, subject=subject, expires_at=expires_at)
        await _recorded(site, event)
        answer = {"token": token, "scope": scope, "subject": subject, "expires_at": expires_at}
        may_listen = scope == "agent" or subject in site.state.config.supervisors
        return web.json_response(answer | {"may_listen": may_listen})

    async def revoke(request: web.Request) -> web.Response:
        named = (await body_of(request, TokenNamed)).token
        _check_readable(site)
        meant = [key for key in site.state.tokens.rows if named in (id_of(key), key) or key == hash_of(named)]
        if len(meant) != 1:
            raise problem(404, "This token is not in force.")
        token_hash = meant[0]
        await _recorded(site, TokenRevoked(token_hash=token_hash))
        return web.json_response({"revoked": True})

    return [web.get("/tokens", tokens), web.post("/tokens", issue), web.post("/tokens/revoke", revoke)]


def _check_readable(site: Site) -> None:
    """While the server cannot know its tokens it must not say that there are none."""
    if site.holding and not site.state.tokens.rows:
        raise problem(503, f"Try again in a moment: {site.holding}.")


async def _recorded(site: Site, event: TokenIssued | TokenRevoked) -> None:
    await posted(site, event, key=f"token:{event.token_hash}:{type(event).__name__}")


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

    async def recent_contacts(self, limit: int, direction: Direction | None) -> list[dict[str, Any]]:
        """The newest contact records of one direction, or of both, newest first."""


def follower_routes(store: StoreDoor) -> list[web.RouteDef]:
    """`POST /customers` (a CSV file) and `GET /contacts` (with `limit`, and a `direction`): what only the follower, who
    writes the store, can do."""

    async def customers(request: web.Request) -> web.Response:
        report = await store.import_customers(await request.read())
        rejected = [{"line": row.line, "what": row.what, "remedy": row.remedy} for row in report.rejected]
        return web.json_response({"imported": report.imported, "updated": report.updated, "rejected": rejected})

    async def contacts(request: web.Request) -> web.Response:
        limit = request.query.get("limit", "100")
        if not limit.isdigit():
            raise problem(400, "limit: give a number.")
        return web.json_response({"contacts": await store.recent_contacts(min(int(limit), 1_000), _direction(request))})

    return [web.post("/customers", customers), web.get("/contacts", contacts)]


def _direction(request: web.Request) -> Direction | None:
    written = request.query.get("direction", "").upper()
    if written and written not in list(Direction):
        raise problem(400, f"direction: write {' or '.join(Direction)}.")
    return Direction(written) if written else None
