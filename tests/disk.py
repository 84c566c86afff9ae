"""A disk that fails when it is told to: read-only, unable to sync, or without power.

No privileges, no mount, no compiler: the kernel's own filter (seccomp) hands every system call with which a process, or
what it starts, changes a file to us, and we let it pass or answer with an error. So the program, its SQLite and its C
library are the real ones, and the errors are the kernel's numbers at the place where a kernel gives them. What is
played is the medium beneath: which blocks would be on it after a power cut is kept in a book, with the rule that is
known as fsyncgate: pages whose sync failed count as clean, so a later sync that succeeds says nothing about them.
"""

import ctypes
import errno
import fcntl
import os
import platform
import random
import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 4_096
CALLS = {
    "x86_64": {
        "seccomp": 317, "openat": 257, "open": 2, "pwrite64": 18, "ftruncate": 77, "fsync": 74, "fdatasync": 75,
        "unlink": 87, "unlinkat": 263, "rename": 82, "renameat": 264, "renameat2": 316, "mkdir": 83, "mkdirat": 258,
    },
    "aarch64": {
        "seccomp": 277, "openat": 56, "pwrite64": 68, "ftruncate": 46, "fsync": 82, "fdatasync": 83,
        "unlinkat": 35, "renameat": 38, "renameat2": 276, "mkdirat": 34,
    },
}  # fmt: skip
AT_DIRECTORY = {"openat", "unlinkat", "renameat", "renameat2", "mkdirat"}
"""Their path is the second argument, for the others the first."""
ON_FILE = {"pwrite64", "ftruncate", "fsync", "fdatasync"}

FLAGS_OF = {"openat": 2, "open": 1}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

RECEIVE, SEND = 0xC0502100, 0xC0182101
NOTICE = struct.Struct("QIIiIQ6Q")
ANSWER = struct.Struct("QqiI")
GO_ON = 1
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000
LOAD, EQUALS, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ARGUMENTS_AT = 16
NO_NEW_PRIVILEGES, SET_FILTER, NEW_LISTENER = 38, 1, 8


def is_possible() -> bool:
    """Whether this kernel and machine can: Linux 5.9 or newer on a known processor."""
    release = tuple(int(part) for part in platform.release().split(".")[:2])
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    return platform.machine() in CALLS and release >= (5, 9) and "user_notif" in actions.read_text()


