"""Many desktops at once, and some that do not read: none of them is another's business."""

import asyncio
import socket

import pytest
from websockets.exceptions import ConnectionClosed

from cti.core import events as e
from cti.fanout.subscription import OUTBOX_MAX
from cti.views import frames as f
from cti.views.desktop import snapshot_of
from tests.api.house import CENTRE, Desktop, open_house
from tests.centre import agent, centre
from tests.views.watching import pop_of

BULK = f.encode(f.Refused(seq=0, index=0, at=0, code="bulk", detail="x" * 60_000))


async def idle_socket(house, token):
    """A desktop that shakes hands and never reads again, on a connection that holds little."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", house.port))
    request = (
        (
            "GET /api/v1/agent/socket HTTP/1.1\\r\\nHost: cti\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n"
            "Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n"
            f"Authorization: Bearer {token}\\r\\n\\r\\n"
        )
        .encode()
        .decode("unicode_escape")
    )
    await loop.sock_sendall(raw, request.encode())
    assert b"101 Switching Protocols" in await loop.sock_recv(raw, 200)
    return raw


async def test_a_desktop_that_does_not_read_delays_nobody_and_is_dropped():
    async with open_house(CENTRE) as house:
        token = await house.issue("anna")
        raw = await idle_socket(house, token)
        async with house.desktop(token) as reads:
            await house.until(lambda: len(house.state.agents["anna"].sockets) == 2)
            seq = house.fanout.head
            for _ in range(OUTBOX_MAX):
                seq += 1
                house.fanout.publish("agent:anna", seq, BULK)
                await reads.until(f.Refused)
            # One has it all while the other has read nothing yet and is still there.
            assert len(house.state.agents["anna"].sockets) == 2
            for _ in range(OUTBOX_MAX):
                seq += 1
                house.fanout.publish("agent:anna", seq, BULK)
                await reads.until(f.Refused)
            await house.until(lambda: len(house.state.agents["anna"].sockets) == 1)
        raw.close()


async def test_who_was_dropped_comes_back_and_is_sent_how_things_stand():
    async with open_house(CENTRE) as house:
        token = await house.issue("anna")
        async with house.connect(token, max_queue=1) as websocket:
            await house.until(lambda: bool(house.state.agents["anna"].sockets))
            websocket.transport.pause_reading()
            head = house.fanout.head
            for place in range(40 * OUTBOX_MAX):
                house.fanout.publish("agent:anna", head, BULK, place)
            websocket.transport.resume_reading()
            with pytest.raises(ConnectionClosed) as closed:
                await Desktop(websocket).until(f.Probe)
            assert closed.value.rcvd.code == 1013
        await house.post(e.SignInRequested(agent_id="anna"))
        async with house.desktop(token, str(head)) as again:
            assert again.frames[-2].presence == "SIGNED_IN"
            assert snapshot_of(house.state, "anna", pop_of).presence == "SIGNED_IN"


async def test_among_five_hundred_desktops_only_the_one_is_told():
    agents = [f"agent_{number}" for number in range(500)]
    async with open_house(centre(*[agent(agent_id) for agent_id in agents])) as house:
        tokens = {agent_id: await house.issue(agent_id) for agent_id in agents}
        async with house.desktop(tokens["agent_0"]) as alone:
            others = []
            try:
                for agent_id in agents[1:]:
                    websocket = await house.connect(tokens[agent_id])
                    others.append(websocket)
                await house.until(lambda: all(house.state.agents[agent_id].sockets for agent_id in agents))
                assert len(house.sockets) == 500
                await alone.ask("sign_in")
                for websocket in others[::50]:
                    for _ in range(3):
                        await websocket.recv()
                    heard = asyncio.ensure_future(websocket.recv())
                    await asyncio.sleep(0)
                    assert not heard.done()
                    heard.cancel()
            finally:
                await asyncio.gather(*[websocket.close() for websocket in others])


async def test_who_is_connected_when_it_stops_is_told():
    async with open_house(CENTRE) as house:
        token = await house.issue("anna")
        websockets = [await house.connect(token) for _ in range(50)]
        await house.runner.cleanup()
        for websocket in websockets:
            await websocket.wait_closed()
            assert websocket.close_code == 1012
