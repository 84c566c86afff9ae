"""A real server, in processes of its own, and the carrier's signed requests to it."""

import asyncio
import json
import os
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator

from tests import forked
from tests.patience import PATIENCE_S

ACCOUNT = "AC" + "a" * 32
TOKEN = "the-token-that-both-ends-know"
NUMBER = "+12025550100"
HANDED_FD = 3

CONFIG = {
    "site.yaml": "name: Corner Shop\nzone: Europe/London\nhold_music: {play: music-20s.wav}\n",
    "hours.yaml": "{}\n",
    "queues.yaml": "sales:\n  name: Sales\n  music: {play: music-20s.wav}\n",
    "agents.yaml": "anna:\n  name: Anna\n  queues: [sales]\n",
    "entry_points.yaml": f'"{NUMBER}":\n  flow: main\n',
    "flows/main.yaml": (
        "start: menu\nsteps:\n  menu:\n    menu: For sales press 1.\n    choices: {'1': sales}\n    otherwise: bye\n"
        "  sales:\n    enqueue: sales\n    full: bye\n  bye:\n    hang_up: Good bye.\n"
    ),
}


class Server:
    """One `cti serve`. `log` has what it wrote so far, line by line."""

    def __init__(self, url: str, data_dir: Path, process: asyncio.subprocess.Process) -> None:
        self.url = url
        self.data_dir = data_dir
        self.process = process
        self.log: list[str] = []
        self.killed = False
        # A connection each: one that is kept may belong to a worker that is about to end.
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        self.session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE_S))

    async def read_log(self) -> None:
        """Until the last process of the server has ended. Does nothing when the log goes elsewhere."""
        if self.process.stderr is None:
            return
        async for line in self.process.stderr:
            self.log.append(line.decode(errors="replace").rstrip())

    async def health(self) -> dict[str, Any]:
        """What the server says of itself; raises aiohttp's error while nobody answers."""
        async with self.session.get(f"{self.url}/api/v1/health") as response:
            return dict(await response.json())

    async def until(self, status: str) -> dict[str, Any]:
        """Its health, once it has this status. No event tells of it: the server is another process."""
        said: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                while said.get("status") != status:
                    with suppress(aiohttp.ClientError, TimeoutError):
                        said = await self.health()
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not {status} but {said}:\n" + "\n".join(self.log[-20:])) from None
        return said

    async def told(self, words: str) -> str:
        """The first line of its log with these words, once there is one: it is written behind open doors."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (found := [line for line in self.log if words in line]):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"nothing was told of {words}:\n" + "\n".join(self.log[-20:])) from None
        return found[0]

    def pids(self) -> list[int]:
        """The server's processes, the parent first."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    def kill(self) -> None:
        """Let none of its processes live a moment longer."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.killed = True

    def limit_files(self, bytes_max: int) -> None:
        """No process of the server can write a file beyond so many bytes: to them the disk is full."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (bytes_max, resource.RLIM_INFINITY))

    async def post(self, url: str, *, signature: str | None = None, token: str = "", **fields: str) -> tuple[int, str]:
        """Post what the carrier would, at a path or a whole address: the status and the text of the answer."""
        url = url if url.startswith("http") else self.url + url
        form = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", **fields}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        signature = RequestValidator(TOKEN).compute_signature(url, form) if signature is None else signature
        headers |= {"X-Twilio-Signature": signature} if signature else {}
        headers |= {"I-Twilio-Idempotency-Token": token} if token else {}
        async with self.session.post(url, data=urlencode(form), headers=headers) as response:
            return response.status, await response.text()

    async def call(self, number: int, **more: Any) -> tuple[int, str]:
        """A call arrives; the same number is the same call."""
        return await self.post("/twilio/voice", **{**parties(number), "CallStatus": "ringing", **more})

    async def go_on(self, number: int, document: str, element: str = "action", **fields: str) -> tuple[int, str]:
        """Ask at the address that the document names in this attribute, or in the element of this name."""
        found = re.search(rf'{element}="([^"]+)"', document) or re.search(rf"<{element}[^>]*>([^<]+)<", document)
        assert found, document
        url = found.group(1).replace("&amp;", "&")
        return await self.post(url, **parties(number), CallStatus="in-progress", **fields)


def parties(number: int) -> dict[str, str]:
    """The fields that name a call and its two numbers."""
    return {"CallSid": f"CA{number:032x}", "From": f"+1202555{number:04d}", "To": NUMBER, "Direction": "inbound"}


def write_config(folder: Path, config: dict[str, str]) -> Path:
    """The files as `folder/config`."""
    for name, content in config.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder / "config"


def environment(folder: Path, url: str) -> dict[str, str]:
    """What a server needs to know, and nothing that happens to be set here."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CTI_", "PYTHON"))}
    ours |= {name: os.environ[name] for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    return {
        **ours,
        "CTI_DATA_DIR": str(folder / "data"),
        "CTI_CONFIG_DIR": str(folder / "config"),
        "CTI_LISTEN": url.removeprefix("http://"),
        "CTI_PUBLIC_URL": url,
        "CTI_TWILIO_ACCOUNT_SID": ACCOUNT,
        "CTI_TWILIO_AUTH_TOKEN": TOKEN,
        "CTI_TWILIO_API_URL": "http://127.0.0.1:9",
    }


@asynccontextmanager
async def serving(
    folder: Path,
    config: dict[str, str] | None = None,
    *,
    file_bytes_max: int = resource.RLIM_INFINITY,
    log: IO[bytes] | int = asyncio.subprocess.PIPE,
    enter: Callable[[], None] = lambda: None,
    **more: str,
) -> AsyncIterator[Server]:
    """A server that has been started, ready or not, with its files in `folder`; `more` goes into its environment, and
    `enter` is called in its process before it begins. Afterwards it has stopped in good order, and no process of it is
    left."""
    write_config(folder, CONFIG if config is None else config)
    # Held here, as systemd would hold it, so that its port is known and is nobody else's.
    with socket.create_server(("127.0.0.1", 0), backlog=1_000) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def prepare() -> None:
            os.dup2(listening.fileno(), HANDED_FD, inheritable=True)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, resource.RLIM_INFINITY))
            enter()

        dying_with_us = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "cti", "serve"]
        process = await asyncio.create_subprocess_exec(
            *dying_with_us, cwd=folder, start_new_session=True, preexec_fn=prepare,
            env={**environment(folder, url), "LISTEN_FDS": "1", **more}, pass_fds=(HANDED_FD,),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
        server = Server(url, folder / "data", process)
        reading = asyncio.create_task(server.read_log())
        try:
            yield server
        finally:
            await server.session.close()
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(process.wait(), PATIENCE_S)
            await asyncio.wait_for(reading, PATIENCE_S)
    assert status == 0 or server.killed, "\n".join([f"exit status {status}", *server.log[-20:]])


async def command(folder: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Run `cti` beside a server whose files are in `folder`: exit status, output, errors."""
    ours = {**environment(folder, "http://127.0.0.1:9"), **more}
    status, output, errors = await forked.run(folder, arguments, ours)
    return status, output, errors


def lines(server: Server, event: str) -> list[dict[str, Any]]:
    """What the server logged under this name."""
    said = [json.loads(line) for line in server.log if line.startswith("{")]
    return [line for line in said if line.get("event") == event]
