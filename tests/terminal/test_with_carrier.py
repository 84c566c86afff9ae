"""The two seats of the demonstration, taken: the real server in its processes, and the fake carrier."""

import asyncio
import contextlib

import pytest
import pytest_asyncio

from cti.cli.demo.processes import Centre
from cti.cli.demo.seats import open_seats, token_file
from cti.client import AgentClient, Offer, SupervisorClient, Transferred
from tests.cli.test_check import EXAMPLE
from tests.terminal.sitting import at_console, at_desk

CALLERS = ("+13035550101", "+13035550102")


@pytest_asyncio.fixture
async def centre(tmp_path):
    running = Centre(tmp_path / "data", EXAMPLE, print, calls_per_second=0)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture
async def seats(centre):
    """Both seats, and somebody who calls whenever the guest is ready."""
    opened = await open_seats(centre)
    token = await centre.local("admin.sock", "POST", "/tokens", json={"supervisor": "program", "days": 1})
    async with SupervisorClient(centre.url, token["token"]) as program:
        calling = asyncio.create_task(opened.play(program.wallboard, CALLERS))
        yield opened
        calling.cancel()
        await opened.close(program)


@contextlib.asynccontextmanager
async def colleague(centre, agent_id):
    """Takes whatever is offered; yields the events."""
    token = await centre.local("admin.sock", "POST", "/tokens", json={"agent": agent_id, "days": 1})
    async with AgentClient(centre.url, token["token"]) as client:
        await client.sign_in()
        await client.ready()

        async def work():
            async for event in client.events():
                if isinstance(event, Offer):
                    await client.accept(event.offer_id)
                elif isinstance(event, Transferred):
                    await client.hang_up(event.contact_id)

        working = asyncio.create_task(work())
        yield client
        working.cancel()


def token_of(centre, command):
    file = token_file(centre, command)
    assert file.stat().st_mode & 0o077 == 0
    return file.read_text().strip()


async def test_the_commands_name_a_file_and_show_no_token(centre, seats):
    for command, line in zip(("agent", "watch"), seats.commands, strict=True):
        assert f"cti {command} --url {centre.url} --token @" in line
        assert line.endswith(f"/data/{command}.token")
        assert token_of(centre, command) not in line


async def test_a_guest_takes_a_call_consults_and_gives_it_away(centre, seats):
    async with (
        colleague(centre, "dmitri"),
        at_desk(centre.url, token_of(centre, "agent"), (100, 30)) as guest,
        at_console(centre.url, token_of(centre, "watch"), (160, 50)) as nora,
    ):
        await guest.press("s")
        await guest.sees("Guest   NOT READY (signed in)", "[r] ready")
        await guest.press("r")
        await guest.sees("RINGING: Front desk", "from +1303555010", "[a] accept")
        await nora.sees("is offered Front desk")
        await guest.press("a")
        await guest.sees("TALKING 0:0", "customer is with you")
        await nora.sees("TALKS Front desk", "1 talking")
        await guest.press("h")
        await guest.sees("customer ON HOLD", "[h] retrieve")
        await nora.sees("Guest, ON HOLD")
        await guest.press("h")
        await guest.sees("customer is with you")
        await guest.press("c")
        await guest.sees("> Dmitri Halvorsen: READY")
        await guest.type("dmi")
        await guest.press("enter")
        await guest.sees("Dmitri Halvorsen is here", "[g] give")
        await nora.sees("+ Dmitri")
        await guest.press("g")
        await guest.sees("Guest transferred the customer to Dmitri Halvorsen.", "WRAP-UP")
        await guest.press("n")  # before all is said: afterwards the next caller may be quicker
        await guest.sees("1  break")
        await guest.press("1")
        await guest.sees("You are not ready: break")
        await guest.press("o")
        await guest.sees("> helped", "passed on")
        await guest.press("n", "tab", "down", "enter")
        await guest.sees("Outcome noted: passed on.", "NOT READY (break)")
        await guest.press("s")
        await guest.sees("SIGNED OUT")
    await centre.control("GET", "settle?timeout_s=20")
    verdict = await centre.control("GET", "verdict")
    assert (verdict["lost"], verdict["silent"]) == (0, 0)
    assert verdict["connected"] >= 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("agent",), "`cti agent` is for people, and needs a terminal. Programs use `cti.client`.\n"),
        (("watch", "--token", "x"), "`cti watch` is for people, and needs a terminal. Programs use `cti.client`.\n"),
    ],
)
async def test_where_there_is_no_terminal_it_is_said_so(tmp_path, arguments, said):
    from tests.serving import command

    assert await command(tmp_path, *arguments) == (1, "", said)
