"""A real server for a measurement: `cti serve` with its own configuration, on a real disk, with a carrier or none."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

ACCOUNT = "AC" + "b" * 32
TOKEN = "benchmark-token"
ROOT = Path(__file__).parent.parent
START_S = 30.0


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serving:
    """As a context: the server is ready inside, and gone with its files afterwards."""

    def __init__(self, config: dict[str, str], *, api_url: str = "http://127.0.0.1:9", clean: bool = True) -> None:
        # The data lie beside the project, not in /tmp, which may be memory: a commit must reach a disk.
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=_disk()))
        self.config_dir = self.folder / "config"
        for name, content in config.items():
            path = self.config_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        self.data_dir = self.folder / "data"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._api_url = api_url
        self._clean = clean
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Returns once the server is ready. Raises `RuntimeError` with the end of its log if it does not become so."""
        environment = {
            **os.environ,
            "CTI_DATA_DIR": str(self.data_dir),
            "CTI_CONFIG_DIR": str(self.config_dir),
            "CTI_LISTEN": self.url.removeprefix("http://"),
            "CTI_PUBLIC_URL": self.url,
            "CTI_TWILIO_ACCOUNT_SID": ACCOUNT,
            "CTI_TWILIO_AUTH_TOKEN": TOKEN,
            "CTI_TWILIO_API_URL": self._api_url,
        }
        with (self.folder / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "cti", "serve"]
            self._process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=log, stdout=log)
        self.until_ready()

    def until_ready(self) -> None:
        """Wait for at most `START_S`. Raises `RuntimeError` with the end of the server's log."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.health() == "ready":
                return
            time.sleep(0.01)
        raise RuntimeError("the server did not become ready:\n" + (self.folder / "server.log").read_text()[-2_000:])

    def health(self) -> str:
        """What the server says of itself, or `no answer`."""
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/health", timeout=5) as response:
                return str(json.load(response)["status"])
        except (OSError, urllib.error.URLError, ValueError):
            return "no answer"

    def worker_pid(self) -> int:
        """The process that answers webhooks: the child that runs the loop, not the spare, not the follower."""
        assert self._process is not None
        workers = [pid for pid in _children(self._process.pid) if b"worker" in _command_line(pid)]
        return max(workers, key=cpu_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
        if self._clean:
            shutil.rmtree(self.folder, ignore_errors=True)


def _disk() -> str:
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    return str(folder)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def cpu_s(pid: int) -> float:
    """Seconds of processor that a process has used, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
