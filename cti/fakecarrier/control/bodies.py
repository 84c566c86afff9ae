"""Bodies of control requests: JSON, checked; a mistake is answered with 400 and one sentence."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web

Body = TypeVar("Body")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def read_body(request: web.Request, kind: type[Body]) -> Body:
    """The request's body as that type; ValueError says what is wrong with it."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def reply(content: Any, status: int = 200) -> web.Response:
    """Anything msgspec can write, as JSON."""
    return web.Response(status=status, body=msgspec.json.encode(content), content_type="application/json")


def answering_mistakes(handler: Handler) -> Handler:
    """The handler, with ValueError answered as 400 and LookupError as 404."""

    async def answering(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (ValueError, msgspec.MsgspecError) as error:
            return reply({"error": str(error)}, 400)
        except LookupError as error:
            return reply({"error": str(error.args[0])}, 404)

    return answering
