"""How the store reaches its database: one connection writes, a few others read, and the event loop never waits."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

Answer = TypeVar("Answer")
Work = Callable[[Connection], Answer]
"""Plain code over a connection, in a transaction. Where it runs (a thread, a greenlet) is its caller's choice."""

READERS_MAX = 4
WAIT_S_MAX = 5
"""How long to wait for a server, for a lock, or for a connection that others use."""


class Connections(Protocol):
    """Both doors raise what the driver raises, what the work raises, and `StoreUnavailable` when closed. Work that was
    begun is finished, also when its caller is cancelled."""

    async def read(self, work: Work[Answer]) -> Answer:
        """Run work that sees one state of the database and changes nothing."""

    async def write(self, work: Work[Answer]) -> Answer:
        """Run work that may change the database, all or nothing, one piece at a time in the order asked for."""

    async def sweep(self) -> None:
        """Leave no copy of what was deleted in the database's own log, as far as that is in our hands."""

    async def close(self) -> None:
        """Finish what was begun, then let go of everything."""
