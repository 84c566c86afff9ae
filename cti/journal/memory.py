"""The journal of simulations and tests: it keeps its promises as the others do, and breaks them when told to.

No method suspends, so that a simulation can step through its callers' coroutines.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import AsyncIterator, Callable

from msgspec.structs import replace

from cti.core.errors import CommitUnknown, JournalError
from cti.core.ports import Tail
from cti.core.record import Batch, OutboxRow, StoredRecord, StoredReply
from cti.journal.rules import EMPTY, Change, check_epoch, check_follows, end_after, last_changes

OPEN = ("intent", "sent", "in_doubt")
FINISHED = ("confirmed", "void")


class MemoryJournal:
    """A journal that lives as long as the object. Whoever holds it shares it, as processes share a file."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._epoch = 0
        self._records: list[StoredRecord] = []
        self._replies: dict[str, StoredReply] = {}
        self._key_of_token: dict[str, str] = {}
        self._outbox: dict[str, OutboxRow] = {}
        self._failures: deque[tuple[JournalError, bool]] = deque()

    # What a simulation does to it

    def fail_next(self, error: JournalError, *, count: int = 1, written: bool = False) -> None:
        """The next `count` writes raise `error`. A `written` one is durable all the same, as after `CommitUnknown`."""
        assert isinstance(error, CommitUnknown) or not written, "only an unknown commit may have happened"
        self._failures.extend([(error, written)] * count)

    def fence(self) -> None:
        """Another owner takes the site."""
        self._epoch += 1

    def after_crash(self) -> "MemoryJournal":
        """What the next process finds: all that was durable now, and nothing that is done to this journal later."""
        found = MemoryJournal(self._site)
        found._epoch = self._epoch
        found._records = self._records.copy()
        found._replies = self._replies.copy()
        found._key_of_token = self._key_of_token.copy()
        found._outbox = self._outbox.copy()
        return found

    # The port

    async def take_over(self, holder: str) -> int:
        """Become the owner: the next epoch. Whoever had an older one can append no more."""
        self._write()
        self._epoch += 1
        return self._epoch

    async def tail(self) -> Tail:
        """Where the journal ends."""
        return self._end()

    async def append(self, batch: Batch) -> None:
        """Make the batch durable, all or nothing. Raises `Fenced`, `JournalUnavailable` or `CommitUnknown`."""
        self._write(lambda: self._append(batch))

    async def probe(self) -> None:
        """Write something harmless. Raises what `fail_next` was told."""
        self._write()

    async def read(self, after: int, upto: int | None = None) -> AsyncIterator[StoredRecord]:
        """Records with `after` < seq <= `upto`, in order; those appended meanwhile as well."""
        # Sequence numbers count from 1 without a gap, so record n is at place n - 1.
        place = max(after, 0)
        while place < len(self._records) and (upto is None or place < upto):
            yield self._records[place]
            place += 1

    async def reply_for(self, key: str, token: str = "") -> StoredReply | None:
        """The stored answer to a request with this token, or else this key."""
        return self._replies.get(self._key_of_token.get(token, key)) if token else self._replies.get(key)

    async def arrival(self, key: str) -> int:
        """The record in which a call arrived under this key; 0 when there is none."""
        return next((row.seq for row in self._records if row.source_key == key), 0)

    async def recent_replies(self, count_max: int) -> list[StoredReply]:
        """The newest stored answers, oldest first."""
        ordered = sorted(self._replies.values(), key=lambda reply: (reply.at, reply.seq, reply.key))
        return ordered[-count_max:] if count_max > 0 else []

    async def open_commands(self) -> list[OutboxRow]:
        """The commands that are not confirmed and not void, oldest first."""
        return sorted(
            (row for row in self._outbox.values() if row.status in OPEN), key=lambda row: (row.seq, row.ordinal)
        )

    async def erase_personal(self, before_at: int) -> int:
        """Empty the personal columns of records older than `before_at` (ms). Returns how many were not empty."""
        self._write()
        old = bisect_left(self._records, before_at, key=lambda row: row.at)
        full = [place for place in range(old) if self._records[place].personal is not None]
        for place in full:
            self._records[place] = replace(self._records[place], personal=None)
        return len(full)

    async def forget_replies(self, before_at: int) -> int:
        """Delete the stored answers older than `before_at` (ms). Returns how many."""
        self._write()
        old = [reply for reply in self._replies.values() if reply.at < before_at]
        for reply in old:
            del self._replies[reply.key]
            if self._key_of_token.get(reply.token) == reply.key:
                del self._key_of_token[reply.token]
        return len(old)

    async def forget_commands(self, before_at: int) -> int:
        """Delete the finished commands that changed last before `before_at` (ms). Returns how many."""
        self._write()
        old = [row.command_id for row in self._outbox.values() if row.status in FINISHED and row.at < before_at]
        for command_id in old:
            del self._outbox[command_id]
        return len(old)

    async def close(self) -> None:
        """Nothing to close: another may hold the same journal."""

    def _end(self) -> Tail:
        return end_after(EMPTY, self._records[-1:])

    def _write(self, work: Callable[[], None] = lambda: None) -> None:
        error, written = self._failures.popleft() if self._failures else (None, True)
        if written:
            work()
        if error:
            raise error

    def _append(self, batch: Batch) -> None:
        changes = last_changes(batch.outbox_changes, batch.epoch)
        self._check(batch, changes)
        self._records.extend(batch.records)
        for reply in batch.replies:
            if self._replies.setdefault(reply.key, reply) is reply and reply.token:
                self._key_of_token.setdefault(reply.token, reply.key)
        for row in batch.outbox:
            self._outbox[row.command_id] = row
        for change in changes:
            row = self._outbox[change.command_id]
            epoch = row.epoch if change.epoch is None else change.epoch
            sent_at = row.sent_at if change.sent_at is None else change.sent_at
            changed = replace(row, status=change.status, at=change.at, epoch=epoch, sent_at=sent_at)
            self._outbox[change.command_id] = changed

    def _check(self, batch: Batch, changes: list[Change]) -> None:
        check_epoch(batch.epoch, self._epoch)
        check_follows(self._end(), self._site, batch.records)
        made = [row.command_id for row in batch.outbox]
        if len({*made}) < len(made) or any(command_id in self._outbox for command_id in made):
            raise JournalError("a command that is in the outbox was put there again")
        if any(change.command_id not in self._outbox and change.command_id not in made for change in changes):
            raise JournalError("a command that is not in the outbox was to change")
        given = [row.status for row in batch.outbox] + [change.status for change in changes]
        if any(status not in OPEN + FINISHED for status in given):
            raise JournalError("a command was given a state that there is not")
