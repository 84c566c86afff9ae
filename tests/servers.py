"""A real PostgreSQL and a real Redis for the tests, started once a run and gone after it.

They are Debian's own programs in a folder of their own; as root, PostgreSQL runs as the user `postgres`, since it
refuses to run as root. `TEST_POSTGRES_URL` (a user who may create databases) and `TEST_REDIS_URL` (everything in it is
erased) name servers that are there already. Where neither is to be had the tests are skipped, but in CI they fail.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy.engine import make_url

from tests.patience import PATIENCE_S

databases = count(1)
starts = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server and its first database."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not programs:
        missing("PostgreSQL", "postgresql", "TEST_POSTGRES_URL")
    initdb, postgres, port = str(programs[-1]), str(programs[-1].with_name("postgres")), free_port()
    with owned_folder("postgres") as (folder, user):
        make = [initdb, "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "data"]
        subprocess.run(make, cwd=folder, check=True, capture_output=True, **identity(user))
        # -F: a test's database need not survive the machine.
        serve = [postgres, "-F", "-D", "data", "-p", str(port), "-c", f"unix_socket_directories={folder}"]
        with running([*serve, "-c", "listen_addresses=127.0.0.1"], folder, user, signal.SIGINT):
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """The address of an empty PostgreSQL database that only this test uses."""
    name = f"test_{os.getpid()}_{next(databases)}"
    connection = await asyncpg.connect(postgres_server)
    await connection.execute(f"CREATE DATABASE {name}")
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a Redis server."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    if not shutil.which("redis-server"):
        missing("Redis", "redis-server", "TEST_REDIS_URL")
    with owned_folder(None) as (folder, _):
        redis = OwnRedis(folder)
        with redis.running():
            yield redis.url


@pytest.fixture
async def redis_url(redis_server: str) -> str:
    """The address of a Redis that was empty when the test began."""
    async with Redis.from_url(redis_server) as redis:
        await redis.flushdb()
    return redis_server


class OwnRedis:
    """A Redis for one test, which may kill it, stop it, and start it again: empty, and on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    @contextmanager
    def running(self, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Until the end of the block, unless the test ends it sooner."""
        program = shutil.which("redis-server") or "redis-server"
        listening = [] if "--port" in options else ["--port", str(self.port)]
        serve = [program, *listening, "--bind", "127.0.0.1", "--save", "", "--supervised", "systemd", *options]
        with running(serve, self._folder, None, signal.SIGTERM) as process:
            yield process


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """A Redis that is not running yet."""
    if not shutil.which("redis-server"):
        missing("Redis", "redis-server", "PATH")
    with owned_folder(None) as (folder, _):
        yield OwnRedis(folder)


@contextmanager
def owned_folder(owner_if_root: str | None) -> Iterator[tuple[Path, str | None]]:
    """A temporary folder and the user that a server in it must run as (None: as we are)."""
    user = owner_if_root if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="cti-tests-") as name:
        if user:
            shutil.chown(name, user)
        yield Path(name), user


def identity(user: str | None) -> dict[str, Any]:
    """The arguments with which a subprocess runs as that user and with none of our groups."""
    return {"user": user, "group": user, "extra_groups": []} if user else {}


@contextmanager
def running(
    command: list[str], folder: Path, user: str | None, stop: signal.Signals
) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs a server until the end of the block. It dies with us, however we die, and says itself when it is ready:
    both servers speak systemd's notification protocol, so nobody has to guess by connecting."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, (folder / "log").open("wb") as log:
        name = f"cti-tests-{folder.name}-{next(starts)}"
        notices.bind(f"\0{name}")
        environment = os.environ | {"NOTIFY_SOCKET": f"@{name}"}
        dying_with_us = ["setpriv", "--pdeathsig", stop.name.removeprefix("SIG"), *command]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        process = subprocess.Popen(dying_with_us, cwd=folder, env=environment, **quiet, **identity(user))
        try:
            await_ready(process, notices, folder / "log")
            yield process
        finally:
            process.send_signal(stop)
            process.send_signal(signal.SIGCONT)  # a test may have stopped it
            process.wait(PATIENCE_S)


def await_ready(process: subprocess.Popen[bytes], notices: socket.socket, log: Path) -> None:
    notices.settimeout(0.1)
    give_up_at = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            if b"READY=1" in notices.recv(4096):
                return
        except TimeoutError:
            continue
    raise RuntimeError(f"{process.args} did not start:\n{log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing(server: str, package: str, variable: str) -> NoReturn:
    """Skips the test, or fails it where everything must run."""
    stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    stop(f"{server} is not installed. Please run: apt-get install {package} (or name a server in {variable})")
