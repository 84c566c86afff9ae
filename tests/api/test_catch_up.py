"""Connections break; what a desktop shows does not: every frame once, in order, or a whole desk that says the same."""

import asyncio
import random

import pytest
from websockets.exceptions import ConnectionClosed

from cti.api import backlog
from cti.core import events as e
from cti.views import frames as f
from cti.views.apply_frame import apply_frame
from cti.views.desktop import frames_of, snapshot_of
from tests.api.house import CENTRE, Desktop, House, open_house
from tests.patience import PATIENCE_S
from tests.views.watching import pop_of

SWITCHES = [e.ReadyRequested(agent_id="anna"), e.NotReadyRequested(agent_id="anna", reason="break")]


async def told(house: House, agent_id: str = "anna") -> list[tuple[int, int]]:
    """The places of every frame that the record holds for this agent."""
    records = [record async for record in house.gate.read(0)]
    return [(frame.seq, frame.index) for record in records for to, frame in frames_of(record) if to in (agent_id, "")]


async def busy(house: House, turns: int) -> None:
    """The agent's state changes, again and again."""
    for turn in range(turns):
        await house.post(SWITCHES[turn % 2])


async def test_every_frame_once_and_in_order_through_fifty_lost_connections():
    async with open_house(CENTRE, ring_max=5_000) as house:
        dice, token = random.Random(1), await house.issue("anna")
        await house.post(e.SignInRequested(agent_id="anna"))
        turning = asyncio.create_task(busy(house, 1_000))
        frames: list[f.AgentFrame] = []
        cursor = ""
        for _ in range(50):
            async with house.connect(token, cursor) as websocket:
                desktop = Desktop(websocket)
                for _ in range(dice.randint(0, 25)):
                    if not isinstance(await desktop.receive(), f.Hello):
                        cursor = desktop.cursor
                websocket.transport.abort()
            frames += desktop.frames
        await turning
        async with house.desktop(token, cursor) as desktop:
            frames += desktop.frames

        [resync] = [frame for frame in frames if isinstance(frame, f.Resync)]
        seen = [(frame.seq, frame.index) for frame in frames if frame.seq and not isinstance(frame, f.Resync | f.Live)]
        assert seen == [place for place in await told(house) if place > (resync.seq, 0)]
        desk = resync.desk
        for frame in frames:
            desk = apply_frame(desk, frame)
        assert desk == snapshot_of(house.state, "anna", pop_of)


async def test_a_cursor_is_served_from_memory(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        await anna.ask("sign_in")
    cursor = anna.cursor
    await busy(house, 5)
    async with house.desktop(token, cursor) as anna:
        missed = [frame for frame in anna.frames if isinstance(frame, f.State)]
        assert [frame.ready for frame in missed] == [True, False, True, False, True]
        assert not any(isinstance(frame, f.Resync) for frame in anna.frames)


async def test_a_cursor_within_a_turn_gets_the_rest_of_the_turn(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        await anna.work()
        await house.call()
        offer = await anna.until(f.Offer)
        await anna.until(f.Pop)
    async with house.desktop(token, f"{offer.seq}.{offer.index}") as anna:
        assert isinstance(anna.frames[1], f.Pop)
        assert anna.frames[1].seq == offer.seq
    async with house.desktop(token, f"{offer.seq}") as anna:
        assert not any(isinstance(frame, f.Pop) and frame.seq == offer.seq for frame in anna.frames)


async def test_too_old_a_cursor_is_sent_the_whole_desk():
    async with open_house(CENTRE, ring_max=8) as house:
        token = await house.issue("anna")
        async with house.desktop(token) as anna:
            await anna.ask("sign_in")
        desk = next(frame.desk for frame in anna.frames if isinstance(frame, f.Resync))
        await busy(house, 20)
        async with house.desktop(token, anna.cursor) as anna:
            [resync] = [frame for frame in anna.frames if isinstance(frame, f.Resync)]
        records = [record async for record in house.gate.read(0)]
        for record in records:
            for to, frame in frames_of(record):
                desk = apply_frame(desk, frame) if to == "anna" else desk
        assert resync.why == "too_old"
        assert resync.desk == desk


async def test_a_cursor_from_elsewhere_is_sent_the_whole_desk(house):
    async with house.desktop(await house.issue("anna"), "999999.0") as anna:
        [resync] = [frame for frame in anna.frames if isinstance(frame, f.Resync)]
    assert resync.why == "unknown"


async def test_a_restarted_server_serves_cursors_from_the_journal(house):
    token = await house.issue("anna")
    await house.post(e.SignInRequested(agent_id="anna"))
    async with house.desktop(token) as anna, house.desktop(await house.issue("ben")) as ben:
        pass
    await busy(house, 30)
    before = await told(house)
    await house.restart()
    async with house.desktop(token, anna.cursor) as again, house.desktop(await house.issue("ben"), ben.cursor) as bens:
        assert not any(isinstance(frame, f.Resync) for frame in [*again.frames, *bens.frames])
        assert again.of_the_record() == [place for place in before if place > (int(anna.cursor) + 1, -1)]
        assert len(again.of_the_record()) == 30
        await house.post(SWITCHES[0])
        state = await again.until(f.State)
        assert state.ready


async def test_a_restarted_server_reads_only_so_far_back(house, monkeypatch):
    monkeypatch.setattr(backlog, "RECORDS_MAX", 10)
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        await anna.ask("sign_in")
    await busy(house, 30)
    await house.restart()
    async with house.desktop(token, anna.cursor) as again:
        [resync] = [frame for frame in again.frames if isinstance(frame, f.Resync)]
    assert resync.why == "too_old"
    assert resync.desk == snapshot_of(house.state, "anna", pop_of)


async def test_frames_that_come_while_a_desktop_catches_up_are_neither_lost_nor_doubled(house):
    token = await house.issue("anna")
    await house.post(e.SignInRequested(agent_id="anna"))
    async with house.desktop(token) as first:
        pass
    for _ in range(20):
        turning = asyncio.create_task(busy(house, 10))
        async with house.desktop(token, first.cursor) as again:
            await turning
            last = (await told(house))[-1]
            while not again.of_the_record() or again.of_the_record()[-1] < last:
                await again.receive()
            assert again.of_the_record() == [
                place for place in await told(house) if place > (int(first.cursor) + 1, -1)
            ]


async def test_the_end_of_the_server_is_told_with_the_word_that_it_will_be_back(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        stopping = asyncio.create_task(house.stop())
        with pytest.raises(ConnectionClosed) as closed:
            await anna.receive()
        assert closed.value.rcvd.code == 1012
        await asyncio.wait_for(stopping, PATIENCE_S)
    await house.start()
