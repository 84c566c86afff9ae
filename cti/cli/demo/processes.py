"""The processes of the demonstration: the server, and beside it the carrier's side of the wire."""

import asyncio
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from cti.cli.demo.rotation import Rotation
from cti.cli.demo.tidings import Tidings, how
from cti.cli.local import NotRunning, request_local
from cti.core.errors import CtiError

ACCOUNT_SID = "AC" + "d" * 32
AUTH_TOKEN = "demo-token-that-signs-nothing-real"  # noqa: S105 - both ends are on this machine, and made up
BUSY_S = 30.0
"""After so long a start is told to be slow."""
START_S = 300.0
"""So long a process may take to start as long as it lives: a slow machine is no reason to give up."""
QUIET = '"nothing_to_follow_yet"'
"""The follower's log event that is part of every first start, and explains none that fails."""
LOOK_S = 0.1
HANDED_FD = 3


def _listening() -> socket.socket:
    """The server's socket, held here as systemd would hold it: calls wait in it while the server is started again."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(4_096)
    return listening


class Centre:
    """The server (started again whenever it dies) and the fake carrier. Both end when this process does, however it
    ends: it holds the pipes that are their standard input. `note` gets a sentence for each death in the server, and
    for a start that takes long; `calls_per_second` is what the carrier grants us, which the centre's configuration had
    better not exceed; `carrier_options` are further ones of its command line."""

    def __init__(
        self,
        data_dir: Path,
        config_dir: Path,
        note: Callable[[str], None],
        *,
        environment: Mapping[str, str] | None = None,
        calls_per_second: float = 1,
        carrier_options: Sequence[str] = (),
    ) -> None:
        self.data_dir = data_dir
        self._note = note
        self._environment = dict(environment or {})
        self._calls_per_second = calls_per_second
        self._carrier_options = carrier_options
        self._listening = _listening()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.carrier_url = ""
        self._config_dir = config_dir
        self.tidings = Tidings(data_dir / "server.log", note)
        self._server: asyncio.subprocess.Process | None = None
        self._carrier: asyncio.subprocess.Process | None = None
        self._keeping: list[asyncio.Task[None]] = []
        self._files: list[Any] = []
        self._stopping = False
        self._was_ready = False
        self.carrier_gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done, with what to tell the user, when the carrier has died: then there is nothing left to show."""
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=90))

    async def start(self) -> None:
        """Both processes run, and the server is ready. Raises `CtiError` with the end of its log if it will not."""
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.data_dir.mkdir(parents=True)
        await self._start_carrier()
        await self._start_server()
        keepers = (self._keep_server(), self._read_log(), self._watch_carrier())
        self._keeping = [asyncio.create_task(keeper) for keeper in keepers]
        await self._until_ready()

    async def _start_carrier(self) -> None:
        arguments = [
            "--listen", "127.0.0.1:0", "--account-sid", ACCOUNT_SID, "--auth-token", AUTH_TOKEN,
            "--calls-per-second", str(self._calls_per_second), "--speech-speed", "8", "--ring-buffer-s", "0",
            "--die-with-parent", *self._carrier_options,
        ]  # fmt: skip
        self._carrier = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cti.fakecarrier", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=self._log_file("carrier.log"),
            start_new_session=True,  # Ctrl-C ends the arrivals; the carrier is needed to the end
        )  # fmt: skip
        assert self._carrier.stdout is not None
        line = asyncio.create_task(self._carrier.stdout.readline())
        if not await self._started(line, self._carrier) or not line.result():
            raise CtiError(f"The carrier did not start; see {self.data_dir / 'carrier.log'}.")
        self.carrier_url = f"http://127.0.0.1:{json.loads(line.result())['port']}"

    async def _start_server(self) -> None:
        environment = {
            **os.environ,
            "CTI_SITE": "main",
            "CTI_DATA_DIR": str(self.data_dir),
            "CTI_CONFIG_DIR": str(self._config_dir),
            "CTI_LISTEN": self.url.removeprefix("http://"),
            "CTI_PUBLIC_URL": self.url,
            "CTI_DATABASE_URL": "",
            "CTI_REDIS_URL": "",
            "CTI_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "CTI_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "CTI_TWILIO_API_URL": self.carrier_url,
            "LISTEN_FDS": "1",
            **self._environment,
        }
        self._environment.pop("CTI_FAILPOINTS", None)  # only a server's first life is made to fail
        self._server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cti", "serve", "--die-with-parent", env=environment, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=self._log_file("server.log"),
            pass_fds=(HANDED_FD,), preexec_fn=self._hand_over_socket,
        )  # fmt: skip
        self.tidings.server_started(self._server.pid)

    def _hand_over_socket(self) -> None:
        """In the child, before it becomes the server."""
        os.dup2(self._listening.fileno(), HANDED_FD, inheritable=True)

    def _log_file(self, name: str) -> Any:
        file = (self.data_dir / name).open("ab")
        self._files.append(file)
        return file

    async def _keep_server(self) -> None:
        while not self._stopping:
            assert self._server is not None
            await self._server.wait()
            if not self._was_ready:
                return  # it never ran: no use in starting it again
            if not self._stopping:
                self.tidings.read()
                self.tidings.server_died(self._server.returncode or 0, time.time())
                await self._start_server()

    async def _read_log(self) -> None:
        server, carrier = (Rotation(self.data_dir / name) for name in ("server.log", "carrier.log"))
        while True:
            self.tidings.read()
            if server.is_due and server.rotate():
                self.tidings.begin_anew()
            if carrier.is_due:
                carrier.rotate()
            await asyncio.sleep(LOOK_S)

    async def _watch_carrier(self) -> None:
        assert self._carrier is not None
        status = await self._carrier.wait()
        if not self._stopping:
            self.carrier_gone.set_result(
                f"The fake carrier (process {self._carrier.pid}) {how(status)}. Every call went with it, and the "
                "ledger that judges them: the demonstration is over. Start `cti demo` again; if you did not end it "
                f"yourself, {self.data_dir / 'carrier.log'} says why it died."
            )

    @property
    def carrier_pid(self) -> int:
        """The fake carrier's process id."""
        assert self._carrier is not None
        return self._carrier.pid

    @property
    def server_pid(self) -> int:
        """The parent's process id, of the server that runs now."""
        assert self._server is not None
        return self._server.pid

    async def _until_ready(self) -> None:
        assert self._server is not None
        self._was_ready = await self._started(asyncio.create_task(self._answers_ready()), self._server)
        if not self._was_ready:
            status = self._server.returncode
            why = f"it {how(status)}" if status is not None else f"it was still starting after {START_S:.0f} s"
            said = (self.data_dir / "server.log").read_text(errors="replace").splitlines()
            lines = [line for line in said if QUIET not in line][-10:]
            raise CtiError("\n".join((f"The server did not become ready: {why}.", *lines)))

    async def _answers_ready(self) -> None:
        """As long as it takes: where nobody accepts yet, the question waits in the socket that is held here."""
        while True:
            with suppress(aiohttp.ClientError, OSError):
                async with self.session.get(f"{self.url}/api/v1/health") as response:
                    if (await response.json())["status"] == "ready":
                        return
            await asyncio.sleep(0.05)

    async def _started(self, starting: asyncio.Task[Any], process: asyncio.subprocess.Process) -> bool:
        """Whether it is done before the process dies, and before `START_S` are over. A start that lasts is told."""
        death = asyncio.create_task(process.wait())
        try:
            for patience_s in (BUSY_S, START_S - BUSY_S):
                await asyncio.wait((starting, death), timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
                if starting.done() or death.done():
                    break
                if patience_s == BUSY_S:
                    self._note(f"still starting ({', '.join(self.tidings.deaths) or 'the machine is busy'})")
            if starting.done():
                starting.result()  # or what went wrong with it
            return starting.done()
        finally:
            starting.cancel()
            death.cancel()

    async def control(self, method: str, path: str, **body: Any) -> Any:
        """Ask the carrier's control door, which no real carrier has."""
        url = f"{self.carrier_url}/_control/{path}"
        try:
            async with self.session.request(method, url, json=body or None) as response:
                if response.status >= 400:
                    raise CtiError(f"the carrier refused {method} {path}: {await response.text()}")
                return await response.json()
        except aiohttp.ClientConnectionError as error:
            await asyncio.wait([self.carrier_gone], timeout=1)
            why = self.carrier_gone.result() if self.carrier_gone.done() else f"The fake carrier is silent: {error}."
            raise CtiError(why) from error

    async def local(self, door: str, method: str, path: str, **request: Any) -> Any:
        """Ask the server's own doors; patient, since it may be coming back just now."""
        for _ in range(600):
            try:
                return await request_local(self.data_dir / door, method, path, **request)
            except (NotRunning, OSError):
                await asyncio.sleep(0.1)
        raise CtiError(f"{door} does not answer; see {self.data_dir / 'server.log'}.")

    async def stop(self) -> None:
        """End both processes, by force if they take over 10 s. Does no harm after a start that failed."""
        self._stopping = True
        for keeping in self._keeping:
            keeping.cancel()
        for process in (self._server, self._carrier):
            if process and process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), 10)
                except TimeoutError:
                    process.kill()
        await self.session.close()
        self._listening.close()
        for file in self._files:
            file.close()
