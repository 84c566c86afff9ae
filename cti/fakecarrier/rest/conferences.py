"""REST: conferences."""

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.rest.calls import warn_of_unread
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import SID, reply
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.rest.resources import conference_resource
from cti.fakecarrier.rooms.conference import Conference


class Conferences:
    """Read, list and end conferences."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Conferences by FriendlyName and Status, the newest first."""
        query, account_sid = request.query, self._carrier.options.account_sid

        def matches(conference: Conference) -> bool:
            wanted = {"FriendlyName": conference.name, "Status": conference.status}
            return all(query.get(name, value) == value for name, value in wanted.items())

        matching = (conference for conference in self._carrier.rooms.newest_first() if matches(conference))
        return reply(page_of(request, "conferences", matching, lambda one: conference_resource(one, account_sid)))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One conference."""
        return self._reply(find_conference(self._carrier, request))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Announce something to everybody, or end the conference: everybody leaves."""
        conference = find_conference(self._carrier, request)
        form = await Form.of(request)
        status = form.text("Status")
        announcement = form.link("AnnounceUrl", "AnnounceMethod")
        warn_of_unread(form, self._carrier, request)
        if status not in {"", "completed"}:
            raise Refusal(400, 20001, "Status must be completed")
        if status and conference.status == "completed":
            raise Refusal(400, 16022, "Conference does not exist or is completed")
        if announcement is not None and conference.status != "in-progress":
            raise Refusal(400, 16099, f"Unexpected conference status: {conference.status}, not in-progress")
        if announcement is not None:
            conference.announce(announcement)
        if status:
            conference.end_by_rest()
        return self._reply(conference)

    def _reply(self, conference: Conference) -> web.Response:
        return reply(conference_resource(conference, self._carrier.options.account_sid))


def find_conference(carrier: Carrier, request: web.Request) -> Conference:
    """The conference whose identifier stands in the path."""
    conference = carrier.rooms.find(request.match_info["sid"])
    if conference is None:
        raise not_found(request.path)
    request[SID] = conference.sid
    return conference
