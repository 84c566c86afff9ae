"""Two seats that no program takes: an agent's and a supervisor's, for whoever wants to sit in. The agent's softphone
answers by itself, and whenever the agent is ready somebody calls who has time."""

import asyncio
import os
import random
import shlex
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cti.cli.demo.processes import Centre
from cti.client import Refused, SupervisorClient, Wallboard
from cti.core.errors import CtiError

GUEST = "guest"
SUPERVISOR = "nora"
SEATS = {"agent": {"agent": GUEST}, "watch": {"supervisor": SUPERVISOR}}
"""For whom each command needs a token."""
FRONT_DESK = "+12025550104"
QUEUE = "front_desk"
READY_FOR_S = 2.0
LOOK_S = 0.5
CLOSE_LOOKS = 10
TALK_MS = 600_000
CALLER = [{"wait": "bridged", "timeout_ms": 120_000}, {"after_ms": TALK_MS}, {"hang_up": True}]


class Seats:
    """The commands to take them, a line each, and who calls the guest. A token stands in a file: on the command line
    everybody on the machine could read it, and the command would be too long to be copied from 80 columns."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self.commands = [command_line(centre.url, command, token_file(centre, command)) for command in SEATS]
        self._callers: list[str] = []

    async def play(self, board: Wallboard, from_numbers: Sequence[str]) -> None:
        """Somebody calls the front desk whenever the guest is ready and nobody waits there. Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            guest, queue = board.agents.get(GUEST), board.queues.get(QUEUE)
            waits = queue is None or queue.waiting + queue.offered > 0
            if guest and guest.state == "READY" and not waits and time.time() - guest.since / 1_000 > READY_FOR_S:
                caller = random.choice(from_numbers)  # noqa: S311 - who calls is a matter of taste
                body = {"from": caller, "to": FRONT_DESK, "script": CALLER}
                answer = await self._centre.control("POST", "calls", **body)
                self._callers.append(str(answer["sid"]))
                await asyncio.sleep(READY_FOR_S)

    async def close(self, supervisor: SupervisorClient) -> None:
        """Who still talks to the guest hangs up, and the guest is signed out: nobody else would end call or wrap-up."""
        for sid in self._callers:
            with suppress(CtiError):  # it is over already
                await self._centre.control("POST", f"calls/{sid}/hangup")
        await send_home(supervisor, GUEST)


async def send_home(supervisor: SupervisorClient, agent_id: str) -> None:
    """The agent is signed out, within five seconds or not at all."""
    for _ in range(CLOSE_LOOKS):
        agent = supervisor.wallboard.agents.get(agent_id)
        if agent is None or agent.state == "SIGNED_OUT":
            return
        with suppress(Refused):  # still in the conversation that is just ending
            await supervisor.force_state(agent_id, "signed_out")
        await asyncio.sleep(LOOK_S)


def token_file(centre: Centre, command: str) -> Path:
    """Where the token for a command is kept, for this user only."""
    return centre.data_dir / f"{command}.token"


def command_line(url: str, command: str, token: Path) -> str:
    """As short as it works in this folder."""
    return shlex.join([_program(), command, "--url", url, "--token", f"@{os.path.relpath(token)}"])


def beside(centre: Centre, command: str) -> str:
    """The same for a command that finds the server, or what it left, by its data directory."""
    return f"CTI_DATA_DIR={shlex.quote(os.path.relpath(centre.data_dir))} {_program()} {command}"


def _program() -> str:
    """How this program is started from here: by its name, if that finds it in any terminal (a virtual environment is
    activated in one), else by the shorter path."""
    program = Path(sys.argv[0])
    found = shutil.which("cti")
    if program.name != "cti" or not program.exists():
        return "cti"
    if found and Path(found).samefile(program) and not Path(found).is_relative_to(sys.prefix):
        return "cti"
    return min(os.path.relpath(program), str(program.absolute()), key=len)


async def open_seats(centre: Centre) -> Seats:
    """Issue the tokens and let the carrier know the front desk's number."""
    url = centre.url
    webhooks = {
        "voice_url": f"{url}/twilio/voice",
        "fallback_url": f"{url}/twilio/fallback",
        "status_callback": f"{url}/twilio/status",
    }
    await centre.control("POST", "numbers", **{FRONT_DESK: webhooks})
    for command, whom in SEATS.items():
        answer = await centre.local("admin.sock", "POST", "/tokens", json={**whom, "days": 1})
        file = token_file(centre, command)
        file.touch(mode=0o600)
        file.write_text(f"{answer['token']}\n", encoding="utf-8")
    return Seats(centre)
