"""Desktops at another process than the owner's hear through Redis. What is lost on the way is told from the journal."""

import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from cti.api.publishing import publish_record
from cti.api.routes import api_routes
from cti.api.sockets import Sockets
from cti.core import events as e
from cti.fanout.redis import RedisFanout
from cti.fanout.window import Window
from cti.views import frames as f
from tests.api.house import AGENT_PATH, SUPERVISOR_PATH, Desktop, House
from tests.api.test_catch_up import busy, told
from tests.fanout.conftest import listening, telling, until
from tests.views.watching import pop_of

TURNS_MAX = 5
"""So many turns the owner can send again."""


class Node:
    """A process that serves sockets and does not own the journal."""

    def __init__(self, house: House, owner: RedisFanout, here: RedisFanout, port: int) -> None:
        self.house = house
        self.owner = owner
        self.here = here
        self.port = port

    def connect(self, token: str, path: str = AGENT_PATH) -> connect:
        headers = {"Authorization": f"Bearer {token}"}
        return connect(f"ws://127.0.0.1:{self.port}{path}", additional_headers=headers, compression=None, proxy=None)

    @contextlib.asynccontextmanager
    async def desktop(self, token: str) -> AsyncIterator[Desktop]:
        async with self.connect(token) as websocket:
            desktop = Desktop(websocket)
            await desktop.until(f.Live)
            yield desktop

    async def well(self) -> None:
        await until(lambda: not self.owner.trouble and not self.here.trouble)


@contextlib.asynccontextmanager
async def second_node(house: House, url: str) -> AsyncIterator[Node]:
    """The house publishes to Redis from now on, and another process listens."""
    async with telling(url, window=Window(turns_max=TURNS_MAX)) as owner, listening(url) as here:
        house.driver.committed.append(lambda record: publish_record(owner, record))
        application = web.Application()
        application.add_routes(api_routes(house.gate, here, house.board, Sockets(), pop_of=pop_of, version="test"))
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            node = Node(house, owner, here, runner.addresses[0][1])
            await node.well()
            await house.post(e.SignInRequested(agent_id="anna"))
            yield node
        finally:
            await runner.cleanup()


@pytest.mark.parametrize("turns", [TURNS_MAX - 2, 40])
async def test_a_desktop_elsewhere_gets_every_frame_once_though_redis_died(house, own_redis, turns):
    token = await house.issue("anna")
    with contextlib.ExitStack() as running:
        running.enter_context(own_redis.running())
        async with second_node(house, own_redis.url) as node, node.desktop(token) as anna:
            begin = int(anna.cursor)
            await busy(house, 10)
            await until(lambda: node.here.head == house.state.last.seq)
            running.close()
            for _ in range(2):
                gaps = node.here.gaps
                await busy(house, turns)
                with own_redis.running():
                    await node.well()
                    await busy(house, 2)
                    last = (await told(house))[-1]
                    while anna.of_the_record()[-1:] < [last]:
                        await anna.receive()
                    assert node.here.gaps - gaps == (1 if turns > TURNS_MAX else 0)
            assert anna.of_the_record() == [place for place in await told(house) if place > (begin + 1, -1)]
            assert len([frame for frame in anna.frames if isinstance(frame, f.Resync)]) == 1  # the first


async def test_a_token_that_was_revoked_unheard_ends_its_connection(house, own_redis):
    token = await house.issue("anna")
    with own_redis.running() as redis:
        async with second_node(house, own_redis.url) as node, node.desktop(token) as anna:
            redis.kill()
            redis.wait()
            await house.revoke(token)
            await busy(house, 10)
            with own_redis.running(), pytest.raises(ConnectionClosed) as closed:
                await anna.until(f.Live)  # which does not come
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "the token was revoked")


async def test_a_supervisor_elsewhere_gets_the_whole_board_after_a_gap(house, own_redis):
    token = await house.issue("sue", "supervisor")
    with own_redis.running() as redis:
        async with second_node(house, own_redis.url) as node, node.connect(token, SUPERVISOR_PATH) as websocket:

            async def until_board() -> dict:
                while (frame := msgspec.json.decode(await websocket.recv()))["type"] != "wallboard":
                    pass
                return frame

            assert (await until_board())["finished"] == []
            redis.kill()
            redis.wait()
            contact_id = await house.call()
            await house.part(contact_id)
            await busy(house, 10)
            with own_redis.running():
                assert [record["contact_id"] for record in (await until_board())["finished"]] == [contact_id]
