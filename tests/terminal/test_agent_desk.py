"""An agent at the desk in the terminal, against the real sockets: what is seen, what is pressed, what it leads to."""

import asyncio

import pytest

from cti import client as sdk
from cti.core import events as e
from tests.terminal.sitting import LARGE, SMALL, at_desk, talking


async def ready(client):
    await client.sign_in()
    await client.ready()


async def test_a_key_that_does_nothing_is_told_so_once(house):
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await anna.sees("[s] sign in")
        await anna.press("?", "z", "z")
        await anna.sees("z does nothing now.")
        assert anna.app.messages.text.splitlines()[-2:] == [
            "The keys that do something now stand below.",
            "z does nothing now. The keys that do something now stand below.",
        ]


async def test_a_day_begins_and_ends(house):
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await anna.sees("Anna   SIGNED OUT", "[s] sign in", "Sign in to begin")
        assert "[r]" not in anna.screen
        await anna.press("s")
        await anna.sees("NOT READY (signed in)", "[r] ready", "[n] other reason", "[s] sign out")
        await anna.press("r")
        await anna.sees(" READY 0:0", "the next caller will be shown here")
        await anna.press("n")
        await anna.sees("Why are you not ready?", "1  break", "2  lunch", "3  training")
        await anna.press("2")
        await anna.sees("NOT READY (lunch)", "You are not ready: lunch.")
        await anna.press("n")
        await anna.sees("Why are you not ready?")
        await anna.press("down", "down", "enter")
        await anna.sees("NOT READY (training)")
        await anna.press("n")
        await anna.sees("Why are you not ready?")
        await anna.press("escape")
        await anna.misses("Why are you not ready?")
        await anna.press("s")
        await anna.sees("SIGNED OUT", "You are signed out.")
    assert house.state.agents["anna"].presence == "SIGNED_OUT"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_call_from_the_pop_to_the_end_of_wrap_up(house, size):
    async with talking(house, size) as (anna, contact_id):
        assert "from +4930123456, to +15550101" in anna.screen
        assert "BUSY 0:0" in anna.screen
        await anna.press("o")
        await anna.sees("Your note:", "Outcome:")
        await anna.type("wants two")
        await anna.press("escape")
        await anna.sees("your note: wants two")
        await anna.press("u")
        await house.part(contact_id)
        await anna.sees("WRAP-UP, 0:2", "how it ended: the agent hung up", "[w] end wrap-up")
        await anna.press("w")  # a note without an outcome would be lost
        await anna.sees("Outcome:", "> sold", "wants two")
        await anna.press("down")
        await anna.sees("> not now")
        await anna.press("enter")
        await anna.sees("Outcome noted: not now.", " READY 0:0")
        [given] = await house.inputs(e.DispositionGiven)
        assert (given.disposition, given.note) == ("not_now", "wants two")


async def test_what_is_offered_can_be_rejected(house):
    async with at_desk(house.url, await house.issue("anna")) as anna:
        rings = []
        anna.app.bell = lambda: rings.append(1)
        await anna.press("s")
        await anna.sees("[r] ready")
        await anna.press("r")
        await anna.sees(" READY 0:0")
        await house.call()
        await anna.sees("RINGING: Sales, has waited 0:0", "0:20 left to answer", "[a] accept", "[x] reject")
        assert rings == [1]
        await anna.press("x")
        await anna.sees("You rejected it.", " READY")
        await anna.press("b")
        await anna.sees("The bell is off.", "[b] bell on")
        await house.call()
        await anna.sees("RINGING")
        assert rings == [1]


async def test_hold_mute_digits_and_recording(house):
    async with talking(house) as (anna, contact_id):
        contact = house.state.contacts[contact_id]
        await anna.press("h")
        await anna.sees("Hold is asked for.")
        await house.held(contact.leg_id)
        await anna.sees("customer ON HOLD", "[h] retrieve")
        await anna.press("h")
        await house.held(contact.leg_id, held=False)
        await anna.sees("customer is with you", "[h] hold")
        await anna.press("d")
        await anna.sees("Which digits?")
        await anna.type("12#")
        await anna.press("enter")
        await anna.sees("Digits sent: 12#")
        await anna.press("d")
        await anna.sees("Which digits?")
        await anna.type("abc")
        await anna.press("enter")
        await anna.sees("! Not done: Use up to 32 of the keys 0-9")
        await anna.press("k")
        leg = contact.leg_id
        while not house.state.contacts[contact_id].recording:
            await anna.pilot.pause(0.01)
        await house.post(e.RecordingStarted(leg_id=leg, recording_id="RE1"))
        await anna.sees("RECORDED", "[p] pause recording", "[k] stop recording")
        await anna.press("p")
        await anna.press("m")
        while not await house.inputs(e.MuteRequested):
            await anna.pilot.pause(0.01)
    assert [digits.digits for digits in await house.inputs(e.DigitsRequested)] == ["12#", "abc"]


