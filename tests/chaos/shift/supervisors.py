"""The supervisors of a shift: they listen, whisper, join, and send agents on breaks."""

from cti.client import Refused, SupervisorClient
from tests.chaos.shift.floor import Floor

MODES = ("MONITOR", "WHISPER", "BARGE")
STATES = ("not_ready", "ready", "signed_out")


class ShiftSupervisor:
    """One supervisor, who hears one conversation after another."""

    def __init__(self, supervisor_id: str, token: str, floor: Floor) -> None:
        self.supervisor_id = supervisor_id
        self._token = token
        self._floor = floor

    async def work(self) -> None:
        """Until the shift is about to close."""
        floor = self._floor
        async with SupervisorClient(floor.centre.url, self._token) as console:
            while not floor.closing:
                await floor.pause(3, 12)
                try:
                    await self._one_deed(console)
                except Refused:
                    continue  # the conversation was over before

    async def _one_deed(self, console: SupervisorClient) -> None:
        floor = self._floor
        if console.wallboard.dials.stopped:
            await console.resume_dials()
        if floor.choose(("listen", "listen again", "listen on", "force")) == "force":
            agent_id = floor.source.choice(sorted(console.wallboard.agents))
            await console.force_state(agent_id, floor.choose(STATES))
            return
        talks = sorted(row.contact_id for row in console.wallboard.contacts.values() if row.state == "CONNECTED")
        if not talks:
            return
        contact_id = floor.source.choice(talks)
        await console.supervise(contact_id, floor.choose(MODES))
        try:
            for _ in range(floor.source.choice((0, 1, 2))):
                await floor.pause(2, 10)
                await console.supervise(contact_id, floor.choose(MODES))
            await floor.pause(3, 15)
        finally:
            await console.end_supervision(contact_id)
