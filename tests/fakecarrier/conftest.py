"""Fixtures: a fake carrier that listens on a free port, and a toy application that it calls."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from cti.fakecarrier.application import Serving
from cti.fakecarrier.options import Options
from tests.fakecarrier.toy import AUTH_TOKEN, Toy
from tests.fakecarrier.world import ACCOUNT_SID, World

FAST: dict[str, Any] = {
    "calls_per_second": 0.0,
    "seed": 7,
    "ring_buffer_s": 0.0,
    "speech_speed": 200.0,
    "play_s": 0.05,
    "recording_ready_s": 0.1,
}

MakeWorld = Callable[..., Awaitable[World]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The official client still uses what aiohttp is about to drop; that is its affair, not ours."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for what in ("BasicAuth is deprecated", "The 'auth' parameter is deprecated"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore:{what}:DeprecationWarning"))


@pytest.fixture
async def toy() -> AsyncIterator[Toy]:
    """The application that the carrier calls."""
    toy = Toy()
    app = web.Application(client_max_size=1024 * 1024)
    app.router.add_route("*", "/{tail:.*}", toy.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    toy.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield toy
    await runner.cleanup()


@pytest.fixture
async def make_world(toy: Toy) -> AsyncIterator[MakeWorld]:
    """Makes a world; options given by name replace the fast ones of the tests. `rate` is that of its clock."""
    async with AsyncExitStack() as stack:

        async def make(*, rate: float = 1.0, **options: Any) -> World:
            patience = {
                "request_timeout_s": 5.0 * rate,
                "connect_timeout_s": 5.0 * rate,
            }  # the toy's clock is the wall's
            chosen = FAST | patience | options | {"clock_rate": rate}
            serving = Serving(Options(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, **chosen))
            port = await serving.start()
            stack.push_async_callback(serving.close)
            http = await stack.enter_async_context(aiohttp.ClientSession())
            world = World(port, toy, http)
            stack.push_async_callback(world.close)
            await world.control("POST", "endpoints", {"*": {"after_ms": 5}})
            return world

        yield make


@pytest.fixture
async def world(make_world: MakeWorld) -> World:
    """A fake carrier in a hurry: no rate limit, no ring buffer, fast speech, and everybody answers in 5 ms."""
    return await make_world()
