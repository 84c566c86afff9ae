"""What became of the server's processes, read from its log as it grows and told in words."""

import json
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def how(status: int) -> str:
    """How a process ended, from its exit status (minus the signal that killed it)."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was killed ({signal.Signals(-status).name})"
    except ValueError:
        return f"was killed (signal {-status})"


class Tidings:
    """`pids` says who works now, by role. One sentence to `note` for each death, once its successor is at work."""

    def __init__(self, log: Path, note: Callable[[str], None]) -> None:
        self._log = log
        self._note = note
        self._read = 0
        self.pids: dict[str, int] = {}
        self._waiting_since = 0.0
        self.deaths: list[str] = []
        """What nobody has been told yet, for no successor is at work."""
        self._follower = ""
        self._hangs = False

    def server_started(self, pid: int) -> None:
        """The parent runs."""
        self.pids["server"] = pid

    def server_died(self, status: int, at: float) -> None:
        """The parent ended at `at` (s since 1970), and everything of it with it."""
        self._died(f"the server {self.pids.pop('server', 0)} {how(status)}, and its processes ended with it", at)
        self.pids.clear()
        self._hangs = False

    def read(self) -> None:
        """Take in what the log has by now."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]  # the rest of a line that is being written comes later
        self._read += len(whole)
        for line in whole.splitlines():
            if line.startswith(b"{"):
                with suppress(json.JSONDecodeError):  # the end of a line whose beginning went aside
                    self._take(json.loads(line))

    def begin_anew(self) -> None:
        """The log was emptied: what it has had by then was taken in."""
        self._read = 0

    def _take(self, said: dict[str, Any]) -> None:
        event = str(said["event"])
        if event == "started":
            self._started(said["role"], said["pid"])
        elif event == "ready":
            self._ready(_seconds(said))
        elif event == "worker_hangs":
            self._hangs = True
        elif event == "worker_died":
            self.pids.pop("worker", None)
            end = "hung and was killed by its parent" if self._hangs else how(said["status"])
            self._hangs = False
            self._died(f"worker {said['pid']} {end}", _seconds(said))
        elif event == "follower_died":
            self.pids.pop("follower", None)
            self._follower = f"follower {said['pid']} {how(said['status'])}"
        elif event == "spare_died":
            self.pids.pop("spare", None)
            self._note(f"spare worker {said['pid']} {how(said['status'])}; another stands by, no call noticed")

    def _started(self, role: str, pid: int) -> None:
        self.pids[role] = pid
        if role == "worker" and self.pids.get("spare") == pid:
            self.pids.pop("spare")
        if role == "follower" and self._follower:
            self._note(f"{self._follower}; {pid} reads on where it stopped, no call noticed")
            self._follower = ""

    def _died(self, words: str, at: float) -> None:
        self._waiting_since = self._waiting_since or at
        self.deaths.append(words)

    def _ready(self, at: float) -> None:
        if self.deaths:
            waited_s = max(0.0, at - self._waiting_since)
            successor = f"worker {self.pids.get('worker', 0)} took over"
            self._note(f"{', '.join(self.deaths)}; {successor}, new calls waited {waited_s:.1f} s in the backlog")
        self.deaths.clear()
        self._waiting_since = 0.0


def _seconds(said: dict[str, Any]) -> float:
    return datetime.fromisoformat(said["timestamp"]).astimezone(UTC).timestamp()
