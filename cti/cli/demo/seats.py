"""Two seats that no program takes: an agent's and a supervisor's, for whoever wants to sit in. The agent's softphone
answers by itself, and whenever the agent is ready somebody calls who has time."""

import asyncio
import os
import random
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
FRONT_DESK = "+12025550104"
QUEUE = "front_desk"
READY_FOR_S = 2.0
LOOK_S = 0.5
CLOSE_LOOKS = 10
TALK_MS = 600_000
CALLER = [{"wait": "bridged", "timeout_ms": 120_000}, {"after_ms": TALK_MS}, {"hang_up": True}]


class Seats:
    """Tokens for both, the commands to take them, and who calls the guest."""

    def __init__(self, centre: Centre, tokens: dict[str, str], program: str) -> None:
        self._centre = centre
        self._tokens = tokens
        self._program = program
        self._callers: list[str] = []

    def commands(self, width: int) -> list[str]:
        """One line each: with the token if that fits, else with the file that holds it."""
        lines = []
        for command, token in self._tokens.items():
            begin = f"{self._program} {command} --url {self._centre.url} --token "
            file = os.path.relpath(token_file(self._centre, command))
            lines.append(begin + token if len(begin + token) <= width else f"{begin}@{file}")
        return lines

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
        for _ in range(CLOSE_LOOKS):
            guest = supervisor.wallboard.agents.get(GUEST)
            if guest is None or guest.state == "SIGNED_OUT":
                return
            with suppress(Refused):  # still in the conversation that is just ending
                await supervisor.force_state(GUEST, "signed_out")
            await asyncio.sleep(LOOK_S)


def token_file(centre: Centre, command: str) -> Path:
    """Where the token for a command is kept, for this user only."""
    return centre.data_dir / f"{command}.token"


async def open_seats(centre: Centre) -> Seats:
    """Issue the tokens and let the carrier know the front desk's number."""
    url = centre.url
    webhooks = {
        "voice_url": f"{url}/twilio/voice",
        "fallback_url": f"{url}/twilio/fallback",
        "status_callback": f"{url}/twilio/status",
    }
    await centre.control("POST", "numbers", **{FRONT_DESK: webhooks})
    tokens = {}
    for command, whom in (("agent", {"agent": GUEST}), ("watch", {"supervisor": SUPERVISOR})):
        answer = await centre.local("admin.sock", "POST", "/tokens", json={**whom, "days": 1})
        tokens[command] = str(answer["token"])
        file = token_file(centre, command)
        file.touch(mode=0o600)
        file.write_text(tokens[command] + "\n", encoding="utf-8")
    program = sys.argv[0] if Path(sys.argv[0]).name == "cti" else "cti"
    return Seats(centre, tokens, program)