class Disk:
    """What lies in `folder`, for who calls `enter` before it becomes its program: one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.read_only = False
        self.failing_syncs: str | None = None
        """Syncs of files whose name ends like this fail; None when all is well."""
        self.failed: list[str] = []
        """The names of the files whose sync failed so far."""
        self._folder = f"{folder.resolve()}/"
        self._numbers = CALLS[platform.machine()]
        self._names = {number: name for name, number in self._numbers.items()}
        self._filter = ctypes.create_string_buffer(_filter(self._numbers))
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._ours, self._theirs = socket.socketpair()
        self._book = Book()
        self._thread = threading.Thread(target=self._answer_all, name="disk", daemon=True)
        self._thread.start()

    def enter(self) -> None:
        """In the process that is to live on this disk, just before it becomes its program."""
        code = ctypes.addressof(self._filter)
        program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", (len(self._filter) - 1) // 8, code))
        self._libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        listener = self._libc.syscall(self._numbers["seccomp"], SET_FILTER, NEW_LISTENER, program)
        if listener < 0:
            raise OSError(ctypes.get_errno(), "no filter")
        socket.send_fds(self._theirs, [b"."], [listener])

    @contextmanager
    def trouble(self, *, read_only: bool = False, syncs_of: str | None = None) -> Iterator[None]:
        """Read-only, or unable to sync files whose name ends like `syncs_of`, until the block ends."""
        self.read_only, self.failing_syncs = read_only, syncs_of
        try:
            yield
        finally:
            self.read_only, self.failing_syncs = False, None

    def close(self) -> None:
        """Once no process is left on it. Closing twice does nothing."""
        self._theirs.close()
        self._thread.join(10)
        self._ours.close()
        assert not self._thread.is_alive(), "a process still lives on this disk"

    def lose_power(self, source: random.Random) -> None:
        """Once no process is left: what was not synced is on the disk, or is not, block by block as the dice fall; of
        what a failed sync let go, nothing is."""
        self.close()
        self._book.lose_power(source)
        for shared_memory in Path(self._folder).glob("**/*-shm"):
            shared_memory.unlink()

    def _answer_all(self) -> None:
        """One process that entered after another, each until it and all that it started have ended."""
        while listeners := socket.recv_fds(self._ours, 1, 1)[1]:
            self._answer(listeners[0])

    def _answer(self, listener: int) -> None:
        ready = select.poll()
        ready.register(listener, select.POLLIN)
        while not ready.poll()[0][1] & select.POLLHUP:
            notice = bytearray(NOTICE.size)
            with suppress(OSError):  # who asked was killed meanwhile
                fcntl.ioctl(listener, RECEIVE, notice)
                identity, pid, _, number, _, _, *arguments = NOTICE.unpack(notice)
                error = 0
                with suppress(FileNotFoundError, ProcessLookupError):
                    error = self._error(pid, self._names[number], arguments)
                answer = ANSWER.pack(identity, 0, -error, 0 if error else GO_ON)
                fcntl.ioctl(listener, SEND, bytearray(answer))
        os.close(listener)

    def _error(self, pid: int, name: str, arguments: list[int]) -> int:
        """What to answer this call with; 0 to let it pass."""
        path = _open_file(pid, arguments[0]) if name in ON_FILE else _path(pid, arguments[name in AT_DIRECTORY])
        if not path.startswith(self._folder):
            return 0
        if name in ("fsync", "fdatasync"):
            if self.failing_syncs is not None and path.endswith(self.failing_syncs):
                self.failed.append(Path(path).name)
                self._book.sync_failed(path)
                return errno.EIO
            self._book.synced(path)
            return 0
        if self.read_only:
            return errno.EROFS
        if name == "pwrite64":
            self._book.written(path, arguments[3], arguments[2])
        return 0


class Book:
    """What of each file is surely on the disk, and which blocks were written since."""

    def __init__(self) -> None:
        self._durable: dict[str, dict[int, bytes]] = {}
        self._dirty: dict[str, set[int]] = {}
        self._lost: dict[str, set[int]] = {}

    def written(self, path: str, at: int, length: int) -> None:
        """These bytes are about to be written."""
        blocks = range(at // BLOCK, (at + length - 1) // BLOCK + 1)
        self._dirty.setdefault(path, set()).update(blocks)
        self._lost.setdefault(path, set()).difference_update(blocks)

    def synced(self, path: str) -> None:
        """A sync is about to succeed."""
        durable = self._durable.setdefault(path, {})
        with Path(path).open("rb") as file:
            for block in self._dirty.pop(path, ()):
                durable[block] = os.pread(file.fileno(), BLOCK, block * BLOCK)

    def sync_failed(self, path: str) -> None:
        """What was to be synced will never be written, and nobody will be told again."""
        self._lost.setdefault(path, set()).update(self._dirty.pop(path, ()))

    def close(self) -> None:
        """Once no process is left on it. Closing twice does nothing."""
        self._theirs.close()
        self._thread.join(10)
        self._ours.close()
        assert not self._thread.is_alive(), "a process still lives on this disk"

    def lose_power(self, source: random.Random) -> None:
        """Make the files as the disk has them."""
        for path in sorted({*self._durable, *self._dirty, *self._lost}):
            with suppress(FileNotFoundError), Path(path).open("r+b") as file:
                unsure = self._dirty.get(path, set())
                gone = self._lost.get(path, set()) | {block for block in sorted(unsure) if source.random() < 0.5}
                for block in gone:
                    old = self._durable.get(path, {}).get(block, b"")
                    os.pwrite(file.fileno(), old.ljust(BLOCK, b"\0"), block * BLOCK)


def _filter(numbers: dict[str, int]) -> bytes:
    """The kernel's program: what changes files is asked about, everything else passes."""
    plain = [number for name, number in numbers.items() if name not in (*FLAGS_OF, "seccomp")]
    opening = [(numbers[name], place) for name, place in FLAGS_OF.items() if name in numbers]
    lines = [(LOAD, 0, 0, 0)]
    after = len(plain) + 4 * len(opening)
    for place, number in enumerate(plain):
        lines.append((EQUALS, after - place, 0, number))
    for number, place in opening:
        left = after - len(lines) + 1
        lines += [
            (EQUALS, 0, 3, number),
            (LOAD, 0, 0, ARGUMENTS_AT + 8 * place),
            (ANY_BIT, left - 2, 0, WRITING),
            (RETURN, 0, 0, ALLOW),
        ]
    lines += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, NOTIFY)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _open_file(pid: int, number: int) -> str:
    return str(Path(f"/proc/{pid}/fd/{number}").readlink())


def _path(pid: int, address: int) -> str:
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        memory.seek(address)
        text = memory.read(BLOCK - address % BLOCK)
        if b"\0" not in text:
            text += memory.read(BLOCK)
    return str(Path(f"/proc/{pid}/cwd").readlink() / os.fsdecode(text.partition(b"\0")[0]))
