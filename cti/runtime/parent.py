"""The parent: holds the listening socket, keeps a worker and a follower alive, and decides nothing.

While a killed worker is replaced, connections wait in the socket's backlog and are then served. A spare worker, with
everything imported, stands by, so that a replacement takes as long as reading the journal's end. Children notice the
parent's death by the end of their standard input, and exit.
"""

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from cti.core.errors import CtiError
from cti.runtime.note import Note

BACKLOG = 4_096
PORT_WAIT_S = 5.0
FIRST_HANDED_FD = 3
"""By the convention of systemd's socket activation (sd_listen_fds)."""

LOOK_S = 0.05
HANG_S = 1.0
"""A decision takes microseconds. One that takes this long never ends."""

STOP_S = 8.0
WORKER_FIRST_S = 0.4
QUICK_DEATH_S = 2.0
BACKOFF_MAX_S = 0.5
DEATHS_MAX = 2
"""A worker may die by accident in the middle of a decision, once. The second time the input is to blame."""


class AlreadyRunning(CtiError):
    """Another server uses these files."""


class Child:
    """A process of ours, started again when it dies, at growing intervals if it dies at once."""

    def __init__(self, command: list[str], fds: tuple[int, ...]) -> None:
        self._command = command
        self._fds = fds
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.quick_deaths = 0
        self._mourned = False

    def start(self) -> None:
        """Start the process; its word to go comes later, by `say`."""
        self.started_at = time.monotonic()
        self._mourned = False
        self.process = subprocess.Popen(self._command, stdin=subprocess.PIPE, pass_fds=self._fds)

    @property
    def pid(self) -> int:
        """Its process id; 0 before the first start."""
        return self.process.pid if self.process else 0

    def mourn(self, event: str) -> None:
        """Log once that it died; `status` is minus the signal that killed it."""
        if self.process and not self._mourned:
            self._mourned = True
            _log(event, pid=self.pid, status=self.process.returncode)

    def say(self, message: dict[str, object]) -> None:
        """One line on the child's standard input."""
        if self.process and self.process.stdin:
            try:
                self.process.stdin.write(json.dumps(message).encode() + b"\n")
                self.process.stdin.flush()
            except BrokenPipeError:
                pass  # it died; noticed at the next look

    def is_dead(self) -> bool:
        """Not started yet, or ended."""
        return self.process is None or self.process.poll() is not None

    def back_off(self) -> float:
        """How long to wait before the next start."""
        lived_s = time.monotonic() - self.started_at
        self.quick_deaths = self.quick_deaths + 1 if lived_s < QUICK_DEATH_S else 0
        return min(BACKOFF_MAX_S, 0.1 * 2 ** (self.quick_deaths - 2)) if self.quick_deaths > 1 else 0.0

    def stop(self, signal_number: int) -> None:
        """Send it a signal, unless it is dead."""
        if self.process and not self.is_dead():
            self.process.send_signal(signal_number)


