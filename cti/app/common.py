"""What the worker and the follower have in common."""

import msgspec
import structlog
from aiohttp import web

from cti.core.state import State
from cti.settings import Settings

log = structlog.get_logger()

CANNOT_WRITE_REMEDY = (
    "free the disk, make it writable (an I/O error is in the kernel's log), or start the database that "
    "CTI_DATABASE_URL names; it is tried again every second"
)


class Go(msgspec.Struct):
    """What the parent says when a worker's time has come."""

    go: bool
    suspects: list[str] = []
    failpoints: str = ""


def read_go(line: bytes) -> Go:
    """The parent's word, as it comes on standard input."""
    return msgspec.json.decode(line, type=Go)


def versions_of(state: State) -> set[str]:
    """The lists that something refers to: those in force, and those that wait for somebody's word."""
    rows = state.registries.rows.values()
    return {row.version for row in rows if row.version} | {row.held.version for row in rows if row.held}


async def listen_locally(runner: web.AppRunner, settings: Settings, name: str) -> None:
    """A door for the command line of whoever may read the data directory."""
    path = settings.data_dir / name
    try:
        path.unlink(missing_ok=True)
        await web.UnixSite(runner, str(path)).start()
    except OSError as error:  # calls go on without it
        remedy = "make the disk writable; if the path is too long, use a shorter CTI_DATA_DIR"
        log.error("no_local_door", path=str(path), why=str(error), remedy=remedy)
