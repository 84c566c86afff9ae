"""`GET /api/v1/health`: can this server take calls? For people, load balancers and the programs that start it."""

from collections.abc import Callable

from aiohttp import web

from cti.api.ports import Fanout, SiteView

MissingLists = Callable[[], dict[str, str]]
"""The registries that cannot be looked into, and why."""


class Health:
    """`ready`; `holding`: callers hear music, nothing can be recorded; `starting`: not even that yet (503).
    `load` says how much waits to be decided, and how much was refused since the start because calls come first.
    With a Redis also how that is, which changes nothing for calls. `missing_registries` names those whose lists are not
    at hand, so that nobody is called whom they could name."""

    def __init__(self, site: SiteView, fanout: Fanout, version: str, missing_lists: MissingLists = dict) -> None:
        self._site = site
        self._fanout = fanout
        self._version = version
        self._missing_lists = missing_lists

    async def get(self, request: web.Request) -> web.Response:
        """The handler of the route."""
        why = self._site.holding
        if not self._site.opened.is_set():
            status = "starting"
        else:
            status = "holding" if why else "ready"
        brief = why.partition(":")[0]  # paths and the database's own words are for the log
        seq, load = self._site.state.last.seq, self._site.load
        body = {"status": status, "why": brief, "seq": seq, "version": self._version, "load": load}
        if self._fanout.trouble is not None:
            body["redis"] = self._fanout.trouble or "connected"
        if missing := self._missing_lists():
            body["missing_registries"] = missing
        return web.json_response(body, status=503 if status == "starting" else 200)
