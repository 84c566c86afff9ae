"""The paths of the REST interface."""

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.rest.calls import Calls
from cti.fakecarrier.rest.conferences import Conferences
from cti.fakecarrier.rest.errors import not_found
from cti.fakecarrier.rest.gate import Gate
from cti.fakecarrier.rest.participants import Participants
from cti.fakecarrier.rest.resources import account_path


def add_rest_routes(app: web.Application, carrier: Carrier) -> None:
    """Everything under /2010-04-01, behind the gate."""
    gate = Gate(carrier)
    calls, conferences, participants = Calls(carrier), Conferences(carrier), Participants(carrier)
    base = account_path("{account_sid}")
    rooms = f"{base}/Conferences"
    members = f"{rooms}/{{sid}}/Participants"
    routes = [
        ("POST", f"{base}/Calls.json", calls.create),
        ("GET", f"{base}/Calls.json", calls.list),
        ("GET", f"{base}/Calls/{{sid}}.json", calls.fetch),
        ("POST", f"{base}/Calls/{{sid}}.json", calls.update),
        ("DELETE", f"{base}/Calls/{{sid}}.json", calls.delete),
        ("GET", f"{rooms}.json", conferences.list),
        ("GET", f"{rooms}/{{sid}}.json", conferences.fetch),
        ("POST", f"{rooms}/{{sid}}.json", conferences.update),
        ("POST", f"{members}.json", participants.create),
        ("GET", f"{members}.json", participants.list),
        ("GET", f"{members}/{{participant}}.json", participants.fetch),
        ("POST", f"{members}/{{participant}}.json", participants.update),
        ("DELETE", f"{members}/{{participant}}.json", participants.delete),
    ]
    for method, path, handler in routes:
        app.router.add_route(method, path, gate.guard(handler))
    app.router.add_route("*", f"{base}/{{tail:.*}}", gate.guard(_nothing_here))


async def _nothing_here(request: web.Request) -> web.StreamResponse:
    """A path that the carrier does not have, or that this fake one does not have yet."""
    raise not_found(request.path)
