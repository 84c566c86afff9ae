"""`GET /api/v1/health`: can this server take calls? For people, load balancers and the programs that start it."""

from aiohttp import web

from cti.api.ports import SiteView


class Health:
    """`ready`; `holding`: callers hear music, nothing can be recorded; `starting`: not even that yet (503)."""

    def __init__(self, site: SiteView, version: str) -> None:
        self._site = site
        self._version = version

    async def get(self, request: web.Request) -> web.Response:
        """The handler of the route."""
        why = self._site.holding
        if not self._site.opened.is_set():
            status = "starting"
        else:
            status = "holding" if why else "ready"
        brief = why.partition(":")[0]  # paths and the database's own words are for the log
        body = {"status": status, "why": brief, "seq": self._site.state.last.seq, "version": self._version}
        return web.json_response(body, status=503 if status == "starting" else 200)
