"""Who is asking? Bearer tokens are looked up by their SHA-256: the text itself is nowhere kept."""

import hashlib

from aiohttp import web

from cti.api.ports import SiteView
from cti.api.problems import problem
from cti.core.state import Token

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def in_force(site: SiteView, token: Token, now: int) -> bool:
    """Whether a token that was accepted once still is what it was. Asked before everything that changes something."""
    found = site.state.tokens.get(token.token_hash)
    return found is not None and found.scope == token.scope and not 0 < found.expires_at <= now


def authenticate(request: web.Request, site: SiteView, scope: str, now: int) -> Token:
    """The caller's token, if it is in force at `now` (ms) and for this scope. Raises a problem: 401, 403, or 503 while
    the server cannot know."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        detail = "Send the token in the header `Authorization: Bearer <token>`; `cti token issue` makes one."
        raise problem(401, "no_token", detail, _CHALLENGE)
    token = site.state.tokens.get(hashlib.sha256(text.strip().encode()).hexdigest())
    if token is None and site.holding:
        raise problem(503, "not_ready", f"Try again in a moment: {site.holding}.", {"Retry-After": "1"})
    if token is None:
        raise problem(401, "unknown_token", "This token was never issued here, or it was revoked.", _CHALLENGE)
    if token.expires_at and token.expires_at <= now:
        raise problem(401, "expired_token", "This token has expired; ask for a new one.", _CHALLENGE)
    if token.scope != scope:
        raise problem(403, "wrong_scope", f"This token is for scope {token.scope}; here it takes scope {scope}.")
    if scope == "agent" and token.subject not in site.state.agents:
        raise problem(403, "unknown_agent", f"There is no agent {token.subject} here any more.")
    return token
