"""What the doors in the data directory have in common: bodies read, events posted, refusals in words."""

from typing import Any, Protocol

import msgspec
from aiohttp import web

from cti.core.errors import JournalUnavailable, Overloaded
from cti.core.events import AnyEvent
from cti.core.ports import Intake
from cti.core.state import State

RETRY_AFTER_S = "2"

_KINDS: dict[int, type[web.HTTPException]] = {
    400: web.HTTPBadRequest,
    404: web.HTTPNotFound,
    409: web.HTTPConflict,
    503: web.HTTPServiceUnavailable,
    504: web.HTTPGatewayTimeout,
}


class Site(Intake, Protocol):
    """The way in, and what there is."""

    @property
    def state(self) -> State:
        """The site as it is now."""


async def body_of(request: web.Request, kind: type[Any]) -> Any:
    """The body as this struct. Raises 400 where it is not one."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError as error:
        raise problem(400, f"The body is not right: {error}.") from error


async def posted(site: Intake, event: AnyEvent, *, key: str) -> None:
    """Returns once the event's record is durable. Raises 503 when it surely will not be one."""
    try:
        await site.post(event, key=key, actor="admin")
    except Overloaded as error:
        raise problem(503, f"Calls come first, and {error}. Try again in a moment.") from error
    except JournalUnavailable as error:
        raise problem(503, f"Nothing can be recorded now: {error}.") from error


def problem(status: int, detail: str) -> web.HTTPException:
    """To be raised."""
    headers = {"Retry-After": RETRY_AFTER_S} if status == 503 else None
    text = msgspec.json.encode({"detail": detail}).decode()
    return _KINDS[status](text=text, content_type="application/json", headers=headers)