async def test_a_consultation_a_conference_and_an_attended_transfer(house):
    async with (
        sdk.AgentClient(house.url, await house.issue("ben")) as ben,
        talking(house) as (anna, contact_id),
    ):
        await ready(ben)
        await anna.press("c")
        await anna.sees("Whom do you want to consult?", "> Ben: READY", "Carla: SIGNED OUT", "(not now)")
        assert "queue Help" not in anna.screen
        await anna.type("be")
        await anna.misses("Carla:")
        await anna.press("enter")
        await anna.sees("Ben is asked.", "[e] end consult")
        while not ben.desk.contacts:
            await anna.pilot.pause(0.01)
        leg_id = house.state.contacts[contact_id].leg_id
        await house.held(leg_id)
        await ben.accept(ben.desk.contacts[0].offer_id)
        await house.bring(contact_id, "ben")
        await anna.sees("Ben is here", "[g] give to whom you consulted", "[j] join all")
        await anna.press("h")
        await anna.sees("Hold or retrieve whom?", "1  the customer", "2  Ben is here")
        await anna.press("escape", "j")
        await house.held(leg_id, held=False)
        await anna.sees("Everybody hears each other.")
        await anna.press("g")
        await anna.sees("Anna transferred the customer to Ben.", "WRAP-UP")
        while ben.desk.contacts[0].talk.agent_id != "ben":
            await anna.pilot.pause(0.01)


async def test_a_blind_transfer_to_a_queue_and_the_end_of_a_consultation(house):
    async with (
        sdk.AgentClient(house.url, await house.issue("ben")) as ben,
        talking(house) as (anna, contact_id),
    ):
        await ready(ben)
        await anna.press("c")
        await anna.sees("> Ben: READY")
        await anna.press("enter")
        await anna.sees("Ben is asked", "[e] end consult")
        await anna.press("e")
        await anna.sees("Ben is out of the conversation.")
        await anna.press("t")
        await anna.sees("Where does the customer go", "queue Help: 0 waiting, 0 agents ready")
        await anna.type("help")
        await anna.sees("> queue Help")
        await anna.press("enter")
        await anna.sees("Anna transferred the customer to Help.")
        assert house.state.contacts[contact_id].queue_id == "help"


async def test_what_the_server_refuses_is_said_in_its_words(house):
    async with talking(house) as (anna, _):
        await anna.press("c")
        await anna.sees("Whom do you want to consult?", "a name, the queue they serve, or a number")
        await anna.type("030123")
        await anna.sees("an outside number begins with + and the country code  (not now)")
        await anna.press("home", "delete", "delete", "delete", "+", "4", "9", "enter")
        await anna.sees("! Not done: No allowed prefix covers this number")


async def test_a_lost_connection_is_seen_and_what_is_asked_meanwhile_is_done_later(house):
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await house.stop()
        await anna.sees("CONNECTION LOST 0:0", "The connection is lost.")
        await anna.press("s")
        await anna.press("n")  # nothing blocks
        await house.start()
        await anna.sees("Connected again.", "NOT READY (signed in)", "   connected")


async def test_a_token_that_is_refused_ends_the_desk_in_words(house):
    from cti.terminal.agent.app import AgentApp

    app = AgentApp(house.url, "nobody's")
    async with app.run_test() as pilot:
        while app.is_running and app.return_code is None:
            await pilot.pause(0.02)
    assert app.return_code == 1


async def test_a_server_that_is_not_there_is_waited_for(unused_tcp_port):
    from cti.terminal.agent.app import AgentApp

    app = AgentApp(f"http://127.0.0.1:{unused_tcp_port}", "token")
    async with app.run_test(size=SMALL) as pilot:
        from tests.terminal.sitting import Person

        person = Person(app, pilot)
        await person.sees(f"connecting to http://127.0.0.1:{unused_tcp_port}", "Waiting for the server.", "[q] leave")
        await person.press("q")
    assert not app.is_running


async def test_leaving_signs_out_or_not(house):
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await anna.press("s")
        await anna.sees("[r] ready")
        await anna.press("ctrl+q")
        await anna.sees("You are signed in.", "1  sign out and leave", "2  leave, still signed in")
        await anna.press("ctrl+c")
        await anna.misses("sign out and leave")
        await anna.press("q")
        await anna.sees("1  sign out and leave")
        await anna.press("1")
        while anna.app.is_running:
            await asyncio.sleep(0.01)
    assert house.state.agents["anna"].presence == "SIGNED_OUT"


async def test_a_note_that_was_never_sent_is_shown_once_more(house):
    async with talking(house) as (anna, contact_id):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("call back")
        await anna.press("escape", "u")
        await house.part(contact_id)
        await anna.sees("WRAP-UP")
        await anna.press("s")
        await anna.sees("! Without an outcome your note was not saved. It was: call back")
