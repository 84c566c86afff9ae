"""A supervisor at the console in the terminal, against the real sockets."""

import pytest

from cti import client as sdk
from cti.client.wallboard import AgentRow, ContactRow, Rows, WholeBoard
from cti.core import events as e
from tests.terminal.sitting import LARGE, SMALL, at_console, talking


async def console(house, size=SMALL):
    return at_console(house.url, await house.issue("sue", "supervisor"), size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_queues_agents_and_contacts_are_shown_as_they_are(house, size):
    async with await console(house, size) as sue:
        await sue.sees("sue at main  0 waiting, 0 talking, 3 agents", "no leg waits", "> Agents (3)", "Queues (2)")
        first, _ = await house.call(), await house.call()
        await sue.sees("2 waiting", "Contacts (2)", "waits Sales")
        assert "> Anna" in sue.screen
        async with sdk.AgentClient(house.url, await house.issue("ben")) as ben:
            await ben.sign_in()
            await ben.ready()
            await sue.sees("is offered Sales", "RESERVED", "Ben")
            await ben.accept(ben.desk.contacts[0].offer_id)
            await house.bridge(first)
            await sue.sees("TALKS Sales", "1 busy", "1 waiting, 1 talking")


async def test_listen_whisper_barge_and_leave(house):
    async with talking(house) as (_, contact_id), await console(house) as sue:
        await sue.sees("> Anna", "[l] listen", "[w] whisper", "[b] barge in")
        assert "[v]" not in sue.screen
        await sue.press("tab")
        await sue.sees("> Contacts (1)", "[l] listen")
        await sue.press("l")
        await sue.sees("Your phone rings: nobody will hear you.", "Anna, sue listens", "[v] leave the conversation")
        await sue.press("w")
        await sue.sees("Anna, sue whispers")
        await sue.press("b")
        await sue.sees("sue barged in", "Everybody will hear you.")
        await sue.press("v")
        await sue.sees("You are out of the conversation.")
        await sue.misses("sue barged in", "[v]")
        assert house.state.contacts[contact_id].supervisions == ()


async def test_an_agent_is_put_into_a_state(house):
    async with talking(house) as (anna, _), await console(house) as sue:
        await sue.sees("> Anna", "BUSY", "[f] force a state")
        await sue.press("f")
        await sue.sees("Anna is to be ...", "> ready", "not ready, without a reason", "signed out")
        await sue.type("lunch")
        await sue.sees("> not ready: lunch")
        await sue.press("enter")
        await sue.sees("Anna is not ready (lunch) now.")
        assert not anna.app.client.desk.ready
        await sue.press("f")
        await sue.sees("Anna is to be ...")
        await sue.type("golf")
        await sue.press("enter")
        await sue.sees("! Not done: Give no reason, or one of: break")
        await sue.press("down")
        await sue.sees("> Ben", "SIGNED OUT")
        await sue.misses("[f] force a state")


async def test_outside_calls_are_resumed(house):
    async with await console(house) as sue:
        await house.post(e.DialsStopped())
        await sue.sees("OUTSIDE CALLS ARE STOPPED", "[r] resume outside calls")
        await sue.press("r")
        await sue.sees("Outside numbers are rung again.", "no leg waits")


async def test_lists_are_filtered(house):
    async with await console(house) as sue:
        await sue.sees("Agents (3)")
        await sue.press("slash")
        await sue.sees("Show only what holds which words?")
        await sue.type("carla")
        await sue.press("enter")
        await sue.sees("Agents (1)", "> Carla", "[only: carla]", "[escape] show all")
        await sue.press("escape")
        await sue.sees("Agents (3)")


async def test_a_lost_connection_is_seen(house):
    async with await console(house) as sue:
        await house.stop()
        await sue.sees("CONNECTION LOST")
        await house.start()
        await sue.sees("Connected again.")


async def test_of_ten_thousand_rows_only_those_that_are_seen_are_drawn(house):
    async with await console(house) as sue:
        agents = tuple(AgentRow(agent_id=f"a{n:05}", name=f"Agent {n:05}", state="READY") for n in range(10_000))
        contacts = tuple(ContactRow(contact_id=f"c{n:05}", state="QUEUED", arrived_at=n) for n in range(10_000))
        app, drawn = sue.app, []
        plain = app.agents._cells
        app.agents._cells = lambda row_id: drawn.append(row_id) or plain(row_id)
        app.board.apply(WholeBoard(rows=Rows(agents=agents, contacts=contacts)))
        app._changed = True
        await sue.sees("Agents (10000)", "Contacts (10000)", "> Agent 00000")
        await sue.press("end")
        await sue.sees("> Agent 09999")
        await sue.press("pageup")
        await sue.sees("> Agent 09989")
        assert len(set(drawn)) < 100
        rows = tuple(agent for agent in agents if agent.agent_id != "a09989")
        app.board.apply(WholeBoard(rows=Rows(agents=rows)))
        app._changed = True
        await sue.sees("Agents (9999)", "> Agent 09990")
