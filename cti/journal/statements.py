"""The texts of the statements on the hot path, in the words of one driver.

A batch goes in with a few statements of many rows each, run on the driver's own cursor: measured against a statement a
row, that halves the time of a batch of 64, and on SQLite it spares two exchanges of the interpreter's lock a row.
Batches are cut into powers of two, so that the drivers' caches of prepared statements hold every text there is.
"""
# ruff: noqa: S608 - what goes into the texts are names of ours and marks; values are always parameters

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from typing import TypeVar

from sqlalchemy import Table

from cti.journal.tables import replies

ROWS_MAX = 64

Row = TypeVar("Row")


def cut(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows in runs of 64, 32, 16, ... 1."""
    start = 0
    while left := len(rows) - start:
        length = min(ROWS_MAX, 1 << (left.bit_length() - 1))
        yield rows[start : start + length]
        start += length


@cache
def insert(table: Table, columns: tuple[str, ...], length: int, paramstyle: str) -> str:
    """Takes the values of `length` rows, one after the other. A request that has an answer keeps it: what was seen so
    long ago that memory forgot it may come again, and nothing is wrong with the rest of the batch."""
    marks = _marks(paramstyle)
    rows = [f"({', '.join([next(marks) for _ in columns])})" for _ in range(length)]
    answered = " ON CONFLICT (site, key) DO NOTHING" if table is replies else ""
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {', '.join(rows)}{answered}"


@cache
def change_commands(length: int, paramstyle: str) -> str:
    """Takes (command_id, status, at, detail, epoch, sent_at) for each of `length` commands, then the site. The last
    two are null for what was not sent."""
    marks = _marks(paramstyle)
    types = ("TEXT", "TEXT", "BIGINT", "TEXT", "BIGINT", "BIGINT")
    rows = [f"({', '.join([f'CAST({next(marks)} AS {kind})' for kind in types])})" for _ in range(length)]
    return (
        "UPDATE outbox SET status = new.column2, at = new.column3,"
        " detail = coalesce(nullif(new.column4, ''), outbox.detail), epoch = coalesce(new.column5, outbox.epoch),"
        f" sent_at = coalesce(new.column6, outbox.sent_at) FROM (VALUES {', '.join(rows)}) AS new"
        f" WHERE outbox.site = {next(marks)} AND outbox.command_id = new.column1"
    )


@cache
def current_epoch(paramstyle: str) -> str:
    """Takes the site. PostgreSQL locks the row for this transaction; SQLite's writer has locked the file before."""
    lock = "" if paramstyle == "qmark" else " FOR UPDATE"
    return f"SELECT epoch FROM lease WHERE site = {next(_marks(paramstyle))}{lock}"


@cache
def tail(paramstyle: str) -> str:
    """Takes the site."""
    return f"SELECT seq, hash, at FROM records WHERE site = {next(_marks(paramstyle))} ORDER BY seq DESC LIMIT 1"


def _marks(paramstyle: str) -> Iterator[str]:
    return (f"${number}" if paramstyle == "numeric_dollar" else "?" for number in count(1))
