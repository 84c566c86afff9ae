"""SQLite: a thread with the one connection that writes and checkpoints, and a thread with one that only reads.

Some releases of SQLite (3.7 to 3.51.2) can damage a file when two connections write and checkpoint it at the same
moment. Here no reader ever does either, and the checkpoints are ours: they run between batches, when the batch before
is acknowledged already.
"""

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Dialect, Engine, NullPool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from cti.core.errors import JournalUnavailable
from cti.journal.connections import Answer, Work
from cti.journal.errors import journal_error, reason_of

CHECKPOINT_ROWS = 1_000
"""Rows between two checkpoints: two to ten megabytes of log, a file that is written over and over, never extended."""

LOG_BYTES_KEPT = 64 * 1024 * 1024
"""What a log that once grew, because somebody read for long, shrinks back to."""

LOG_PIECE_BYTES = 1024 * 1024

BUSY_S_MAX = 5.0

ERRORS = (SQLAlchemyError, sqlite3.Error, OSError, UnicodeError)

WRITER = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 0",
    f"journal_size_limit = {LOG_BYTES_KEPT}",
    "secure_delete = ON",  # what is emptied is overwritten, not just unlinked
    "cell_size_check = ON",
)
READER = ("query_only = ON", "wal_autocheckpoint = 0", "cell_size_check = ON")


class SqliteConnections:
    """`Connections` to a file, which is made when it is not there. With `read_only` nothing here can write to it."""

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        self._reader = Lane("journal-reader", _reading_engine(path))
        self._writer = Lane("journal-writer", _reading_engine(path) if read_only else _writing_engine(path))
        self._changes = 0
        self._checkpointed = 0
        self._disk_failed = ""

    @property
    def dialect(self) -> Dialect:
        """The words of this database and its driver."""
        return self._writer.engine.dialect

    async def write(self, work: Work[Answer]) -> Answer:
        """As `Connections.write`."""
        if self._disk_failed:
            raise JournalUnavailable(f"the disk failed while the log was moved to the file: {self._disk_failed}")
        answer = await self._writer.run(lambda connection: self._counted(connection, work))
        # A connection that was opened anew counts from nothing.
        if not 0 <= self._changes - self._checkpointed < CHECKPOINT_ROWS:
            self._checkpointed = self._changes
            self._writer.later(self._checkpoint)
        return answer

    async def read(self, work: Work[Answer]) -> Answer:
        """As `Connections.read`."""
        return await self._reader.run(work)

    async def sweep(self) -> None:
        """Empties the log into the file, where what was deleted is overwritten already."""
        await self._writer.run(_empty_log)

    async def close(self) -> None:
        """As `Connections.close`."""
        await self._reader.close()
        await self._writer.close()

    def _checkpoint(self, connection: Connection) -> None:
        """Moves what it can from the log to the file, and waits for nobody. What it cannot, such as when the disk is
        full, the next one does. But of what a failed sync left behind nobody knows: a new process has to start from
        what is in the log."""
        try:
            _driver(connection).execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_IOERR_FSYNC:
                self._disk_failed = reason_of(error)

    def _counted(self, connection: Connection, work: Work[Answer]) -> Answer:
        answer = work(connection)
        self._changes = _driver(connection).total_changes
        return answer


class Lane:
    """A thread with a connection of its own, opened when it is needed and, after an error, opened anew."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.engine = engine
        self._thread = ThreadPoolExecutor(1, name)
        self._connection: Connection | None = None

    async def run(self, work: Work[Answer]) -> Answer:
        """Raises `JournalError`s only. Work that was begun is finished, also when its caller is cancelled."""
        try:
            begun = asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)
        except RuntimeError as error:
            raise JournalUnavailable("the journal is closed") from error
        return await asyncio.shield(begun)

    def later(self, work: Work[None]) -> None:
        """Runs the work after all that was asked for before, unless the lane closes; nobody waits for it."""
        with suppress(RuntimeError):
            self._thread.submit(self._run, work)

    async def close(self) -> None:
        """Finishes all that was asked for. Closing twice does nothing."""
        with suppress(RuntimeError):
            await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
        self._thread.shutdown()

    def _run(self, work: Work[Answer]) -> Answer:
        try:
            if self._connection is None:
                self._connection = self.engine.connect()
            return work(self._connection)
        except BaseException as error:
            self._drop()
            if isinstance(error, ERRORS):
                raise journal_error(error) from error
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # takes back what was not committed
            connection.close()


def _writing_engine(path: str) -> Engine:
    engine = _engine(path, "rwc", WRITER)
    # The write lock is taken when the transaction begins, so that nothing read in it is out of date when it writes.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _reading_engine(path: str) -> Engine:
    return _engine(path, "ro", READER).execution_options(isolation_level="AUTOCOMMIT")


def _engine(path: str, mode: str, pragmas: tuple[str, ...]) -> Engine:
    address = f"file:{quote(path)}?mode={mode}"

    def connect() -> sqlite3.Connection:
        try:
            connection = _prepared(address, pragmas)
            if mode == "rwc":
                _write_log_anew(connection, Path(f"{path}-wal"))
            return connection
        except (sqlite3.Error, OSError) as error:
            wrong = journal_error(error)
            raise type(wrong)(f"{path}: {wrong}") from error

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _prepared(address: str, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    # No isolation level: transactions begin where we say so. A lane has one thread, but what it forgets may be closed
    # by another.
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_S_MAX, isolation_level=None, check_same_thread=False)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _write_log_anew(connection: sqlite3.Connection, log: Path) -> None:
    """Before anything is added to the log, see to it that what it shows is on the disk. When a sync has failed, the
    system counts as written what it could not write, and the next sync succeeds without it: then a power cut would take
    it, and all that was added behind it. What is written anew is synced anew. Closes the connection when that fails."""
    try:
        connection.execute("BEGIN IMMEDIATE")  # nobody writes to the log meanwhile, nor begins it again
        if log.exists():
            with log.open("r+b", buffering=0) as file:
                at = 0
                while piece := os.pread(file.fileno(), LOG_PIECE_BYTES, at):
                    at += os.pwrite(file.fileno(), piece, at)
                os.fdatasync(file.fileno())
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _empty_log(connection: Connection) -> None:
    """Moves all of the log to the file and cuts it off, unless somebody is just reading from it."""
    driver = _driver(connection)
    driver.execute("PRAGMA busy_timeout = 0")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    driver.execute(f"PRAGMA busy_timeout = {int(BUSY_S_MAX * 1000)}")
