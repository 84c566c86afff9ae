"""`cti worker` and `cti follower`: started by the parent only, never by hand."""

import argparse
import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable

Live = Callable[[bytes, asyncio.Event], Awaitable[int]]
"""A role's whole life: the parent's word and the event of its end in, the exit status out."""

STDIN = 0
PARENT_GONE_S = 1.0
"""How long a child may take to end in good order once its parent is gone."""


def main(role: str, arguments: list[str]) -> int:
    """Import everything, wait for the parent's word, then live until told to stop or until the parent is gone."""
    os.umask(0o077)  # the journal knows who called
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who tells us in good order
    options = _options(arguments)
    gc.disable()  # what is imported stays: looking for garbage in it would take a fifth of the start
    live = _follower(options) if role == "follower" else _worker(options)
    from cti.core.errors import CtiError
    from cti.runtime.logs import configure

    gc.freeze()
    gc.enable()
    configure()
    line = _first_line()
    if not line:
        return 0
    try:
        return asyncio.run(_until_orphaned(live, line))
    except CtiError as error:
        print(error, file=sys.stderr)
        return 1


def _first_line() -> bytes:
    """Read past Python's own buffers, which a thread must not hold when the process ends."""
    line = b""
    while not line.endswith(b"\n"):
        read = os.read(STDIN, 65_536)
        if not read:
            return b""
        line += read
    return line


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen-fd", type=int, default=-1)
    parser.add_argument("--note-fd", type=int, default=-1)
    parser.add_argument("--wake-fd", type=int, required=True)
    return parser.parse_args(arguments)


def _follower(options: argparse.Namespace) -> Live:
    from cti.app.common import read_go
    from cti.app.follower import follow
    from cti.settings import read

    return lambda line, parent_gone: follow(read(), read_go(line), options.wake_fd, parent_gone)


def _worker(options: argparse.Namespace) -> Live:
    from cti.app.common import read_go
    from cti.app.worker import Worker
    from cti.runtime.note import Note
    from cti.settings import read

    def live(line: bytes, parent_gone: asyncio.Event) -> Awaitable[int]:
        listening = socket.socket(fileno=os.dup(options.listen_fd))
        worker = Worker(read(), listening, Note.shared(options.note_fd), options.wake_fd)
        return worker.run(read_go(line), parent_gone)

    return live


async def _until_orphaned(live: Live, line: bytes) -> int:
    parent_gone = asyncio.Event()
    _watch_parent(asyncio.get_running_loop(), parent_gone)
    try:
        return await live(line, parent_gone)
    finally:
        _hear_no_more_signals()


def _hear_no_more_signals() -> None:
    """We are done. A loop that closes lets go of the pipe that signals are written to before it lets go of the signals,
    so that the second of two (from whoever stops all of us, and from the parent) would write into nothing."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _watch_parent(loop: asyncio.AbstractEventLoop, gone: asyncio.Event) -> None:
    """The end of standard input is the end of the parent. A thread waits for it, and makes sure of ours."""

    def wait() -> None:
        while os.read(STDIN, 4096):
            pass
        loop.call_soon_threadsafe(gone.set)
        threading.Timer(PARENT_GONE_S, os._exit, (1,)).start()

    threading.Thread(target=wait, daemon=True).start()
