"""REST: queues and who waits in them."""

from typing import Any

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.clock import rfc_2822
from cti.fakecarrier.queues import Place, WaitingQueue
from cti.fakecarrier.rest.calls import warn_of_unread
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import SID, reply
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.twiml.stage import GoTo
from cti.fakecarrier.webhooks.parameters import account_path

MEMBERS_MAX = 5000
MEMBERS_DEFAULT = 100
FRONT = "Front"


class Queues:
    """Create, read, change, list and delete queues; read their members, and fetch one out."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.StreamResponse:
        """A new queue, smaller by default than one that a document opens."""
        form, queues = await Form.of(request), self._carrier.queues
        name = form.text("FriendlyName")
        size = form.whole("MaxSize", MEMBERS_DEFAULT, 20001, least=1, most=MEMBERS_MAX)
        warn_of_unread(form, self._carrier, request)
        if not name:
            raise Refusal(400, 20001, "FriendlyName is required")
        if queues.named(name) is not None:
            raise Refusal(400, 22003, f"There is a queue of the name {name!r} already")
        return reply(self._resource(queues.open(name, size)), 201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """All queues, the newest first."""
        return reply(page_of(request, "queues", self._carrier.queues.newest_first(), self._resource))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One queue."""
        return reply(self._resource(self._find(request)))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Change a queue's size."""
        queue, form = self._find(request), await Form.of(request)
        queue.members_max = form.whole("MaxSize", queue.members_max, 20001, least=1, most=MEMBERS_MAX)
        warn_of_unread(form, self._carrier, request)
        return reply(self._resource(queue))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Delete a queue that nobody waits in."""
        queue = self._find(request)
        if len(queue):
            raise Refusal(400, 22002, "Only an empty queue can be deleted")
        self._carrier.queues.delete(queue)
        return web.Response(status=204)

    async def members(self, request: web.Request) -> web.StreamResponse:
        """Who waits, the next one first."""
        return reply(page_of(request, "queue_members", self._find(request).places(), self._member))

    async def member(self, request: web.Request) -> web.StreamResponse:
        """Somebody who waits, by call, or `Front`."""
        return reply(self._member(self._find_place(request)))

    async def dequeue(self, request: web.Request) -> web.StreamResponse:
        """Send somebody who waits to another document."""
        place, form = self._find_place(request), await Form.of(request)
        link = form.link("Url", "Method")
        warn_of_unread(form, self._carrier, request)
        if link is None:
            raise Refusal(400, 21205, "Url is required")
        resource = self._member(place)
        await self._carrier.redirect(place.leg, GoTo(link, "answer"))
        return reply(resource)

    def _find(self, request: web.Request) -> WaitingQueue:
        queue = self._carrier.queues.find(request.match_info["sid"])
        if queue is None:
            raise not_found(request.path)
        return queue

    def _find_place(self, request: web.Request) -> Place:
        name, places = request.match_info["member"], self._find(request).places()
        found = next((place for place in places if name in {place.sid, FRONT}), None)
        if found is None:
            raise not_found(request.path)
        request[SID] = found.sid
        return found

    def _resource(self, queue: WaitingQueue) -> dict[str, Any]:
        account_sid = self._carrier.options.account_sid
        uri = f"{account_path(account_sid)}/Queues/{queue.sid}"
        return {
            "sid": queue.sid,
            "account_sid": account_sid,
            "friendly_name": queue.name,
            "current_size": len(queue),
            "max_size": queue.members_max,
            "average_wait_time": queue.average_seconds(),
            "date_created": rfc_2822(queue.created_at),
            "date_updated": rfc_2822(queue.created_at),
            "uri": f"{uri}.json",
            "subresource_uris": {"members": f"{uri}/Members.json"},
        }

    def _member(self, place: Place) -> dict[str, Any]:
        account_sid = self._carrier.options.account_sid
        return {
            "call_sid": place.sid,
            "queue_sid": place.queue.sid,
            "date_enqueued": rfc_2822(place.joined_at),
            "position": place.position,
            "wait_time": place.seconds(),
            "uri": f"{account_path(account_sid)}/Queues/{place.queue.sid}/Members/{place.sid}.json",
        }
