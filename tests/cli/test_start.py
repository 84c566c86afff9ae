"""How the demonstration waits for its server: as long as it lives, and no longer."""

import asyncio
import sys

import pytest

from cti.cli.demo import processes
from cti.core.errors import CtiError

LOG = '{"event": "nothing_to_follow_yet"}\n{"event": "no_room"}\n'
LIVES = "import time; time.sleep(600)"
DIES = "raise SystemExit(3)"


class Starting(processes.Centre):
    """Its server is `program`; what it answers is up to the test."""

    def __init__(self, folder, program, answers):
        self.told = []
        super().__init__(folder / "data", folder, self._tell)
        self._program, self._answers = program, answers

    def _tell(self, words):
        self.told.append(words)
        self._answers.set()

    async def _start_server(self):
        (self.data_dir / "server.log").write_text(LOG)
        self._server = await asyncio.create_subprocess_exec(sys.executable, "-c", self._program)

    async def _answers_ready(self):
        await self._answers.wait()

    async def start_and_stop(self):
        try:
            await self.start()
        finally:
            await self.stop()


async def test_a_slow_start_is_told_and_waited_for(tmp_path, monkeypatch):
    centre = Starting(tmp_path, LIVES, asyncio.Event())
    start_carrier = centre._start_carrier  # noqa: SLF001

    async def then_hurry():
        await start_carrier()
        monkeypatch.setattr(processes, "BUSY_S", 0.0)

    centre._start_carrier = then_hurry  # noqa: SLF001
    await centre.start_and_stop()
    assert centre.told == ["still starting (the machine is busy)"]


async def test_a_server_that_died_is_told_without_what_every_start_says(tmp_path):
    with pytest.raises(CtiError) as raised:
        await Starting(tmp_path, DIES, asyncio.Event()).start_and_stop()
    assert str(raised.value) == 'The server did not become ready: it ended with status 3.\n{"event": "no_room"}'
