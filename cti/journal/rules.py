"""What every implementation of the journal holds to, whatever it keeps its records in."""

from collections.abc import Sequence
from typing import NamedTuple

from cti.core.errors import Fenced
from cti.core.ports import Tail
from cti.core.record import FIRST_HASH, OutboxState, StoredRecord

EMPTY = Tail(0, FIRST_HASH, 0)
"""The end of a journal that holds nothing yet."""

SENT = "sent"


def check_epoch(given: int, current: int) -> None:
    """Raises `Fenced` for an epoch that is not the current one. Epoch 0 is nobody's."""
    if given != current or current == 0:
        raise Fenced(f"epoch {given} is over: the site's journal belongs to epoch {current}")


def check_follows(end: Tail, site: str, rows: Sequence[StoredRecord]) -> None:
    """Raises `Fenced` unless the records go on from the end without a gap, each with the hash of the one before."""
    seq, previous_hash = end.seq, end.hash
    for row in rows:
        seq += 1
        if row.seq != seq or row.previous_hash != previous_hash or row.site != site:
            raise Fenced(f"record {row.seq} of site {row.site} does not follow record {end.seq} of site {site}")
        previous_hash = row.hash


def end_after(end: Tail, rows: Sequence[StoredRecord]) -> Tail:
    """Where the journal ends once these records are in it."""
    return Tail(rows[-1].seq, rows[-1].hash, rows[-1].at) if rows else end


class Change(NamedTuple):
    """How one command changes in a batch. `epoch` and `sent_at` are of the sending, or None where it was not sent; an
    empty `detail` leaves the one before."""

    command_id: str
    status: str
    at: int
    detail: str
    epoch: int | None
    sent_at: int | None


def last_changes(changes: Sequence[OutboxState], epoch: int) -> list[Change]:
    """One change a command: the last one, with the sending and the last words among those it stands for."""
    last: dict[str, Change] = {}
    for change in changes:
        before = last.get(change.command_id)
        sent = (
            (epoch, change.at) if change.status == SENT else (before.epoch, before.sent_at) if before else (None, None)
        )
        detail = change.detail or (before.detail if before else "")
        last[change.command_id] = Change(change.command_id, change.status, change.at, detail, *sent)
    return list(last.values())
