"""What is asked for under `/api/` and is not there, in the words of every other problem."""

from aiohttp import web

from cti.api.problems import problem, wrong_method

_SEE = "docs/openapi.json and docs/asyncapi.json describe every address."


def unknown_routes() -> list[web.RouteDef]:
    """To be added after all others, for the first that fits answers."""
    return [web.route("*", "/api/{rest:.*}", _answer)]


async def _answer(request: web.Request) -> web.Response:
    found = [await resource.resolve(request) for resource in request.app.router.resources()]
    allowed = sorted({method for _, methods in found for method in methods} - {"*"})
    if not allowed:
        raise problem(404, "no_such_address", f"There is nothing at {request.path}. {_SEE}")
    detail = f"{request.path} takes {' and '.join(allowed)}, not {request.method}. {_SEE}"
    raise wrong_method(request.method, allowed, detail)
