"""Answers to requests that cannot be served: `application/problem+json` (RFC 9457), with what to do about it."""

from http import HTTPStatus

import msgspec
from aiohttp import web

_TYPE = "application/problem+json"
_KINDS: dict[int, type[web.HTTPException]] = {
    400: web.HTTPBadRequest,
    401: web.HTTPUnauthorized,
    403: web.HTTPForbidden,
    404: web.HTTPNotFound,
    409: web.HTTPConflict,
    410: web.HTTPGone,
    426: web.HTTPUpgradeRequired,
    501: web.HTTPNotImplemented,
    502: web.HTTPBadGateway,
    503: web.HTTPServiceUnavailable,
}


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> web.HTTPException:
    """To be raised. `code` is stable, `detail` is for people."""
    return _KINDS[status](text=_body(status, code, detail), content_type=_TYPE, headers=headers or {})


def wrong_method(method: str, allowed: list[str], detail: str) -> web.HTTPException:
    """To be raised where other methods would do."""
    return web.HTTPMethodNotAllowed(method, allowed, text=_body(405, "wrong_method", detail), content_type=_TYPE)


def _body(status: int, code: str, detail: str) -> str:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return msgspec.json.encode(body).decode()
