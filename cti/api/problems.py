"""Answers to requests that cannot be served: `application/problem+json` (RFC 9457), with what to do about it."""

from http import HTTPStatus

import msgspec
from aiohttp import web

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
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    kind = _KINDS[status]
    return kind(text=msgspec.json.encode(body).decode(), content_type="application/problem+json", headers=headers or {})