class Parent:
    """`run` returns the exit status."""

    def __init__(self, data_dir: Path, host: str, port: int, failpoints: str = "") -> None:
        self._failpoints = failpoints.split("|")
        self._lock = lock(data_dir)
        self._socket = listen(host, port)
        note_fd = os.memfd_create("note", 0)
        self._note = Note.shared(note_fd)
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)
        us = [sys.executable, "-m", "cti"]
        self._worker_fds = (self._socket.fileno(), note_fd, self._wake_write)
        self._worker_command = [
            *us, "worker", "--listen-fd", str(self._socket.fileno()),
            "--note-fd", str(note_fd), "--wake-fd", str(self._wake_write),
        ]  # fmt: skip
        self._worker = self._new_worker()
        self._spare = self._new_worker()
        self._follower = Child([*us, "follower", "--wake-fd", str(self._wake_read)], (self._wake_read,))
        self._deaths_at: Counter[str] = Counter()
        self._follower_failpoints = ""
        self._stopping = 0
        self._not_before = {"worker": 0.0, "spare": 0.0, "follower": 0.0}

    @property
    def port(self) -> int:
        """The port that was bound, also when any free one was asked for."""
        return int(self._socket.getsockname()[1])

    def _new_worker(self) -> Child:
        return Child(self._worker_command, self._worker_fds)

    def run(self, meanwhile: Callable[[], None] = lambda: None) -> int:
        """Until SIGTERM or SIGINT, which end the children in good order; then 0. `meanwhile` is called once, while the
        first worker starts."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._follower_failpoints = self._failpoints[0]
        self._worker.start()
        self._go(self._worker)
        self._let_worker_begin()
        meanwhile()
        while not self._stopping:
            time.sleep(LOOK_S)
            if not self._stopping:  # the word to stop ends no sleep
                self._look()
        return self._end()

    def _stop(self, signal_number: int, frame: FrameType | None) -> None:
        self._stopping = signal_number

    def _go(self, worker: Child) -> None:
        """Each worker after another gets its own failpoints: `first|second|...`."""
        failpoints = self._failpoints.pop(0) if self._failpoints else ""
        _log("started", "info", role="worker", pid=worker.pid)
        suspects = [mark for mark, deaths in self._deaths_at.items() if deaths >= DEATHS_MAX]
        worker.say({"go": True, "suspects": suspects, "failpoints": failpoints})

    def _let_worker_begin(self) -> None:
        """Nobody else starts for a moment: callers wait for the worker, and the processor is what it needs."""
        not_before = time.monotonic() + WORKER_FIRST_S
        self._not_before["spare"] = max(self._not_before["spare"], not_before)
        self._not_before["follower"] = max(self._not_before["follower"], not_before)

    def _start_follower(self) -> None:
        self._follower.start()
        _log("started", "info", role="follower", pid=self._follower.pid)
        self._follower.say({"go": True, "failpoints": self._follower_failpoints})
        self._follower_failpoints = ""

    def _look(self) -> None:
        """Kill what hangs, replace what died."""
        deciding = self._note.read()
        if deciding and deciding[0] > HANG_S and not self._worker.is_dead():
            _log("worker_hangs", input=deciding[1], seconds=round(deciding[0], 1))
            self._worker.stop(signal.SIGKILL)
            assert self._worker.process is not None
            self._worker.process.wait()
            self._deaths_at[deciding[1]] += 1  # a hang alone is proof enough
        if self._worker.is_dead():
            self._replace_worker()
        if self._spare.is_dead():
            self._replace_spare()
        if self._follower.is_dead():
            self._replace_follower()

    def _replace_worker(self) -> None:
        first_look = self._not_before["worker"] == 0.0
        if self._worker.process and first_look:
            deciding = self._note.read()
            if deciding:
                self._deaths_at[deciding[1]] += 1
            self._note.clear()
            pid, status = self._worker.pid, self._worker.process.returncode
            _log("worker_died", pid=pid, status=status, deciding=deciding[1] if deciding else "")
        if not self._may_start("worker", self._worker):
            return
        quick_deaths = self._worker.quick_deaths
        if self._spare.is_dead():
            self._spare.start()
        self._worker, self._spare = self._spare, self._new_worker()
        self._worker.quick_deaths = quick_deaths
        self._worker.started_at = time.monotonic()
        self._go(self._worker)
        self._let_worker_begin()

    def _replace_spare(self) -> None:
        self._spare.mourn("spare_died")
        if self._may_start("spare", self._spare):
            self._spare.start()
            _log("started", "info", role="spare", pid=self._spare.pid)

    def _replace_follower(self) -> None:
        self._follower.mourn("follower_died")
        if self._may_start("follower", self._follower):
            self._start_follower()

    def _may_start(self, name: str, child: Child) -> bool:
        """Whether its time to wait is over; the first question begins it. Nobody starts once we are to stop."""
        if self._stopping:
            return False
        if self._not_before[name] == 0.0:
            self._not_before[name] = time.monotonic() + child.back_off()
        if time.monotonic() < self._not_before[name]:
            return False
        self._not_before[name] = 0.0
        return True

    def _end(self) -> int:
        """Let the worker finish what it holds; nobody stays behind."""
        children = (self._worker, self._follower, self._spare)
        self._spare.stop(signal.SIGKILL)
        self._worker.stop(signal.SIGTERM)
        self._follower.stop(signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        while time.monotonic() < deadline and not all(child.is_dead() for child in children):
            time.sleep(LOOK_S)
        for child in children:
            child.stop(signal.SIGKILL)
        return 0


def lock(data_dir: Path) -> int:
    """Hold the files of `data_dir` for this process. Raises `AlreadyRunning` with who holds them, or `CtiError`."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        fd = _open_lock(data_dir / "lock")
    except OSError as error:
        message = f"The files in {data_dir} cannot be used: {error.strerror}. Choose another place with CTI_DATA_DIR."
        raise CtiError(message) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(fd, 100).decode(errors="replace").strip() or "unknown"
        raise AlreadyRunning(
            f"Another server (process {holder}) is using {data_dir}. Stop it, or give this one a data directory of "
            "its own with CTI_DATA_DIR."
        ) from None
    with suppress(OSError):  # on a full disk it is locked all the same, though nobody can read by whom
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
    return fd


def is_locked(data_dir: Path) -> bool:
    """Whether a server holds these files. It is asked with a lock that is shared and gone at once."""
    try:
        fd = os.open(data_dir / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _open_lock(path: Path) -> int:
    """On a disk that is read-only at the moment, the lock of an earlier start does as well: callers hold meanwhile."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS or not path.exists():
            raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def listen(host: str, port: int) -> socket.socket:
    """The socket that systemd (or whoever started us) holds for us, else one of our own. A socket held outside
    outlives even this process: connections wait in it while we are started again."""
    if os.environ.pop("LISTEN_FDS", "") == "1" and os.environ.pop("LISTEN_PID", "") in ("", str(os.getpid())):
        return socket.socket(fileno=FIRST_HANDED_FD)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    deadline = time.monotonic() + PORT_WAIT_S
    while True:
        try:
            listening.bind((host, port))
            listening.listen(BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(LOOK_S)  # a worker whose parent was killed may need a moment to let go of it
                continue
            message = f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with CTI_LISTEN."
            raise CtiError(message) from error
        return listening


def _log(event: str, level: str = "warning", **fields: object) -> None:
    """In the shape of `cti.runtime.logs`, which the parent does without."""
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    sys.stderr.write(json.dumps({"event": event, "level": level, "timestamp": at, **fields}) + "\n")
