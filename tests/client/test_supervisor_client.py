"""A program that keeps a wallboard."""

import asyncio

import pytest

from cti import client as sdk


async def until(supervisor, condition):
    """Until the wallboard shows it."""
    if condition(supervisor.wallboard):
        return
    async for _ in supervisor.events():
        if condition(supervisor.wallboard):
            return


async def test_the_wallboard_follows_the_centre(house):
    async with (
        sdk.SupervisorClient(house.url, await house.issue("boss", "supervisor")) as boss,
        sdk.AgentClient(house.url, await house.issue("anna")) as anna,
    ):
        assert sorted(boss.wallboard.agents) == ["anna", "ben"]
        await anna.sign_in()
        await anna.ready()
        await until(boss, lambda board: board.agents["anna"].state == "READY")
        contact_id = await house.call()
        await until(boss, lambda board: board.agents["anna"].contact_ids == (contact_id,))
        assert boss.wallboard.contacts[contact_id].state == "QUEUED"
        await house.part(contact_id)
        await until(boss, lambda board: bool(board.finished) and contact_id not in board.contacts)
        assert boss.wallboard.finished[-1].outcome == "abandoned_in_queue"
        assert boss.wallboard.outcomes == {"abandoned_in_queue": 1}


async def test_after_a_lost_connection_the_board_is_whole_again(house, at_once):
    async with sdk.SupervisorClient(house.url, await house.issue("boss", "supervisor"), backoff=at_once) as boss:
        boss.reconnect()
        contacts = [await house.call() for _ in range(3)]
        await until(boss, lambda board: sorted(board.contacts) == sorted(contacts))
        await house.restart()
        contacts.append(await house.call())
        await until(boss, lambda board: sorted(board.contacts) == sorted(contacts))


async def test_a_token_that_is_not_accepted_is_told_at_once(house):
    with pytest.raises(sdk.TokenRefused, match="scope supervisor"):
        await sdk.SupervisorClient(house.url, await house.issue("anna")).__aenter__()


async def test_its_events_end_when_it_is_closed(house):
    boss = sdk.SupervisorClient(house.url, await house.issue("boss", "supervisor"))
    async with boss:
        consuming = asyncio.create_task(anext(aiter(boss.events())))
        assert isinstance(await consuming, sdk.WholeBoard)
    assert [event async for event in boss.events()] == []
