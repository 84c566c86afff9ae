"""A supervisor at the console in the terminal, against the real sockets."""

import pytest
from textual.app import App

from cti import client as sdk
from cti.core import events as e
from cti.terminal.watch.row_list import Column, RowList
from tests.api.house import open_house
from tests.centre import agent, centre
from tests.terminal.sitting import LARGE, SMALL, Person, at_console, talking


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


async def test_the_lists_stand_side_by_side_only_where_none_is_cut(house):
    async with talking(house), await console(house, (120, 40)) as sue:
        await sue.sees("1 busy, 1 signed out", "Contacts (1)")
        assert sue.app.contacts.region.x == sue.app.agents.region.x
    async with await console(house, LARGE) as sue:
        await sue.sees("Contacts (")
        assert sue.app.contacts.region.x > sue.app.agents.region.x


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
        await house.post(e.DialsStopped(dials=30, hour_began_at=1))
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


async def test_a_row_that_is_gone_is_blank_until_the_next_tick(house):
    async with await console(house) as sue:
        await house.call()
        await sue.sees("Contacts (1)", "Agents (3)", "Queues (2)")
        board = sue.app.board
        for rows, each in ((board.queues, sue.app.queues), (board.agents, sue.app.agents),
                           (board.contacts, sue.app.contacts)):  # fmt: skip
            rows.clear()
            assert each.render_line(2).text.strip(" >·") == ""  # painted now: no tick comes between


async def test_a_lost_connection_is_seen(house):
    async with await console(house) as sue:
        await house.stop()
        await sue.sees("CONNECTION LOST")
        await house.start()
        await sue.sees("Connected again.")


class OneList(App):
    """Ten thousand rows, and the ids of those that were asked for."""

    def __init__(self):
        super().__init__()
        self.asked = set()
        self.rows = RowList("Rows", (Column("row"), Column("n", 6)), self.cells, id="rows")

    def cells(self, row_id):
        self.asked.add(row_id)
        return f"row {row_id}", row_id

    def compose(self):
        yield self.rows


async def test_of_ten_thousand_rows_only_those_that_are_seen_are_drawn():
    app = OneList()
    async with app.run_test(size=SMALL) as pilot:
        person = Person(app, pilot)
        ids = [f"{n:05}" for n in range(10_000)]
        app.rows.show_rows(ids)
        app.rows.focus()
        await person.sees("Rows (10000)", "> row 00000")
        await person.press("end")
        await person.sees("> row 09999")
        await person.press("pageup")
        await person.sees("> row 09989")
        assert len(app.asked) < 100
        app.rows.show_rows(ids[1_000:])  # the chosen row stays chosen, wherever it moves
        await person.sees("Rows (9000)", "> row 09989")
        app.rows.show_rows([])
        await person.sees("Rows (0)")
        assert app.rows.chosen == ""


async def test_a_large_centre_does_not_hang_it():
    many = centre(*(agent(f"a{n:04}") for n in range(2_000)))
    async with open_house(many) as house, await console(house) as sue:
        await sue.sees("Agents (2000)", "> A0000")
        await sue.press("end")
        await sue.sees("> A1999")
        async with sdk.AgentClient(house.url, await house.issue("a1998")) as last:
            await last.sign_in()
            await sue.sees("NOT READY (signed in)")
