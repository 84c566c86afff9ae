"""The paths of the REST interface."""

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.rest.account import AccountResources
from cti.fakecarrier.rest.calls import Calls
from cti.fakecarrier.rest.conferences import Conferences
from cti.fakecarrier.rest.errors import not_found
from cti.fakecarrier.rest.gate import Gate, Handler
from cti.fakecarrier.rest.numbers import Applications, Numbers
from cti.fakecarrier.rest.participants import Participants
from cti.fakecarrier.rest.permissions import Permissions
from cti.fakecarrier.rest.queues import Queues
from cti.fakecarrier.rest.recordings import Recordings
from cti.fakecarrier.webhooks.parameters import account_path

Route = tuple[str, str, Handler]


def add_rest_routes(app: web.Application, carrier: Carrier) -> None:
    """Everything under /2010-04-01, and the dialling permissions under /v1, behind the gate."""
    gate = Gate(carrier)
    calls, conferences, participants = Calls(carrier), Conferences(carrier), Participants(carrier)
    recordings = Recordings(carrier)
    base = account_path("{account_sid}")
    rooms = f"{base}/Conferences"
    members = f"{rooms}/{{sid}}/Participants"
    routes: list[Route] = [
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
        ("POST", f"{base}/Calls/{{sid}}/Recordings.json", recordings.create),
        ("GET", f"{base}/Recordings/{{recording:RE[0-9a-f]{{32}}}}", recordings.media),
        ("GET", f"{base}/Recordings/{{recording}}.wav", recordings.media),
    ]
    owners = (f"{base}/Calls/{{sid}}", f"{rooms}/{{sid}}")
    routes += [("POST", f"{owner}/Recordings/{{recording}}.json", recordings.update) for owner in owners]
    for owner in (*owners, base):
        routes += [
            ("GET", f"{owner}/Recordings.json", recordings.list),
            ("GET", f"{owner}/Recordings/{{recording}}.json", recordings.fetch),
            ("DELETE", f"{owner}/Recordings/{{recording}}.json", recordings.delete),
        ]
    routes += [*_account_routes(carrier, base), *_voice_routes(carrier)]
    for method, path, handler in routes:
        app.router.add_route(method, path, gate.guard(handler))
    app.router.add_route("*", f"{base}/{{tail:.*}}", gate.guard(_nothing_here))


def _account_routes(carrier: Carrier, base: str) -> list[Route]:
    account, numbers, applications = AccountResources(carrier), Numbers(carrier), Applications(carrier)
    queues, lines = Queues(carrier), f"{base}/Queues"
    return [
        ("POST", f"{lines}.json", queues.create),
        ("GET", f"{lines}.json", queues.list),
        ("GET", f"{lines}/{{sid}}.json", queues.fetch),
        ("POST", f"{lines}/{{sid}}.json", queues.update),
        ("DELETE", f"{lines}/{{sid}}.json", queues.delete),
        ("GET", f"{lines}/{{sid}}/Members.json", queues.members),
        ("GET", f"{lines}/{{sid}}/Members/{{member}}.json", queues.member),
        ("POST", f"{lines}/{{sid}}/Members/{{member}}.json", queues.dequeue),
        ("GET", f"{base}.json", account.fetch),
        ("POST", f"{base}/Keys.json", account.create_key),
        ("GET", f"{base}/Keys.json", account.list_keys),
        ("GET", f"{base}/Keys/{{sid}}.json", account.fetch_key),
        ("DELETE", f"{base}/Keys/{{sid}}.json", account.delete_key),
        ("GET", f"{base}/OutgoingCallerIds.json", account.list_caller_ids),
        ("GET", f"{base}/OutgoingCallerIds/{{sid}}.json", account.fetch_caller_id),
        ("DELETE", f"{base}/OutgoingCallerIds/{{sid}}.json", account.delete_caller_id),
        ("GET", f"{base}/IncomingPhoneNumbers.json", numbers.list),
        ("GET", f"{base}/IncomingPhoneNumbers/{{sid}}.json", numbers.fetch),
        ("POST", f"{base}/IncomingPhoneNumbers/{{sid}}.json", numbers.update),
        ("POST", f"{base}/Applications.json", applications.create),
        ("GET", f"{base}/Applications.json", applications.list),
        ("GET", f"{base}/Applications/{{sid}}.json", applications.fetch),
        ("POST", f"{base}/Applications/{{sid}}.json", applications.update),
        ("DELETE", f"{base}/Applications/{{sid}}.json", applications.delete),
    ]


def _voice_routes(carrier: Carrier) -> list[Route]:
    permissions, base = Permissions(carrier), "/v1/DialingPermissions"
    return [
        ("GET", f"{base}/Countries", permissions.countries),
        ("GET", f"{base}/Countries/{{iso_code}}", permissions.country),
        ("GET", f"{base}/Countries/{{iso_code}}/HighRiskSpecialPrefixes", permissions.special_prefixes),
        ("POST", f"{base}/BulkCountryUpdates", permissions.bulk_update),
        ("GET", "/v1/Settings", permissions.settings),
        ("POST", "/v1/Settings", permissions.change_settings),
    ]


async def _nothing_here(request: web.Request) -> web.StreamResponse:
    """A path that the carrier does not have, or that this fake one does not have yet."""
    raise not_found(request.path)
