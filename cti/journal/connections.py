"""How the journal reaches its database: one connection writes, others read, and the event loop never waits."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Dialect

Answer = TypeVar("Answer")
Work = Callable[[Connection], Answer]
"""Plain code over a connection. Where it runs (a thread, a greenlet) is its caller's choice."""


class Connections(Protocol):
    """Both doors raise `JournalError`s only. A connection on which something went wrong is not used again."""

    @property
    def dialect(self) -> Dialect:
        """The words of this database and its driver."""

    async def write(self, work: Work[Answer]) -> Answer:
        """Run work on the writing connection, one piece at a time, in the order asked for. What was begun is finished
        even if the caller is cancelled."""

    async def read(self, work: Work[Answer]) -> Answer:
        """Run work on a connection that cannot write."""

    async def sweep(self) -> None:
        """Leave no copy of what was deleted in the database's own log, as far as that is in our hands."""

    async def close(self) -> None:
        """Finish what was begun, then let go of everything."""
