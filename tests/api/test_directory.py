"""The directory: whole when it is opened, then what changes, and nothing for who has it not open."""

import asyncio

from cti.api.directory import EVERY_S
from cti.core.states import AgentState
from cti.views import frames as f
from tests.centre import agent, centre


async def test_it_comes_whole_then_as_it_changes_until_it_is_closed(house):
    async with house.desktop(await house.issue("anna")) as anna, house.desktop(await house.issue("ben")) as ben:
        assert isinstance(await anna.ask("open_directory"), f.Done)
        whole = anna.frames[-2]
        assert isinstance(whole, f.Directory)
        assert [(row.agent_id, row.name, row.state, row.queue_ids) for row in whole.agents] == [
            ("anna", "Anna", AgentState.SIGNED_OUT, ("sales",)),
            ("ben", "Ben", AgentState.SIGNED_OUT, ("sales",)),
        ]
        assert [(row.queue_id, row.waiting, row.ready) for row in whole.queues] == [("sales", 0, 0)]
        await ben.work()
        changed = await anna.until(f.DirectoryChanged)
        assert [(row.agent_id, row.state) for row in changed.agents] == [("ben", AgentState.READY)]
        assert [(row.waiting, row.ready) for row in changed.queues] == [(0, 1)]
        await house.call()
        await house.call()
        changed = await anna.until(f.DirectoryChanged)
        assert [(row.waiting, row.ready) for row in changed.queues] == [(2, 0)]
        assert (changed.seq, changed.index) == (0, 0)
        await anna.ask("close_directory")
        seen = len(anna.frames)
        await ben.ask("not_ready", reason="break")
        await asyncio.sleep(1.5 * EVERY_S)
        await anna.ask("probe_answered")
        assert [type(frame) for frame in anna.frames[seen:]] == [f.Done]
        assert not [frame for frame in ben.frames if isinstance(frame, f.Directory | f.DirectoryChanged)]


async def test_it_runs_only_while_somebody_has_it_open(house):
    before = len(asyncio.all_tasks())
    token = await house.issue("anna")
    async with house.desktop(token) as one, house.desktop(token) as two:
        alone = len(asyncio.all_tasks())
        await one.ask("open_directory")
        await two.ask("open_directory")
        await two.ask("open_directory")
        assert len(asyncio.all_tasks()) == alone + 1
        await one.ask("close_directory")
        await one.ask("close_directory")
        assert len(asyncio.all_tasks()) == alone + 1
    await house.until(lambda: not house.state.agents["anna"].sockets)
    while len(asyncio.all_tasks()) > before:
        await asyncio.sleep(0)


async def test_who_is_removed_goes(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await anna.ask("open_directory")
        await house.apply(centre(agent("anna")))
        changed = await anna.until(f.DirectoryChanged)
        assert changed.agents_gone == ("ben",)
