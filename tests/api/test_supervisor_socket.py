"""The wallboard over the wire: whole at first, then what changes, and every contact that is closed."""

import asyncio

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from cti.core.states import AgentState, ContactState
from cti.views import board_frames as b
from cti.views.wallboard import Wallboard
from tests.api.house import SUPERVISOR_PATH

decoder = msgspec.json.Decoder(b.AnyBoardFrame)


async def receive(websocket):
    return decoder.decode(await websocket.recv())


async def until(websocket, kind):
    while not isinstance(frame := await receive(websocket), kind):
        pass
    return frame


async def test_the_board_comes_whole_then_as_it_changes(house):
    await house.call()
    token = await house.issue("boss", "supervisor")
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        hello = await receive(websocket)
        assert (hello.supervisor_id, hello.site, hello.version) == ("boss", "main", "test")
        whole = await receive(websocket)
        assert isinstance(whole, b.WholeBoard)
        assert [row.state for row in whole.rows.contacts] == [ContactState.QUEUED]
        assert (whole.rows.queues[0].waiting, whole.rows.queues[0].agents) == (1, {AgentState.SIGNED_OUT: 2})
        contact_id = await house.call()
        changed = await until(websocket, b.BoardChanged)
        assert [row.contact_id for row in changed.rows.contacts] == [contact_id]
        assert changed.rows.queues[0].waiting == 2


async def test_contacts_that_are_closed_are_told_each_once(house):
    token = await house.issue("boss", "supervisor")
    before = await house.call()
    await house.part(before)
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        whole = await until(websocket, b.WholeBoard)
        assert [row.contact_id for row in whole.finished] == [before]
        assert whole.outcomes == {"abandoned_in_queue": 1}
        after = await house.call()
        await house.part(after)
        done = await until(websocket, b.ContactDone)
        assert (done.contact.contact_id, done.contact.outcome) == (after, "abandoned_in_queue")
        changed = await until(websocket, b.BoardChanged)
        assert changed.outcomes == {"abandoned_in_queue": 2}
        assert after not in [row.contact_id for row in changed.rows.contacts]


async def test_the_board_is_sent_at_most_four_times_a_second(house):
    token = await house.issue("boss", "supervisor")
    loop = asyncio.get_running_loop()
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        await until(websocket, b.WholeBoard)

        async def calls():
            while True:
                await house.part(await house.call())

        calling = asyncio.create_task(calls())
        times = []
        while len(times) < 4:
            await until(websocket, b.BoardChanged)
            times.append(loop.time())
        calling.cancel()
        assert times[3] - times[0] > 3 * 0.25 * 0.9


async def test_it_starts_from_the_recovered_state(house):
    contact_id = await house.call()
    await house.restart()
    token = await house.issue("boss", "supervisor")
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        whole = await until(websocket, b.WholeBoard)
        assert [row.contact_id for row in whole.rows.contacts] == [contact_id]
        await house.part(contact_id)
        done = await until(websocket, b.ContactDone)
        assert done.contact.contact_id == contact_id


async def test_a_board_kept_from_changes_is_the_board_of_the_server(house):
    token = await house.issue("boss", "supervisor")
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        rows = {row.contact_id: row for row in (await until(websocket, b.WholeBoard)).rows.contacts}
        contacts = [await house.call() for _ in range(5)]
        await house.part(contacts[2])
        seen = 0
        while seen < house.fanout.head:
            changed = await until(websocket, b.BoardChanged)
            rows |= {row.contact_id: row for row in changed.rows.contacts}
            for contact_id in changed.rows.contacts_gone:
                rows.pop(contact_id, None)
            seen = changed.seq
    fresh = Wallboard()
    fresh.begin(house.state)
    assert sorted(rows) == [row.contact_id for row in fresh.board.whole().contacts]


async def test_a_supervisors_connection_ends_with_its_token(house):
    token = await house.issue("boss", "supervisor")
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        await until(websocket, b.WholeBoard)
        await house.revoke(token)
        with pytest.raises(ConnectionClosed) as closed:
            await until(websocket, b.BoardRefused)
        assert closed.value.rcvd.code == 1008
