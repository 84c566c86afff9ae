"""The HTTP side of the fake carrier: REST for the server, control for whoever runs it, on one port."""

import asyncio

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.control.routes import add_control_routes
from cti.fakecarrier.options import Options
from cti.fakecarrier.rest.routes import add_rest_routes

BODY_BYTES_MAX = 16 * 1024 * 1024


class Serving:
    """A fake carrier that listens. `start` says on which port; `stop` may be set by anybody."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.carrier = Carrier(options)
        self.stop = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen, and return the port."""
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        add_rest_routes(app, self.carrier)
        add_control_routes(app, self.carrier, self.stop)
        await self.carrier.open()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._options.host, self._options.port, backlog=1024).start()
        port: int = self._runner.addresses[0][1]
        host = f"[{self._options.host}]" if ":" in self._options.host else self._options.host
        self.carrier.recordings.base_url = f"http://{host}:{port}"
        return port

    async def close(self) -> None:
        """Stop listening and drop every call."""
        await self.carrier.close()
        if self._runner is not None:
            await self._runner.cleanup()
