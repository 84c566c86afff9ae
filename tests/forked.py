"""The `cti` command many times over, without the second that importing it takes each time.

One process beside the tests has imported the command line; for each command it forks, and the child does what
`python -m cti` does, with arguments, folder, environment, input and output of its own. That a command starts from
nothing, and how soon, is what the tests of starting look at.
"""

import asyncio
import atexit
import contextlib
import functools
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Any, NoReturn

from tests.patience import PATIENCE_S

REQUEST_MAX = 1 << 20
NOT_THESE = ("cti.fakecarrier", "cti.sim", "cti.terminal", "cti.journal.migrations", "cti.store.migrations")
"""What commands import nothing of, or only one."""


async def run(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str], answer: bytes = b""
) -> tuple[int, str, str]:
    """Run `cti` there, with this input: exit status (as `subprocess` has it), output, errors."""
    request = json.dumps({"folder": str(folder), "arguments": arguments, "environment": dict(environment)})
    return await asyncio.to_thread(_ask, _parent(), request.encode(), answer)


@functools.cache
def _parent() -> str:
    """Where the process listens that forks, which is started when it is first asked for, and ends with this one."""
    name = f"cti-tests-{os.getpid()}"
    alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # only what has no threads may be forked
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", name], stdin=PIPE, stdout=PIPE, env={**os.environ, **alone}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    atexit.register(process.communicate)
    return f"\0{name}"


def _ask(parent: str, request: bytes, answer: bytes) -> tuple[int, str, str]:
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        files[0].write(answer)
        files[0].seek(0)
        connection = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        connection.settimeout(PATIENCE_S)
        connection.connect(parent)
        socket.send_fds(connection, [request], [file.fileno() for file in files])
        pid = int(connection.recv(32))
        try:
            status = int(connection.recv(32))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise
        for file in files:
            file.seek(0)
        _, output, errors = (file.read().decode() for file in files)
        return status, output, errors


def _serve(name: str) -> None:
    """Fork for each who asks, until nobody holds the other end of the input."""
    for module in pkgutil.walk_packages([str(Path(importlib.import_module("cti").__file__ or "").parent)], "cti."):
        if not module.name.startswith(NOT_THESE) and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    children: dict[int, socket.socket] = {}
    wake, told = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(told)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(f"\0{name}")
        listening.listen(64)
        print("ready", flush=True)
        while True:
            watched: list[socket.socket | int] = [listening, wake, 0]
            ready, _, _ = select.select(watched, [], [])
            if 0 in ready:
                return
            if wake in ready:
                os.read(wake, 1_024)
                _bury(children)
            if listening in ready:
                connection, _ = listening.accept()
                pid = _fork(connection, [listening, *children.values()])
                connection.send(str(pid).encode())
                children[pid] = connection


def _bury(children: dict[int, socket.socket]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with children.pop(pid) as connection, contextlib.suppress(OSError):
            connection.send(str(os.waitstatus_to_exitcode(status)).encode())


def _fork(connection: socket.socket, others: Sequence[socket.socket]) -> int:
    request, descriptors, _, _ = socket.recv_fds(connection, REQUEST_MAX, 3)
    pid = os.fork()
    if pid == 0:
        for each in (connection, *others):
            each.close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _become(json.loads(request), descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def _become(asked: Mapping[str, Any], descriptors: Sequence[int]) -> NoReturn:
    """The command, from its first line to its exit status, which leaves this process as it leaves any."""
    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
        os.close(descriptor)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv[:] = ["cti", *asked["arguments"]]
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    importlib.import_module("cti.__main__").main()
    sys.exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
